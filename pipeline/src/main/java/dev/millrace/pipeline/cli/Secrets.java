package dev.millrace.pipeline.cli;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Hides the values of settings that hold secrets. */
final class Secrets {
  private Secrets() {}

  static Map<String, String> hide(Map<?, ?> properties) {
    Map<String, String> shown = new TreeMap<>();
    properties.forEach(
        (name, value) -> shown.put("" + name, isSecret("" + name) ? "[hidden]" : "" + value));
    return shown;
  }

  private static boolean isSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.contains("password")
        || lower.contains("secret")
        || lower.contains("jaas")
        || lower.contains("token")
        || lower.endsWith(".key")
        || lower.contains("credential");
  }
}
