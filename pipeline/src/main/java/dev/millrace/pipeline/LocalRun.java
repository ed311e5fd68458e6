package dev.millrace.pipeline;

import dev.millrace.augmenter.AugmenterService;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.pipeline.checks.StartChecks;
import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.pipeline.meters.KafkaMeters;
import dev.millrace.pipeline.state.DataDirectory;
import dev.millrace.trainer.Feed;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainingSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * Broker, producer, augmenter, trainer and dashboard in one process, until training ends. A
 * colocated trainer does without the augmenter.
 */
final class LocalRun {
  private final LocalSettings settings;
  private final DataDirectory directory;
  private final ImageSource source;
  private final PrintWriter out;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  LocalRun(LocalSettings settings, DataDirectory directory, ImageSource source, PrintWriter out) {
    this.settings = settings;
    this.directory = directory;
    this.source = source;
    this.out = out;
  }

  /**
   * Runs all of it; Ctrl-C ends it after a checkpoint.
   *
   * @throws CannotStartException if something is not as it must be, before anything is published
   * @throws RuntimeException what a service failed with
   */
  TrainingSummary run() throws Exception {
    try (EmbeddedBroker broker = settings.broker().start(directory)) {
      Map<String, Object> kafka = settings.kafka().properties(broker.bootstrapServers());
      prepare(kafka);
      try (Dashboard dashboard = Pages.dashboard(settings.dashboard(), settings.topics(), kafka);
          TrainingDisplay display =
              new TrainingDisplay(out, Terminal.isPresent(), source.trainingImages())) {
        if (dashboard != null) {
          out.println(Pages.address(dashboard, settings.dashboard()));
        }
        out.printf(
            "Broker on %s%s%n",
            broker.bootstrapServers(),
            dashboard == null ? "" : ", metrics at " + dashboard.url("/metrics"));
        out.flush();
        MeterRegistry meters = Pages.meters(dashboard);
        TrainingSummary summary = services(KafkaMeters.added(kafka, meters), display, meters);
        if (dashboard != null && !summary.stopped()) {
          dashboard.awaitFinished(settings.trainer().run());
        }
        return summary;
      }
    }
  }

  private void prepare(Map<String, Object> kafka)
      throws CannotStartException, InterruptedException {
    try (Admin admin = Admin.create(StartChecks.impatient(kafka))) {
      StartChecks checks = new StartChecks(admin);
      checks.reachable(String.valueOf(kafka.get("bootstrap.servers")));
      checks.topics(settings.topics(), settings.topicSettings());
      checks.checkpointTransaction(settings.checkpointBytes(source.classes()));
      if (settings.colocatedThreads().isPresent()) {
        checks.noAugmenters(settings.topics());
      } else {
        checks.notColocated(settings.topics(), settings.trainer());
      }
      settings.topics().createMissing(admin, settings.topicSettings());
    }
  }

  private TrainingSummary services(
      Map<String, Object> kafka, TrainingDisplay display, MeterRegistry meters)
      throws CannotStartException, InterruptedException {
    InstantSource clock = InstantSource.system();
    Feed feed =
        ColocatedFeed.of(
            settings.colocatedThreads(), settings.augmenter(), settings.topics(), kafka);
    try (AugmenterService augmenter = augmenter(kafka, meters);
        Trainer trainer =
            new Trainer(settings.trainer(), feed, settings.topics(), kafka, clock, display)) {
      Shutdown.onSignal(trainer::requestStop);
      if (augmenter != null) {
        augmenter.start();
        var _ = augmenter.stopped().whenComplete((_, thrown) -> fail(thrown, trainer));
      }
      TrainingSummary summary;
      try (Publishing _ =
          source.publish(settings.topics(), kafka, thrown -> fail(thrown, trainer))) {
        summary = trainer.run();
      }
      Throwable thrown = failure.get();
      if (thrown != null) {
        throw thrown instanceof RuntimeException cause ? cause : new IllegalStateException(thrown);
      }
      return summary;
    }
  }

  private @Nullable AugmenterService augmenter(Map<String, Object> kafka, MeterRegistry meters) {
    return settings.colocatedThreads().isPresent()
        ? null
        : new AugmenterService(settings.augmenter(), settings.topics(), kafka, meters);
  }

  // Without the others a trainer would wait for tensors for ever: it writes a checkpoint and ends.
  private void fail(@Nullable Throwable thrown, Trainer trainer) {
    if (thrown != null && failure.compareAndSet(null, thrown)) {
      trainer.requestStop();
    }
  }
}
