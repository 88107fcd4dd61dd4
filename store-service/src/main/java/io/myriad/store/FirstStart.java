package io.myriad.store;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.myriad.store.api.MemberListResponse;
import io.myriad.store.raft.Member;
import io.myriad.store.raft.MemberQuery;
import io.myriad.store.server.InitialState;
import io.myriad.store.state.Membership;

/**
 * Who a member is whose data directory is empty: one of those that make a new cluster, or one that the running cluster has been told of and waits for. The rules and texts are those of etcd's
 * bootstrap.
 */
final class FirstStart implements DataDirectory.First {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    private final StoreOptions options;
    private final @Nullable SslContext tls;
    private Membership known;

    /** @param tls what to connect to other members with; null: plaintext */
    FirstStart(StoreOptions options, @Nullable SslContext tls) {
        this.options = options;
        this.tls = tls;
        this.known = Membership.UNKNOWN.begin(options.members().stream().map(FirstStart::message).toList());
    }

    /** A member that has never run has no name yet. */
    private static io.myriad.store.api.Member message(Member member) {
        return io.myriad.store.api.Member.newBuilder().setID(member.id()).addAllPeerURLs(member.peerUrls()).build();
    }

    /** The members, as far as they are known now: those of the running cluster if it was asked. */
    Membership known() {
        return known;
    }

    /** Finds out who this member is; throws with a message for the user if it may not begin. */
    @Override
    public DataDirectory.Identity identity() throws IOException {
        MemberListResponse cluster = ask();
        return options.existingCluster() ? join(cluster) : begin(cluster);
    }

    @Override
    public void makeState(DataDirectory.Identity identity, Path raftDirectory) throws IOException {
        Path snapshot = options.initialSnapshot();
        if (snapshot == null) {
            return;
        }
        if (identity.joined()) {
            throw new IOException("--initial-snapshot: a member that joins a running cluster gets its state");
        }
        InitialState.make(snapshot, raftDirectory, options.members());
    }

    private @Nullable MemberListResponse ask() throws IOException {
        for (Member member : options.members()) {
            for (String url : member.name().equals(options.name()) ? List.<String>of() : member.peerUrls()) {
                URI uri = URI.create(url);
                try {
                    byte[] answer = MemberQuery.ask(new InetSocketAddress(uri.getHost(), uri.getPort()), tls);
                    MemberListResponse response = answer == null ? null : MemberListResponse.parseFrom(answer);
                    if (response != null && response.getMembersCount() > 0) {
                        return response;
                    }
                } catch (InvalidProtocolBufferException e) {
                    LOG.warn("{} does not say who the members are: {}", url, e.getMessage());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted");
                }
            }
        }
        return null;
    }

    private DataDirectory.Identity begin(@Nullable MemberListResponse cluster) throws IOException {
        long id = options.self().id();
        if (cluster != null && cluster.getMembersList().stream()
                .anyMatch(member -> member.getID() == id && member.getClientURLsCount() > 0)) {
            throw new IOException("member " + Long.toHexString(id) + " has already been bootstrapped");
        }
        return new DataDirectory.Identity(Member.clusterId(options.members()), id, false);
    }

    private DataDirectory.Identity join(@Nullable MemberListResponse cluster) throws IOException {
        if (cluster == null) {
            throw new IOException("cannot fetch cluster info from peer urls: "
                    + "could not retrieve cluster information from the given URLs");
        }
        String problem = "error validating peerURLs of cluster " + Long.toHexString(cluster.getHeader().getClusterId());
        if (cluster.getMembersCount() != options.members().size()) {
            throw new IOException(problem + ": member count is unequal");
        }
        long self = 0;
        List<Member> unmatched = new ArrayList<>(options.members());
        for (io.myriad.store.api.Member member : cluster.getMembersList()) {
            Set<String> urls = new HashSet<>(member.getPeerURLsList());
            Member match = unmatched.stream().filter(each -> urls.equals(new HashSet<>(each.peerUrls()))).findFirst()
                    .orElseThrow(() -> new IOException(problem + ": PeerURLs: no match found for existing member ("
                            + Long.toHexString(member.getID()) + ", " + member.getPeerURLsList() + ")"));
            unmatched.remove(match);
            if (match.name().equals(options.name())) {
                self = member.getID();
            }
        }
        known = Membership.UNKNOWN.begin(cluster.getMembersList());
        LOG.info("joining cluster {} as member {}", Long.toHexString(cluster.getHeader().getClusterId()),
                Long.toHexString(self));
        return new DataDirectory.Identity(cluster.getHeader().getClusterId(), self, true);
    }
}
