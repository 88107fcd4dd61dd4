package io.myriad.apiserver.custom.cel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A condition over a write: its objects and its request, whose types are not known beforehand. Immutable and safe for any
 * thread; compiled when it is made.
 */
public final class AdmissionExpression {
    /** The variables of match conditions. */
    public static final List<String> OF_WEBHOOKS = List.of("object", "oldObject", "request", "authorizer");
    /** The variables of admission policies. */
    public static final List<String> OF_POLICIES = List.of("object", "oldObject", "request", "authorizer", "params",
            "namespaceObject", "variables");

    /** What an evaluation may take. */
    private static final long MAX_STEPS = 1_000_000;

    private final String error;
    private final CelRuntime.@Nullable Program program;

    private AdmissionExpression(String error, CelRuntime.@Nullable Program program) {
        this.error = error;
        this.program = program;
    }

    /**
     * Compiles an expression.
     *
     * @param variables what it may name
     * @param condition whether it must be true or false
     */
    public static AdmissionExpression compile(String expression, List<String> variables, boolean condition) {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder().setOptions(Compilation.OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addLibraries(CelExtensions.strings(), CelExtensions.sets(Compilation.OPTIONS),
                        CelExtensions.optional(), CelExtensions.lists(2), CelExtensions.encoders(Compilation.OPTIONS),
                        CelExtensions.math(Compilation.OPTIONS), CelExtensions.bindings())
                .addFunctionDeclarations(KubernetesFunctions.declarations())
                .addFunctionDeclarations(AuthorizerFunctions.declarations());
        variables.forEach(variable -> builder.addVar(variable,
                variable.equals("authorizer") ? AuthorizerFunctions.AUTHORIZER : SimpleType.DYN));
        if (variables.contains("authorizer")) {
            builder.addVar("authorizer.requestResource", AuthorizerFunctions.RESOURCE_CHECK);
        }
        CelCompiler compiler = builder.build();
        try {
            CelAbstractSyntaxTree tree = compiler.compile(expression).getAst();
            CelType result = tree.getResultType();
            if (condition && !result.equals(SimpleType.BOOL) && !result.equals(SimpleType.DYN)) {
                return new AdmissionExpression("must evaluate to bool", null);
            }
            return new AdmissionExpression("", Compilation.Runtime.RUNTIME.createProgram(tree));
        } catch (CelValidationException | CelEvaluationException failure) {
            return new AdmissionExpression("compilation failed: " + failure.getMessage(), null);
        }
    }

    /** What is wrong with it, or empty. */
    public String error() {
        return error;
    }

    /**
     * Whether it holds.
     *
     * @param values the variables; those that are not there are null
     * @throws IllegalStateException when it cannot be evaluated; the message says why
     */
    public boolean holds(Map<String, JsonNode> values) {
        Map<String, Object> variables = new HashMap<>();
        values.forEach((name, value) -> variables.put(name, value(value)));
        if (evaluate(variables) instanceof Boolean answer) {
            return answer;
        }
        throw new IllegalStateException("must evaluate to bool");
    }

    /** JSON as expressions see it. */
    public static Object value(JsonNode value) {
        return SchemaValues.of(value, null);
    }

    /**
     * What it comes to.
     *
     * @param variables values as {@link #value} makes them, and others that functions know
     * @throws IllegalStateException when it cannot be evaluated; the message says why
     */
    public Object evaluate(Map<String, Object> variables) {
        if (program == null) {
            throw new IllegalStateException(error);
        }
        long[] steps = {MAX_STEPS};
        try {
            return program.trace(variables, (expression, result) -> {
                if (--steps[0] < 0) {
                    throw new IllegalStateException("operation cancelled: actual cost limit exceeded");
                }
            });
        } catch (CelEvaluationException failure) {
            throw new IllegalStateException(failure.getCause() instanceof IllegalStateException cause
                    ? cause.getMessage()
                    : plain(String.valueOf(failure.getMessage())), failure);
        }
    }

    /** The message in upstream's words, where they are known. */
    private static String plain(String message) {
        String bare = message.replaceFirst("^evaluation error(?: at <input>:\\d+)?: ", "");
        return bare.replaceFirst("^key '(.*)' is not present in map\\.$", "no such key: $1");
    }
}
