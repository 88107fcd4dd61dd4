package io.myriad.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Prints what the stores of a test said last when it fails: their files are gone with its directory. */
final class LogsOfFailedTest implements AfterTestExecutionCallback {

    private static final int LINES = 60;

    private final Supplier<Path> directory;

    /** @param directory where the logs are */
    LogsOfFailedTest(Supplier<Path> directory) {
        this.directory = directory;
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isEmpty()) {
            return;
        }
        try (Stream<Path> files = Files.list(directory.get())) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
                List<String> lines = new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
                System.out.println("--- " + context.getDisplayName() + ": the end of " + log.getFileName());
                lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(System.out::println);
            }
        }
    }
}
