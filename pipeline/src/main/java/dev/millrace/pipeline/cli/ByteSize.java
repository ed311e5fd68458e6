package dev.millrace.pipeline.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A number of bytes as people write it.
 *
 * @param bytes the number, not negative
 */
public record ByteSize(long bytes) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([kmgt]i?)?b?");
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);
  private static final String[] NAMES = {"B", "KiB", "MiB", "GiB", "TiB"};

  /**
   * Reads a text such as {@code 512MiB}, {@code 1g} or {@code 1048576}; units are powers of 1024.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ByteSize parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "expected a number of bytes such as 512MiB or 1GiB, found \"%s\"".formatted(text));
    }
    String unit = matcher.group(2) == null ? "" : matcher.group(2).substring(0, 1);
    return new ByteSize(
        Math.multiplyExact(Long.parseLong(matcher.group(1)), UNITS.getOrDefault(unit, 1L)));
  }

  /** The number in the largest unit in which it is at least 1, with at most one decimal. */
  @Override
  public String toString() {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < NAMES.length - 1) {
      value /= 1024;
      unit++;
    }
    return value == Math.rint(value)
        ? "%d %s".formatted((long) value, NAMES[unit])
        : "%.1f %s".formatted(value, NAMES[unit]);
  }

  /** Lets options take such texts. */
  public static final class Converter implements ITypeConverter<ByteSize> {
    @Override
    public ByteSize convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
