package io.myriad.api.patch;

import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.api.StatusException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MergePatchTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            // document | patch | result; the first ones are RFC 7386's appendix A
            "{'a':'b'} | {'a':'c'} | {'a':'c'}", "{'a':'b'} | {'b':'c'} | {'a':'b','b':'c'}",
            "{'a':'b'} | {'a':null} | {}",
            "{'a':'b','b':'c'} | {'a':null} | {'b':'c'}", "{'a':['b']} | {'a':'c'} | {'a':'c'}",
            "{'a':'c'} | {'a':['b']} | {'a':['b']}", "{'a':{'b':'c'}} | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
            "{'a':[{'b':'c'}]} | {'a':[1]} | {'a':[1]}", "{'e':null} | {'a':1} | {'e':null,'a':1}",
            "{} | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}", "{'a':1} | {'a':{'b':null,'c':2}} | {'a':{'c':2}}",
            "{'a':{'b':1}} | {'a':[{'b':null}]} | {'a':[{'b':null}]}",
            "{'a':[1]} | {'a':[{'b':null},null]} | {'a':[{},null]}",
            "{'a':{'b':1}} | {'a':{}} | {'a':{'b':1}}", "{} | {'a':null} | {}"})
    void applies(String document, String patch, String result) {
        JsonNode before = json(document);
        JsonNode change = json(patch);
        assertThat(MergePatch.apply(before, change)).isEqualTo(json(result));
        assertThat(before).isEqualTo(json(document));
        assertThat(change).isEqualTo(json(patch));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "1", "'a'"})
    void refusesWhatIsNoObject(String patch) {
        assertThatThrownBy(() -> MergePatch.apply(json("{}"), json(patch))).isInstanceOfSatisfying(
                StatusException.class, failure -> assertThat(failure.status().code()).isEqualTo(400));
    }

    @Test
    void thePatchMadeFromADifferenceReproducesIt() {
        long seed = 7386;
        Random random = new Random(seed);
        for (int round = 0; round < 2_000; round++) {
            ObjectNode before = randomObject(random, 4);
            ObjectNode after = randomObject(random, 4);
            ObjectNode patch = difference(before, after);
            ObjectNode result = MergePatch.apply(before, patch);
            assertThat(result).as("seed %d round %d: %s", seed, round, patch).isEqualTo(after);
            assertThat(MergePatch.apply(result, patch)).as("seed %d round %d, again", seed, round).isEqualTo(after);
        }
    }

    private static ObjectNode difference(ObjectNode before, ObjectNode after) {
        ObjectNode patch = JsonNodeFactory.instance.objectNode();
        before.propertyNames().stream().filter(name -> !after.has(name)).forEach(patch::putNull);
        after.forEachEntry((name, value) -> {
            JsonNode old = before.get(name);
            if (old instanceof ObjectNode oldObject && value instanceof ObjectNode object) {
                patch.set(name, difference(oldObject, object));
            } else if (!value.equals(old)) {
                patch.set(name, value);
            }
        });
        return patch;
    }

    private static ObjectNode randomObject(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = String.valueOf((char) ('a' + random.nextInt(4)));
            switch (random.nextInt(depth == 0 ? 2 : 4)) {
                case 0 -> object.put(name, random.nextInt(3));
                case 1 -> object.put(name, "x" + random.nextInt(3));
                case 2 -> object.set(name, randomObject(random, depth - 1));
                default -> object.putArray(name).add(random.nextInt(3)).add(randomObject(random, 0));
            }
        }
        return object;
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
