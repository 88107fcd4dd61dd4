package io.myriad.controller.model;

import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimsTest {
    private static Workload owner(String more) {
        return Samples.workload(Samples.json("{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'web',"
                + "'namespace':'default','uid':'me'" + more + "},'spec':{'selector':{'matchLabels':{'app':'web'}}}}"));
    }

    private static PodSample mine(String name) {
        return new PodSample(name).controller("ReplicaSet", "web", "me");
    }

    private final Pod owned = mine("owned").label("app", "web").build();
    private final Pod leaving = mine("leaving").label("app", "other").build();
    private final Pod leavingAnyway = mine("leavingAnyway").label("app", "other").deleting().build();
    private final Pod orphan = new PodSample("orphan").label("app", "web").build();
    private final Pod dyingOrphan = new PodSample("dyingOrphan").label("app", "web").deleting().build();
    private final Pod stranger = new PodSample("stranger").label("app", "x").build();
    private final Pod others = new PodSample("others").label("app", "web").controller("ReplicaSet", "web", "other")
            .build();
    private final List<Pod> all = List.of(owned, leaving, leavingAnyway, orphan, dyingOrphan, stranger, others);

    @Test
    void sortsOutWhoseIsWhose() {
        Claims<Pod> claims = Claims.of(owner(""), all, Pod::meta);
        assertThat(claims.owned()).containsExactly(owned);
        assertThat(claims.adoptable()).containsExactly(orphan);
        assertThat(claims.released()).containsExactly(leaving);
    }

    @Test
    void anOwnerThatIsBeingDeletedChangesNothing() {
        Claims<Pod> claims = Claims.of(owner(",'deletionTimestamp':'2026-01-01T00:00:00Z'"), all, Pod::meta);
        assertThat(claims.owned()).containsExactly(owned);
        assertThat(claims.adoptable()).isEmpty();
        assertThat(claims.released()).isEmpty();
    }
}
