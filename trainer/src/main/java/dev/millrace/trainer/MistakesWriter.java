package dev.millrace.trainer;

import dev.millrace.schemas.Mistake;
import dev.millrace.schemas.Mistakes;
import dev.millrace.schemas.Topic;
import java.time.InstantSource;
import java.util.List;

/** Publishes the validation images that a run got most wrong; the newest record counts. */
final class MistakesWriter {
  private final RecordSender sender;
  private final Topic<Mistakes> topic;
  private final String run;
  private final InstantSource clock;

  MistakesWriter(RecordSender sender, Topic<Mistakes> topic, String run, InstantSource clock) {
    this.sender = sender;
    this.topic = topic;
    this.run = run;
    this.clock = clock;
  }

  /** Those of the evaluation behind a step. */
  void write(long step, int epoch, List<Mistake> worstFirst) {
    sender.send(topic, run, new Mistakes(run, step, epoch, clock.instant(), worstFirst));
  }
}
