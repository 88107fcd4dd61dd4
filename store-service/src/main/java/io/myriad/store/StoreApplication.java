package io.myriad.store;

import java.time.Duration;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

import io.myriad.management.PreparedService;
import io.myriad.management.ServiceApplication;
import io.myriad.store.failpoint.Failpoints;
import io.myriad.store.server.StoreMember;

/** The store as a process of its own, or as a context among others. */
public final class StoreApplication {

    private StoreApplication() {}

    public static void main(String... arguments) {
        // Embedding programs read the help to learn which flags there are.
        if (List.of(arguments).contains("--help") || List.of(arguments).contains("-h")) {
            System.out.print(StoreOptions.usage());
            return;
        }
        if (List.of(arguments).contains("--version")) {
            System.out.println("etcd Version: " + StoreMember.ETCD_VERSION);
            return;
        }
        try {
            prepare(arguments).runProcess();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StoreOptions.InvalidOptionException | StoreStartException e) {
            System.err.println("store-service: " + e.getMessage());
            System.exit(1);
        }
    }

    /** Starts the store and returns when it runs; throws with a message for the user if it cannot. */
    public static ConfigurableApplicationContext start(String... arguments) {
        return prepare(arguments).start();
    }

    /** As {@link #start(String...)}, with another time between checkpoints of leases, if there are any. */
    static ConfigurableApplicationContext start(Duration leaseCheckpointInterval, String... arguments) {
        return prepare(leaseCheckpointInterval, arguments).start();
    }

    /** Makes everything that {@link #start(String...) a start} needs; throws as that does. */
    public static PreparedService prepare(String... arguments) {
        return prepare(StoreService.LEASE_CHECKPOINT_INTERVAL, arguments);
    }

    private static PreparedService prepare(Duration leaseCheckpointInterval, String... arguments) {
        StoreOptions options = StoreOptions.parse(System.getenv(), arguments);
        try {
            Failpoints.start();
        } catch (IllegalArgumentException e) {
            throw new StoreStartException(String.valueOf(e.getMessage()));
        }
        if (!options.logLevel().isEmpty()) {
            // etcd's two levels above error stop the process; here they only say little.
            Level level = Level.toLevel(options.logLevel(), Level.ERROR);
            ((Logger) LoggerFactory.getLogger("io.myriad.store")).setLevel(level);
        }
        if (options.valueStore() != null) {
            // It warns of itself; what is wrong with the server comes as exceptions.
            ((Logger) LoggerFactory.getLogger("io.lettuce")).setLevel(Level.ERROR);
        }
        return ServiceApplication.prepare("store", options.managementPort(),
                context -> StoreConfiguration.register(context, options, leaseCheckpointInterval));
    }
}
