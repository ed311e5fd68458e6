package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees who gives the command something that it cannot use. */
@Timeout(300)
class WrongInputTest {
  @TempDir private Path folder;
  private Path images;
  private Path state;

  @BeforeEach
  void draw() throws IOException {
    images = folder.resolve("images");
    state = folder.resolve("state");
    DemoImages.write(images, 1, 2, 1);
  }

  private void refuses(int exitCode, String message, String... arguments) throws Exception {
    try (MillraceProcess process = MillraceProcess.start(folder, arguments)) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
      assertThat(process.output()).contains(message).doesNotContain("\tat ", "Exception");
    }
  }

  private void runRefuses(int exitCode, String message, String... more) throws Exception {
    String[] arguments = new String[more.length + 7];
    String[] usual = {
      "run", "--model", "cifar10-quick", "--data-dir", state.toString(), "--dashboard-port", "-1"
    };
    System.arraycopy(usual, 0, arguments, 0, 7);
    System.arraycopy(more, 0, arguments, 7, more.length);
    refuses(exitCode, message, arguments);
  }

  @ConcurrentTest
  void shouldNameACommandThatDoesNotExist() throws Exception {
    refuses(ExitCode.USAGE, "Unmatched argument at index 0: 'trian'", "trian");
  }

  @ConcurrentTest
  void shouldNameAnOptionThatDoesNotExist() throws Exception {
    refuses(ExitCode.USAGE, "Unknown option: '--epoch'", "train", "--epoch");
  }

  @ConcurrentTest
  void shouldSayWhichOptionIsMissing() throws Exception {
    refuses(ExitCode.USAGE, "Missing required option: '--data=PATH'", "run");
  }

  @ConcurrentTest
  void shouldNameAllValuesOutOfRange() throws Exception {
    runRefuses(
        ExitCode.USAGE,
        "minibatch-size must be from 1 to 65536, found 0; momentum must be from 0 to below 1",
        "--data",
        images.toString(),
        "--minibatch-size",
        "0",
        "--momentum",
        "2");
  }

  @ConcurrentTest
  void shouldNameTheKnownModels() throws Exception {
    refuses(
        ExitCode.USAGE,
        "Unknown network 'alexnett': known are alexnet, alexnet-owt, cifar10, cifar10-plain, cifar10-quick, cifar10-quick-unscaled",
        "train",
        "--model",
        "alexnett");
  }

  @ConcurrentTest
  void shouldNameTheNearestSettingOfAFile() throws Exception {
    Path file = Files.writeString(folder.resolve("my.properties"), "lerning-rate=0.1\n");
    refuses(
        ExitCode.USAGE,
        "Unknown setting \"lerning-rate\" in the settings file (--config); did you mean \"learning-rate\"?",
        "train",
        "--config",
        file.toString());
  }

  @ConcurrentTest
  void shouldNameAFolderThatDoesNotExist() throws Exception {
    runRefuses(ExitCode.CANNOT_START, "There is no /no/such", "--data", "/no/such");
  }

  @ConcurrentTest
  void shouldRefuseAnEmptyFolder() throws Exception {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    runRefuses(ExitCode.CANNOT_START, empty.toString(), "--data", empty.toString());
  }

  @ConcurrentTest
  void shouldRefuseAFolderWithOneClass() throws Exception {
    Path one = folder.resolve("one");
    Files.createDirectories(one.resolve("circle"));
    Files.copy(images.resolve("train/circle/0000.jpg"), one.resolve("circle/0000.jpg"));
    runRefuses(ExitCode.CANNOT_START, "one class", "--data", one.toString());
  }

  @ConcurrentTest
  void shouldNameAPortInUse() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      runRefuses(
          ExitCode.CANNOT_START,
          "port " + port + " of 127.0.0.1 is in use; name another by --broker-port",
          "--data",
          images.toString(),
          "--broker-port",
          port);
      refuses(
          ExitCode.CANNOT_START,
          "name another by --dashboard-port",
          "demo",
          "--data-dir",
          state.toString(),
          "--dashboard-port",
          port);
    }
  }

  @ConcurrentTest
  void shouldRefuseToServeOtherMachinesWithoutATokenOrACertificate() throws Exception {
    for (String command : new String[] {"run", "demo", "dashboard"}) {
      refuses(
          ExitCode.USAGE,
          "--dashboard-host 0.0.0.0 lets other machines in: give --dashboard-token-file,",
          command,
          "--dashboard-host",
          "0.0.0.0");
    }
    refuses(
        ExitCode.USAGE,
        "--metrics-host 0.0.0.0 lets other machines in: give --metrics-token-file,",
        "augment",
        "--metrics-host",
        "0.0.0.0");
  }

  @ConcurrentTest
  void shouldRefuseADashboardThatCanHoldNextToNothing() throws Exception {
    refuses(
        ExitCode.USAGE,
        "--history-memory must be at least 16 MiB, found 1048576 bytes",
        "dashboard",
        "--history-memory",
        "1MiB");
  }

  @ConcurrentTest
  void shouldRefuseADashboardsTokenThatCanBeGuessed() throws Exception {
    Path token = Files.writeString(folder.resolve("short-token"), "short\n");
    refuses(
        ExitCode.CANNOT_START,
        "(--dashboard-token-file) has 5 characters, and needs 16: delete the file",
        "dashboard",
        "--dashboard-token-file",
        token.toString());
  }

  @ConcurrentTest
  void shouldRefuseADataDirectoryOfAnotherVersion() throws Exception {
    Files.createDirectories(state);
    Files.writeString(state.resolve("millrace-lock"), "");
    Files.writeString(state.resolve("millrace-version"), "99\n");
    runRefuses(ExitCode.CANNOT_START, "its format has version \"99\"", "--data", images.toString());
  }

  @ConcurrentTest
  void shouldRefuseADataDirectoryWithOtherFiles() throws Exception {
    Files.createDirectories(state);
    Files.writeString(state.resolve("thesis.tex"), "");
    runRefuses(ExitCode.CANNOT_START, "it holds other files", "--data", images.toString());
  }

  @ConcurrentTest
  void shouldRefuseADiskThatIsTooSmall() throws Exception {
    runRefuses(
        ExitCode.CANNOT_START,
        "lower --images-ahead, --tensors-ahead or --keep-checkpoints",
        "--data",
        images.toString(),
        "--tensors-ahead",
        "900TiB");
  }

  @ConcurrentTest
  void shouldSayThatNoBrokerAnswers() throws Exception {
    refuses(
        ExitCode.CANNOT_START,
        "No Kafka broker answers at 127.0.0.1:9 (--bootstrap-servers)",
        "topics",
        "--bootstrap-servers",
        "127.0.0.1:9");
  }

  @ConcurrentTest
  void shouldRefuseFewerClassesThanTheDatasetHas() throws Exception {
    runRefuses(
        ExitCode.CANNOT_START,
        "Cannot train on 3 classes (--classes): the dataset has 12",
        "--data",
        images.toString(),
        "--classes",
        "3");
  }

  @ConcurrentTest
  void shouldSayWhereAPreviewCannotBeWritten() throws Exception {
    for (Map.Entry<Path, String> place :
        Map.of(
                folder.resolve("none/sheet.png"),
                "there is no folder " + folder.resolve("none"),
                folder,
                "it is a folder",
                images.resolve("sheet.png"),
                "it would be one of the images")
            .entrySet()) {
      refuses(
          ExitCode.CANNOT_START,
          place.getValue(),
          "preview",
          "--data",
          images.toString(),
          "--out",
          place.getKey().toString());
    }
  }

  @ConcurrentTest
  void shouldRefuseAPreviewThatIsTooLarge() throws Exception {
    refuses(
        ExitCode.USAGE,
        "lower --images, --versions or --crop",
        "preview",
        "--data",
        images.toString(),
        "--versions",
        "1000");
  }

  @ConcurrentTest
  void shouldRefuseAGpuWhereThereIsNone() throws Exception {
    runRefuses(
        ExitCode.CANNOT_START,
        "Cannot train on a GPU",
        "--data",
        images.toString(),
        "--device",
        "gpu",
        "--epochs",
        "1");
  }
}
