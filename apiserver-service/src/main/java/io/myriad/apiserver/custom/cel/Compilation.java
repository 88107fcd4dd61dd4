package io.myriad.apiserver.custom.cel;

import java.util.ArrayList;
import java.util.List;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import org.jspecify.annotations.Nullable;

import io.myriad.api.custom.Structural;

/** Compiles the rules that stand at one schema. */
final class Compilation {
    private static final int MAX_ITERATIONS = 1_000_000;
    static final CelOptions OPTIONS = CelOptions.current().comprehensionMaxIterations(MAX_ITERATIONS)
            .evaluateCanonicalTypesToNativeValues(true).enableHeterogeneousNumericComparisons(true).build();

    /** What evaluates programs; the same for all. */
    static final class Runtime {
        static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS)
                .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                        CelExtensions.lists(2), CelExtensions.encoders(OPTIONS), CelExtensions.math(OPTIONS))
                .addFunctionBindings(KubernetesFunctions.bindings())
                .addFunctionBindings(AuthorizerFunctions.bindings()).build();
    }

    private final Structural schema;

    Compilation(Structural schema) {
        this.schema = schema;
    }

    List<CompiledRule> run() {
        List<CompiledRule> rules = new ArrayList<>(schema.rules().size());
        SchemaTypes types = new SchemaTypes();
        CelType self = types.of(schema);
        for (Structural.Rule rule : schema.rules()) {
            boolean optional = Boolean.TRUE.equals(rule.optionalOldSelf());
            CelCompiler compiler = compiler(types, self, optional);
            rules.add(compile(rule, compiler));
        }
        return List.copyOf(rules);
    }

    private static CelCompiler compiler(SchemaTypes types, CelType self, boolean optionalOldSelf) {
        return CelCompilerFactory.standardCelCompilerBuilder().setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS).setTypeProvider(types)
                .addLibraries(CelExtensions.strings(), CelExtensions.sets(OPTIONS), CelExtensions.optional(),
                        CelExtensions.lists(2), CelExtensions.encoders(OPTIONS), CelExtensions.math(OPTIONS),
                        CelExtensions.bindings())
                .addFunctionDeclarations(KubernetesFunctions.declarations()).addVar("self", self)
                .addVar("oldSelf", optionalOldSelf ? OptionalType.create(self) : self).build();
    }

    private static CompiledRule compile(Structural.Rule rule, CelCompiler compiler) {
        try {
            CelAbstractSyntaxTree tree = checked(compiler, rule.expression());
            CelType result = tree.getResultType();
            if (!result.equals(SimpleType.BOOL) && !result.equals(SimpleType.DYN)) {
                return failed(rule, "must evaluate to a bool");
            }
            boolean usesOldSelf = tree.getReferenceMap().values().stream()
                    .anyMatch(reference -> reference.name().equals("oldSelf"));
            String messageError = "";
            CelRuntime.Program message = null;
            try {
                message = message(rule, compiler);
            } catch (CelValidationException | CelEvaluationException failure) {
                messageError = "messageExpression compilation failed: " + failure.getMessage();
            } catch (IllegalArgumentException wrongType) {
                messageError = String.valueOf(wrongType.getMessage());
            }
            return new CompiledRule(rule, Runtime.RUNTIME.createProgram(tree), usesOldSelf, message, "",
                    messageError);
        } catch (CelValidationException | CelEvaluationException failure) {
            return failed(rule, "compilation failed: " + failure.getMessage());
        }
    }

    private static CelAbstractSyntaxTree checked(CelCompiler compiler, String expression)
            throws CelValidationException {
        CelValidationResult result = compiler.compile(expression);
        return result.getAst();
    }

    private static CelRuntime.@Nullable Program message(Structural.Rule rule, CelCompiler compiler)
            throws CelValidationException, CelEvaluationException {
        if (rule.messageExpression().isEmpty()) {
            return null;
        }
        CelAbstractSyntaxTree tree = checked(compiler, rule.messageExpression());
        if (!tree.getResultType().equals(SimpleType.STRING)) {
            throw new IllegalArgumentException("messageExpression must evaluate to a string");
        }
        return Runtime.RUNTIME.createProgram(tree);
    }

    private static CompiledRule failed(Structural.Rule rule, String error) {
        return new CompiledRule(rule, null, false, null, error, "");
    }
}
