package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.DashboardOptions;
import dev.millrace.dashboard.flow.Bottleneck;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.pipeline.verify.RunReport;
import dev.millrace.pipeline.verify.Verifier;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.StepReport;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.flow.Shortage;
import dev.millrace.trainer.flow.Verdict;
import dev.millrace.trainer.model.Device;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the dashboard sees of augmenters and trainers that work. */
class DashboardFlowIT {
  private static final int THREADS = 2;
  private static final int EPOCHS = 20;

  @TempDir private Path folder;
  private final ObjectMapper json = new ObjectMapper();

  private static AugmenterOptions augmenting() {
    return AugmenterOptions.builder()
        .resize(32)
        .crop(32)
        .threads(THREADS)
        .maxAheadBytes(1 << 20) // 341 tensors
        .commitInterval(Duration.ofMillis(100))
        .build();
  }

  private static TrainerOptions training() {
    return TrainerOptions.builder()
        .run("watched")
        .model("cifar10-quick")
        .device(Device.CPU)
        .threads(1)
        .epochs(EPOCHS)
        .minibatchSize(4)
        .checkpointSteps(50)
        .evaluation(false)
        .dataTimeout(Duration.ofSeconds(60))
        .build();
  }

  private static final class SlowListener implements TrainingListener {
    private volatile boolean slow = true;

    private boolean rested;

    // Rests once in the last epoch, for longer than is between two looks of the trainer: what it
    // counts last are all dead letters then.
    @Override
    public void onStep(StepReport step) {
      boolean rests = !rested && step.epoch() == EPOCHS - 1;
      rested |= rests;
      try {
        Thread.sleep(rests ? 5000 : slow ? 1000 : 0);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  // The test's time limit ends this.
  private JsonNode await(Dashboard dashboard, Predicate<JsonNode> such) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(dashboard.url("/api/flow"))).build();
      JsonNode flow = json.readTree(client.send(request, BodyHandlers.ofString()).body());
      while (!such.test(flow)) {
        try {
          Thread.sleep(200);
        } catch (InterruptedException e) {
          throw new AssertionError("Still not so: " + flow, e);
        }
        flow = json.readTree(client.send(request, BodyHandlers.ofString()).body());
      }
      return flow;
    }
  }

  private static long lag(JsonNode flow, String service) {
    for (JsonNode lag : flow.path("lags")) {
      String topic = lag.path("topic").asText();
      if (lag.path("service").asText().equals(service) && topic.endsWith(".train")) {
        return lag.path("images").asLong();
      }
    }
    return -1;
  }

  private static long workers(JsonNode flow, String kind) {
    return flow.path("workers")
        .valueStream()
        .filter(worker -> worker.path("kind").asText().equals(kind))
        .filter(worker -> !worker.path("partitions").isEmpty())
        .count();
  }

  @Test
  @Timeout(300)
  void shouldSeeHoldingBackAndWorkersAndInTheEndTheSameAuditAsVerify() throws Exception {
    Map<String, String> instead =
        Map.of("train/circle/0000.jpg", "no image", "train/ring/0002.jpg", "");
    DashboardOptions options =
        new DashboardOptions(WebOptions.local(0), DashboardOptions.USUAL_HISTORY_BYTES, "test");
    SlowListener listener = new SlowListener();
    try (DrawnStream stream = DrawnStream.open(folder, 4, 1, instead, 64 << 20);
        ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Topics topics = stream.topics("watched");
      stream.produce(topics, EPOCHS);
      try (Dashboard dashboard = Dashboard.start(options, topics, stream.kafka());
          Trainer trainer =
              new Trainer(training(), topics, stream.kafka(), InstantSource.system(), listener)) {
        JsonNode before = await(dashboard, flow -> lag(flow, "augmenters") == EPOCHS * 47);
        assertThat(before.path("bottleneck").asText()).isEqualTo("augmenters");
        assertThat(before.path("sentence").asText())
            .isEqualTo("No run has begun; 940 images wait, but no augmenter runs");

        Future<TrainingSummary> training = executor.submit(trainer::run);
        try (AugmenterService augmenter =
            new AugmenterService(augmenting(), topics, stream.kafka())) {
          augmenter.start();
          JsonNode held =
              await(
                  dashboard,
                  flow ->
                      flow.path("heldBack").path("held").asBoolean()
                          && flow.path("sentence").asText().contains("pace")
                          && workers(flow, "augmenter") == THREADS);
          assertThat(held.path("sentence").asText())
              .isEqualTo("The trainer sets the pace; augmenters hold back");
          assertThat(held.path("bottleneck").asText()).isEqualTo("trainer");
          assertThat(held.path("heldBack").path("partitions")).isNotEmpty();
          // The limit is 1 MiB, and what is on its way comes on top of it.
          assertThat(held.path("heldBack").path("aheadBytes").asLong())
              .isBetween(1L << 19, 2L << 20);
          assertThat(workers(held, "trainer")).isEqualTo(1);
          assertThat(lag(held, "augmenters")).isPositive();
          assertThat(held.path("problems")).isEmpty();

          listener.slow = false;
          assertThat(training.get().stopped()).isFalse();
          JsonNode after =
              await(
                  dashboard,
                  flow -> {
                    JsonNode audit = flow.path("audits").path(0);
                    return audit.path("waiting").asLong(-1) == 0
                        && flow.path("sentence").asText().equals("Every run has finished")
                        && lag(flow, "augmenters") == 0;
                  });
          assertThat(lag(after, "trainer")).isEqualTo(-1); // nobody waits for it any more
          RunReport run =
              new Verifier(topics, stream.kafka(), (_, _) -> {}).run().runs().getFirst();
          JsonNode audit = after.path("audits").path(0);
          assertThat(audit.path("trained").asLong()).isEqualTo(run.images().trained());
          assertThat(audit.path("dead").asLong()).isEqualTo(run.deadLetters());
          assertThat(audit.path("published").asLong()).isEqualTo(EPOCHS * 48);
          assertThat(audit.path("lost").asLong(-1)).isZero();
          assertThat(audit.path("doubled").asLong(-1)).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PRODUCERS, PRODUCER",
    "AUGMENTERS, AUGMENTERS",
    "READING, TRAINER",
    "AUGMENT_THREADS, TRAINER"
  })
  void shouldUnderstandEveryVerdictOfTrainers(Shortage shortage, Bottleneck expected) {
    for (OptionalInt threads :
        new OptionalInt[] {OptionalInt.empty(), OptionalInt.of(0), OptionalInt.of(3)}) {
      for (int more : new int[] {0, 1, 2}) {
        for (boolean enough : new boolean[] {true, false}) {
          Verdict verdict = new Verdict(shortage, 0.31, Instant.EPOCH, threads, more, enough, 3);

          assertThat(Bottleneck.of(verdict.sentence(ZoneOffset.UTC))).isEqualTo(expected);
        }
      }
    }
  }
}
