package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.tracing.ImageTraces;
import dev.millrace.trainer.flow.WaitWindow;
import dev.millrace.trainer.model.Peers;
import dev.millrace.trainer.model.Snapshot;
import dev.millrace.trainer.model.StepResult;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a network on the tensors of a feed: a minibatch, a step, its metrics, and every so often a
 * checkpoint; the validation split at each epoch's end. A run that was stopped or killed goes on
 * from its newest checkpoint, with the weights that it would have had.
 */
public final class Trainer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final TrainerOptions options;
  private final Feed feed;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final InstantSource clock;
  private final TrainingListener listener;
  private final Speed speed = new Speed();
  private final ImageTraces traces = ImageTraces.ofProcess();
  private final Peers peers;
  private final StopRequest stop;
  private volatile @Nullable Lockstep lockstep;

  /** Prepares a run on the tensors topic. */
  public Trainer(
      TrainerOptions options,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock,
      TrainingListener listener) {
    this(options, new Feed.Tensors(), topics, kafka, clock, listener);
  }

  /**
   * Prepares a run; nothing is opened yet.
   *
   * @param feed where the tensors come from
   * @param kafka the user's client properties, with bootstrap.servers
   * @param clock gives records their time
   * @param listener told what happens
   */
  public Trainer(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock,
      TrainingListener listener) {
    this(options, feed, topics, kafka, clock, listener, Peers.NONE);
  }

  /**
   * The same for one of several workers that train a run together, each with the same options. The
   * first of them publishes and evaluates; the others only train.
   *
   * @param peers all of them, for this one run of one process: what TensorFlow opens for them stays
   *     open until the process ends
   */
  public Trainer(
      TrainerOptions options,
      Feed feed,
      Topics topics,
      Map<String, Object> kafka,
      InstantSource clock,
      TrainingListener listener,
      Peers peers) {
    this.peers = peers;
    this.stop = new StopRequest(peers.alone());
    this.options = options;
    this.feed = feed;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Trains until the goal is reached or a stop is requested.
   *
   * @throws ResumeException if the run's checkpoint belongs to other settings, or none is whole
   * @throws FencedTrainerException if another trainer of this run starts meanwhile
   * @throws BrokenStreamException if the tensors are in no order, or do not fit the network
   * @throws StalledStreamException if no tensor comes for longer than the data timeout
   * @throws DivergedException if the loss is no longer a number
   * @throws LostWorkerException if another worker of the group is gone
   * @throws OutOfStepException if the group's workers have other options or images
   * @throws KafkaException if the brokers refuse or do not answer
   * @throws InterruptedException if the thread is interrupted; the newest checkpoint stays
   */
  public TrainingSummary run() throws InterruptedException {
    try (TrainingSetup setup =
        new TrainingSetup(options, feed, topics, kafka, clock, this::stops, peers, this::begins)) {
      CheckpointManifest finished = setup.finishedCheckpoint();
      if (finished != null) {
        return finishedBefore(finished);
      }
      if (!peers.first()) {
        Follower follower = setup.openFollower(stop, listener);
        return follower == null ? Summaries.notBegun(options.run()) : follower.run();
      }
      TrainingRun run = setup.open(listener::onCheckpoint);
      return run == null ? Summaries.notBegun(options.run()) : train(run);
    }
  }

  /**
   * Makes {@link #run} finish its step, write a checkpoint and return; of several workers, all of
   * them. From any thread.
   */
  public void requestStop() {
    stop.make();
  }

  /**
   * Makes {@link #run} return without the other workers, unless it waits for one of them. From any
   * thread.
   */
  public void leave() {
    stop.makeAtOnce();
  }

  /** Whether it waits, or may be waiting, for another worker just now. From any thread. */
  public boolean waitsForOthers() {
    Lockstep begun = lockstep;
    return !peers.alone() && (begun == null || begun.waits());
  }

  /** Requests a stop. */
  @Override
  public void close() {
    requestStop();
  }

  private boolean stops() {
    return stop.made();
  }

  private void begins(Lockstep of) {
    lockstep = of;
  }

  private TrainingSummary train(TrainingRun run) throws InterruptedException {
    TrainingState state = run.state();
    listener.onStart(run.start());
    evaluateIfDue(run);
    restart(run);
    VerdictNews news = new VerdictNews(run, listener);
    boolean together = true;
    while (!goalReached(state)) {
      Minibatch<MinibatchMemory.OfSession> minibatch = take(run, news);
      if (minibatch == null) {
        together = false;
        break;
      }
      if (!use(run, minibatch)) {
        break;
      }
      run.reader().recycle(minibatch);
      run.progress().moved(state.step(), state.images(), state.next());
      if (minibatch.epochEnded()) {
        endEpoch(run, minibatch);
      }
      if (run.checkpointDue() && !goalReached(state)) {
        checkpoint(run, false);
      }
    }
    return finish(run, together);
  }

  private boolean goalReached(TrainingState state) {
    return options.goal().reached(state.step(), state.next().epoch());
  }

  // Null if a stop was requested before one was full, and is not for the next step to tell.
  private @Nullable Minibatch<MinibatchMemory.OfSession> take(TrainingRun run, VerdictNews news)
      throws InterruptedException {
    WaitWindow window = run.flow().window();
    window.worked(0); // what was done since the step: an epoch's end, or a checkpoint's beginning
    long begin = System.nanoTime();
    Minibatch<MinibatchMemory.OfSession> minibatch = null;
    while (minibatch == null && !stop.leaves()) {
      minibatch = run.reader().take(LOOK);
      window.waited();
      news.look(minibatch == null);
      run.checkpoints().check();
      if (minibatch == null) {
        run.progress().waiting();
      }
    }
    speed.waited(System.nanoTime() - begin);
    return minibatch;
  }

  // False if the workers stop instead.
  private boolean use(TrainingRun run, Minibatch<MinibatchMemory.OfSession> minibatch) {
    if (minibatch.images() > 0) {
      return step(run, minibatch);
    }
    run.state().advance(minibatch);
    run.read(minibatch);
    return true;
  }

  private boolean step(TrainingRun run, Minibatch<MinibatchMemory.OfSession> minibatch) {
    TrainingState state = run.state();
    long step = state.step() + 1;
    int images = minibatch.images();
    float learningRate = state.learningRate().at(minibatch.epoch());
    if (run.lockstep().step(step, minibatch, learningRate, stop.made()).stop()) {
      stop.make();
      return false;
    }
    List<Span> spans = traces.training(minibatch.traced(), step, minibatch.epoch());
    StepResult result =
        run.lockstep().train(minibatch.memory().buffer(), images, step, learningRate);
    spans.forEach(span -> ImageTraces.end(span, null));
    Speed.Measured measured = speed.step(images);
    run.flow().window().worked(images);
    if (!Float.isFinite(result.loss())) {
      throw new DivergedException(step, result.loss(), learningRate, run.checkpointStep());
    }
    state.advance(minibatch);
    run.read(minibatch);
    run.metrics()
        .step(
            step,
            minibatch.epoch(),
            images,
            result,
            learningRate,
            measured,
            speed.times(),
            run.flow().report());
    listener.onStep(StepReport.of(options, state, step, minibatch, result, learningRate, measured));
    return true;
  }

  private void endEpoch(TrainingRun run, Minibatch<?> minibatch) throws InterruptedException {
    LOG.info(
        "Epoch {} ended after step {}: {} images, {} missing and {} dead letters so far",
        minibatch.epoch(),
        run.state().step(),
        minibatch.epochImages(),
        run.state().passedOver().missing(),
        run.state().passedOver().deadLetters());
    run.state().evaluationDue(options.evaluation());
    evaluateIfDue(run);
  }

  // Where a stop is requested meanwhile it stays due: resuming begins with it.
  private void evaluateIfDue(TrainingRun run) throws InterruptedException {
    TrainingState state = run.state();
    if (!state.evaluationDue() || stop.made()) {
      return;
    }
    Evaluation evaluation =
        run.evaluator().evaluate(state.step(), state.trainedEpoch(), this::stops);
    if (stop.made() && evaluation == null) {
      return;
    }
    state.evaluationDue(false);
    run.letters().addAll(run.evaluator().letters());
    state.validationLettersKept();
    if (evaluation != null) {
      state.evaluated(evaluation);
      state.learningRate().evaluated(evaluation.top1Error());
      run.metrics().evaluation(evaluation);
      listener.onEvaluation(evaluation);
    }
    restart(run);
  }

  private void restart(TrainingRun run) {
    speed.restart();
    run.flow().window().restart();
  }

  private void checkpoint(TrainingRun run, boolean finished) throws InterruptedException {
    TrainingState state = run.state();
    Snapshot snapshot = run.session().snapshot();
    run.checkpoint(
        new CheckpointDraft(
            state.step(),
            state.next(),
            state.toMap(options.minibatchSize(), finished),
            run.letters().take(),
            snapshot.tensors(),
            snapshot::close));
  }

  private TrainingSummary finish(TrainingRun run, boolean together) throws InterruptedException {
    TrainingState state = run.state();
    Evaluation last = state.evaluation();
    if (options.evaluation() && !stop.made() && (last == null || last.step() != state.step())) {
      state.evaluationDue(true);
      evaluateIfDue(run);
    }
    boolean finished = goalReached(state) && !state.evaluationDue();
    if (finished || run.checkpointStep() != state.step()) {
      checkpoint(run, finished);
    }
    run.checkpoints().await();
    run.end(finished);
    if (together) {
      run.lockstep().end(state.step());
    }
    return Summaries.of(options.run(), state, speed.total(), run.checkpointStep(), !finished);
  }

  private TrainingSummary finishedBefore(CheckpointManifest manifest) {
    LOG.info(
        "Run {} reached its goal before, at step {} (epoch {}): nothing to do. To train it further,"
            + " ask for more epochs or steps",
        manifest.getRun(),
        manifest.getStep(),
        manifest.getEpoch());
    return Summaries.finishedBefore(manifest);
  }
}
