package io.myriad.apiserver.custom.cel;

import java.util.List;
import java.util.Map;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OpaqueType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelFunctionBinding;

import io.myriad.apiserver.authentication.User;
import io.myriad.apiserver.authorization.Authorizer;

/**
 * What {@code authorizer} can be asked in admission: whether the user of the request, or a service account, may do something.
 * {@code authorizer.group("apps").resource("deployments").namespace("a").check("create").allowed()}
 */
public final class AuthorizerFunctions {
    static final CelType AUTHORIZER = OpaqueType.create("kubernetes.authorization.Authorizer");
    static final CelType RESOURCE_CHECK = OpaqueType.create("kubernetes.authorization.ResourceCheck");
    private static final CelType PATH_CHECK = OpaqueType.create("kubernetes.authorization.PathCheck");
    private static final CelType GROUP_CHECK = OpaqueType.create("kubernetes.authorization.GroupCheck");
    private static final CelType DECISION = OpaqueType.create("kubernetes.authorization.Decision");
    private static final FunctionTable TABLE = table();

    private record Asker(Authorizer authorizer, User user) {
        Authorizer.Decision ask(String verb, String path, ResourceCheck check) {
            return authorizer.authorize(new Authorizer.Attributes(user, verb, check.namespace, check.group,
                    check.resource.isEmpty() ? "" : "*", check.resource, check.subresource, check.name, path, ""));
        }
    }

    private record PathCheck(Asker asker, String path) {}

    private record GroupCheck(Asker asker, String group) {}

    private record ResourceCheck(Asker asker, String group, String resource, String subresource, String namespace,
            String name) {}

    private AuthorizerFunctions() {}

    /** The variables {@code authorizer} and {@code authorizer.requestResource}. */
    public static Map<String, Object> variables(Authorizer authorizer, User user, String group, String resource,
            String subresource, String namespace, String name) {
        Asker asker = new Asker(authorizer, user);
        return Map.of("authorizer", asker, "authorizer.requestResource",
                new ResourceCheck(asker, group, resource, subresource, namespace, name));
    }

    static List<CelFunctionDecl> declarations() {
        return TABLE.declarations();
    }

    static List<CelFunctionBinding> bindings() {
        return TABLE.bindings();
    }

    private static FunctionTable table() {
        FunctionTable table = new FunctionTable();
        List<Class<?>> asker = List.of(Asker.class, String.class);
        List<CelType> askerText = List.of(AUTHORIZER, SimpleType.STRING);
        table.add("path", true, PATH_CHECK, askerText, asker,
                given -> new PathCheck((Asker) given[0], (String) given[1]));
        table.add("group", true, GROUP_CHECK, askerText, asker,
                given -> new GroupCheck((Asker) given[0], (String) given[1]));
        table.add("serviceAccount", true, AUTHORIZER, List.of(AUTHORIZER, SimpleType.STRING, SimpleType.STRING),
                List.of(Asker.class, String.class, String.class), given -> new Asker(((Asker) given[0]).authorizer,
                        serviceAccount((String) given[1], (String) given[2])));
        table.add("resource", true, RESOURCE_CHECK, List.of(GROUP_CHECK, SimpleType.STRING),
                List.of(GroupCheck.class, String.class), given -> {
                    GroupCheck check = (GroupCheck) given[0];
                    return new ResourceCheck(check.asker, check.group, (String) given[1], "", "", "");
                });
        resourceChecks(table);
        decisions(table);
        return table;
    }

    private static void resourceChecks(FunctionTable table) {
        List<CelType> types = List.of(RESOURCE_CHECK, SimpleType.STRING);
        List<Class<?>> classes = List.of(ResourceCheck.class, String.class);
        table.add("subresource", true, RESOURCE_CHECK, types, classes, given -> {
            ResourceCheck of = (ResourceCheck) given[0];
            return new ResourceCheck(of.asker, of.group, of.resource, (String) given[1], of.namespace, of.name);
        });
        table.add("namespace", true, RESOURCE_CHECK, types, classes, given -> {
            ResourceCheck of = (ResourceCheck) given[0];
            return new ResourceCheck(of.asker, of.group, of.resource, of.subresource, (String) given[1], of.name);
        });
        table.add("name", true, RESOURCE_CHECK, types, classes, given -> {
            ResourceCheck of = (ResourceCheck) given[0];
            return new ResourceCheck(of.asker, of.group, of.resource, of.subresource, of.namespace,
                    (String) given[1]);
        });
        table.add("check", true, DECISION, types, classes, given -> {
            ResourceCheck of = (ResourceCheck) given[0];
            return of.asker.ask((String) given[1], "", of);
        });
        table.add("check", true, DECISION, List.of(PATH_CHECK, SimpleType.STRING),
                List.of(PathCheck.class, String.class), given -> {
                    PathCheck of = (PathCheck) given[0];
                    return of.asker.ask((String) given[1], of.path,
                            new ResourceCheck(of.asker, "", "", "", "", ""));
                });
    }

    private static void decisions(FunctionTable table) {
        List<CelType> type = List.of(DECISION);
        List<Class<?>> decision = List.of(Authorizer.Decision.class);
        table.add("allowed", true, SimpleType.BOOL, type, decision,
                given -> ((Authorizer.Decision) given[0]).allowed());
        table.add("reason", true, SimpleType.STRING, type, decision,
                given -> ((Authorizer.Decision) given[0]).reason());
        table.add("errored", true, SimpleType.BOOL, type, decision,
                given -> !((Authorizer.Decision) given[0]).evaluationError().isEmpty());
        table.add("error", true, SimpleType.STRING, type, decision,
                given -> ((Authorizer.Decision) given[0]).evaluationError());
    }

    private static User serviceAccount(String namespace, String name) {
        return new User("system:serviceaccount:" + namespace + ":" + name, "", List.of("system:serviceaccounts",
                "system:serviceaccounts:" + namespace, "system:authenticated"), Map.of());
    }
}
