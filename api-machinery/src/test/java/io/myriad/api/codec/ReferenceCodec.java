package io.myriad.api.codec;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The encoders of Kubernetes itself, as a program in Go ({@code src/test/go}) that is built when a test asks for it. */
final class ReferenceCodec implements AutoCloseable {
    private static final Path SOURCE = Path.of("src/test/go");
    private static final Path PROGRAM = Path.of("target/reference-codec").toAbsolutePath();
    private static final List<String> GO_PLACES = List.of("/usr/local/go/bin/go", "/usr/lib/go/bin/go");
    private static final int BUILD_MINUTES = 10;

    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;

    private ReferenceCodec(Process process) {
        this.process = process;
        requests = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ReferenceCodec start() throws IOException, InterruptedException {
        go("build", "-o", PROGRAM.toString(), ".");
        return new ReferenceCodec(
                new ProcessBuilder(PROGRAM.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /** The directory of a module that the program uses. */
    static Path moduleDirectory(String module) throws IOException, InterruptedException {
        return Path.of(go("list", "-m", "-f", "{{.Dir}}", module).strip());
    }

    private static String go(String... arguments) throws IOException, InterruptedException {
        String program = GO_PLACES.stream().filter(place -> Files.isExecutable(Path.of(place))).findFirst()
                .orElse("go");
        String[] command = new String[arguments.length + 1];
        command[0] = program;
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process build = new ProcessBuilder(command).directory(SOURCE.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!build.waitFor(BUILD_MINUTES, TimeUnit.MINUTES) || build.exitValue() != 0) {
            throw new IllegalStateException("go " + String.join(" ", arguments) + " failed");
        }
        return output;
    }

    static ObjectNode request(String operation) {
        return JsonMapper.shared().createObjectNode().put("op", operation);
    }

    JsonNode ask(ObjectNode request) {
        try {
            requests.write(request.toString());
            requests.write('\n');
            requests.flush();
            String answer = answers.readLine();
            if (answer == null) {
                throw new IllegalStateException("the reference program ended");
            }
            return JsonMapper.shared().readTree(answer);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
