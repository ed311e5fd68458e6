package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Restoration.Restored;
import dev.millrace.trainer.model.Peers;
import dev.millrace.trainer.model.Precision;
import dev.millrace.trainer.model.SessionOptions;
import dev.millrace.trainer.model.TrainingSession;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a run's parts in order, restores the newest checkpoint into them, and closes them in the
 * opposite order. For one thread.
 */
final class TrainingSetup implements Closer.Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingSetup.class);

  private final TrainerOptions options;
  private final Map<String, Object> kafka;
  private final BooleanSupplier stop;
  private final Peers peers;
  private final java.util.function.Consumer<Lockstep> begins;
  private final Closer closer = new Closer();
  private final TrainingContext context;
  private final Startup startup;
  private final Restoration restoration;

  /** For a trainer, or for what only evaluates, without other workers. */
  TrainingSetup(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock,
      BooleanSupplier stop) {
    this(options, feed, topics, kafka, clock, stop, Peers.NONE, _ -> {});
  }

  /**
   * For one of several workers.
   *
   * @param begins told when this worker's session is open
   */
  TrainingSetup(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock,
      BooleanSupplier stop,
      Peers peers,
      java.util.function.Consumer<Lockstep> begins) {
    this.options = options;
    this.kafka = kafka;
    this.stop = stop;
    this.peers = peers;
    this.begins = begins;
    KafkaClients clients = new KafkaClients(kafka, options.group(topics.prefix()));
    Admin admin = clients.admin();
    closer.add(admin::close);
    this.context = new TrainingContext(options, feed, topics, clients, admin, clock, closer);
    this.startup = new Startup(admin, topics, options.dataTimeout(), stop);
    this.restoration = new Restoration(context);
  }

  /** The run's newest checkpoint if that one has reached the goal, else null. */
  @Nullable CheckpointManifest finishedCheckpoint() throws InterruptedException {
    if (!startup.awaitTopics()) {
      return null;
    }
    for (CheckpointManifest newest : restoration.newestFirst().stream().limit(1).toList()) {
      if (TrainingState.finished(newest)
          && options.goal().reached(newest.getStep(), newest.getEpoch())) {
        FeedCheck.check(newest, context.feed());
        if (!peers.first()) {
          return newest;
        }
        try (RecordSender sender = new RecordSender(context.clients().events())) {
          TrainingState state = restoration.state(newest);
          progress(sender, state).ended(state.step(), state.images(), state.next(), true);
        }
        return newest;
      }
    }
    return null;
  }

  /**
   * Opens everything and restores the newest checkpoint; null if stopped before.
   *
   * @param committed told of every checkpoint that is committed
   */
  @Nullable TrainingRun open(java.util.function.Consumer<CheckpointManifest> committed)
      throws InterruptedException {
    Startup.Classes classes = classes();
    if (classes == null) {
      return null;
    }
    MeanInUse mean = mean();
    Producer<String, byte[]> transactional = fenceOthers();
    List<CheckpointManifest> manifests = restoration.newestFirst();
    restoration.check(manifests, classes, mean);
    TrainingSession session = session(classes, mean);
    Lockstep lockstep = lockstep(session);
    Restored restored = restoration.restore(session, manifests);
    TrainingState state = restored.state();
    TrainingParts parts = new TrainingParts(context, classes, mean, session, state);
    RecordSender sender = new RecordSender(context.clients().events());
    closer.add(sender::close);
    MetricsWriter metrics = parts.metrics(sender);
    List<Consumer<String, ByteBuffer>> consumers = parts.consumers();
    ProgressWriter progress = register(sender, state);
    lockstep.begin(restored.manifest()); // now nothing is deleted that a worker begins with
    CheckpointWriter checkpoints =
        parts.checkpoints(transactional, consumers.getFirst().groupMetadata(), progress, committed);
    PendingLetters letters = new PendingLetters();
    return new TrainingRun(
        options,
        parts.start(),
        state,
        session,
        lockstep,
        parts.reader(consumers, parts.deadLetters(sender, letters), letters),
        parts.evaluator(sender),
        checkpoints,
        progress,
        metrics,
        parts.flow(),
        sender);
  }

  /**
   * Opens what a worker needs that is not the first, and restores what the first has restored; null
   * if stopped before.
   */
  @Nullable Follower openFollower(StopRequest stopRequest, TrainingListener listener)
      throws InterruptedException {
    Startup.Classes classes = classes();
    if (classes == null) {
      return null;
    }
    MeanInUse mean = mean();
    TrainingSession session = session(classes, mean);
    Lockstep lockstep = lockstep(session);
    List<CheckpointManifest> manifests = restoration.await(lockstep.begin(null));
    restoration.check(manifests, classes, mean);
    TrainingState state = begun(restoration.restore(session, manifests).state());
    TrainingParts parts = new TrainingParts(context, classes, mean, session, state);
    return new Follower(
        options,
        parts.start(),
        state,
        lockstep,
        parts.reader(parts.consumers(), null, new PendingLetters()),
        stopRequest,
        listener);
  }

  /**
   * Restores the newest checkpoint, whoever trains the run on meanwhile, and evaluates it.
   *
   * @return null if there is no image to evaluate, or stopped before
   * @throws ResumeException if there is no checkpoint, or one of another model or class list
   */
  @Nullable Evaluation evaluateNewest() throws InterruptedException {
    Startup.Classes classes = startup.awaitTopics() ? classes() : null;
    if (classes == null) {
      return null;
    }
    List<CheckpointManifest> manifests = restoration.newestFirst();
    if (manifests.isEmpty()) {
      throw CheckpointEvaluation.noCheckpoint(options.run());
    }
    MeanInUse mean = mean();
    ResumeCheck.checkModel(manifests.getFirst(), options, classes, mean.statistics());
    TrainingSession session = session(classes, mean);
    TrainingState state = restoration.restore(session, manifests).state();
    return new TrainingParts(context, classes, mean, session, state)
        .evaluator(null)
        .evaluate(state.step(), state.trainedEpoch(), stop);
  }

  private Startup.@Nullable Classes classes() throws InterruptedException {
    return stop.getAsBoolean() ? null : startup.awaitClasses(context.clients(), options.classes());
  }

  private MeanInUse mean() {
    return MeanInUse.of(options.statistics(), options.network(), context.topics(), kafka);
  }

  // Aborts what an earlier trainer of this run has left open: only then is the newest committed
  // checkpoint the newest there will be.
  private Producer<String, byte[]> fenceOthers() throws InterruptedException {
    Producer<String, byte[]> producer =
        context.clients().transactional(context.group(), startup.transactionTimeout());
    closer.add(producer::close);
    producer.initTransactions();
    return producer;
  }

  private TrainingSession session(Startup.Classes classes, MeanInUse mean) {
    TrainingSession session =
        TrainingSession.open(
            new SessionOptions(
                options.network(),
                classes.count(),
                options.seed(),
                options.device(),
                options.threads(),
                options.deterministic(),
                options.precision(),
                options.xla(),
                options.placement(),
                (float) options.momentum(),
                (float) options.weightDecay(),
                (float) options.dropout(),
                options.activation(),
                mean.mean()),
            peers);
    closer.add(session::close);
    if (options.precision() == Precision.BFLOAT16
        && !session.onGpu()
        && !ProcessorFeatures.bfloat16()) {
      LOG.warn(
          "This processor has no instructions for bfloat16 (AVX512_BF16 or AMX): a step takes many"
              + " times as long as with --precision float32");
    }
    return session;
  }

  private Lockstep lockstep(TrainingSession session) {
    Lockstep lockstep = new Lockstep(session, peers);
    begins.accept(lockstep);
    return lockstep;
  }

  private TrainingState begun(TrainingState state) throws InterruptedException {
    if (state.next().offsets().isEmpty()) {
      state.startAt(StreamPosition.beginning(context.streams().beginning(Split.TRAIN)));
    }
    return state;
  }

  // Whoever deletes tensors looks at the progress topic: once the position stands there, nothing
  // behind it goes.
  private ProgressWriter register(RecordSender sender, TrainingState state)
      throws InterruptedException {
    ProgressWriter progress = progress(sender, begun(state));
    progress.start();
    return progress;
  }

  private ProgressWriter progress(RecordSender sender, TrainingState state) {
    return new ProgressWriter(
        sender,
        context.topics(),
        context.streams().topic(Split.TRAIN).name(),
        options.run(),
        context.group(),
        context.clock(),
        state.step(),
        state.images(),
        state.next());
  }

  @Override
  public void close() {
    closer.close();
  }
}
