package io.myriad.cli;

import java.io.IOException;
import java.io.PrintWriter;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The {@code myriad} command. It ends with 0 after success and with 1 after any failure. */
public final class Myriad {
    private Myriad() {}

    /** Runs one command. */
    public static void main(String... arguments) {
        System.exit(run(Session.ofProcess(), arguments));
    }

    /** Runs one command and returns its exit code. */
    static int run(Session session, String... arguments) {
        CommandLine commandLine = Commands.commandLine();
        PrintWriter out = new PrintWriter(session.terminal().out(), true);
        try {
            ParseResult result = commandLine.parseArgs(arguments);
            while (result.hasSubcommand() && !result.isUsageHelpRequested()) {
                result = result.subcommand();
            }
            CommandLine command = result.commandSpec().commandLine();
            if (result.isUsageHelpRequested() || !(command.getCommandSpec().userObject() instanceof Action action)) {
                command.usage(out);
                return result.isUsageHelpRequested() ? 0 : 1;
            }
            action.run(result, session);
            return 0;
        } catch (ParameterException e) {
            String command = e.getCommandLine().getCommandSpec().qualifiedName();
            return failed(session, firstLine(String.valueOf(e.getMessage())) + " (see '" + command + " --help')", e);
        } catch (UserError e) {
            return failed(session, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            return failed(session, e.getClass().getSimpleName() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed(session, "interrupted", e);
        }
    }

    private static int failed(Session session, String message, Exception cause) {
        session.terminal().err().println("myriad: " + message);
        if (session.environment().containsKey("MYRIAD_DEBUG")) {
            cause.printStackTrace(session.terminal().err());
        }
        return 1;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }
}
