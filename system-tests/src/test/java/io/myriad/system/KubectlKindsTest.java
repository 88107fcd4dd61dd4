package io.myriad.system;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Objects of many kinds that the real kubectl creates, lists in the kind's columns, and describes. */
@Tag("peers")
@ExtendWith(SharedCluster.Resolver.class)
class KubectlKindsTest {
    private static Program kubectl;

    @BeforeAll
    static void namespace(SharedCluster shared) {
        kubectl = shared.kubectl("kinds");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            configmap c --from-literal=a=b | configmap/c | NAME DATA AGE
            secret generic s --from-literal=a=b | secret/s | NAME TYPE DATA AGE
            serviceaccount sa | serviceaccount/sa | NAME AGE
            role r --verb=get,list --resource=pods | role.rbac.authorization.k8s.io/r | NAME CREATED_AT
            rolebinding rb --role=r --user=jane | rolebinding.rbac.authorization.k8s.io/rb | NAME ROLE AGE
            clusterrole kinds --verb=get --resource=nodes | clusterrole.rbac.authorization.k8s.io/kinds | NAME CREATED_AT
            clusterrolebinding kinds --clusterrole=kinds --user=jane | clusterrolebinding.rbac.authorization.k8s.io/kinds | NAME ROLE AGE
            quota q --hard=configmaps=100 | resourcequota/q | NAME REQUEST LIMIT AGE
            pdb p --selector=app=x --min-available=1 | poddisruptionbudget.policy/p | NAME MIN_AVAILABLE MAX_UNAVAILABLE ALLOWED_DISRUPTIONS AGE
            ingress i --rule=h.example/p=svc:80 | ingress.networking.k8s.io/i | NAME CLASS HOSTS ADDRESS PORTS AGE
            job j --image=busybox | job.batch/j | NAME STATUS COMPLETIONS DURATION AGE
            cronjob cj --image=busybox --schedule=*/5_*_*_*_* | cronjob.batch/cj | NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST_SCHEDULE AGE
            service nodeport np --tcp=80:8080 | service/np | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE
            service externalname en --external-name=example.com | service/en | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE
            priorityclass kinds --value=1000 | priorityclass.scheduling.k8s.io/kinds | NAME VALUE GLOBAL-DEFAULT AGE PREEMPTIONPOLICY
            """)
    void created(String command, String object, String columns) {
        String[] words = ("create " + command).split(" ");
        for (int i = 0; i < words.length; i++) {
            words[i] = words[i].startsWith("--schedule") ? words[i].replace('_', ' ') : words[i];
        }
        assertThat(kubectl.run(words)).isEqualTo(object + " created\n");
        Printed table = Printed.of(kubectl.run("get", object));
        assertThat(String.join(" ", table.columns().stream().map(name -> name.replace(' ', '_')).toList()))
                .isEqualTo(columns);
        String name = object.substring(object.indexOf('/') + 1);
        assertThat(table.rows()).hasSize(1);
        assertThat(table.rows().getFirst().getFirst()).isEqualTo(name);
        assertThat(kubectl.run("describe", object)).containsPattern("Name: +" + name + "\n");
    }

    @Test
    void described() {
        kubectl.run("create", "configmap", "told", "--from-literal=key=value");
        assertThat(kubectl.run("describe", "configmap", "told")).contains("Data\n====\nkey:\n----\nvalue\n");
        kubectl.run("create", "secret", "generic", "told", "--from-literal=key=value");
        assertThat(kubectl.run("describe", "secret", "told")).contains("Type:  Opaque", "key:  5 bytes")
                .doesNotContain("value");
        kubectl.run("create", "role", "told", "--verb=get,list", "--resource=pods,deployments.apps");
        assertThat(kubectl.run("describe", "role", "told")).contains("pods              []                 []"
                + "              [get list]", "deployments.apps  []");
        assertThat(kubectl.run("describe", "serviceaccount", "default")).contains("Image pull secrets:  <none>");
        kubectl.run("run", "told", "--image=nginx", "--port=80", "--env=A=b", "--labels=a=b");
        kubectl.run("wait", "--for=condition=Ready", "pod/told", "--timeout=60s");
        assertThat(kubectl.run("describe", "pod", "told")).contains("Port:           80/TCP", "A:  b",
                "kube-api-access-", "PodScheduled                True");
        assertThat(kubectl.run("expose", "pod", "told", "--name=told", "--type=NodePort"))
                .isEqualTo("service/told exposed\n");
        assertThat(kubectl.run("describe", "service", "told")).containsPattern("NodePort: +<unset>  3\\d{4}/TCP");
    }

    @Test
    void refused() {
        assertThat(kubectl.call("create", "deployment", "Bad_Name", "--image=x").err()).contains("is invalid",
                "a lowercase RFC 1123 subdomain must consist of");
        assertThat(kubectl.call("create", "cronjob", "bad", "--image=x", "--schedule=nope").err()).contains(
                "CronJob.batch \"bad\" is invalid: spec.schedule: Invalid value: \"nope\": expected exactly 5 fields");
        assertThat(kubectl.callWith("{\"apiVersion\":\"nope/v1\",\"kind\":\"Nope\",\"metadata\":{\"name\":\"x\"}}",
                "create", "-f", "-").err()).contains("no matches for kind \"Nope\" in version \"nope/v1\"");
    }
}
