package io.myriad.api.value;

import java.util.List;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class NamesTest {
    private static void check(Function<String, List<String>> rule, List<String> valid, List<String> invalid) {
        assertThat(valid).allSatisfy(text -> assertThat(rule.apply(text)).as(text).isEmpty());
        assertThat(invalid).allSatisfy(text -> assertThat(rule.apply(text)).as(text).isNotEmpty());
    }

    @Test
    void rules() {
        String long63 = "x".repeat(63);
        check(Names::dns1123Label, List.of("a", "0", "a-b", long63),
                List.of("", "A", "a.b", "-a", "a-", "a_b", long63 + "x"));
        check(Names::dns1123Subdomain, List.of("a", "a.b", "0.1-2"), List.of("", ".", "a..b", "a.", ".a", "A", "a.-b"));
        check(Names::dns1123SubdomainCaseless, List.of("A.b"), List.of("", "a_b"));
        check(Names::dns1123SubdomainWithUnderscore, List.of("_a.b", "a_b"), List.of("_", "a_", "_.a"));
        check(Names::dns1035Label, List.of("a", "a1"), List.of("", "1a", "a.b", "A"));
        check(Names::wildcardDns1123Subdomain, List.of("*.a", "*.a.b"), List.of("a", "*", "*.", "*.*.a", "a.*"));
        check(Names::qualifiedName, List.of("a", "A_b.c", "a.b/C", long63),
                List.of("", "a/", "/a", "a/b/c", "A/b", "-a", "a b", long63 + "x"));
        check(Names::labelValue, List.of("", "a", "A.b_c-1"), List.of("-", "a-", "a b", "a/b", long63 + "x"));
        check(Names::pathSegment, List.of("", "a", "...", "system:node"), List.of(".", "..", "a/b", "a%b"));
        check(Names::pathSegmentPrefix, List.of(".", ".."), List.of("/", "%"));
        check(Names::cIdentifier, List.of("_", "a1"), List.of("", "1", "a-b"));
        check(Names::environmentVariable, List.of("A", "a.b-c_d", "_"), List.of("", "1A", "a b", "..", "..a"));
        check(Names::relaxedEnvironmentVariable, List.of("1 A", "a.b"), List.of("", "a=b", "\u00e9", "\n"));
        check(Names::configMapKey, List.of("a", "A.b_c-1", "a..b"), List.of("", ".", "..", "..a", "a/b"));
        check(Names::httpHeader, List.of("X-Header"), List.of("", "X_Header", "X Header"));
        check(Names::portName, List.of("http", "h2-c"), List.of("", "80", "a--b", "-a", "a-", "A", "x".repeat(16)));
        check(Names::percent, List.of("0%", "150%"), List.of("", "%", "1", "-1%"));
        check(Names::decimalInteger, List.of("0", "-1", "10"), List.of("", "-0", "01", "+1", "1.0", "-"));
        assertThat(Names.portNumber(1)).isEmpty();
        assertThat(Names.portNumber(0)).containsExactly("must be between 1 and 65535, inclusive");
    }

    @Test
    void sentencesAreUpstreams() {
        assertThat(Names.dns1123Label("a.b")).containsExactly("must not contain dots");
        assertThat(Names.dns1123Subdomain("A"))
                .containsExactly("a lowercase RFC 1123 subdomain must consist of lower case "
                        + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
                        + "'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*"
                        + "[a-z0-9])?)*')");
        assertThat(Names.qualifiedName("/" + "x".repeat(64))).containsExactly("prefix part must be non-empty",
                "name part must be no more than 63 bytes");
        assertThat(Names.labelValue("x".repeat(64))).containsExactly("must be no more than 63 bytes");
        assertThat(Names.dns1035Label("x".repeat(64))).containsExactly("must be no more than 63 characters");
    }

    @Test
    void lengthsCountBytes() {
        assertThat(Names.utf8Length("a\u00e9\u4e2d\ud83d\ude80")).isEqualTo(1 + 2 + 3 + 4);
    }

    @Test
    void generatedNamesMayEndInAHyphen() {
        assertThat(Names.dns1123Subdomain(Names.maskTrailingHyphen("web-"))).isEmpty();
        assertThat(Names.dns1123Subdomain(Names.maskTrailingHyphen("-"))).isNotEmpty();
    }
}
