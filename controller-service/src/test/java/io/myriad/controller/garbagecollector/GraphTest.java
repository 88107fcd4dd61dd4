package io.myriad.controller.garbagecollector;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.myriad.api.GroupVersionKind;
import io.myriad.api.GroupVersionResource;
import io.myriad.api.codec.ObjectBytes.OwnerReference;
import io.myriad.control.client.Discovery.ApiResource;
import io.myriad.controller.garbagecollector.Graph.Examine;
import io.myriad.controller.garbagecollector.Graph.ExamineLater;
import io.myriad.controller.garbagecollector.Graph.Release;

import static org.assertj.core.api.Assertions.assertThat;

class GraphTest {
    static final ApiResource CONFIG_MAPS = new ApiResource(new GroupVersionResource("", "v1", "configmaps"),
            new GroupVersionKind("", "v1", "ConfigMap"), true, Set.of());
    static final ApiResource NODES = new ApiResource(new GroupVersionResource("", "v1", "nodes"),
            new GroupVersionKind("", "v1", "Node"), false, Set.of());

    static OwnerReference ref(String uid, boolean blocking) {
        return new OwnerReference("v1", "ConfigMap", uid, uid, false, blocking);
    }

    static Item item(String uid, OwnerReference... owners) {
        return new Item(CONFIG_MAPS, "default", uid, uid, "1", List.of(owners), false, false, false);
    }

    static Item with(Item item, boolean deleting, boolean foreground, boolean orphan) {
        return new Item(item.resource(), item.namespace(), item.name(), item.uid(), item.resourceVersion() + "1",
                item.owners(), deleting, foreground, orphan);
    }

    private final Graph graph = new Graph();

    @Test
    void aDependentOfAnUnknownOwnerIsLookedAtALittleLater() {
        assertThat(graph.put(item("p", ref("o", false)))).containsExactly(new ExamineLater("p"));
        assertThat(graph.put(item("p", ref("o", false)))).as("nothing new").isEmpty();
        assertThat(graph.put(item("o"))).isEmpty();
        assertThat(graph.dependentsOf("o")).extracting(Item::uid).containsExactly("p");
    }

    @Test
    void theEndOfAnOwnerIsTheMatterOfItsDependents() {
        graph.put(item("o"));
        graph.put(item("p", ref("o", true)));
        graph.put(item("q", ref("o", false)));
        assertThat(graph.remove("o")).containsExactlyInAnyOrder(new Examine("p"), new Examine("q"));
        assertThat(graph.remove("o")).isEmpty();
    }

    @Test
    void anOwnerThatWaitsHearsOfEachDependentThatGoesOrLetsGo() {
        graph.put(item("o"));
        graph.put(item("p", ref("o", true)));
        graph.put(item("q", ref("o", true)));
        graph.put(item("r", ref("o", true)));
        assertThat(graph.put(with(item("o"), true, true, false))).contains(new Examine("p"), new Examine("q"),
                new Examine("r"), new Examine("o"));
        assertThat(graph.remove("p")).contains(new Examine("o"));
        assertThat(graph.put(item("q"))).as("no owner any more").contains(new Examine("o"));
        assertThat(graph.put(item("r", ref("o", false)))).as("not blocking any more").contains(new Examine("o"));
    }

    @Test
    void aNewDependentOfAWaitingOwnerIsLookedAt() {
        graph.put(with(item("o"), true, true, false));
        assertThat(graph.put(item("p", ref("o", true)))).containsExactly(new Examine("p"));
    }

    @Test
    void orphaningComesBeforeEverythingAndOnce() {
        graph.put(item("o"));
        graph.put(item("p", ref("o", true)));
        Item orphaning = with(item("o"), true, true, true);
        assertThat(graph.put(orphaning)).containsExactly(new Release("o"));
        assertThat(graph.put(orphaning)).isEmpty();
    }

    @Test
    void ownersOfAnotherNamespaceOrKindAreNotMeant() {
        graph.put(new Item(CONFIG_MAPS, "other", "o", "o", "1", List.of(), false, false, false));
        assertThat(graph.put(item("p", ref("o", false)))).as("same uid, other namespace").containsExactly(
                new Examine("p"));
        graph.put(new Item(NODES, "", "n", "n", "1", List.of(), false, false, false));
        assertThat(graph.put(item("q", new OwnerReference("v1", "Node", "n", "n", false, false))))
                .as("cluster-scoped owners have dependents everywhere").isEmpty();
        assertThat(graph.put(item("s", new OwnerReference("v2", "Node", "n", "n", false, false))))
                .as("the version does not matter").isEmpty();
        assertThat(graph.put(item("r", new OwnerReference("v1", "Pod", "n", "n", false, false)))).as("another kind")
                .containsExactly(new Examine("r"));
    }

    @Test
    void aNewLeaderStartsWithAllThatIsOpen() {
        graph.put(item("solid"));
        graph.put(item("kept", ref("solid", true)));
        graph.put(item("lost", ref("never", true)));
        graph.put(with(item("waiting"), true, true, false));
        graph.put(with(item("orphaning"), true, false, true));
        assertThat(graph.everythingOpen()).containsExactlyInAnyOrder(new Examine("lost"), new Examine("waiting"),
                new Release("orphaning"));
    }

    @Test
    void forgetsWhatIsGone() {
        List<String> uids = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            graph.put(item("p" + i, ref("o" + i % 7, true)));
            uids.add("p" + i);
        }
        uids.forEach(graph::remove);
        assertThat(graph.size()).isZero();
        assertThat(graph.dependentsOf("o1")).isEmpty();
    }

    @Test
    void anAbsentOwnerIsAbsentOnlyAsItWasLookedFor() {
        AbsentOwners absent = new AbsentOwners(100);
        Item inWrongNamespace = new Item(CONFIG_MAPS, "elsewhere", "p", "p", "1", List.of(), false, false, false);
        absent.add(ref("o", false), "elsewhere");
        assertThat(absent.contains(inWrongNamespace, ref("o", true))).isTrue();
        assertThat(absent.contains(item("q"), ref("o", false))).as("the owner may be in default").isFalse();
        absent.add(new OwnerReference("v1", "Node", "n", "n", false, false), "");
        assertThat(absent.contains(item("q"), new OwnerReference("v1", "Node", "n", "n", false, false))).isTrue();
        assertThat(absent.contains(item("q"), new OwnerReference("v1", "Node", "m", "n", false, false))).isFalse();
        absent.add(item("gone"));
        assertThat(absent.contains(item("q"), ref("gone", false))).isTrue();
    }

    @Test
    void absentOwnersAreForgottenTheLeastUsedFirst() {
        AbsentOwners absent = new AbsentOwners(2);
        absent.add(item("a"));
        absent.add(item("b"));
        assertThat(absent.contains(item("q"), ref("a", false))).isTrue();
        absent.add(item("c"));
        assertThat(absent.contains(item("q"), ref("a", false))).isTrue();
        assertThat(absent.contains(item("q"), ref("b", false))).isFalse();
    }
}
