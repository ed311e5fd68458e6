package dev.millrace.pipeline.verify;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Enters dead letters in the books of the splits they belong to: those of producers, which name no
 * topic, and those of augmenters, or of trainers in their place, which name the images topic. Any
 * other letter of a trainer is about a tensor that exists, or would if there were augmenters.
 */
final class LetterSink implements RecordSink {
  private static final Logger LOG = LoggerFactory.getLogger(LetterSink.class);

  private final Topics topics;
  private final Map<Split, SplitLedger> ledgers;
  private final Findings findings;

  LetterSink(Topics topics, Map<Split, SplitLedger> ledgers, Findings findings) {
    this.topics = topics;
    this.ledgers = ledgers;
    this.findings = findings;
  }

  @Override
  public void begin(int partition, long offset) {
    if (offset > 0) {
      LOG.warn(
          "{}-{} begins at offset {}: what counts as lost may have had a dead letter before that",
          topics.deadLetters(),
          partition,
          offset);
    }
  }

  @Override
  public void take(ConsumerRecord<ByteBuffer, ByteBuffer> record) {
    String at = "%s-%d@%d".formatted(topics.deadLetters(), record.partition(), record.offset());
    try {
      if (record.value() == null) {
        throw new SerializationException("the record has no value");
      }
      DeadLetter letter =
          topics
              .deadLetters()
              .serde()
              .deserializer()
              .deserialize(record.topic(), record.headers(), record.value());
      ledgers.forEach((split, ledger) -> enter(letter, at, split, ledger));
    } catch (SerializationException e) {
      findings.add("Unreadable: %s: %s".formatted(at, e.getMessage()));
    }
  }

  private void enter(DeadLetter letter, String at, Split split, SplitLedger ledger) {
    boolean byProducer = letter.getTopic().isEmpty();
    boolean byAugmenter = letter.getTopic().equals(topics.images(split).name());
    boolean placed =
        letter.getSplit() == split && letter.getEpoch() >= 0 && letter.getSequence() >= 0;
    if (letter.getStage().equals(Topics.TRAIN_STAGE)) {
      return;
    }
    if (letter.getStage().equals(Topics.REPLAY_STAGE)) {
      if (placed) {
        ledger.replayed(letter.getEpoch());
      }
    } else if ((byProducer || byAugmenter) && placed) {
      ledger.of(letter.getSequence()).letter(at, letter.getEpoch(), letter.getSequence());
    } else if (byAugmenter && letter.getPartition() < ledger.partitions()) {
      ledger.partition(letter.getPartition()).unreadable();
    }
  }
}
