package dev.millrace.producer;

import dev.millrace.schemas.ClassList;
import dev.millrace.schemas.ClassLists;
import dev.millrace.schemas.LabeledClass;
import dev.millrace.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A class list to which classes are added at its end: labels keep their meaning. */
final class GrowingClasses {
  private final int most;
  private final List<String> synsets = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();

  /**
   * Begins with the classes that are published.
   *
   * @param most no class is added when there are so many
   */
  GrowingClasses(List<LabeledClass> published, int most) {
    this.most = most;
    published.forEach(found -> append(found.getSynset(), found.getName()));
  }

  /** Begins with the list that was published last, or with none. */
  static GrowingClasses read(Map<String, Object> kafka, Topics topics, int most) {
    List<LabeledClass> published =
        NewestClassList.read(kafka, topics.classes()).map(ClassList::getClasses).orElse(List.of());
    return new GrowingClasses(published, most);
  }

  int size() {
    return synsets.size();
  }

  boolean contains(String synset) {
    return labels.containsKey(synset);
  }

  /** The class index of a synset, or -1. */
  int label(String synset) {
    return labels.getOrDefault(synset, -1);
  }

  /** Adds a class; false where there may be no more. */
  boolean add(String synset, String name) {
    if (synsets.size() >= most) {
      return false;
    }
    append(synset, name);
    return true;
  }

  private void append(String synset, String name) {
    labels.put(synset, synsets.size());
    synsets.add(synset);
    names.add(name);
  }

  /** All of them, to be published. */
  ClassList list(Instant publishedAt) {
    return ClassLists.of(synsets, names, publishedAt);
  }
}
