package io.myriad.apiserver.admission.policy;

import java.util.AbstractMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A policy's variables as a map that expressions read: each is evaluated when it is needed first, and sees those before
 * it. For one thread.
 */
final class Variables extends AbstractMap<String, Object> {
    /** A variable and what it is. */
    record Definition(String name, Expression expression) {}

    private final List<Definition> definitions;
    private final int visible;
    private final Map<String, Object> inputs;
    private final Map<String, Object> known;

    /** @param inputs what expressions may name beside variables */
    Variables(List<Definition> definitions, Map<String, Object> inputs) {
        this(definitions, definitions.size(), inputs, new HashMap<>());
    }

    private Variables(List<Definition> definitions, int visible, Map<String, Object> inputs,
            Map<String, Object> known) {
        this.definitions = definitions;
        this.visible = visible;
        this.inputs = inputs;
        this.known = known;
    }

    /** What expressions may name, these variables included. */
    Map<String, Object> withInputs() {
        Map<String, Object> all = new HashMap<>(inputs);
        all.put("variables", this);
        return all;
    }

    private int find(@Nullable Object name) {
        for (int i = 0; i < visible; i++) {
            if (definitions.get(i).name.equals(name)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return find(name) >= 0;
    }

    @Override
    public @Nullable Object get(@Nullable Object name) {
        int at = find(name);
        if (at < 0) {
            return null;
        }
        Definition definition = definitions.get(at);
        Object value = known.get(definition.name);
        if (value == null) {
            try {
                value = definition.expression.program()
                        .evaluate(new Variables(definitions, at, inputs, known).withInputs());
            } catch (IllegalStateException failure) {
                throw new Expression.Failure(
                        "composited variable \"" + definition.name + "\" fails to evaluate: " + failure.getMessage());
            }
            known.put(definition.name, value);
        }
        return value;
    }

    @Override
    public int size() {
        return visible;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (Definition definition : definitions.subList(0, visible)) {
            Object value = get(definition.name);
            if (value != null) {
                all.put(definition.name, value);
            }
        }
        return all.entrySet();
    }
}
