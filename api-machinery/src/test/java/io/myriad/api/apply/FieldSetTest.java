package io.myriad.api.apply;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FieldSetTest {
    @ParameterizedTest
    @ValueSource(strings = {"{}", "{'f:a':{}}", "{'f:a':{'.':{},'f:b':{}}}",
            "{'f:ports':{'k:{\\'containerPort\\':80,\\'protocol\\':\\'TCP\\'}':{'.':{},'f:name':{}}}}",
            "{'f:finalizers':{'.':{},'v:\\'a/b\\'':{},'v:\\'c\\'':{}}}", "{'f:x':{'i:0':{},'i:10':{}}}",
            "{'f:a.b/c':{},'f:d':{'v:1':{},'v:true':{}}}", "{'f:a':{'k:{\\'n\\':null}':{}}}"})
    void readsAndWritesFieldsV1(String text) {
        JsonNode json = json(text);
        FieldSet set = FieldSet.parse(json);
        assertThat(set.toJson()).isEqualTo(json);
        assertThat(FieldSet.parse(set.toJson())).isEqualTo(set).hasSameHashCodeAs(set);
    }

    @Test
    void writesSorted() {
        FieldSet set = FieldSet
                .parse(json("{'v:1':{},'f:b':{},'k:{\\'z\\':1,\\'a\\':2}':{},'i:1':{},'f:a':{},'i:0':{}}"));
        assertThat(set.toJson()).hasToString(
                "{\"f:a\":{},\"f:b\":{},\"k:{\\\"a\\\":2,\\\"z\\\":1}\":{},\"v:1\":{},\"i:0\":{},\"i:1\":{}}");
    }

    @Test
    void dropsStepsOfUnknownKinds() {
        assertThat(FieldSet.parse(json("{'x:new':{'f:a':{}},'f:b':{}}")).toJson()).isEqualTo(json("{'f:b':{}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{'f':{}}", "{'fab':{}}", "{'f:a':1}", "{'k:{':{}}", "{'k:[]':{}}", "{'v:':{}}",
            "{'v:1 2':{}}", "{'i:x':{}}", "{'k:{} x':{}}"})
    void refusesWhatIsMalformed(String text) {
        assertThatThrownBy(() -> FieldSet.parse(json(text))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbersAreTheSameWhateverTheirNotation() {
        assertThat(FieldSet.parse(json("{'v:1.0':{}}"))).isEqualTo(FieldSet.parse(json("{'v:1':{}}")));
        assertThat(FieldSet.parse(json("{'v:\\'1\\'':{}}"))).isNotEqualTo(FieldSet.parse(json("{'v:1':{}}")));
    }

    @Test
    void showsPathsParentsFirst() {
        FieldSet set = FieldSet.parse(json(
                "{'f:b':{},'f:a':{'.':{},'f:c':{}},'f:d':{'k:{\\'n\\':\\'x\\',\\'m\\':1}':{'.':{}},'v:true':{},'i:2':{}}}"));
        assertThat(set.paths()).containsExactly(".a", ".b", ".a.c", ".d[m=1,n=\"x\"]", ".d[=true]", ".d[2]");
        assertThat(set.size()).isEqualTo(6);
    }

    @Test
    void differencesTreatParentsAndChildrenApart() {
        FieldSet parent = FieldSet.ofPath("a");
        FieldSet child = FieldSet.ofPath("a", "b");
        FieldSet both = parent.union(child);
        assertThat(both.difference(parent)).isEqualTo(child);
        assertThat(both.difference(child)).isEqualTo(parent);
        assertThat(both.without(parent)).isEqualTo(FieldSet.EMPTY);
        assertThat(both.without(child)).isEqualTo(parent);
        assertThat(child.without(parent)).isEqualTo(FieldSet.EMPTY);
        assertThat(both.has("a")).isTrue();
        assertThat(child.has("a")).isFalse();
        assertThat(child.has("a", "b")).isTrue();
        assertThat(child.has("a", "b", "c")).isFalse();
    }

    @Test
    void obeysTheLawsOfSets() {
        long seed = 4711;
        Random random = new Random(seed);
        for (int round = 0; round < 1_000; round++) {
            FieldSet a = random(random, 3);
            FieldSet b = random(random, 3);
            FieldSet c = random(random, 3);
            String description = "seed " + seed + " round " + round + ": " + a + " " + b + " " + c;
            Set<String> inA = new HashSet<>(a.paths());
            Set<String> inB = new HashSet<>(b.paths());
            assertThat(new HashSet<>(a.union(b).paths())).as(description).isEqualTo(plus(inA, inB));
            assertThat(new HashSet<>(a.difference(b).paths())).as(description).isEqualTo(minus(inA, inB));
            assertThat(a.intersection(b)).as(description).isEqualTo(a.difference(a.difference(b)));
            assertThat(a.union(b)).as(description).isEqualTo(b.union(a));
            assertThat(a.intersection(b)).as(description).isEqualTo(b.intersection(a));
            assertThat(a.union(b).union(c)).as(description).isEqualTo(a.union(b.union(c)));
            assertThat(a.intersection(b.union(c))).as(description)
                    .isEqualTo(a.intersection(b).union(a.intersection(c)));
            assertThat(a.difference(a)).as(description).isEqualTo(FieldSet.EMPTY);
            assertThat(a.union(FieldSet.EMPTY)).as(description).isEqualTo(a);
            assertThat(a.without(b).intersection(b)).as(description).isEqualTo(FieldSet.EMPTY);
            assertThat(a.size()).as(description).isEqualTo(inA.size());
            assertThat(FieldSet.parse(a.toJson())).as(description).isEqualTo(a);
        }
    }

    private static Set<String> plus(Set<String> left, Set<String> right) {
        Set<String> all = new HashSet<>(left);
        all.addAll(right);
        return all;
    }

    private static Set<String> minus(Set<String> left, Set<String> right) {
        Set<String> rest = new HashSet<>(left);
        rest.removeAll(right);
        return rest;
    }

    private static FieldSet random(Random random, int depth) {
        FieldSet.Builder builder = new FieldSet.Builder();
        List<PathElement> elements = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            elements.add(new PathElement.Name(name));
        }
        elements.add(PathElement.parse("k:{\"n\":\"x\"}"));
        elements.add(PathElement.parse("v:7"));
        for (PathElement element : elements) {
            if (random.nextInt(3) == 0) {
                builder.add(element, random.nextBoolean(), depth == 0 ? FieldSet.EMPTY : random(random, depth - 1));
            }
        }
        return builder.build();
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace("\\'", "\\\"").replace('\'', '"'));
    }
}
