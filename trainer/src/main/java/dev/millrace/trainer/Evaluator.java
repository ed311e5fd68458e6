package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.model.EvaluationResult;
import dev.millrace.trainer.model.TenCropResult;
import dev.millrace.trainer.model.TrainingSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates the network on the validation split: each of its images once, read from the topic's
 * beginning to its epoch's end. For one thread.
 */
final class Evaluator implements Closer.Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final int MOST_IMAGES = 128; // forward passes gain nothing from more
  private static final int BUFFERS = 2;

  private final TrainingSession session;
  private final TensorStreams streams;
  private final TensorCheck check;
  private final boolean tenCrops;
  private final int minibatchSize;
  private final PendingLetters letters;
  private final @Nullable MistakesWriter mistakes;
  private final List<MinibatchMemory.OfValidation> buffers = new ArrayList<>();
  private @Nullable DeadLetterWriter deadLetters;

  /**
   * Makes an evaluator.
   *
   * @param check what the tensors must be
   * @param tenCrops whether to test on ten crops of each image as well
   * @param minibatchSize images evaluated in one go, at most 128 of them
   * @param deadLetters takes the tensors that fail the check, the first time that they are read
   * @param letters where it puts them if a checkpoint is to publish them
   * @param mistakes publishes the images that the network gets most wrong, null where that is not
   *     to be done
   */
  Evaluator(
      TrainingSession session,
      TensorStreams streams,
      TensorCheck check,
      boolean tenCrops,
      int minibatchSize,
      @Nullable DeadLetterWriter deadLetters,
      PendingLetters letters,
      @Nullable MistakesWriter mistakes) {
    this.session = session;
    this.streams = streams;
    this.check = check;
    this.tenCrops = tenCrops;
    this.minibatchSize = Math.min(minibatchSize, MOST_IMAGES);
    this.deadLetters = deadLetters;
    this.letters = letters;
    this.mistakes = mistakes;
  }

  /**
   * Evaluates.
   *
   * @param step steps done, for the result
   * @param epoch the epoch of that step, for the result
   * @param stop asked between minibatches whether to give up
   * @return null if there is no image to evaluate, or it was given up
   * @throws StalledStreamException if the validation split does not come to its end
   */
  @Nullable Evaluation evaluate(long step, int epoch, BooleanSupplier stop)
      throws InterruptedException {
    Sums sums = new Sums();
    letters.take(); // what an evaluation left that was given up
    try (MinibatchReader<MinibatchMemory.OfValidation> reader = reader()) {
      boolean more = true;
      while (more && !stop.getAsBoolean()) {
        Minibatch<MinibatchMemory.OfValidation> minibatch = reader.take(LOOK);
        if (minibatch != null) {
          sums.add(minibatch);
          more = !minibatch.epochEnded();
          reader.recycle(minibatch);
        }
      }
      if (more) {
        return null;
      }
    }
    deadLetters = null; // the next time would only write them again
    if (sums.images == 0) {
      LOG.info(
          "No evaluation: the validation split ({}) has no images",
          streams.topic(Split.VALIDATION).name());
      return null;
    }
    if (mistakes != null) {
      mistakes.write(step, epoch, sums.worst.worstFirst());
    }
    return sums.evaluation(step, epoch);
  }

  /** Takes the dead letters of the last evaluation that a checkpoint is to publish. */
  List<DeadLetter> letters() {
    return letters.take();
  }

  private MinibatchReader<MinibatchMemory.OfValidation> reader() throws InterruptedException {
    while (buffers.size() < BUFFERS) {
      buffers.add(
          MinibatchMemory.OfValidation.of(
              session.buffer(minibatchSize, check.size(), check.size())));
    }
    TensorSequence tensors = streams.validation(check, deadLetters);
    // The letters stay where they are until the evaluation is whole.
    MinibatchAssembler assembler =
        new MinibatchAssembler(tensors, minibatchSize, check.bytes(), new PendingLetters());
    return new MinibatchReader<>("validation-reader", tensors, assembler, 1, buffers).start();
  }

  @Override
  public void close() {
    buffers.forEach(buffer -> buffer.buffer().close());
  }

  /** Adds minibatches up. */
  private final class Sums {
    private double loss;
    private long top1Errors;
    private long top5Errors;
    private long tenCropTop1Errors;
    private long tenCropTop5Errors;
    private long images;
    private final WorstImages worst = new WorstImages(check.size(), session.inputSize());

    void add(Minibatch<MinibatchMemory.OfValidation> minibatch) {
      if (minibatch.images() > 0) {
        MinibatchMemory.OfValidation memory = minibatch.memory();
        EvaluationResult result = session.evaluate(memory.buffer(), minibatch.images());
        loss += result.lossSum();
        top1Errors += result.top1Errors();
        top5Errors += result.top5Errors();
        images += result.images();
        worst.add(memory.images(), memory.ids(), memory.labels(), result.predictions());
        if (tenCrops) {
          TenCropResult ten = session.testTenCrops(memory.buffer(), minibatch.images());
          tenCropTop1Errors += ten.top1Errors();
          tenCropTop5Errors += ten.top5Errors();
        }
      }
    }

    Evaluation evaluation(long step, int epoch) {
      return new Evaluation(
          step,
          epoch,
          loss / images,
          (double) top1Errors / images,
          (double) top5Errors / images,
          images,
          tenCrops ? tenCropErrors() : null);
    }

    private TenCropErrors tenCropErrors() {
      return new TenCropErrors(
          (double) tenCropTop1Errors / images, (double) tenCropTop5Errors / images);
    }
  }
}
