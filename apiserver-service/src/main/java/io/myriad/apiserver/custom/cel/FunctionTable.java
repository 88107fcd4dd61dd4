package io.myriad.apiserver.custom.cel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.types.CelType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelFunctionOverload;

/** Collects functions: what the compiler has to know of them, and what evaluates them. Filled by one thread. */
final class FunctionTable {
    private final Map<String, List<CelOverloadDecl>> overloads = new LinkedHashMap<>();
    private final List<CelFunctionBinding> bindings = new ArrayList<>();

    /** Evaluates a call. */
    interface Body {
        Object apply(Object[] arguments) throws CelEvaluationException;
    }

    /**
     * Adds a function.
     *
     * @param member whether it is called on its first argument
     * @param classes the classes of the arguments' values
     */
    @SuppressWarnings("Immutable") // bodies keep nothing
    void add(String name, boolean member, CelType result, List<CelType> parameters, List<Class<?>> classes, Body body) {
        List<CelOverloadDecl> known = overloads.computeIfAbsent(name, first -> new ArrayList<>());
        String id = "k8s_" + name.replace('.', '_') + "_" + known.size();
        known.add(member
                ? CelOverloadDecl.newMemberOverload(id, result, parameters)
                : CelOverloadDecl.newGlobalOverload(id, result, parameters));
        CelFunctionOverload overload = arguments -> body.apply(arguments);
        bindings.add(CelFunctionBinding.from(id, classes, overload));
    }

    List<CelFunctionDecl> declarations() {
        List<CelFunctionDecl> declarations = new ArrayList<>();
        overloads.forEach((name, list) -> declarations.add(CelFunctionDecl.newFunctionDeclaration(name, list)));
        return declarations;
    }

    List<CelFunctionBinding> bindings() {
        return bindings;
    }

    /** The failure of a function. */
    static CelEvaluationException failure(String message, Object... arguments) {
        return new CelEvaluationException(
                arguments.length == 0 ? message : message + ": " + Arrays.toString(arguments));
    }
}
