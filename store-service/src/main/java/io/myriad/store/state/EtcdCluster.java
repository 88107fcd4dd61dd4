package io.myriad.store.state;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import io.myriad.store.api.Member;

/**
 * What etcd's database says of the cluster that it is from. Whoever restores it puts a new cluster's members in place of these.
 *
 * @param appliedIndex place in the log of the last entry that the state is the result of
 * @param appliedTerm term of that entry
 * @param membership who belongs to it
 */
record EtcdCluster(long appliedIndex, long appliedTerm, Membership membership) {

    /** Members in JSON by their ids in hexadecimal. */
    SortedMap<String, byte[]> members() {
        SortedMap<String, byte[]> members = new TreeMap<>();
        membership.list().forEach(member -> members.put(Long.toHexString(member.getID()),
                json(member).getBytes(StandardCharsets.UTF_8)));
        return members;
    }

    private static String json(Member member) {
        return "{\"id\":" + Long.toUnsignedString(member.getID()) + ",\"peerURLs\":" + array(member.getPeerURLsList())
                + (member.getIsLearner() ? ",\"isLearner\":true" : "") + ",\"name\":" + quoted(member.getName())
                + (member.getClientURLsCount() == 0 ? "" : ",\"clientURLs\":" + array(member.getClientURLsList()))
                + "}";
    }

    private static String array(List<String> texts) {
        return texts.stream().map(EtcdCluster::quoted).collect(Collectors.joining(",", "[", "]"));
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

    byte[] confState() {
        String learners = membership.learners().isEmpty() ? "" : "\"learners\":[" + ids(membership.learners()) + "],";
        return ("{\"voters\":[" + ids(membership.voters()) + "]," + learners + "\"auto_leave\":false}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String ids(List<Member> members) {
        return members.stream().map(member -> Long.toUnsignedString(member.getID())).collect(Collectors.joining(","));
    }
}
