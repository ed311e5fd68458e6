package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The metrics page of an augmenter's process. */
@Timeout(120)
class AugmenterMetricsIT {
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final int PARTITIONS = 2;

  @TempDir private Path folder;

  @Test
  void shouldCountWhatTheAugmenterDoes() throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 4, 1); // 12 classes
    for (String name : new String[] {"circle/0000", "circle/0003", "ring/0002"}) {
      Files.writeString(images.resolve("train").resolve(name + ".jpg"), "no image");
    }
    try (EmbeddedBroker broker =
        EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of())) {
      String servers = broker.bootstrapServers();
      produce(images, servers);

      try (MillraceProcess augmenter =
          MillraceProcess.start(
              folder,
              "augment",
              "--model",
              "cifar10-quick",
              "--instance-id",
              "shown",
              "--bootstrap-servers",
              servers)) {
        URI page = page(augmenter);
        Map<String, Double> shown = awaitNoLag(page);

        assertThat(shown)
            .containsEntry("millrace_augmenter_images_total{split=\"train\"}", 90.0)
            .containsEntry("millrace_augmenter_images_total{split=\"validation\"}", 12.0)
            .containsEntry("millrace_augmenter_deadletters_total{stage=\"read\"}", 0.0)
            .containsEntry("millrace_augmenter_deadletters_total{stage=\"decode\"}", 6.0)
            .containsEntry("millrace_augmenter_deadletters_total{stage=\"augment\"}", 0.0)
            .containsEntry("millrace_augmenter_bytes_total{direction=\"out\"}", 102.0 * 32 * 32 * 3)
            // An epoch's end is read from each partition, and sent on.
            .containsEntry(
                "millrace_augmenter_stage_seconds_count{stage=\"read\"}", 108.0 + 3 * PARTITIONS)
            .containsEntry("millrace_augmenter_stage_seconds_count{stage=\"augment\"}", 108.0)
            .containsEntry(
                "millrace_augmenter_stage_seconds_count{stage=\"send\"}", 108.0 + 3 * PARTITIONS)
            .containsEntry("millrace_augmenter_held_partitions", 0.0)
            .containsEntry("millrace_augmenter_held_time_seconds_total", 0.0);
        assertThat(shown.get("millrace_augmenter_stage_seconds_sum{stage=\"augment\"}"))
            .isPositive();
        assertThat(shown.get("millrace_augmenter_bytes_total{direction=\"in\"}")).isPositive();

        assertThat(page.getHost()).isEqualTo("127.0.0.1");
        assertThatThrownBy(() -> new Socket("127.0.0.2", page.getPort()).close())
            .isInstanceOf(ConnectException.class);

        augmenter.interrupt();
        assertThat(augmenter.exitCode()).as(augmenter.output()).isEqualTo(ExitCode.INTERRUPTED);
      }
    }
  }

  @Test
  void shouldServeNoPageWhenNoneIsWanted() throws Exception {
    try (EmbeddedBroker broker =
            EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
        MillraceProcess augmenter =
            MillraceProcess.start(
                folder,
                "augment",
                "--metrics-port",
                "-1",
                "--bootstrap-servers",
                broker.bootstrapServers())) {
      augmenter.await("Waiting for topics");

      assertThat(augmenter.output()).doesNotContain("/metrics");
    }
  }

  @Test
  void shouldShowOnTheOnePageOfARun() throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 4, 1);
    try (MillraceProcess run =
        MillraceProcess.start(
            folder,
            "run",
            "--data",
            images.toString(),
            "--data-dir",
            folder.resolve("state").toString(),
            "--model",
            "cifar10-quick",
            "--epochs",
            "100000",
            "--threads",
            "1",
            "--images-ahead",
            "16MiB",
            "--tensors-ahead",
            "16MiB",
            "--dashboard-port",
            "0")) {
      String output = run.await("metrics at").await("After epoch 1").output();
      Matcher address = Pattern.compile("metrics at (\\S+)").matcher(output);
      assertThat(address.find()).as(output).isTrue();

      String shown = text(URI.create(address.group(1)));

      assertThat(shown)
          .contains("millrace_augmenter_images_total{split=\"validation\",worker=\"local\"} 12.0");
    }
  }

  private void produce(Path images, String servers) throws Exception {
    try (MillraceProcess producer =
        MillraceProcess.start(
            folder,
            "produce",
            "--data",
            images.toString(),
            "--epochs",
            "2",
            "--partitions",
            Integer.toString(PARTITIONS),
            "--bootstrap-servers",
            servers)) {
      assertThat(producer.exitCode()).as(producer.output()).isEqualTo(ExitCode.OK);
    }
  }

  private static URI page(MillraceProcess augmenter) throws Exception {
    String output = augmenter.await("Augmenting").output();
    Matcher address = Pattern.compile("Metrics at (\\S+)").matcher(output);
    assertThat(address.find()).as(output).isTrue();
    return URI.create(address.group(1));
  }

  // The lag is that of committed work: where there is none, all that was sent is counted.
  private static Map<String, Double> awaitNoLag(URI page) throws Exception {
    Map<String, Double> none = new TreeMap<>();
    for (String split : new String[] {"train", "validation"}) {
      for (int p = 0; p < PARTITIONS; p++) {
        none.put(
            "millrace_augmenter_lag_records{partition=\"%d\",split=\"%s\"}".formatted(p, split),
            0.0);
      }
    }
    long end = System.nanoTime() + LIMIT.toNanos();
    while (System.nanoTime() < end) {
      Map<String, Double> shown = get(page);
      if (shown.entrySet().containsAll(none.entrySet())) {
        return shown;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("Not within " + LIMIT + ": " + none + " in " + get(page));
  }

  /** The augmenter's values by name and labels, without the label that all of them have. */
  private static Map<String, Double> get(URI page) throws IOException, InterruptedException {
    Map<String, Double> values = new TreeMap<>();
    text(page)
        .lines()
        .filter(line -> line.startsWith("millrace_augmenter"))
        .forEach(line -> {
          assertThat(line).contains("worker=\"shown\"");
          String series = line.substring(0, line.lastIndexOf(' '));
          values.put(
              series.replaceFirst(",?worker=\"shown\"", "").replace("{}", ""),
              Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
        });
    return values;
  }

  private static String text(URI page) throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()).body();
    }
  }
}
