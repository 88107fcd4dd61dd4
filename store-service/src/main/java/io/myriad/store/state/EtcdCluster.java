package io.myriad.store.state;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What etcd's database says of the cluster that it is from. Whoever restores it puts a new cluster's members in place of these.
 *
 * @param appliedIndex place in the log of the last entry that the state is the result of
 * @param appliedTerm term of that entry
 * @param voters ids of the members
 */
public record EtcdCluster(long appliedIndex, long appliedTerm, List<EtcdMember> voters) {

    /** A member. */
    public record EtcdMember(long id, String name, List<String> peerUrls, List<String> clientUrls) {

        byte[] json() {
            return ("{\"id\":" + Long.toUnsignedString(id) + ",\"peerURLs\":" + array(peerUrls) + ",\"name\":"
                    + quoted(name) + (clientUrls.isEmpty() ? "" : ",\"clientURLs\":" + array(clientUrls)) + "}")
                    .getBytes(StandardCharsets.UTF_8);
        }

        private static String array(List<String> texts) {
            return texts.stream().map(EtcdMember::quoted).collect(Collectors.joining(",", "[", "]"));
        }

        private static String quoted(String text) {
            StringBuilder json = new StringBuilder("\"");
            text.chars().forEach(c -> {
                if (c < ' ' || c == '"' || c == '\\') {
                    json.append(String.format("\\u%04x", c));
                } else {
                    json.append((char) c);
                }
            });
            return json.append('"').toString();
        }
    }

    /** Members in JSON by their ids in hexadecimal. */
    SortedMap<String, byte[]> members() {
        SortedMap<String, byte[]> members = new TreeMap<>();
        voters.forEach(member -> members.put(Long.toHexString(member.id), member.json()));
        return members;
    }

    byte[] confState() {
        return voters.stream().map(member -> Long.toUnsignedString(member.id))
                .collect(Collectors.joining(",", "{\"voters\":[", "],\"auto_leave\":false}"))
                .getBytes(StandardCharsets.UTF_8);
    }
}
