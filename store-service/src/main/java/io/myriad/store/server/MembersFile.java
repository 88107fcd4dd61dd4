package io.myriad.store.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.myriad.store.state.Membership;

/**
 * The members as this one last knew them, in a file: where they are has to be known before the log can be applied, since only a quorum says how far that may be. Replicated state is in the page
 * file; this is a copy of it, which may be a change or two ahead.
 */
public final class MembersFile {

    private static final String NAME = "members";

    private final Path file;

    /** @param directory where log and page file are */
    public MembersFile(Path directory) {
        file = directory.resolve(NAME);
    }

    /** What was written last; nothing known if nothing was. */
    public Membership read() throws IOException {
        return Files.exists(file) ? Membership.read(Files.readAllBytes(file)) : Membership.UNKNOWN;
    }

    /** Writes it, forced to disk. */
    void write(Membership membership) throws IOException {
        DurableFile.replace(file, membership.toBytes());
    }
}
