package io.myriad.apiserver.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.FieldError;

/**
 * A strategy put together from its parts, for kinds that need no class of their own. Built once, by one thread, before it
 * is used; after that it does not change.
 */
final class DeclaredStrategy implements Strategy {
    /** Looks at an update: the new object as a check, and the old one. */
    interface UpdateRule extends BiConsumer<Check, ObjectNode> {}

    private NameRule nameRule = NameRule.SUBDOMAIN;
    private boolean status;
    private boolean generation;
    private boolean createsOnUpdate;
    private boolean unconditionalUpdates = true;
    private boolean byNamespace = true;
    private boolean statusKeepsMetadata;
    private Map<String, List<String>> selectable = Map.of();
    private Consumer<ObjectNode> defaults = object -> {};
    private Consumer<ObjectNode> creation = object -> {};
    private BiConsumer<ObjectNode, ObjectNode> update = (object, old) -> {};
    private Consumer<Check> rules = check -> {};
    private UpdateRule updateRules = (check, old) -> {};
    private UpdateRule statusRules = (check, old) -> {};
    private Function<ObjectNode, List<String>> warnings = object -> List.of();
    private ToLongFunction<ObjectNode> timeToLive = object -> 0;

    /** A kind whose status, if any, is written along with the rest. */
    static DeclaredStrategy plain() {
        return new DeclaredStrategy();
    }

    /** A kind whose status is written by the status subresource alone. */
    static DeclaredStrategy withStatus() {
        DeclaredStrategy strategy = new DeclaredStrategy();
        strategy.status = true;
        return strategy;
    }

    DeclaredStrategy named(NameRule rule) {
        nameRule = rule;
        return this;
    }

    DeclaredStrategy generation() {
        generation = true;
        return this;
    }

    DeclaredStrategy createsOnUpdate() {
        createsOnUpdate = true;
        return this;
    }

    /** Updates must say which version they replace. */
    DeclaredStrategy conditionalUpdates() {
        unconditionalUpdates = false;
        return this;
    }

    DeclaredStrategy selectable(Map<String, List<String>> fields) {
        selectable = fields;
        return this;
    }

    DeclaredStrategy defaults(Consumer<ObjectNode> setter) {
        defaults = setter;
        return this;
    }

    /** What creation resets besides the status. */
    DeclaredStrategy onCreate(Consumer<ObjectNode> setter) {
        creation = setter;
        return this;
    }

    /** What an update keeps besides the status. */
    DeclaredStrategy onUpdate(BiConsumer<ObjectNode, ObjectNode> setter) {
        update = setter;
        return this;
    }

    DeclaredStrategy rules(Consumer<Check> check) {
        rules = check;
        return this;
    }

    DeclaredStrategy updateRules(UpdateRule check) {
        updateRules = check;
        return this;
    }

    /** What a write of the status must keep to. */
    DeclaredStrategy statusRules(UpdateRule check) {
        statusRules = check;
        return this;
    }

    /** A write of the status changes no labels, annotations, finalizers or owners. */
    DeclaredStrategy statusKeepsMetadata() {
        statusKeepsMetadata = true;
        return this;
    }

    /** Field selectors may not name the namespace. */
    DeclaredStrategy notSelectableByNamespace() {
        byNamespace = false;
        return this;
    }

    /** What clients are told about an object that is accepted all the same. */
    DeclaredStrategy warns(Function<ObjectNode, List<String>> texts) {
        warnings = texts;
        return this;
    }

    DeclaredStrategy expires(ToLongFunction<ObjectNode> seconds) {
        timeToLive = seconds;
        return this;
    }

    @Override
    public void applyDefaults(ObjectNode object) {
        defaults.accept(object);
    }

    @Override
    public void prepareForCreate(ObjectNode object) {
        if (status) {
            object.remove("status");
        }
        creation.accept(object);
    }

    @Override
    public void prepareForUpdate(Target target, ObjectNode object, ObjectNode old) {
        switch (target) {
            case MAIN -> {
                if (status) {
                    Defaults.keep(object, old, "status");
                }
                update.accept(object, old);
            }
            case STATUS -> {
                keepAllButStatus(object, old);
                if (statusKeepsMetadata) {
                    Defaults.keepMetadata(object, old);
                }
            }
        }
    }

    private static void keepAllButStatus(ObjectNode object, ObjectNode old) {
        for (String field : List.copyOf(object.propertyNames())) {
            if (!isOwnOfEveryObject(field)) {
                object.remove(field);
            }
        }
        for (String field : old.propertyNames()) {
            if (!isOwnOfEveryObject(field)) {
                object.set(field, old.path(field));
            }
        }
    }

    private static boolean isOwnOfEveryObject(String field) {
        return switch (field) {
            case "apiVersion", "kind", "metadata", "status" -> true;
            default -> false;
        };
    }

    @Override
    public List<FieldError> validateCreate(ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        rules.accept(Check.of(object, errors));
        return errors;
    }

    @Override
    public List<FieldError> validateUpdate(Target target, ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        if (target == Target.MAIN) {
            Check check = Check.of(object, errors);
            rules.accept(check);
            updateRules.accept(check, old);
        } else {
            statusRules.accept(Check.of(object, errors), old);
        }
        return errors;
    }

    @Override
    public List<String> warnings(ObjectNode object, @Nullable ObjectNode old) {
        return warnings.apply(object);
    }

    @Override
    public NameRule nameRule() {
        return nameRule;
    }

    @Override
    public boolean tracksGeneration() {
        return generation;
    }

    @Override
    public boolean allowsCreateOnUpdate() {
        return createsOnUpdate;
    }

    @Override
    public boolean allowsUnconditionalUpdate() {
        return unconditionalUpdates;
    }

    @Override
    public Map<String, List<String>> selectableFields() {
        return selectable;
    }

    @Override
    public boolean selectableByNamespace() {
        return byNamespace;
    }

    @Override
    public long timeToLiveSeconds(ObjectNode object) {
        return timeToLive.applyAsLong(object);
    }
}
