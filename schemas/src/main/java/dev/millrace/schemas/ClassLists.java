package dev.millrace.schemas;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Makes class lists whose id follows from their content. */
public final class ClassLists {
  private ClassLists() {}

  /**
   * A class list.
   *
   * @param synsets each class's WordNet id or folder name, in order of class index, all different
   * @param names each class's name for people, in the same order
   * @param publishedAt when it is published
   * @throws IllegalArgumentException if the lists differ in length or a synset occurs twice
   */
  public static ClassList of(List<String> synsets, List<String> names, Instant publishedAt) {
    if (synsets.size() != names.size()) {
      throw new IllegalArgumentException(
          "a class list needs one name a synset, found %d synsets and %d names"
              .formatted(synsets.size(), names.size()));
    }
    if (synsets.stream().distinct().count() != synsets.size()) {
      throw new IllegalArgumentException("a class list names every synset once, found " + synsets);
    }
    List<LabeledClass> classes = new ArrayList<>();
    for (int i = 0; i < synsets.size(); i++) {
      classes.add(new LabeledClass(i, synsets.get(i), names.get(i)));
    }
    return new ClassList(id(synsets), classes, publishedAt);
  }

  private static String id(List<String> synsets) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String synset : synsets) {
        digest.update((synset + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
