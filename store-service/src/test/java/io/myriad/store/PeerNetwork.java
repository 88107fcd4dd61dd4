package io.myriad.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What lies between members: a proxy before each of them, at the address that the others know. It can cut a member off as a network does: connections stay open, new ones
 * can be made, and nothing comes through in either direction. Connections that were open then never carry anything again, as those of which the packets were lost for so long that
 * they are tried again in minutes; only those that are made afterwards do.
 */
final class PeerNetwork implements AutoCloseable {

    private final List<ServerSocket> servers = new ArrayList<>();
    private final List<Integer> targets;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final List<StoreProcess> members;
    /** The member that is cut off; -1: none. */
    private volatile int isolated = -1;

    /** A connection from one member to another. */
    private final class Link {
        final int from;
        final int to;
        final Socket asking;
        final Socket asked;
        volatile boolean dark;

        Link(int from, int to, Socket asking, Socket asked) {
            this.from = from;
            this.to = to;
            this.asking = asking;
            this.asked = asked;
        }

        void darkenIfCut() {
            if (from == isolated || to == isolated) {
                dark = true;
            }
        }

        /** Carries one direction. */
        void carry(Socket source, Socket target) {
            byte[] bytes = new byte[64 << 10];
            try {
                for (int length; (length = source.getInputStream().read(bytes)) >= 0;) {
                    if (!dark) {
                        target.getOutputStream().write(bytes, 0, length);
                    }
                }
            } catch (IOException e) {
                // One of them has closed it.
            }
            // Of the end of a connection that carries nothing the other side does not hear either.
            if (!dark) {
                close();
            }
        }

        void close() {
            links.remove(this);
            closeQuietly(asking);
            closeQuietly(asked);
        }
    }

    /**
     * @param targets where the members listen
     * @param members their processes, by which it is known who connects; they may still be starting
     */
    PeerNetwork(List<Integer> targets, List<StoreProcess> members) throws IOException {
        this.targets = targets;
        this.members = members;
        for (int member = 0; member < targets.size(); member++) {
            ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            servers.add(server);
            int to = member;
            Thread.ofVirtual().start(() -> accept(server, to));
        }
    }

    /** Where members reach each other. */
    List<Integer> ports() {
        return servers.stream().map(ServerSocket::getLocalPort).toList();
    }

    /** From now on nothing comes to this member or from it. */
    void isolate(int member) {
        isolated = member;
        links.forEach(Link::darkenIfCut);
    }

    /** What is sent on new connections comes through again. */
    void heal() {
        isolated = -1;
    }

    private void accept(ServerSocket server, int to) {
        while (!server.isClosed()) {
            try {
                Socket asking = server.accept();
                Thread.ofVirtual().start(() -> connect(asking, to));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void connect(Socket asking, int to) {
        try {
            Link link = new Link(memberAt(asking.getPort()), to, asking,
                    new Socket(InetAddress.getLoopbackAddress(), targets.get(to)));
            links.add(link);
            link.darkenIfCut();
            Thread.ofVirtual().start(() -> link.carry(link.asked, asking));
            link.carry(asking, link.asked);
        } catch (IOException e) {
            closeQuietly(asking);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed enough.
        }
    }

    /** Whose port that is. All members have one address: the system knows which process holds the socket. */
    private int memberAt(int port) throws IOException {
        String socket = "socket:[" + inode(port) + "]";
        for (int member = 0; member < members.size(); member++) {
            try (Stream<Path> files = Files.list(Path.of("/proc/" + members.get(member).pid() + "/fd"))) {
                if (files.anyMatch(file -> socket.equals(linkOf(file)))) {
                    return member;
                }
            }
        }
        throw new IOException("nobody holds port " + port + " any more");
    }

    private static String linkOf(Path file) {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (IOException e) {
            return "closed";
        }
    }

    /** The columns of {@code /proc/net/tcp}: number, local address, remote address, state, ...; the tenth is the inode. */
    private static String inode(int port) throws IOException {
        String end = String.format(":%04X", port);
        for (String table : List.of("/proc/net/tcp6", "/proc/net/tcp")) {
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] columns = line.trim().split("\\s+");
                if (columns[1].endsWith(end) && !columns[9].equals("0")) {
                    return columns[9];
                }
            }
        }
        throw new IOException("no connection from port " + port);
    }

    @Override
    public void close() throws IOException {
        for (ServerSocket server : servers) {
            server.close();
        }
        links.forEach(Link::close);
    }
}
