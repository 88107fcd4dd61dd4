package io.myriad.apiserver.registry;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

/** One autoscaler with metrics of all kinds, as the real server v1.37.2 showed it in both versions. */
class AutoscalerConversionTest {
    private final AutoscalerConversion conversion = new AutoscalerConversion();

    private static ObjectNode recorded(String name) throws IOException {
        try (InputStream in = AutoscalerConversionTest.class.getResourceAsStream(name + ".json")) {
            return (ObjectNode) JsonMapper.shared().readTree(in);
        }
    }

    /** All but the names of the versions, which are not this class's business. */
    private static void assertSame(ObjectNode actual, ObjectNode recorded) {
        for (String part : new String[]{"metadata", "spec", "status"}) {
            assertThat(actual.get(part)).as(part).isEqualTo(recorded.get(part));
        }
    }

    @Test
    void theOlderVersionCarriesTheRestInAnnotations() throws IOException {
        ObjectNode served = conversion.toServed(recorded("autoscaler-v2"));
        assertSame(served, recorded("autoscaler-v1"));
        assertThat(new ArrayList<>(served.path("metadata").path("annotations").propertyNames()))
                .as("in the order in which Go writes a map").isSorted();
    }

    @Test
    void whatIsWrittenInTheOlderVersionIsAllThere() throws IOException {
        assertSame(conversion.toStored(recorded("autoscaler-v1")), recorded("autoscaler-v1-as-v2"));
    }

    @Test
    void annotationsThatAreNotOursAreDropped() throws IOException {
        ObjectNode served = recorded("autoscaler-v1");
        ObjectNode annotations = (ObjectNode) served.path("metadata").path("annotations");
        annotations.put("autoscaling.alpha.kubernetes.io/metrics", "{");
        annotations.put("autoscaling.alpha.kubernetes.io/scale-up-tolerance", "1");
        ObjectNode stored = conversion.toStored(served);
        assertThat(stored.path("spec").path("metrics")).hasSize(1);
        assertThat(stored.path("metadata").path("annotations").propertyNames()).containsExactly("a", "zeta");

        ObjectNode foreign = recorded("autoscaler-v2");
        foreign.remove("status");
        ((ObjectNode) foreign.get("spec")).remove("metrics");
        ((ObjectNode) foreign.path("metadata").path("annotations")).put("autoscaling.alpha.kubernetes.io/metrics",
                "mine");
        JsonNode shown = conversion.toServed(foreign).path("metadata").path("annotations");
        assertThat(shown.propertyNames()).containsExactly("a", "autoscaling.alpha.kubernetes.io/behavior", "zeta");
    }

    @Test
    void theNamesOfTheNewerVersionAreTakenInOldAnnotations() throws IOException {
        ObjectNode served = recorded("autoscaler-v1");
        ((ObjectNode) served.path("metadata").path("annotations")).put("autoscaling.alpha.kubernetes.io/behavior",
                "{\"scaleUp\":{\"SelectPolicy\":\"Max\",\"policies\":[{\"type\":\"Pods\",\"value\":4}]}}");
        assertThat(conversion.toStored(served).path("spec").path("behavior")).isEqualTo(JsonMapper.shared().readTree(
                "{\"scaleUp\":{\"selectPolicy\":\"Max\",\"policies\":[{\"type\":\"Pods\",\"value\":4}]}}"));
    }
}
