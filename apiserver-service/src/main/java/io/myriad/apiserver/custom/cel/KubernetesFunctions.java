package io.myriad.apiserver.custom.cel;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.common.types.TypeParamType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;

import io.myriad.api.value.Quantity;

/** The functions that Kubernetes adds to the language: over lists, texts, URLs and quantities. */
final class KubernetesFunctions {
    private static final CelType QUANTITY = OpaqueType.create("kubernetes.Quantity");
    private static final CelType URL = OpaqueType.create("kubernetes.URL");
    private static final TypeParamType ELEMENT = TypeParamType.create("T");
    private static final CelType LIST = ListType.create(ELEMENT);
    private static final List<Class<?>> TEXT = List.of(String.class);
    private static final FunctionTable TABLE = table();

    private KubernetesFunctions() {}

    static List<CelFunctionDecl> declarations() {
        return TABLE.declarations();
    }

    static List<CelFunctionBinding> bindings() {
        return TABLE.bindings();
    }

    private static FunctionTable table() {
        FunctionTable table = new FunctionTable();
        lists(table);
        texts(table);
        urls(table);
        quantities(table);
        NetworkFunctions.addTo(table);
        return table;
    }

    private static void lists(FunctionTable table) {
        List<CelType> one = List.of(LIST);
        List<Class<?>> list = List.of(List.class);
        table.add("isSorted", true, SimpleType.BOOL, one, list, arguments -> {
            List<?> values = (List<?>) arguments[0];
            for (int i = 1; i < values.size(); i++) {
                if (compare(values.get(i - 1), values.get(i)) > 0) {
                    return false;
                }
            }
            return true;
        });
        table.add("sum", true, ELEMENT, one, list, KubernetesFunctions::sum);
        table.add("min", true, ELEMENT, one, list, arguments -> extreme((List<?>) arguments[0], -1, "min"));
        table.add("max", true, ELEMENT, one, list, arguments -> extreme((List<?>) arguments[0], 1, "max"));
        List<CelType> two = List.of(LIST, ELEMENT);
        List<Class<?>> listAndAny = List.of(List.class, Object.class);
        table.add("indexOf", true, SimpleType.INT, two, listAndAny,
                arguments -> (long) ((List<?>) arguments[0]).indexOf(arguments[1]));
        table.add("lastIndexOf", true, SimpleType.INT, two, listAndAny,
                arguments -> (long) ((List<?>) arguments[0]).lastIndexOf(arguments[1]));
    }

    private static Object sum(Object[] arguments) throws CelEvaluationException {
        long whole = 0;
        double fraction = 0;
        boolean isFraction = false;
        for (Object value : (List<?>) arguments[0]) {
            switch (value) {
                case Long number -> whole = Math.addExact(whole, number);
                case Double number -> {
                    fraction += number;
                    isFraction = true;
                }
                default -> throw FunctionTable.failure("no such overload: sum", value);
            }
        }
        return isFraction ? (Object) (fraction + whole) : (Object) whole;
    }

    private static Object extreme(List<?> values, int sign, String name) throws CelEvaluationException {
        if (values.isEmpty()) {
            throw FunctionTable.failure(name + " called on empty list");
        }
        Object best = values.getFirst();
        for (Object value : values) {
            if (compare(value, best) * sign > 0) {
                best = value;
            }
        }
        return best;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the checker has seen that the elements are of one type
    private static int compare(Object one, Object other) throws CelEvaluationException {
        if (one instanceof Comparable comparable && one.getClass() == other.getClass()) {
            return comparable.compareTo(other);
        }
        throw FunctionTable.failure("no such overload", one, other);
    }

    private static void texts(FunctionTable table) {
        List<Class<?>> two = List.of(String.class, String.class);
        List<CelType> twoTexts = List.of(SimpleType.STRING, SimpleType.STRING);
        table.add("find", true, SimpleType.STRING, twoTexts, two, arguments -> {
            Matcher matcher = matcher(arguments);
            return matcher.find() ? matcher.group() : "";
        });
        table.add("findAll", true, ListType.create(SimpleType.STRING), twoTexts, two,
                arguments -> findAll(arguments, Long.MAX_VALUE));
        table.add("findAll", true, ListType.create(SimpleType.STRING),
                List.of(SimpleType.STRING, SimpleType.STRING, SimpleType.INT),
                List.of(String.class, String.class, Long.class),
                arguments -> findAll(arguments, (Long) arguments[2] < 0 ? Long.MAX_VALUE : (Long) arguments[2]));
    }

    private static Matcher matcher(Object[] arguments) throws CelEvaluationException {
        try {
            return Pattern.compile((String) arguments[1]).matcher((String) arguments[0]);
        } catch (PatternSyntaxException malformed) {
            throw FunctionTable.failure("Illegal regex: " + malformed.getMessage());
        }
    }

    private static List<String> findAll(Object[] arguments, long limit) throws CelEvaluationException {
        List<String> found = new ArrayList<>();
        Matcher matcher = matcher(arguments);
        while (found.size() < limit && matcher.find()) {
            found.add(matcher.group());
        }
        return found;
    }

    private static void urls(FunctionTable table) {
        List<CelType> text = List.of(SimpleType.STRING);
        table.add("url", false, URL, text, TEXT, arguments -> url((String) arguments[0]));
        table.add("isURL", false, SimpleType.BOOL, text, TEXT, arguments -> {
            try {
                url((String) arguments[0]);
                return true;
            } catch (CelEvaluationException none) {
                return false;
            }
        });
        part(table, "getScheme", url -> text(url.getScheme()));
        part(table, "getHost", url -> text(url.getHost()) + (url.getPort() < 0 ? "" : ":" + url.getPort()));
        part(table, "getHostname", url -> text(url.getHost()).replaceAll("^\\[|\\]$", ""));
        part(table, "getPort", url -> url.getPort() < 0 ? "" : Integer.toString(url.getPort()));
        part(table, "getEscapedPath", url -> text(url.getRawPath()));
        table.add("getQuery", true, MapType.create(SimpleType.STRING, ListType.create(SimpleType.STRING)),
                List.of(URL), List.of(URI.class), arguments -> query((URI) arguments[0]));
    }

    private interface UrlPart {
        String of(URI url);
    }

    private static void part(FunctionTable table, String name, UrlPart part) {
        table.add(name, true, SimpleType.STRING, List.of(URL), List.of(URI.class),
                arguments -> part.of((URI) arguments[0]));
    }

    private static String text(@org.jspecify.annotations.Nullable String part) {
        return part == null ? "" : part;
    }

    private static URI url(String text) throws CelEvaluationException {
        try {
            URI url = new URI(text);
            if (url.isAbsolute() || text.startsWith("/")) {
                return url;
            }
        } catch (URISyntaxException none) {
            // Said below.
        }
        throw FunctionTable.failure("URL parse error during conversion from string: " + text);
    }

    private static Map<String, List<String>> query(URI url) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : text(url.getRawQuery()).split("&")) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                query.computeIfAbsent(decoded(equals < 0 ? pair : pair.substring(0, equals)),
                        first -> new ArrayList<>()).add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return query;
    }

    private static String decoded(String text) {
        return java.net.URLDecoder.decode(text, java.nio.charset.StandardCharsets.UTF_8);
    }

    private static void quantities(FunctionTable table) {
        List<CelType> text = List.of(SimpleType.STRING);
        List<CelType> one = List.of(QUANTITY);
        List<Class<?>> quantity = List.of(Quantity.class);
        table.add("quantity", false, QUANTITY, text, TEXT, arguments -> quantity((String) arguments[0]));
        table.add("isQuantity", false, SimpleType.BOOL, text, TEXT, arguments -> {
            try {
                quantity((String) arguments[0]);
                return true;
            } catch (CelEvaluationException none) {
                return false;
            }
        });
        table.add("sign", true, SimpleType.INT, one, quantity,
                arguments -> (long) ((Quantity) arguments[0]).signum());
        table.add("isInteger", true, SimpleType.BOOL, one, quantity,
                arguments -> ((Quantity) arguments[0]).amount().stripTrailingZeros().scale() <= 0);
        table.add("asInteger", true, SimpleType.INT, one, quantity, arguments -> {
            try {
                return ((Quantity) arguments[0]).amount().longValueExact();
            } catch (ArithmeticException none) {
                throw FunctionTable.failure("cannot convert value to integer");
            }
        });
        table.add("asApproximateFloat", true, SimpleType.DOUBLE, one, quantity,
                arguments -> ((Quantity) arguments[0]).amount().doubleValue());
        List<CelType> two = List.of(QUANTITY, QUANTITY);
        List<Class<?>> both = List.of(Quantity.class, Quantity.class);
        table.add("isGreaterThan", true, SimpleType.BOOL, two, both, arguments -> compared(arguments) > 0);
        table.add("isLessThan", true, SimpleType.BOOL, two, both, arguments -> compared(arguments) < 0);
        table.add("compareTo", true, SimpleType.INT, two, both, arguments -> (long) compared(arguments));
        table.add("add", true, QUANTITY, two, both,
                arguments -> ((Quantity) arguments[0]).plus((Quantity) arguments[1]));
        table.add("sub", true, QUANTITY, two, both,
                arguments -> ((Quantity) arguments[0]).minus((Quantity) arguments[1]));
        List<Class<?>> withNumber = List.of(Quantity.class, Long.class);
        table.add("add", true, QUANTITY, List.of(QUANTITY, SimpleType.INT), withNumber,
                arguments -> ((Quantity) arguments[0]).plus(whole(arguments[1])));
        table.add("sub", true, QUANTITY, List.of(QUANTITY, SimpleType.INT), withNumber,
                arguments -> ((Quantity) arguments[0]).minus(whole(arguments[1])));
    }

    private static int compared(Object[] arguments) {
        return Integer.signum(((Quantity) arguments[0]).compareTo((Quantity) arguments[1]));
    }

    private static Quantity whole(Object number) {
        return Quantity.of((Long) Objects.requireNonNull(number), Quantity.Format.DECIMAL_SI);
    }

    private static Quantity quantity(String text) throws CelEvaluationException {
        try {
            return Quantity.parse(text);
        } catch (IllegalArgumentException none) {
            throw FunctionTable.failure(String.valueOf(none.getMessage()));
        }
    }
}
