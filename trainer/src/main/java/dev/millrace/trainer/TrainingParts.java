package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.flow.FlowWatch;
import dev.millrace.trainer.model.TrainingSession;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the parts of a run around its open session. The run's closer closes them. For one thread.
 */
final class TrainingParts {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingParts.class);
  private static final int FETCH_THREADS_FOR_GPU = 3;

  private final TrainingContext context;
  private final TrainerOptions options;
  private final TensorStreams streams;
  private final Startup.Classes classes;
  private final MeanInUse mean;
  private final TrainingSession session;
  private final TrainingState state;

  TrainingParts(
      TrainingContext context,
      Startup.Classes classes,
      MeanInUse mean,
      TrainingSession session,
      TrainingState state) {
    this.context = context;
    this.options = context.options();
    this.streams = context.streams();
    this.classes = classes;
    this.mean = mean;
    this.session = session;
    this.state = state;
  }

  /** What listeners are told at the beginning; it is logged, too. */
  TrainingStart start() {
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

  /** Consumers of the training split, one for each thread that fetches. */
  List<Consumer<String, ByteBuffer>> consumers() throws InterruptedException {
    int partitions = streams.partitions(Split.TRAIN);
    int number = 1;
    if (context.feed() instanceof Feed.Tensors) {
      int usual = session.onGpu() ? FETCH_THREADS_FOR_GPU : 1;
      number = options.fetchThreads() > 0 ? options.fetchThreads() : usual;
    }
    return Stream.generate(() -> context.clients().tensors(partitions))
        .limit(Math.min(number, partitions))
        .toList();
  }

  /** Where the training split's dead letters go. */
  DeadLetterWriter deadLetters(RecordSender sender, PendingLetters letters) {
    return switch (context.feed()) {
      case Feed.Tensors _ ->
          DeadLetterWriter.publishing(sender, context.topics().deadLetters(), context.clock());
      case Feed.Colocated _ -> DeadLetterWriter.keeping(letters, context.clock());
    };
  }

  /**
   * Reads minibatches ahead from where the state is.
   *
   * @param deadLetters null where another worker writes them
   */
  MinibatchReader<MinibatchMemory.OfSession> reader(
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
    buffers.forEach(buffer -> context.closer().add(buffer.buffer()::close));
    TensorSequence tensors =
        streams.from(consumers, state.next(), streams.beginning(Split.TRAIN), check, deadLetters);
    MinibatchReader<MinibatchMemory.OfSession> reader =
        new MinibatchReader<>(
            "minibatch-reader",
            tensors,
            new MinibatchAssembler(tensors, options.minibatchSize(), check.bytes(), letters),
            options.epochs(),
            buffers);
    context.closer().add(reader);
    return reader.start();
  }

  /**
   * Evaluates on the validation split.
   *
   * @param sender publishes its dead letters and mistakes, null where that is not to be done
   */
  Evaluator evaluator(@Nullable RecordSender sender) {
    PendingLetters letters = new PendingLetters();
    boolean keptBefore =
        context.feed() instanceof Feed.Colocated && state.areValidationLettersKept();
    Evaluator evaluator =
        new Evaluator(
            session,
            streams,
            new TensorCheck(Split.VALIDATION, options.network().storedSize(), classes.count()),
            options.tenCrops(),
            options.minibatchSize(),
            sender == null || keptBefore ? null : deadLetters(sender, letters),
            letters,
            sender == null ? null : mistakes(sender));
    context.closer().add(evaluator);
    return evaluator;
  }

  private MistakesWriter mistakes(RecordSender sender) {
    return new MistakesWriter(sender, context.topics().mistakes(), options.run(), context.clock());
  }

  /**
   * Publishes checkpoints behind the steps.
   *
   * @param transactional fences off every earlier trainer of the run
   * @param group of the consumers
   * @param committed told of every checkpoint that is committed
   */
  CheckpointWriter checkpoints(
      Producer<String, byte[]> transactional,
      ConsumerGroupMetadata group,
      ProgressWriter progress,
      java.util.function.Consumer<CheckpointManifest> committed) {
    Deletion deletion =
        new Deletion(
            context.clients(),
            context.admin(),
            context.topics(),
            context.feed(),
            context.group(),
            options.keepCheckpoints());
    context.closer().add(deletion::close);
    CheckpointWriter writer =
        new CheckpointWriter(
            new CheckpointTransaction(
                transactional,
                context.topics(),
                streams.topic(Split.TRAIN),
                identity(),
                group,
                context.clock()),
            Acknowledgement.of(progress, deletion, committed));
    context.closer().add(writer);
    return writer;
  }

  private RunIdentity identity() {
    return new RunIdentity(
        options.run(),
        context.group(),
        options.model(),
        options.seed(),
        classes.listId(),
        mean.statistics(),
        options.activation().toString(),
        context.feed().text(),
        session.parameters(),
        ModelDescription.of(
            options.network(),
            classes.count(),
            options.activation(),
            (float) options.dropout(),
            mean.mean(),
            classes.list()),
        session.environment());
  }

  /** Measures how the run's images flow, and judges what it waits for. */
  FlowWatch flow() {
    FlowWatch flow =
        new FlowWatch(
            context.clients()::onlooker,
            context.admin(),
            context.topics(),
            state.passed(),
            context.feed() instanceof Feed.Colocated,
            options.minibatchSize(),
            context.clock());
    context.closer().add(flow::close);
    return flow.start();
  }

  /** Publishes the steps' metrics. */
  MetricsWriter metrics(RecordSender sender) {
    ResourceUse resources = new ResourceUse(session.onGpu());
    context.closer().add(resources);
    return new MetricsWriter(
        sender, context.topics().metrics(), options.run(), context.clock(), resources);
  }
}
