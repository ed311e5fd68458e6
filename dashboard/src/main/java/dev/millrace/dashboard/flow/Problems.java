package dev.millrace.dashboard.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a look had to leave out, and why. For one thread. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private final List<String> sentences = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /** A question to the brokers. */
  interface Question<T> {
    /** Asks it. */
    T ask() throws InterruptedException;
  }

  /**
   * The answer; empty where the brokers refuse. That they do not answer at all is for the caller to
   * know.
   *
   * @param what is left out then
   */
  <T> Optional<T> ask(String what, Question<T> question) throws InterruptedException {
    try {
      return Optional.of(question.ask());
    } catch (TimeoutException | InterruptException | WakeupException e) {
      throw e;
    } catch (KafkaException e) {
      add(what, e);
      return Optional.empty();
    }
  }

  /** Something is left out, and why. */
  void add(String what, KafkaException why) {
    LOG.debug("Left out: {}", what, why);
    String sentence = "Cannot see %s: %s".formatted(what, String.valueOf(why.getMessage()));
    if (!sentences.contains(sentence)) {
      sentences.add(sentence);
    }
  }

  /** A topic is not there. */
  void missing(String topic) {
    missing.add(topic);
  }

  /** All of them, a sentence each. */
  List<String> sentences() {
    List<String> all = new ArrayList<>(sentences);
    if (!missing.isEmpty()) {
      missing.sort(null);
      all.add("Not there: topic " + String.join(", ", missing));
    }
    return all;
  }
}
