package io.myriad.cli.cluster;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

import org.jspecify.annotations.Nullable;

import io.myriad.cli.process.Supervisor;

/**
 * The directory of one cluster. Only its owner can enter it.
 *
 * @param root
 *            {@code ~/.myriad/clusters/NAME}
 */
public record ClusterDirectory(Path root) {

    /** The cluster's settings and ports; a directory without it is not a cluster. */
    public Path state() {
        return root.resolve("cluster.yaml");
    }

    /** Certificates and the kubeconfig files made from them. */
    public Pki pki() {
        return new Pki(root.resolve("pki"));
    }

    /** The stores' data, a directory each. */
    public Path data() {
        return root.resolve("data");
    }

    /** Logs, a file per process. */
    public Path logs() {
        return root.resolve("logs");
    }

    /** Pid files and what else the supervisor keeps. */
    public Path run() {
        return root.resolve("run");
    }

    /** What the API servers make at their first start. */
    public Path bootstrapObjects() {
        return root.resolve(BootstrapObjects.FILE);
    }

    /** The arguments of the all-in-one process. */
    public Path arguments() {
        return run().resolve("arguments");
    }

    /** The log of a process. */
    public Path log(String process) {
        return logs().resolve(process + ".log");
    }

    /** The supervisor of the cluster's processes. */
    public Supervisor supervisor() {
        return new Supervisor(run(), logs());
    }

    /** Makes the directory and all in it that must be there before processes start. */
    void create() throws IOException {
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Path parent = root.getParent();
        if (parent != null) {
            Files.createDirectories(parent, ownerOnly);
        }
        Files.createDirectory(root, ownerOnly);
        for (Path directory : new Path[]{data(), logs(), run()}) {
            Files.createDirectory(directory, ownerOnly);
        }
    }

    /** Removes the directory and all in it. */
    void delete() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
