package io.myriad.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

import io.myriad.cli.settings.Setting;

/**
 * The tree of commands. It is built by hand rather than found by reflection over annotated classes: that takes a third of the time, and the flags of {@code create}
 * come from the table of settings.
 */
final class Commands {
    static final String NAME = "--name";
    static final String KUBECONFIG = "--kubeconfig";
    static final String CONFIG = "--config";
    static final String OUTPUT = "--output";
    static final String ALL = "--all";
    static final String FOLLOW = "--follow";
    static final String GRACEFUL = "--graceful";
    static final String KILL = "--kill";
    static final String HOST = "--host";
    static final String SERVER = "--server";
    static final String SECRET = "--secret";

    private Commands() {}

    /** The whole command line. */
    static CommandLine commandLine() {
        CommandSpec root = group("myriad", "A Kubernetes control plane for ten thousand nodes.");
        root.addSubcommand("create", with(group("create", "Create a cluster."), "cluster", create()));
        root.addSubcommand("get",
                with(with(group("get", "List clusters, print a kubeconfig."), "clusters", getClusters()), "kubeconfig",
                        getKubeconfig()));
        root.addSubcommand("start", named(command(new StartCommand(), "Start a stopped cluster.")));
        root.addSubcommand("stop", named(command(new StopCommand(), "Stop a cluster; its data stays.")));
        root.addSubcommand("restart", restart());
        root.addSubcommand("delete", with(group("delete", "Delete a cluster."), "cluster", delete()));
        root.addSubcommand("status",
                named(command(new StatusCommand(), "Show processes, health, leaders, ports and memory."))
                        .addOption(output()));
        root.addSubcommand("logs", logs());
        root.addSubcommand("scale", with(group("scale", "Change the number of nodes."), "nodes", scaleNodes()));
        root.addSubcommand("export", with(group("export", "Write files for other tools."), "assets", exportAssets()));
        root.addSubcommand("certificates", certificates());
        root.addSubcommand("version", command(new VersionCommand(), "Print the version."));
        root.addSubcommand("completion",
                command(new CompletionCommand(), "Print a script that completes this command in a shell.")
                        .addPositional(positional("SHELL", "bash, zsh or fish")));
        root.addSubcommand("train", train());
        return new CommandLine(root).setPosixClusteredShortOptionsAllowed(false);
    }

    private static CommandSpec create() {
        CommandSpec spec = command(new CreateCommand(), "Create a cluster and start it.");
        for (Setting setting : Setting.values()) {
            OptionSpec.Builder option = OptionSpec.builder(setting.flag()).type(String.class)
                    .paramLabel(setting.placeholder())
                    .description(
                            setting.description() + " (" + setting.defaultValue() + "; " + setting.variable() + ")");
            // '--separate' alone means true.
            spec.addOption(
                    setting == Setting.SEPARATE ? option.arity("0..1").fallbackValue("true").build() : option.build());
        }
        spec.addOption(OptionSpec.builder(CONFIG).type(Path.class).paramLabel("FILE")
                .description(
                        "the same as YAML: 'apiVersion: config.myriad.io/v1alpha1', 'kind: Cluster', and the names above as keys. Flags win over variables, variables over the file")
                .build());
        return spec.addOption(kubeconfig());
    }

    private static CommandSpec getClusters() {
        return command(new GetClustersCommand(), "List the clusters on this machine.").addOption(output());
    }

    private static CommandSpec getKubeconfig() {
        return named(command(new GetKubeconfigCommand(), "Print a cluster's kubeconfig."));
    }

    private static CommandSpec restart() {
        return named(command(new RestartCommand(), "Restart one service of a cluster."))
                .addPositional(positional("COMPONENT", "a name from 'myriad status'"))
                .addOption(flag(GRACEFUL, "let it end by itself, as an upgrade would (default)"))
                .addOption(flag(KILL, "kill it at once, as a crash would"));
    }

    private static CommandSpec delete() {
        return named(
                command(new DeleteCommand(), "Delete a cluster: its processes, its data and its kubeconfig entries."))
                .addOption(flag(ALL, "delete all clusters"))
                .addOption(kubeconfig());
    }

    private static CommandSpec logs() {
        return named(command(new LogsCommand(), "Print the log of a service."))
                .addPositional(positional("COMPONENT", "a name from 'myriad status', or 'supervisor'"))
                .addOption(OptionSpec.builder("-f", FOLLOW).type(boolean.class).arity("0")
                        .description("go on with what is added").build());
    }

    private static CommandSpec scaleNodes() {
        return named(command(new ScaleNodesCommand(), "Change the number of nodes of a cluster."))
                .addPositional(positional("N", "how many nodes there are to be"))
                .addOption(OptionSpec.builder(Setting.WAIT.flag()).type(String.class)
                        .paramLabel(Setting.WAIT.placeholder())
                        .description(Setting.WAIT.description() + " (" + Setting.WAIT.defaultValue() + ")").build());
    }

    private static CommandSpec exportAssets() {
        return command(new ExportAssetsCommand(),
                "Write launchers 'etcd' and 'kube-apiserver', as KUBEBUILDER_ASSETS expects them.")
                .addPositional(positional("DIR", "the directory for KUBEBUILDER_ASSETS"));
    }

    private static CommandSpec certificates() {
        return named(command(new CertificatesCommand(),
                "Write certificates and kubeconfig files for services that run elsewhere, such as in containers."))
                .addPositional(positional("DIR", "where to"))
                .addOption(OptionSpec.builder(HOST).type(java.util.List.class).auxiliaryTypes(String.class).arity("1")
                        .paramLabel("HOST")
                        .description("a name or address under which services are reached; may be given several times")
                        .build())
                .addOption(OptionSpec.builder(SECRET).type(String.class).paramLabel("NAME")
                        .description("in a pod: keep them in this Secret of its namespace").build())
                .addOption(OptionSpec.builder(SERVER).type(String.class).paramLabel("URL").required(true)
                        .description("the API server's URL in the kubeconfig files").build());
    }

    private static CommandSpec train() {
        CommandSpec spec = command(new TrainCommand(),
                "Start, use and delete a cluster, so that a JVM that records a cache has seen it all.")
                .addPositional(positional("DIR", "where to"));
        spec.usageMessage().hidden(true);
        return spec;
    }

    private static CommandSpec group(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description(description);
        return spec.addOption(help());
    }

    private static CommandSpec command(Action action, String description) {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(action);
        spec.usageMessage().description(description);
        return spec.addOption(help());
    }

    private static CommandSpec with(CommandSpec group, String name, CommandSpec command) {
        return group.addSubcommand(name, command);
    }

    private static CommandSpec named(CommandSpec spec) {
        return spec.addOption(OptionSpec.builder(NAME).type(String.class).paramLabel(Setting.NAME.placeholder())
                .description(
                        "name of the cluster (" + Setting.NAME.defaultValue() + "; " + Setting.NAME.variable() + ")")
                .build());
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help").usageHelp(true).description("show this").build();
    }

    private static OptionSpec kubeconfig() {
        return OptionSpec.builder(KUBECONFIG).type(Path.class).paramLabel("FILE")
                .description("the kubeconfig file to change (the first of $KUBECONFIG, or ~/.kube/config)")
                .build();
    }

    private static OptionSpec output() {
        return OptionSpec.builder("-o", OUTPUT).type(OutputFormat.class).paramLabel("text|json")
                .description("how to print it (text)").build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
    }

    private static PositionalParamSpec positional(String label, String description) {
        return PositionalParamSpec.builder().paramLabel(label).type(String.class).index("0").arity("1").required(true)
                .description(description).build();
    }

    /** The settings among the flags that were given. */
    static Map<Setting, String> settings(ParseResult arguments) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (arguments.hasMatchedOption(setting.flag())) {
                flags.put(setting, arguments.matchedOptionValue(setting.flag(), setting.defaultValue()));
            }
        }
        return flags;
    }

    /** The cluster that a command is about: the flag's, else the variable's, else the default. */
    static String clusterName(ParseResult arguments, Session session) {
        String flag = arguments.matchedOptionValue(NAME, "");
        if (!flag.isEmpty()) {
            return Setting.NAME.check(flag, NAME);
        }
        String variable = session.environment().getOrDefault(Setting.NAME.variable(), "");
        return variable.isEmpty() ? Setting.NAME.defaultValue() : Setting.NAME.check(variable, Setting.NAME.variable());
    }

    /** The value of an option that names a file. */
    static Optional<Path> file(ParseResult arguments, String option) {
        Path none = null;
        return Optional.ofNullable(arguments.matchedOptionValue(option, none));
    }

    /** The positional argument. */
    static String argument(ParseResult arguments) {
        return arguments.matchedPositionalValue(0, "");
    }

    /** Whether a flag without a value was given. */
    static boolean isSet(ParseResult arguments, String option) {
        return arguments.matchedOptionValue(option, false);
    }

    /** How results are printed. */
    static OutputFormat output(ParseResult arguments) {
        return arguments.matchedOptionValue(OUTPUT, OutputFormat.text);
    }

    /** Formats of results; their names are what users write. */
    enum OutputFormat {
        text, json
    }
}
