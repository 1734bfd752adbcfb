package io.osmanthus.http.command;

import io.osmanthus.snapshots.PublishingLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How much memory sorting may take: an option that the long commands share. */
final class MemoryBudget {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--memory-mib",
            paramLabel = "N",
            description =
                    "What the database that sorts may take of memory, in MiB, from " + PublishingLimits.MEMORY_MIB_MIN
                            + "; what does not fit is spilled to disk. The heap comes on top of it. Default: building.memory_mib of"
                            + " publishing.yaml; for diff 4096.")
    private @Nullable Integer given;

    /** What was given, or else what is usual. */
    int mib(int usual) {
        Integer wanted = given;
        if (wanted == null) {
            return usual;
        }
        if (wanted < PublishingLimits.MEMORY_MIB_MIN || wanted > PublishingLimits.MEMORY_MIB_MAX) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--memory-mib is from " + PublishingLimits.MEMORY_MIB_MIN + " to " + PublishingLimits.MEMORY_MIB_MAX
                            + ", not " + wanted);
        }
        return wanted;
    }

    /** The same in bytes. */
    long bytes(int usualMib) {
        return (long) mib(usualMib) << 20;
    }
}
