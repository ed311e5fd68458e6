package dev.millrace.augmenter;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.tracing.ImageTraces;
import io.opentelemetry.api.trace.Span;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what {@link ImageWork} makes of a record to the sink where it belongs. Only the work is
 * guarded against bad images: what goes wrong in a sink is about some earlier record as likely as
 * about this one, and stops the augmenter.
 */
final class AugmentProcessor implements Processor<byte[], byte[], byte[], Object> {
  private static final Logger LOG = LoggerFactory.getLogger(AugmentProcessor.class);
  private static final int LOGGED_DEAD_LETTERS = 20;

  private final Supplier<ImageWork> works;
  private final String tensors;
  private final String rejected;
  private final Tally tally;
  private final DeadLetterLimit limit;
  private final ImageTraces traces = ImageTraces.ofProcess();
  private int logged;
  private @Nullable ProcessorContext<byte[], Object> context;
  private @Nullable ImageWork work;

  /**
   * Connects the work with its sinks.
   *
   * @param works opens the work when the task begins; it is closed with the task
   * @param tensors name of the sink for tensors and epoch ends
   * @param rejected name of the sink for dead letters
   */
  AugmentProcessor(
      Supplier<ImageWork> works,
      String tensors,
      String rejected,
      Tally tally,
      DeadLetterLimit limit) {
    this.works = works;
    this.tensors = tensors;
    this.rejected = rejected;
    this.tally = tally;
    this.limit = limit;
  }

  @Override
  public void init(ProcessorContext<byte[], Object> given) {
    context = given;
    work = works.get();
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    ProcessorContext<byte[], Object> to = begun(context);
    Origin origin =
        to.recordMetadata()
            .map(place -> new Origin(place.topic(), place.partition(), place.offset()))
            .orElseThrow(
                () -> new IllegalStateException("Streams gave a record without its place"));
    tally.read(origin);
    Span span = traces.augmenting(record.headers());
    Outcome outcome = begun(work).apply(record.value(), origin);
    ImageTraces.end(
        span, outcome instanceof Outcome.Failed failed ? failed.letter().getReason() : null);
    switch (outcome) {
      case Outcome.Augmented(var tensor, int encodedBytes) -> {
        tally.augmented(tensor.getSplit(), encodedBytes, tensor.getBytes().remaining());
        limit.tensor();
        send(to, record.withValue(new Placed(tensor, origin.partition())), tensors);
      }
      case Outcome.Passed(var end) -> {
        tally.epochEnd();
        send(to, record.withValue(new Placed(end, origin.partition())), tensors);
      }
      case Outcome.Failed(var letter, Stage stage) -> {
        tally.deadLetter(stage);
        String text = text(letter, origin);
        log(text);
        limit.deadLetter(text);
        byte[] key = letter.getId().getBytes(StandardCharsets.UTF_8);
        send(to, new Record<>(key, letter, record.timestamp()), rejected);
      }
    }
  }

  private void send(
      ProcessorContext<byte[], Object> to, Record<byte[], Object> record, String sink) {
    long begin = System.nanoTime();
    to.forward(record, sink);
    tally.took(Stage.SEND, begin);
  }

  @Override
  public void close() {
    if (work != null) {
      work.close();
      work = null;
    }
  }

  private static <T> T begun(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("Streams gave a record to a task that had not begun");
    }
    return part;
  }

  private static String text(DeadLetter letter, Origin origin) {
    String name = letter.getId().isEmpty() ? "" : " (" + letter.getId() + ")";
    return "Cannot %s %s%s: %s".formatted(letter.getStage(), origin, name, letter.getReason());
  }

  private void log(String text) {
    if (logged < LOGGED_DEAD_LETTERS) {
      logged++;
      LOG.warn("{}; written to dead-letters", text);
    } else {
      LOG.debug("{}; written to dead-letters", text);
    }
  }
}
