package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.stream.Place;
import dev.millrace.trainer.flow.Passed;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far a run has come: what a checkpoint keeps besides the tensors. For one thread. */
final class TrainingState {
  static final String MINIBATCH_SIZE = "minibatch_size";
  private static final String FINISHED = "finished";
  static final String FIRST_EPOCH = "first_epoch";
  static final String FIRST_SEQUENCE = "first_sequence";
  private static final String ENDED_IMAGES = "ended_images";
  static final String DIGEST = "image_digest";
  static final String REJECTED_DIGEST = "rejected_digest";
  private static final String VALIDATION_LETTERS = "validation_letters";
  private static final int HEXADECIMAL = 16;
  private static final String TEN_CROP_TOP1 = "validation.ten_crop_top1_error";
  private static final String TEN_CROP_TOP5 = "validation.ten_crop_top5_error";

  private final LearningRate learningRate;
  private long step;
  private long images;
  private TensorCounts passedOver = TensorCounts.NONE;
  private @Nullable StreamPosition first;
  private long endedImages;
  private long digest;
  private StreamPosition next;
  private long epochImages = -1;
  private boolean evaluationDue;
  private boolean validationLettersKept;
  private @Nullable Evaluation evaluation;

  /** A run that has not begun; it will begin there. */
  TrainingState(LearningRate learningRate, StreamPosition start) {
    this.learningRate = learningRate;
    this.next = start;
  }

  /** A run as a checkpoint kept it. */
  static TrainingState restore(LearningRate learningRate, CheckpointManifest manifest) {
    TrainingState state =
        new TrainingState(
            learningRate,
            new StreamPosition(
                manifest.getEpoch(),
                manifest.getNextSequence(),
                StreamPosition.offsetsOf(manifest.getOffsets())));
    Map<String, String> kept = manifest.getState();
    state.step = manifest.getStep();
    state.images = number(kept, "images");
    state.passedOver =
        new TensorCounts(
            number(kept, "missing"),
            number(kept, "dead_letters"),
            digest(kept, REJECTED_DIGEST),
            number(kept, "unplaced"));
    state.first =
        kept.containsKey(FIRST_EPOCH)
            ? new StreamPosition(
                (int) number(kept, FIRST_EPOCH), number(kept, FIRST_SEQUENCE), new TreeMap<>())
            : null;
    state.digest = digest(kept, DIGEST);
    state.endedImages = endedImages(state, kept);
    state.epochImages = Long.parseLong(kept.getOrDefault("epoch_images", "-1"));
    state.evaluationDue = Boolean.parseBoolean(kept.get("evaluation_due"));
    state.evaluation = evaluation(kept);
    state.validationLettersKept = Boolean.parseBoolean(kept.get(VALIDATION_LETTERS));
    learningRate.restore(kept);
    return state;
  }

  // Checkpoints of earlier versions do not tell: their counts are taken as they are.
  private static long endedImages(TrainingState state, Map<String, String> kept) {
    if (state.first == null || kept.containsKey(ENDED_IMAGES)) {
      return number(kept, ENDED_IMAGES);
    }
    long places = state.images + state.passedOver.missing() + state.passedOver.rejected();
    return places + state.first.sequence() - state.next.sequence();
  }

  /** Whether a run had reached its goal when that checkpoint was written. */
  static boolean finished(CheckpointManifest manifest) {
    return Boolean.parseBoolean(manifest.getState().get(FINISHED));
  }

  /** A run that has not begun will begin there. */
  void startAt(StreamPosition start) {
    next = start;
  }

  /** A minibatch has been read and, unless it was empty, trained on. */
  void advance(Minibatch<?> minibatch) {
    step += minibatch.images() > 0 ? 1 : 0;
    images += minibatch.images();
    passedOver = passedOver.plus(minibatch.passedOver());
    first = images == minibatch.images() && first == null ? minibatch.begin() : first;
    digest += minibatch.digest();
    next = minibatch.next();
    if (minibatch.epochEnded()) {
      endedImages += minibatch.epochImages();
      epochImages = minibatch.epochImages();
    }
  }

  /** What was passed until here. */
  Passed passed() {
    long places =
        first == null
            ? images + passedOver.missing() + passedOver.rejected()
            : endedImages + next.sequence() - first.sequence();
    return new Passed(
        first == null ? null : new Place(first.epoch(), first.sequence()),
        new Place(next.epoch(), next.sequence()),
        next.offsets(),
        places,
        epochImages,
        images,
        passedOver.missing(),
        passedOver.rejected());
  }

  void evaluationDue(boolean due) {
    evaluationDue = due;
  }

  /** The validation split was read to its end: its dead letters go with the next checkpoint. */
  void validationLettersKept() {
    validationLettersKept = true;
  }

  /** Whether they do, or are in an earlier one. */
  boolean areValidationLettersKept() {
    return validationLettersKept;
  }

  void evaluated(Evaluation result) {
    evaluation = result;
  }

  /** What a checkpoint keeps, by name. */
  Map<String, String> toMap(int minibatchSize, boolean finished) {
    Map<String, String> kept = new HashMap<>(learningRate.state());
    kept.put(MINIBATCH_SIZE, Integer.toString(minibatchSize));
    kept.put("learning_rate", Float.toString(learningRate.at(next.epoch())));
    kept.put("images", Long.toString(images));
    kept.put("missing", Long.toString(passedOver.missing()));
    kept.put("dead_letters", Long.toString(passedOver.rejected()));
    kept.put("unplaced", Long.toString(passedOver.unplaced()));
    if (first != null) { // checkpoints of earlier versions do not tell
      kept.put(FIRST_EPOCH, Integer.toString(first.epoch()));
      kept.put(FIRST_SEQUENCE, Long.toString(first.sequence()));
      kept.put(ENDED_IMAGES, Long.toString(endedImages));
      kept.put(DIGEST, Long.toUnsignedString(digest, HEXADECIMAL));
      kept.put(REJECTED_DIGEST, Long.toUnsignedString(passedOver.rejectedDigest(), HEXADECIMAL));
    }
    kept.put("epoch_images", Long.toString(epochImages));
    kept.put("evaluation_due", Boolean.toString(evaluationDue));
    kept.put(VALIDATION_LETTERS, Boolean.toString(validationLettersKept));
    kept.put(FINISHED, Boolean.toString(finished));
    if (evaluation != null) {
      kept.put("validation.step", Long.toString(evaluation.step()));
      kept.put("validation.epoch", Integer.toString(evaluation.epoch()));
      kept.put("validation.loss", Double.toString(evaluation.loss()));
      kept.put("validation.top1_error", Double.toString(evaluation.top1Error()));
      kept.put("validation.top5_error", Double.toString(evaluation.top5Error()));
      kept.put("validation.images", Long.toString(evaluation.images()));
      TenCropErrors tenCrops = evaluation.tenCrops();
      if (tenCrops != null) {
        kept.put(TEN_CROP_TOP1, Double.toString(tenCrops.top1Error()));
        kept.put(TEN_CROP_TOP5, Double.toString(tenCrops.top5Error()));
      }
    }
    return kept;
  }

  /** The newest evaluation that a checkpoint keeps, or null. */
  static @Nullable Evaluation evaluation(Map<String, String> kept) {
    if (!kept.containsKey("validation.step")) {
      return null;
    }
    return new Evaluation(
        number(kept, "validation.step"),
        (int) number(kept, "validation.epoch"),
        Double.parseDouble(kept.getOrDefault("validation.loss", "NaN")),
        Double.parseDouble(kept.getOrDefault("validation.top1_error", "NaN")),
        Double.parseDouble(kept.getOrDefault("validation.top5_error", "NaN")),
        number(kept, "validation.images"),
        tenCrops(kept));
  }

  private static @Nullable TenCropErrors tenCrops(Map<String, String> kept) {
    String top1 = kept.get(TEN_CROP_TOP1);
    String top5 = kept.get(TEN_CROP_TOP5);
    return top1 == null || top5 == null
        ? null
        : new TenCropErrors(Double.parseDouble(top1), Double.parseDouble(top5));
  }

  /** A digest that a checkpoint keeps, 0 if it keeps none. */
  static long digest(Map<String, String> kept, String name) {
    return Long.parseUnsignedLong(kept.getOrDefault(name, "0"), HEXADECIMAL);
  }

  private static long number(Map<String, String> kept, String name) {
    return Long.parseLong(kept.getOrDefault(name, "0"));
  }

  long step() {
    return step;
  }

  long images() {
    return images;
  }

  TensorCounts passedOver() {
    return passedOver;
  }

  /** Epoch of the last image trained on. */
  int trainedEpoch() {
    return Math.max(0, next.sequence() == 0 ? next.epoch() - 1 : next.epoch());
  }

  StreamPosition next() {
    return next;
  }

  /** Number of sequences in the last epoch that ended, or -1. */
  long epochImages() {
    return epochImages;
  }

  boolean evaluationDue() {
    return evaluationDue;
  }

  @Nullable Evaluation evaluation() {
    return evaluation;
  }

  LearningRate learningRate() {
    return learningRate;
  }
}
