package io.myriad.cli;

import java.util.Map;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code completion bash|zsh|fish}. */
final class CompletionCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) {
        String shell = Commands.argument(arguments);
        CommandLine commandLine = Commands.commandLine();
        String script = switch (shell) {
            case "bash" -> AutoComplete.bash("myriad", commandLine);
            case "zsh" -> "#compdef myriad\nautoload -U +X bashcompinit && bashcompinit\n"
                    + AutoComplete.bash("myriad", commandLine);
            case "fish" -> fish(commandLine.getCommandSpec());
            default -> throw new UserError("no completion for '" + shell + "'; there is one for bash, zsh and fish");
        };
        session.terminal().out().print(script);
    }

    /** One {@code complete} line per command and option, with the condition that the commands before it have been written. */
    static String fish(CommandSpec root) {
        StringBuilder script = new StringBuilder("# fish completion for myriad\ncomplete -c myriad -f\n");
        for (Map.Entry<String, CommandLine> entry : root.subcommands().entrySet()) {
            CommandSpec spec = entry.getValue().getCommandSpec();
            if (spec.usageMessage().hidden()) {
                continue;
            }
            String condition = "__fish_seen_subcommand_from " + entry.getKey();
            line(script, "__fish_use_subcommand", "-a " + entry.getKey(), spec);
            spec.subcommands().forEach((name, subcommand) -> {
                line(script, condition + "; and not __fish_seen_subcommand_from " + name, "-a " + name,
                        subcommand.getCommandSpec());
                options(script, condition + "; and __fish_seen_subcommand_from " + name, subcommand.getCommandSpec());
            });
            options(script, condition, spec);
        }
        return script.toString();
    }

    private static void options(StringBuilder script, String condition, CommandSpec spec) {
        for (OptionSpec option : spec.options()) {
            String value = option.arity().max() == 0 ? "" : option.paramLabel().equals("FILE") ? " -rF" : " -x";
            String names = "-l " + option.longestName().substring(2)
                    + (option.shortestName().length() == 2 ? " -s " + option.shortestName().charAt(1) : "");
            script.append("complete -c myriad -n '").append(condition).append("' ").append(names).append(value)
                    .append(" -d ")
                    .append(quoted(firstSentence(option.description()))).append('\n');
        }
    }

    private static void line(StringBuilder script, String condition, String what, CommandSpec spec) {
        script.append("complete -c myriad -n '").append(condition).append("' ").append(what).append(" -d ")
                .append(quoted(firstSentence(spec.usageMessage().description())))
                .append('\n');
    }

    private static String firstSentence(String[] description) {
        return description.length == 0 ? "" : description[0].split(" \\(|; ", 2)[0];
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
