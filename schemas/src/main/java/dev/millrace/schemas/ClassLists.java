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

  /**
   * Whether the list of an id is how a list begins, or that list itself: classes are added at the
   * end alone, so that labels by the one have the same meaning by the other.
   *
   * @param classes the list's classes in the order of their index
   * @param id of the other list
   */
  public static boolean begins(List<LabeledClass> classes, String id) {
    MessageDigest digest = sha256();
    try {
      for (LabeledClass next : classes) {
        add(digest, next.getSynset());
        MessageDigest soFar = (MessageDigest) digest.clone();
        if (HexFormat.of().formatHex(soFar.digest()).equals(id)) {
          return true;
        }
      }
      return false;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("Java's own SHA-256 can be cloned", e);
    }
  }

  private static String id(List<String> synsets) {
    MessageDigest digest = sha256();
    synsets.forEach(synset -> add(digest, synset));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String synset) {
    digest.update((synset + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
