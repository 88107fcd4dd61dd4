package io.myriad.hollow.core;

import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class AddressesTest {
    @ParameterizedTest
    @CsvSource({"0,110,10.128.0.0/24", "1,110,10.128.1.0/24", "256,110,10.129.0.0/24", "1,200,10.128.2.0/23",
            "9999,110,10.167.15.0/24"})
    void eachNodeHasARangeOfItsOwn(int index, int pods, String range) {
        assertThat(Addresses.podRange(index, pods)).isEqualTo(range);
    }

    @Test
    void thereIsRoomForTenThousandNodesAndMore() {
        assertThat(Addresses.nodesMax(110)).isEqualTo(32_768);
        assertThat(Addresses.ofNode(0)).isEqualTo("10.64.0.1");
        assertThat(Addresses.ofNode(9_999)).isEqualTo("10.64.39.16");
    }

    @Test
    void noTwoPodsEverShareAnAddress() {
        PodAddresses addresses = new PodAddresses("10.128.3.0/24");
        addresses.reserve("10.128.3.7");
        addresses.reserve("10.64.0.1"); // the host's, which is not of this range
        Set<String> taken = new HashSet<>();
        for (int i = 0; i < 252; i++) {
            assertThat(taken.add(addresses.take())).isTrue();
        }
        assertThat(taken).doesNotContain("10.128.3.0", "10.128.3.1", "10.128.3.7", "10.128.3.255");
        assertThat(addresses.take()).isEmpty();
        addresses.release("10.128.3.9");
        assertThat(addresses.take()).isEqualTo("10.128.3.9");
    }

    @Test
    void anAddressIsUsedAgainAsLateAsPossible() {
        PodAddresses addresses = new PodAddresses("10.128.0.0/24");
        String first = addresses.take();
        addresses.release(first);
        assertThat(addresses.take()).isNotEqualTo(first);
    }
}
