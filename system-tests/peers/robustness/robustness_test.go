// Package robustness drives Myriad's store with etcd's own robustness tests: their clusters, traffic, failpoints and validation, taken as
// a library. Only where they read the write-ahead log it is first written, by the command in PERSISTED, from the store's own log.
package robustness

import (
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"
	"golang.org/x/sync/errgroup"

	"go.etcd.io/etcd/tests/v3/framework"
	"go.etcd.io/etcd/tests/v3/framework/e2e"
	"go.etcd.io/etcd/tests/v3/robustness/client"
	"go.etcd.io/etcd/tests/v3/robustness/failpoint"
	"go.etcd.io/etcd/tests/v3/robustness/identity"
	"go.etcd.io/etcd/tests/v3/robustness/report"
	"go.etcd.io/etcd/tests/v3/robustness/scenarios"
	"go.etcd.io/etcd/tests/v3/robustness/traffic"
	"go.etcd.io/etcd/tests/v3/robustness/validate"
)

// validateLimit is the time that the check of linearizability may take.
const validateLimit = 5 * time.Minute

func TestMain(m *testing.M) {
	framework.E2eTestRunner.TestMain(m)
}

// TestExploratory gives each of etcd's exploratory scenarios a failpoint at random.
func TestExploratory(t *testing.T) {
	run(t, scenarios.Exploratory(t))
}

// TestRegression plays the scenarios in which etcd once failed.
func TestRegression(t *testing.T) {
	run(t, scenarios.Regression(t))
}

func run(t *testing.T, all []scenarios.TestScenario) {
	framework.E2eTestRunner.BeforeTest(t)
	for _, scenario := range all {
		t.Run(scenario.Name, func(t *testing.T) {
			scenario.Cluster.Logger = zaptest.NewLogger(t)
			cluster, err := e2e.NewEtcdProcessCluster(t.Context(), t, e2e.WithConfig(&scenario.Cluster))
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				for _, member := range cluster.Procs {
					_ = member.Kill()
				}
				_ = cluster.ConcurrentStop()
			}()
			if scenario.Failpoint == nil {
				if scenario.Failpoint, err = failpoint.PickRandom(cluster, scenario.Profile); err != nil {
					t.Fatal(err)
				}
			}
			t.Run(scenario.Failpoint.Name(), func(t *testing.T) { play(t, scenario, cluster) })
		})
	}
}

func play(t *testing.T, scenario scenarios.TestScenario, cluster *e2e.EtcdProcessCluster) {
	log := scenario.Cluster.Logger
	unique := scenario.Traffic.ExpectUniqueRevision()
	results := filepath.Join(os.Getenv("RESULTS_DIR"), strings.ReplaceAll(t.Name(), "/", "_"))
	if err := os.MkdirAll(results, 0o700); err != nil {
		t.Fatal(err)
	}
	kept, err := report.NewTestReport(log, results, report.ServerDataPaths(cluster), &report.TrafficDetail{ExpectUniqueRevision: unique})
	if err != nil {
		t.Fatal(err)
	}
	clients := load(t, scenario, cluster)
	kept.SetClientReports(clients)
	if err := kept.SaveEtcdData(); err != nil {
		t.Error(err)
	}
	command := strings.Fields(os.Getenv("PERSISTED"))
	for _, member := range cluster.Procs {
		command = append(command, member.Config().DataDirPath)
	}
	if output, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	persisted, err := report.PersistedRequestsCluster(log, cluster)
	if err != nil {
		t.Fatal(err)
	}
	result := validate.ValidateAndReturnVisualize(log, validate.Config{ExpectRevisionUnique: unique}, clients, persisted, validateLimit)
	if err := result.Error(); err != nil {
		t.Error(err)
	} else {
		kept.SetVisualizer(result.Linearization.Visualize)
	}
	if err := kept.Finalize(t.Failed(), false); err != nil {
		t.Error(err)
	}
	operations := 0
	for _, each := range clients {
		operations += len(each.KeyValue)
	}
	t.Logf("%d operations of %d clients checked against %d requests in the log", operations, len(clients), len(persisted))
}

// load runs traffic and watchers, and breaks a member in the midst of it.
func load(t *testing.T, scenario scenarios.TestScenario, cluster *e2e.EtcdProcessCluster) []report.ClientReport {
	log := scenario.Cluster.Logger
	group, ctx := errgroup.WithContext(t.Context())
	start := time.Now()
	ids := identity.NewIDProvider()
	writers, watchers := client.NewSet(ids, start), client.NewSet(ids, start)
	defer writers.Close()
	defer watchers.Close()
	injected := make(chan report.FailpointInjection, 1)
	newest := make(chan int64, 1)
	var breaking []report.ClientReport
	group.Go(func() error {
		defer close(injected)
		calm()
		result, err := failpoint.Inject(ctx, t, log, cluster, scenario.Failpoint, start, ids)
		if err != nil {
			return err
		}
		calm()
		injected <- result.FailpointInjection
		breaking = result.Client
		return nil
	})
	group.Go(func() error {
		defer close(newest)
		newest <- report.OperationsMaxRevision(
			traffic.SimulateTraffic(ctx, t, log, cluster, scenario.Profile, scenario.Traffic, injected, writers))
		return nil
	})
	group.Go(func() error {
		endpoints := []string{}
		for _, member := range cluster.Procs {
			endpoints = append(endpoints, member.EndpointsGRPC()[0])
		}
		return client.CollectClusterWatchEvents(ctx, client.CollectClusterWatchEventsParam{
			Lg: log, Endpoints: endpoints, MaxRevisionChan: newest, ClientSet: watchers,
		})
	})
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
	if err := client.CheckEndOfTestHashKV(t.Context(), cluster); err != nil {
		t.Error(err)
	}
	return slices.Concat(writers.Reports(), watchers.Reports(), breaking)
}

// calm is about a second in which traffic reaches its speed.
func calm() {
	time.Sleep(800*time.Millisecond + time.Duration(rand.Int63n(int64(400*time.Millisecond))))
}
