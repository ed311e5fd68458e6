package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.trainer.model.Peers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class TeamOptionsTest {
  private static TeamOptions parsed(String... arguments) {
    TeamOptions options = new TeamOptions();
    CommandSpec command = CommandSpec.forAnnotatedObject(options);
    new CommandLine(command).parseArgs(arguments);
    return options;
  }

  @Test
  void shouldTrainAloneWithoutWorkers() {
    assertThat(parsed().workers()).isNull();
    assertThat(parsed().peers()).isNull();
  }

  @Test
  void shouldTakeWorkersOfThisMachine() {
    assertThat(parsed("--workers", "localhost:7001,127.0.0.1:7002", "--worker", "1").workers())
        .isEqualTo(new TeamOptions.Workers(List.of("localhost:7001", "127.0.0.1:7002"), 1));
  }

  @Test
  void shouldTakeOtherMachinesOnlyWhereTheNetworkIsSaidToBeOnesOwn() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parsed("--workers", "one:7001,two:7001", "--worker", "0").workers())
        .withMessageContaining("one:7001 is not this machine")
        .withMessageContaining("--workers-insecure-network");
    assertThat(
            parsed("--workers", "one:7001,two:7001", "--worker", "0", "--workers-insecure-network")
                .workers())
        .isEqualTo(new TeamOptions.Workers(List.of("one:7001", "two:7001"), 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost|0|each must be HOST:PORT, found \"localhost\"",
        "localhost:0|0|each must be HOST:PORT, found \"localhost:0\"",
        "localhost:70000|0|each must be HOST:PORT, found \"localhost:70000\"",
        "localhost:1,localhost:1|0|each must be another one",
        "localhost:1,localhost:2|2|worker (--worker) must be from 0 to 1, found 2",
      })
  void shouldNameWhatIsWrong(String workers, String worker, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parsed("--workers", workers, "--worker", worker).workers())
        .withMessageContaining(message);
  }

  @Test
  void shouldAskForTheOtherOfTheTwoOptions() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parsed("--workers", "localhost:1,localhost:2").workers())
        .withMessageContaining("worker (--worker) must be from 0 to 1, found none");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> parsed("--worker", "1").workers())
        .withMessageContaining("without the list of all (--workers)");
  }

  @Test
  void shouldHandATeamToTheProcessThatTrains() {
    String option = TeamOptions.teamOption(List.of("localhost:7002", "localhost:7003"), 1);

    assertThat(parsed(option).peers())
        .isEqualTo(new Peers(List.of("localhost:7002", "localhost:7003"), 1));
  }
}
