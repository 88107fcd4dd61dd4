package io.myriad.apiserver.admission;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

import static org.assertj.core.api.Assertions.assertThat;

class PodSecurityChecksTest {
    private static final String STRICT = """
            {"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
             "containers": [{"name": "c", "securityContext": {"allowPrivilegeEscalation": false,
              "capabilities": {"drop": ["ALL"]}}}], "volumes": [{"name": "v", "emptyDir": {}}]}""";

    private static List<String> violations(PodSecurityLevel level, String spec) {
        ObjectNode none = Objects.json("{}");
        return PodSecurityChecks.violations(level, none, Objects.json(spec));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"hostNetwork": true, "hostPID": true} | host namespaces (hostNetwork=true, hostPID=true)
            {"containers": [{"name": "c", "securityContext": {"privileged": true}}]} | privileged (container "c" must not
            {"containers": [{"name": "c", "securityContext": {"capabilities": {"add": ["SYS_ADMIN"]}}}]} | non-default capabilities
            {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]} | hostPath volumes (volume "v")
            {"initContainers": [{"name": "i", "ports": [{"hostPort": 80}]}]} | hostPort (container "i"
            {"containers": [{"name": "c", "livenessProbe": {"httpGet": {"host": "x"}}}]} | probe or lifecycle host
            {"securityContext": {"seccompProfile": {"type": "Unconfined"}}} | seccompProfile (pod must not
            {"securityContext": {"seLinuxOptions": {"user": "u"}}} | seLinuxOptions (pod set forbidden
            {"securityContext": {"sysctls": [{"name": "kernel.msgmax"}]}} | forbidden sysctls (kernel.msgmax)
            {"containers": [{"name": "c", "securityContext": {"procMount": "Unmasked"}}]} | procMount
            {"containers": [{"name": "c", "securityContext": {"appArmorProfile": {"type": "Unconfined"}}}]} | forbidden AppArmor profile
            {"securityContext": {"windowsOptions": {"hostProcess": true}}} | hostProcess
            """)
    void baselineForbids(String spec, String violation) {
        assertThat(violations(PodSecurityLevel.BASELINE, spec)).singleElement().asString().contains(violation);
        assertThat(violations(PodSecurityLevel.PRIVILEGED, spec)).isEmpty();
    }

    @Test
    void anOrdinaryPodIsBaselineAndNotRestricted() {
        String ordinary = """
                {"containers": [{"name": "c"}], "volumes": [{"name": "v", "nfs": {}}]}""";
        assertThat(violations(PodSecurityLevel.BASELINE, ordinary)).isEmpty();
        assertThat(violations(PodSecurityLevel.RESTRICTED, ordinary)).extracting(text -> text.split(" \\(")[0])
                .containsExactly("restricted volume types", "allowPrivilegeEscalation != false",
                        "unrestricted capabilities", "runAsNonRoot != true", "seccompProfile");
    }

    @Test
    void aStrictPodIsRestricted() {
        assertThat(violations(PodSecurityLevel.RESTRICTED, STRICT)).isEmpty();
        assertThat(violations(PodSecurityLevel.RESTRICTED, STRICT.replace("\"runAsNonRoot\": true",
                "\"runAsNonRoot\": true, \"runAsUser\": 0"))).singleElement().asString().startsWith("runAsUser=0");
    }

    @Test
    void labelsThatMeanNothingAreReportedAndEnforceTheStrictest() {
        ObjectNode labels = Objects.json("""
                {"pod-security.kubernetes.io/enforce": "nope", "pod-security.kubernetes.io/warn-version": "1.2"}""");
        assertThat(PodSecurityPolicy.problems(labels)).extracting(error -> error.field()).containsExactly(
                "metadata.labels[pod-security.kubernetes.io/enforce]",
                "metadata.labels[pod-security.kubernetes.io/warn-version]");
        PodSecurityPolicy policy = PodSecurityPolicy.of(labels);
        assertThat(policy).isNotNull();
        assertThat(policy.enforced()).isEqualTo(PodSecurityLevel.RESTRICTED);
        assertThat(PodSecurityPolicy.of(Objects.json("{\"app\": \"a\"}"))).isNull();
    }
}
