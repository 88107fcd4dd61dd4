package io.myriad.controller.deployment;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

import io.myriad.controller.model.Samples;

import static org.assertj.core.api.Assertions.assertThat;

class PodTemplatesTest {
    private static ObjectNode template(String text) {
        return Samples.json(text);
    }

    private static final ObjectNode PLAIN = template(
            "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'x':1,'y':[1,2]}}");

    @Test
    void theHashLabelAndWhatIsEmptyDoNotCount() {
        ObjectNode same = template(
                "{'spec':{'y':[1,2],'x':1,'volumes':[],'dns':null},'metadata':{'creationTimestamp':null,"
                        + "'labels':{'b':'2','a':'1','pod-template-hash':'abc'}}}");
        assertThat(PodTemplates.equal(PLAIN, same)).isTrue();
        assertThat(PodTemplates.hash(same, null)).isEqualTo(PodTemplates.hash(PLAIN, null));
    }

    @Test
    void everythingElseDoes() {
        for (String other : new String[]{"{'metadata':{'labels':{'a':'1'}},'spec':{'x':1,'y':[1,2]}}",
                "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'x':1,'y':[2,1]}}",
                "{'metadata':{'labels':{'a':'1','b':'2'}},'spec':{'x':2,'y':[1,2]}}"}) {
            assertThat(PodTemplates.equal(PLAIN, template(other))).as(other).isFalse();
            assertThat(PodTemplates.hash(template(other), null)).isNotEqualTo(PodTemplates.hash(PLAIN, null));
        }
    }

    @Test
    void eachCollisionMakesAnotherName() {
        assertThat(java.util.stream.IntStream.range(-1, 50)
                .mapToObj(i -> PodTemplates.hash(PLAIN, i < 0 ? null : i)).distinct()).hasSize(51)
                .allSatisfy(hash -> assertThat(hash).matches("[bcdf-hj-np-tv-z2-9]{1,10}"));
    }

    @Test
    void theHashIsTheSameForEver() {
        // A change would make a second ReplicaSet for nobody's sake only where names collide, but names are seen by users.
        assertThat(PodTemplates.hash(PLAIN, null)).isEqualTo("5f64bc59bf");
    }
}
