package io.myriad.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import picocli.CommandLine.ParseResult;

import io.myriad.cli.terminal.Json;

/** {@code get clusters}. */
final class GetClustersCommand implements Action {

    @Override
    public void run(ParseResult arguments, Session session) throws IOException {
        List<String> names = session.clusters().names();
        switch (Commands.output(arguments)) {
            case json ->
                session.terminal().out().println(Json.of(names.stream().map(name -> Map.of("name", name)).toList()));
            case text -> names.forEach(session.terminal().out()::println);
        }
    }
}
