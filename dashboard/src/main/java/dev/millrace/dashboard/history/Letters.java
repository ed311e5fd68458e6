package dev.millrace.dashboard.history;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The newest 10,000 dead letters, without their bytes: 15 MB of texts at most, usually 3. */
final class Letters {
  private static final int MOST = 10_000;
  private static final int LONGEST_TEXT = 500;

  private final NavigableMap<Long, LetterView> byOffset = new TreeMap<>();
  private long total;

  /** Takes a letter; false if it is only the note of a replay. */
  boolean add(long offset, DeadLetter letter) {
    if (letter.getStage().equals(Topics.REPLAY_STAGE)) {
      return false;
    }
    if (byOffset.put(offset, view(offset, letter)) == null) {
      total++;
    }
    if (byOffset.size() > MOST) {
      byOffset.pollFirstEntry();
    }
    return true;
  }

  private static LetterView view(long offset, DeadLetter letter) {
    return new LetterView(
        offset,
        cut(letter.getId()),
        letter.getLabel(),
        null,
        letter.getSplit() == null ? null : History.name(letter.getSplit()),
        letter.getEpoch(),
        letter.getSequence(),
        cut(letter.getSource()),
        cut(letter.getStage()),
        cut(letter.getReason()),
        cut(letter.getTopic()),
        letter.getPartition(),
        letter.getOffset(),
        letter.getFailedAt().toEpochMilli(),
        letter.getSize());
  }

  static String cut(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT - 1) + "…";
  }

  /** Forgets all: the topic was made anew. */
  void clear() {
    byOffset.clear();
    total = 0;
  }

  /** All that were read, and those kept. */
  long total() {
    return total;
  }

  int kept() {
    return byOffset.size();
  }

  /** The newest before an offset, newest first. */
  List<LetterView> newest(int limit, long before, Map<Integer, LabeledClass> classes) {
    List<LetterView> newest = new ArrayList<>();
    for (LetterView letter : byOffset.headMap(before, false).descendingMap().values()) {
      if (newest.size() == limit) {
        break;
      }
      LabeledClass known = classes.get(letter.label());
      newest.add(known == null ? letter : letter.named(known.getName()));
    }
    return newest;
  }
}
