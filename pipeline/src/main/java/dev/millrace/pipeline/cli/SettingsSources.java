package dev.millrace.pipeline.cli;

import dev.millrace.schemas.ImageRetention;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives an option that is missing on the command line its value: first from the environment ({@code
 * --data-dir} is {@code MILLRACE_DATA_DIR}), then from the properties file that {@code --config}
 * names ({@code data-dir=...}), else its default.
 */
public final class SettingsSources implements IDefaultValueProvider {
  private final Map<String, String> environment;
  private final Properties file;

  private SettingsSources(Map<String, String> environment, Properties file) {
    this.environment = Map.copyOf(environment);
    this.file = file;
  }

  /**
   * The sources for one command line.
   *
   * @param arguments where {@code --config} may stand
   * @param environment the process's environment; {@code MILLRACE_CONFIG} stands for the option
   * @throws IllegalArgumentException if the file cannot be read
   */
  public static SettingsSources of(String[] arguments, Map<String, String> environment) {
    Properties file = new Properties();
    String path = configPath(arguments, environment);
    if (path != null) {
      try (Reader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
        file.load(reader);
      } catch (IOException e) {
        throw new IllegalArgumentException(
            "Cannot read the settings file %s (--config): %s".formatted(path, e), e);
      }
    }
    return new SettingsSources(environment, file);
  }

  /**
   * Checks that every setting in the file belongs to some command.
   *
   * @throws IllegalArgumentException if one does not, naming the nearest one that does
   */
  public void refuseUnknown(CommandLine root) {
    Set<String> known = new TreeSet<>();
    collect(root.getCommandSpec(), known);
    for (String name : file.stringPropertyNames()) {
      if (!known.contains(name)) {
        String nearest =
            known.stream()
                .min(Comparator.comparingInt(candidate -> distance(candidate, name)))
                .orElse("");
        throw new IllegalArgumentException(
            "Unknown setting \"%s\" in the settings file (--config); did you mean \"%s\"?"
                .formatted(name, nearest));
      }
    }
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String name = name(option);
    String fromEnvironment = environment.get(variable(name));
    return fromEnvironment != null ? fromEnvironment : file.getProperty(name);
  }

  /** The environment variable of an option. */
  public static String variable(String name) {
    return "MILLRACE_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** An option's name without the hyphens before it. */
  public static String name(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  private static @Nullable String configPath(String[] arguments, Map<String, String> environment) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals("--config") && i + 1 < arguments.length) {
        return arguments[i + 1];
      }
      if (arguments[i].startsWith("--config=")) {
        return arguments[i].substring("--config=".length());
      }
    }
    return environment.get(variable("config"));
  }

  private static void collect(CommandSpec command, Set<String> names) {
    command.options().forEach(option -> names.add(name(option)));
    command.subcommands().values().forEach(sub -> collect(sub.getCommandSpec(), names));
  }

  // Levenshtein's edit distance.
  private static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(changed, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[b.length()];
  }

  /** What every option's effective value is, by name; values of secret settings are hidden. */
  public static Map<String, String> effective(CommandSpec command) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.versionHelp() && option.getValue() != null) {
        settings.put(name(option), text(option.getValue()));
      }
    }
    return settings;
  }

  private static String text(Object value) {
    return switch (value) {
      case Map<?, ?> map -> Secrets.hide(map).toString();
      case Duration span -> TimeSpan.text(span);
      case ImageRetention retention -> RetentionText.of(retention);
      default -> value.toString();
    };
  }
}
