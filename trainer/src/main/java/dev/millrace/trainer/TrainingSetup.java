package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.flow.FlowWatch;
import dev.millrace.trainer.model.Peers;
import dev.millrace.trainer.model.SessionOptions;
import dev.millrace.trainer.model.TrainingSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
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
  private static final int FETCH_THREADS_FOR_GPU = 3;
  private static final Duration CHECKPOINT_PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final TrainerOptions options;
  private final Feed feed;
  private final Topics topics;
  private final InstantSource clock;
  private final BooleanSupplier stop;
  private final Peers peers;
  private final java.util.function.Consumer<Lockstep> begins;
  private final String group;
  private final KafkaClients clients;
  private final Map<String, Object> kafka;
  private final Closer closer = new Closer();
  private final Admin admin;
  private final Startup startup;
  private final TensorStreams streams;
  private @Nullable CheckpointManifest restored;

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
    this.feed = feed;
    this.peers = peers;
    this.begins = begins;
    this.topics = topics;
    this.clock = clock;
    this.stop = stop;
    this.group = options.group(topics.prefix());
    this.kafka = kafka;
    this.clients = new KafkaClients(kafka, group);
    this.admin = clients.admin();
    closer.add(admin::close);
    this.startup = new Startup(admin, topics, options.dataTimeout(), stop);
    this.streams = new TensorStreams(clients, admin, topics, feed, options.dataTimeout());
  }

  /** The run's newest checkpoint if that one has reached the goal, else null. */
  @Nullable CheckpointManifest finishedCheckpoint() throws InterruptedException {
    if (!startup.awaitTopics()) {
      return null;
    }
    for (CheckpointManifest newest : manifests().stream().limit(1).toList()) {
      if (TrainingState.finished(newest)
          && options.goal().reached(newest.getStep(), newest.getEpoch())) {
        FeedCheck.check(newest, feed);
        if (!peers.first()) {
          return newest;
        }
        try (RecordSender sender = new RecordSender(clients.events())) {
          TrainingState state = restored(newest);
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
    Startup.Classes classes =
        stop.getAsBoolean() ? null : startup.awaitClasses(clients, options.classes());
    if (classes == null) {
      return null;
    }
    MeanInUse mean = mean();
    Producer<String, byte[]> transactional = fenceOthers();
    List<CheckpointManifest> manifests = manifests();
    manifests.stream()
        .limit(1)
        .forEach(m -> {
          ResumeCheck.check(m, options, classes.listId(), mean.statistics());
          FeedCheck.check(m, feed);
        });
    TrainingSession session = session(classes, mean);
    Lockstep lockstep = lockstep(session);
    TrainingState state = restore(session, manifests);
    return assemble(classes, mean, session, lockstep, state, transactional, committed);
  }

  /**
   * Opens what a worker needs that is not the first, and restores what the first has restored; null
   * if stopped before.
   */
  @Nullable Follower openFollower(StopRequest stopRequest, TrainingListener listener)
      throws InterruptedException {
    Startup.Classes classes =
        stop.getAsBoolean() ? null : startup.awaitClasses(clients, options.classes());
    if (classes == null) {
      return null;
    }
    MeanInUse mean = mean();
    TrainingSession session = session(classes, mean);
    Lockstep lockstep = lockstep(session);
    List<CheckpointManifest> manifests = awaitCheckpoint(lockstep.begin(null));
    manifests.forEach(m -> {
      ResumeCheck.check(m, options, classes.listId(), mean.statistics());
      FeedCheck.check(m, feed);
    });
    TrainingState state = restore(session, manifests);
    if (state.next().offsets().isEmpty()) {
      state.startAt(StreamPosition.beginning(streams.beginning(Split.TRAIN)));
    }
    return new Follower(
        options,
        start(classes, session, state),
        state,
        lockstep,
        reader(classes, session, state, consumers(session), null, new PendingLetters()),
        stopRequest,
        listener);
  }

  private Lockstep lockstep(TrainingSession session) {
    Lockstep lockstep = new Lockstep(session, peers);
    begins.accept(lockstep);
    return lockstep;
  }

  // Brokers may not show at once what the first worker has just seen.
  private List<CheckpointManifest> awaitCheckpoint(long @Nullable [] place)
      throws InterruptedException {
    if (place == null) {
      return List.of();
    }
    long begin = System.nanoTime();
    while (true) {
      List<CheckpointManifest> found =
          manifests().stream()
              .filter(m -> m.getStep() == place[0] && m.getFirstChunkOffset() == place[1])
              .toList();
      if (!found.isEmpty()) {
        return found;
      }
      if (System.nanoTime() - begin > CHECKPOINT_PATIENCE.toNanos()) {
        throw new ResumeException(
            ("Cannot begin where the first worker does: it goes on from a checkpoint of step %d, and"
                    + " topic %s shows none of that step here. Start all workers with the same"
                    + " brokers, prefix and run name.")
                .formatted(place[0], topics.checkpoints().name()));
      }
      Thread.sleep(LOOK);
    }
  }

  /**
   * Restores the newest checkpoint, whoever trains the run on meanwhile, and evaluates it.
   *
   * @return null if there is no image to evaluate, or stopped before
   * @throws ResumeException if there is no checkpoint, or one of another model or class list
   */
  @Nullable Evaluation evaluateNewest() throws InterruptedException {
    Startup.Classes classes =
        startup.awaitTopics() ? startup.awaitClasses(clients, options.classes()) : null;
    if (classes == null) {
      return null;
    }
    List<CheckpointManifest> manifests = manifests();
    if (manifests.isEmpty()) {
      throw CheckpointEvaluation.noCheckpoint(options.run());
    }
    MeanInUse mean = mean();
    ResumeCheck.checkModel(manifests.getFirst(), options, classes.listId(), mean.statistics());
    TrainingSession session = session(classes, mean);
    TrainingState state = restore(session, manifests);
    return evaluator(classes, session, null, new PendingLetters())
        .evaluate(state.step(), state.trainedEpoch(), stop);
  }

  // Aborts what an earlier trainer of this run has left open: only then is the newest committed
  // checkpoint the newest there will be.
  private Producer<String, byte[]> fenceOthers() throws InterruptedException {
    Producer<String, byte[]> producer = clients.transactional(group, startup.transactionTimeout());
    closer.add(producer::close);
    producer.initTransactions();
    return producer;
  }

  private List<CheckpointManifest> manifests() throws InterruptedException {
    try (CheckpointCatalog catalog = new CheckpointCatalog(admin, clients.reader(), topics)) {
      return catalog.newestFirst(options.run());
    }
  }

  private MeanInUse mean() {
    return MeanInUse.of(options.statistics(), options.network(), topics, kafka);
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
    return session;
  }

  private TrainingState restore(TrainingSession session, List<CheckpointManifest> manifests) {
    try (CheckpointReader reader = new CheckpointReader(clients.reader(), topics);
        LoadedCheckpoint loaded = reader.load(manifests)) {
      if (loaded == null) {
        return new TrainingState(learningRate(), StreamPosition.NOWHERE);
      }
      ResumeCheck.warnOfOtherBits(loaded.manifest(), session.environment());
      restored = loaded.manifest();
      session.restore(loaded.tensors());
      return restored(loaded.manifest());
    }
  }

  private TrainingState restored(CheckpointManifest manifest) {
    return TrainingState.restore(learningRate(), manifest);
  }

  private LearningRate learningRate() {
    return new LearningRate(options.learningRate(), options.schedule());
  }

  private TrainingRun assemble(
      Startup.Classes classes,
      MeanInUse mean,
      TrainingSession session,
      Lockstep lockstep,
      TrainingState state,
      Producer<String, byte[]> transactional,
      java.util.function.Consumer<CheckpointManifest> committed)
      throws InterruptedException {
    RecordSender sender = new RecordSender(clients.events());
    closer.add(sender::close);
    ResourceUse resources = new ResourceUse(session.onGpu());
    closer.add(resources);
    PendingLetters letters = new PendingLetters();
    PendingLetters validationLetters = new PendingLetters();
    List<Consumer<String, ByteBuffer>> consumers = consumers(session);
    ProgressWriter progress = register(sender, state);
    lockstep.begin(restored); // from here on nothing is deleted that a worker begins with
    CheckpointWriter checkpoints =
        checkpoints(
            classes, mean, session, transactional, consumers.getFirst(), progress, committed);
    MinibatchReader<MinibatchMemory.OfSession> reader =
        reader(classes, session, state, consumers, deadLetters(sender, letters), letters);
    return new TrainingRun(
        options,
        start(classes, session, state),
        state,
        session,
        lockstep,
        reader,
        evaluator(
            classes,
            session,
            feed instanceof Feed.Colocated && state.areValidationLettersKept()
                ? null
                : deadLetters(sender, validationLetters),
            validationLetters),
        checkpoints,
        progress,
        new MetricsWriter(sender, topics.metrics(), options.run(), clock, resources),
        flow(state),
        sender);
  }

  private FlowWatch flow(TrainingState state) {
    FlowWatch flow =
        new FlowWatch(
            clients::onlooker,
            admin,
            topics,
            state.passed(),
            feed instanceof Feed.Colocated,
            options.minibatchSize(),
            clock);
    closer.add(flow::close);
    return flow.start();
  }

  private List<Consumer<String, ByteBuffer>> consumers(TrainingSession session)
      throws InterruptedException {
    int partitions = streams.partitions(Split.TRAIN);
    int number = 1;
    if (feed instanceof Feed.Tensors) {
      int usual = session.onGpu() ? FETCH_THREADS_FOR_GPU : 1;
      number = options.fetchThreads() > 0 ? options.fetchThreads() : usual;
    }
    return Stream.generate(() -> clients.tensors(partitions))
        .limit(Math.min(number, partitions))
        .toList();
  }

  private DeadLetterWriter deadLetters(RecordSender sender, PendingLetters letters) {
    return switch (feed) {
      case Feed.Tensors _ -> DeadLetterWriter.publishing(sender, topics.deadLetters(), clock);
      case Feed.Colocated _ -> DeadLetterWriter.keeping(letters, clock);
    };
  }

  private TrainingStart start(
      Startup.Classes classes, TrainingSession session, TrainingState state) {
    TrainingStart start =
        new TrainingStart(
            options,
            classes.count(),
            session.parameters(),
            session.environment(),
            state.step(),
            state.next().epoch(),
            state.next().sequence());
    LOG.info(
        "Run {} {} step {}, epoch {} sequence {}: {} classes, {} parameters, {}, {}",
        options.run(),
        state.step() == 0 ? "begins at" : "goes on from its checkpoint at",
        state.step(),
        start.epoch(),
        start.sequence(),
        start.classes(),
        start.parameters(),
        options,
        start.environment());
    return start;
  }

  // Whoever deletes tensors looks at the progress topic: once the position stands there, nothing
  // behind it goes.
  private ProgressWriter register(RecordSender sender, TrainingState state)
      throws InterruptedException {
    if (state.next().offsets().isEmpty()) {
      state.startAt(StreamPosition.beginning(streams.beginning(Split.TRAIN)));
    }
    ProgressWriter progress = progress(sender, state);
    progress.start();
    return progress;
  }

  private ProgressWriter progress(RecordSender sender, TrainingState state) {
    return new ProgressWriter(
        sender,
        topics,
        streams.topic(Split.TRAIN).name(),
        options.run(),
        group,
        clock,
        state.step(),
        state.images(),
        state.next());
  }

  private CheckpointWriter checkpoints(
      Startup.Classes classes,
      MeanInUse mean,
      TrainingSession session,
      Producer<String, byte[]> transactional,
      Consumer<String, ByteBuffer> consumer,
      ProgressWriter progress,
      java.util.function.Consumer<CheckpointManifest> committed) {
    RunIdentity identity =
        new RunIdentity(
            options.run(),
            group,
            options.model(),
            options.seed(),
            classes.listId(),
            mean.statistics(),
            options.activation().toString(),
            feed.text(),
            session.parameters(),
            ModelDescription.of(
                options.network(),
                classes.count(),
                options.activation(),
                (float) options.dropout(),
                mean.mean(),
                classes.list()),
            session.environment());
    Deletion deletion =
        new Deletion(clients, admin, topics, feed, group, options.keepCheckpoints());
    closer.add(deletion::close);
    CheckpointWriter writer =
        new CheckpointWriter(
            new CheckpointTransaction(
                transactional,
                topics,
                streams.topic(Split.TRAIN),
                identity,
                consumer.groupMetadata(),
                clock),
            Acknowledgement.of(progress, deletion, committed));
    closer.add(writer);
    return writer;
  }

  private MinibatchReader<MinibatchMemory.OfSession> reader(
      Startup.Classes classes,
      TrainingSession session,
      TrainingState state,
      List<Consumer<String, ByteBuffer>> consumers,
      @Nullable DeadLetterWriter deadLetters,
      PendingLetters letters)
      throws InterruptedException {
    int size = options.network().inputSize();
    TensorCheck check = new TensorCheck(Split.TRAIN, size, classes.count());
    List<MinibatchMemory.OfSession> buffers =
        Stream.generate(() -> session.buffer(options.minibatchSize(), size, size))
            .limit(1L + session.minibatchesAhead())
            .map(buffer -> MinibatchMemory.OfSession.staged(session, buffer))
            .toList();
    buffers.forEach(buffer -> closer.add(buffer.buffer()::close));
    TensorSequence tensors =
        streams.from(consumers, state.next(), streams.beginning(Split.TRAIN), check, deadLetters);
    MinibatchReader<MinibatchMemory.OfSession> reader =
        new MinibatchReader<>(
            "minibatch-reader",
            tensors,
            new MinibatchAssembler(tensors, options.minibatchSize(), check.bytes(), letters),
            options.epochs(),
            buffers);
    closer.add(reader);
    return reader.start();
  }

  private Evaluator evaluator(
      Startup.Classes classes,
      TrainingSession session,
      @Nullable DeadLetterWriter deadLetters,
      PendingLetters letters) {
    Evaluator evaluator =
        new Evaluator(
            session,
            streams,
            new TensorCheck(Split.VALIDATION, options.network().storedSize(), classes.count()),
            options.tenCrops(),
            options.minibatchSize(),
            deadLetters,
            letters);
    closer.add(evaluator);
    return evaluator;
  }

  @Override
  public void close() {
    closer.close();
  }
}
