package io.myriad.controller.endpoints;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

import io.myriad.controller.model.Pod;
import io.myriad.controller.model.PodSample;
import io.myriad.controller.model.Samples;
import io.myriad.controller.model.Service;

import static org.assertj.core.api.Assertions.assertThat;

class SubsetsTest {
    private static Service service(String spec) {
        return Samples.service(Samples.json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'db',"
                + "'namespace':'default'},'spec':{'selector':{'app':'db'},'ipFamilies':['IPv4'],'clusterIP':'10.0.0.9'"
                + spec + "}}"));
    }

    private static final String PORTS = ",'ports':[{'name':'sql','port':5432,'targetPort':'pg'},"
            + "{'name':'http','port':80,'targetPort':8080,'protocol':'TCP','appProtocol':'h2'}]";

    private static PodSample pod(int number) {
        return new PodSample("db-" + number).label("app", "db").on("n").addresses("10.1." + number / 200 + "."
                + number % 200, "fd00::" + number);
    }

    private static int addresses(Subsets subsets, String list) {
        int count = 0;
        for (JsonNode subset : subsets.subsets()) {
            count += subset.path(list).size();
        }
        return count;
    }

    @Test
    void podsWithTheSamePortsStandTogether() {
        Subsets subsets = Subsets.of(service(PORTS), List.of(pod(1).ready(1).port("pg", 5432).build(),
                pod(2).port("pg", 5432).build(), pod(3).ready(1).port("pg", 5433).build(),
                pod(4).ready(1).build()));
        assertThat(subsets.subsets()).hasSize(3);
        JsonNode first = subsets.subsets().valueStream().filter(one -> one.toString().contains("5432")).findFirst()
                .orElseThrow();
        assertThat(first.path("addresses").get(0).path("ip").asString()).isEqualTo("10.1.0.1");
        assertThat(first.path("notReadyAddresses").get(0).path("targetRef").path("name").asString()).isEqualTo("db-2");
        assertThat(first.path("ports")).hasSize(2);
        assertThat(subsets.subsets().toString()).as("a pod without the named port has the other one").contains("db-4");
    }

    @Test
    void whoIsLeftOut() {
        List<Pod> pods = List.of(pod(1).phase("Succeeded").ready(1).build(), pod(2).deleting().ready(1).build(),
                new PodSample("x").label("app", "db").ready(1).build(), pod(4).label("app", "web").ready(1).build());
        assertThat(Subsets.of(service(PORTS), pods).subsets()).isEmpty();
        assertThat(addresses(Subsets.of(service(PORTS + ",'publishNotReadyAddresses':true"), pods), "addresses"))
                .as("one that is being deleted, when all are to be published").isEqualTo(1);
    }

    @Test
    void aServiceWithoutPortsHasAddressesOnlyWhenItIsHeadless() {
        List<Pod> pods = List.of(pod(1).ready(1).build());
        assertThat(Subsets.of(service(""), pods).subsets()).isEmpty();
        assertThat(addresses(Subsets.of(service(",'clusterIP':'None'"), pods), "addresses")).isEqualTo(1);
    }

    @Test
    void theFamilyOfTheService() {
        Subsets subsets = Subsets.of(service(PORTS + ",'ipFamilies':['IPv6','IPv4']"),
                List.of(pod(7).ready(1).build()));
        assertThat(subsets.subsets().get(0).path("addresses").get(0).path("ip").asString()).isEqualTo("fd00::7");
    }

    @ParameterizedTest(name = "{0} ready, {1} not -> {2} ready, {3} not, truncated {4}")
    @CsvSource({"1000, 0, 1000, 0, false", "1001, 0, 1000, 0, true", "900, 200, 900, 100, true",
            "1200, 300, 1000, 0, true", "0, 1500, 0, 1000, true"})
    void atMostAThousand(int ready, int notReady, int wantReady, int wantNotReady, boolean truncated) {
        List<Pod> pods = new ArrayList<>();
        for (int i = 0; i < ready + notReady; i++) {
            PodSample pod = pod(i);
            pods.add((i < notReady ? pod : pod.ready(1)).build());
        }
        Subsets subsets = Subsets.of(service(PORTS), pods);
        assertThat(addresses(subsets, "addresses")).isEqualTo(wantReady);
        assertThat(addresses(subsets, "notReadyAddresses")).isEqualTo(wantNotReady);
        assertThat(subsets.truncated()).isEqualTo(truncated);
    }

    @Test
    void orderDoesNotMakeADifference() {
        JsonNode one = Samples.json("{'s':[{'addresses':[{'ip':'1.1.1.1'},{'ip':'2.2.2.2'}],'ports':[{'name':'a',"
                + "'port':1},{'name':'b','port':2,'protocol':'TCP'}]}]}").path("s");
        JsonNode other = Samples.json("{'s':[{'ports':[{'name':'b','port':2},{'name':'a','port':1}],"
                + "'addresses':[{'ip':'2.2.2.2'},{'ip':'1.1.1.1'}]}]}").path("s");
        assertThat(Subsets.comparable(one)).isEqualTo(Subsets.comparable(other));
    }
}
