package io.myriad.controller.endpointslice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.myriad.controller.model.Node;
import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;
import io.myriad.controller.model.Service;

import static org.assertj.core.api.Assertions.assertThat;

class EndpointTest {
    private static final Node NODE = Samples.node(Samples.json("{'apiVersion':'v1','kind':'Node','metadata':{"
            + "'name':'n','labels':{'topology.kubernetes.io/zone':'z'}}}"));

    private static Service service(String spec) {
        return Samples.service(Samples.json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'db',"
                + "'namespace':'default'},'spec':{'clusterIP':'None','selector':{'a':'b'}" + spec + "}}"));
    }

    /** Ready is never true of a pod that goes, unless all are to be published; serving says whether it still answers. */
    @ParameterizedTest(name = "pod ready {0}, deleted {1}, publish {2} -> ready {3}, serving {4}, terminating {5}")
    @CsvSource({"true, false, false, true, true, false", "false, false, false, false, false, false",
            "true, true, false, false, true, true", "false, true, false, false, false, true",
            "false, false, true, true, false, false", "false, true, true, true, false, true",
            "true, true, true, true, true, true"})
    void conditions(boolean ready, boolean deleted, boolean publish, boolean wantReady, boolean wantServing,
            boolean wantTerminating) {
        PodSample pod = new PodSample("p").on("n").addresses("10.0.0.1");
        if (ready) {
            pod.ready(1);
        }
        if (deleted) {
            pod.deleting();
        }
        Endpoint endpoint = Endpoint.of(pod.build(), "10.0.0.1", NODE,
                service(",'publishNotReadyAddresses':" + publish));
        assertThat(endpoint.ready()).isEqualTo(wantReady);
        assertThat(endpoint.serving()).isEqualTo(wantServing);
        assertThat(endpoint.terminating()).isEqualTo(wantTerminating);
    }

    @Test
    void hostnameOnlyInTheSubdomainOfTheService() {
        assertThat(Endpoint.of(new PodSample("p").hostname("db-0", "db").build(), "10.0.0.1", NODE, service(""))
                .hostname()).isEqualTo("db-0");
        assertThat(Endpoint.of(new PodSample("p").hostname("db-0", "other").build(), "10.0.0.1", NODE, service(""))
                .hostname()).isEmpty();
    }

    @ParameterizedTest(name = "{0} -> zone {1}, node {2}")
    @CsvSource({"'', '', ''", "PreferClose, z, ''", "PreferSameZone, z, ''", "PreferSameNode, z, n"})
    void hints(String distribution, String zone, String node) {
        Service service = service(distribution.isEmpty() ? "" : ",'trafficDistribution':'" + distribution + "'");
        Endpoint ready = Endpoint.of(new PodSample("p").on("n").ready(1).build(), "10.0.0.1", NODE, service);
        assertThat(ready.hints()).isEqualTo(new Endpoint.Hints(zone, node));
        assertThat(Endpoint.of(new PodSample("p").on("n").build(), "10.0.0.1", NODE, service).hints())
                .isEqualTo(new Endpoint.Hints("", ""));
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        Endpoint endpoint = Endpoint.of(new PodSample("p").on("n").ready(1).hostname("h", "db").build(), "fd00::1",
                NODE,
                service(",'trafficDistribution':'PreferSameNode'"));
        assertThat(Endpoint.read(endpoint.tree())).isEqualTo(endpoint);
    }
}
