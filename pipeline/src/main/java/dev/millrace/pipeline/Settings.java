package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.SettingsSources;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** Prints the effective value of every option of a command. */
final class Settings {
  private static final int WIDTH = 100;

  private Settings() {}

  /**
   * Prints them.
   *
   * @param resolved values that depend on others, by option name
   */
  static void print(PrintWriter out, CommandSpec command, Map<String, ?> resolved) {
    Map<String, String> values = new LinkedHashMap<>(SettingsSources.effective(command));
    resolved.forEach((name, value) -> values.put(name, String.valueOf(value)));
    StringBuilder line = new StringBuilder("Settings:");
    for (Map.Entry<String, String> setting : values.entrySet()) {
      String text = " " + setting.getKey() + "=" + setting.getValue();
      if (line.length() + text.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder("  ");
      }
      line.append(text);
    }
    out.println(line);
    out.flush();
  }
}
