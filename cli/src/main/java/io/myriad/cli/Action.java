package io.myriad.cli;

import java.io.IOException;

import picocli.CommandLine.ParseResult;

/** What a command does. */
interface Action {
    /**
     * Does it.
     *
     * @throws UserError
     *             with the line that is shown to the user
     * @throws IOException
     *             with a message that is shown as well
     */
    void run(ParseResult arguments, Session session) throws IOException, InterruptedException;
}
