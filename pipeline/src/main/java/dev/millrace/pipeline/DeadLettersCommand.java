package dev.millrace.pipeline;

import picocli.CommandLine.Command;

/** {@code millrace dead-letters}. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DeadLettersListCommand.class,
      DeadLettersSaveCommand.class,
      DeadLettersReplayCommand.class
    },
    description =
        "Looks at the images that could not be read or decoded, saves them to be mended, and"
            + " publishes them again.")
final class DeadLettersCommand {}
