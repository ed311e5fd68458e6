package dev.millrace.pipeline;

import picocli.CommandLine.Command;

/** {@code millrace checkpoints}. */
@Command(
    name = "checkpoints",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      CheckpointsListCommand.class,
      CheckpointsShowCommand.class,
      CheckpointsVerifyCommand.class,
      CheckpointsExportCommand.class,
      CheckpointsPruneCommand.class
    },
    description = "Looks at the checkpoints in the topics, exports and removes them.")
final class CheckpointsCommand {}
