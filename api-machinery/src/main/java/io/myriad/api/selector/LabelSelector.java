package io.myriad.api.selector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import io.myriad.api.FieldError;
import io.myriad.api.Status;
import io.myriad.api.StatusException;
import io.myriad.api.selector.Requirement.Operator;

/**
 * A label selector: conditions that all must hold, in order of their keys. It comes from text (the {@code labelSelector}
 * parameter; grammar and errors as apimachinery's {@code labels.Parse}) or from a {@code metav1.LabelSelector}.
 * Immutable.
 */
public final class LabelSelector {
    private static final LabelSelector EVERYTHING = new LabelSelector(List.of(), false);
    private static final LabelSelector NOTHING = new LabelSelector(List.of(), true);

    private final List<Requirement> requirements;
    private final boolean nothing;

    private LabelSelector(List<Requirement> requirements, boolean nothing) {
        this.requirements = requirements;
        this.nothing = nothing;
    }

    /** The selector that matches every object. */
    public static LabelSelector everything() {
        return EVERYTHING;
    }

    /** The selector that matches no object. */
    public static LabelSelector nothing() {
        return NOTHING;
    }

    /**
     * Parses the {@code labelSelector} of a request.
     *
     * @param text such as {@code app=web,tier in (a,b),!canary,weight>3}; empty matches everything
     * @throws StatusException 400 when the text does not follow the grammar or has an invalid key or value
     */
    public static LabelSelector parse(String text) {
        return of(new LabelSelectorParser(text).parse());
    }

    /** The selector whose conditions are these. */
    public static LabelSelector of(List<Requirement> requirements) {
        if (requirements.isEmpty()) {
            return EVERYTHING;
        }
        List<Requirement> sorted = new ArrayList<>(requirements);
        sorted.sort(Comparator.comparing(Requirement::key));
        return new LabelSelector(List.copyOf(sorted), false);
    }

    /** The selector of objects that have all these labels. */
    public static LabelSelector ofLabels(Map<String, String> labels) {
        List<Requirement> requirements = new ArrayList<>(labels.size());
        labels.forEach((key, value) -> requirements.add(new Requirement(key, Operator.EQUALS, Set.of(value))));
        return of(requirements);
    }

    /**
     * The selector that an API object's {@code metav1.LabelSelector} means: an empty one matches everything, an absent
     * one nothing.
     *
     * @param selector the object, or null (or JSON's null) when the field is absent
     * @throws StatusException 400 when a key, an operator or a value is invalid
     */
    public static LabelSelector of(@Nullable JsonNode selector) {
        if (selector == null || selector.isMissingNode() || selector.isNull()) {
            return NOTHING;
        }
        List<Requirement> requirements = new ArrayList<>();
        selector.path("matchLabels").forEachEntry((key, value) -> requirements
                .add(LabelSelectorRules.requirement(key, Operator.EQUALS, new TreeSet<>(Set.of(value.asString(""))))));
        for (JsonNode expression : selector.path("matchExpressions")) {
            String operator = expression.path("operator").asString("");
            TreeSet<String> values = new TreeSet<>();
            expression.path("values").forEach(value -> values.add(value.asString("")));
            requirements.add(LabelSelectorRules.requirement(expression.path("key").asString(""), switch (operator) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default -> throw new StatusException(
                        Status.badRequest("\"" + operator + "\" is not a valid label selector operator"));
            }, values));
        }
        return of(requirements);
    }

    /**
     * What is wrong with an API object's {@code metav1.LabelSelector}.
     *
     * @param selector the object, or null when the field is absent, which is no error
     * @param path where it stands, such as {@code spec.selector}
     */
    public static List<FieldError> validate(@Nullable JsonNode selector, String path) {
        return LabelSelectorRules.validate(selector, path);
    }

    /** Whether an object with these labels is selected. */
    public boolean matches(Map<String, String> labels) {
        for (int i = 0; i < requirements.size(); i++) {
            Requirement requirement = requirements.get(i);
            if (!requirement.matches(labels.get(requirement.key()))) {
                return false;
            }
        }
        return !nothing;
    }

    /** The conditions, sorted by key. Empty for {@link #everything()} and for {@link #nothing()}. */
    public List<Requirement> requirements() {
        return requirements;
    }

    /** Whether every object is selected whatever its labels are. */
    public boolean isEverything() {
        return requirements.isEmpty() && !nothing;
    }

    /** Whether no object can be selected; contradicting conditions are not looked for. */
    public boolean isNothing() {
        return nothing;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSelector selector && selector.nothing == nothing
                && selector.requirements.equals(requirements);
    }

    @Override
    public int hashCode() {
        return requirements.hashCode() * 31 + Boolean.hashCode(nothing);
    }

    /** The selector in its grammar, keys and values sorted; as a Scale's {@code status.selector} has it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Requirement requirement : requirements) {
            text.append(text.isEmpty() ? "" : ",").append(requirement);
        }
        return text.toString();
    }
}
