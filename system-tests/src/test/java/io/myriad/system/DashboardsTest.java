package io.myriad.system;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** The dashboards as documents: what Grafana would trip over or draw badly. */
class DashboardsTest {
    private static final int COLUMNS = 24;

    @Test
    void theyCanBeToldApart() throws Exception {
        Set<String> known = new HashSet<>();
        for (JsonNode dashboard : Dashboards.all()) {
            assertThat(known.add(dashboard.path("uid").asString())).as(dashboard.path("title").asString()).isTrue();
            assertThat(known.add(dashboard.path("title").asString())).isTrue();
        }
        assertThat(known).isNotEmpty();
    }

    @Test
    void panelsHaveNumbersOfTheirOwnAndDoNotOverlap() throws Exception {
        for (JsonNode dashboard : Dashboards.all()) {
            Set<Integer> ids = new HashSet<>();
            Set<String> cells = new HashSet<>();
            for (JsonNode panel : dashboard.path("panels")) {
                String name = dashboard.path("title").asString() + ": " + panel.path("title").asString();
                assertThat(ids.add(panel.path("id").asInt())).as(name).isTrue();
                JsonNode place = panel.path("gridPos");
                int left = place.path("x").asInt();
                int top = place.path("y").asInt();
                assertThat(left + place.path("w").asInt()).as(name).isLessThanOrEqualTo(COLUMNS);
                for (int x = left; x < left + place.path("w").asInt(); x++) {
                    for (int y = top; y < top + place.path("h").asInt(); y++) {
                        assertThat(cells.add(x + "," + y)).as(name + " overlaps at " + x + "," + y).isTrue();
                    }
                }
            }
        }
    }

    @Test
    void panelsSayWhatTheyShowAndAskTheDataSourceThatTheUserChose() throws Exception {
        for (JsonNode dashboard : Dashboards.all()) {
            assertThat(dashboard.path("templating").path("list").get(0).path("type").asString())
                    .isEqualTo("datasource");
            for (JsonNode panel : dashboard.path("panels")) {
                assertThat(panel.path("title").asString()).isNotEmpty();
                if (panel.path("type").asString().equals("row")) {
                    continue;
                }
                assertThat(panel.path("fieldConfig").path("defaults").path("unit").asString("")).isNotEmpty();
                assertThat(panel.path("datasource").path("uid").asString()).isEqualTo("${datasource}");
                assertThat(panel.path("targets")).isNotEmpty();
                for (JsonNode target : panel.path("targets")) {
                    assertThat(target.path("expr").asString("")).isNotEmpty();
                    assertThat(target.path("legendFormat").asString("")).isNotEmpty();
                    assertThat(target.path("datasource").path("uid").asString()).isEqualTo("${datasource}");
                }
            }
        }
    }

    @Test
    void metricsAreFoundInQueries() {
        assertThat(new Dashboards.Query("d", "p",
                "histogram_quantile(0.99, sum by (verb, le) (rate(a_seconds_bucket{code=~\"5..\"}[$__rate_interval])))"
                        + " or vector(0)")
                .metrics())
                .containsExactly("a_seconds_bucket");
        assertThat(new Dashboards.Query("d", "p", "topk(10, max by (x) (a_b) > 0) - up").metrics())
                .containsExactly("a_b", "up");
    }
}
