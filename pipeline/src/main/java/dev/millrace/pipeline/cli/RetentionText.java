package dev.millrace.pipeline.cli;

import dev.millrace.schemas.ImageRetention;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How long images stay, as people write it: {@code purge}, {@code forever}, {@code 30d} or {@code
 * 500GiB}.
 */
public final class RetentionText implements ITypeConverter<ImageRetention> {
  @Override
  public ImageRetention convert(String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    try {
      return switch (word) {
        case "purge" -> new ImageRetention.Purge();
        case "forever" -> new ImageRetention.Forever();
        // 500m is half a gigabyte to some and eight hours to others.
        default ->
            word.endsWith("b")
                ? new ImageRetention.Size(ByteSize.parse(word).bytes())
                : new ImageRetention.Age(new TimeSpan().convert(word));
      };
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    } catch (TypeConversionException e) {
      throw new TypeConversionException(
          "expected purge, forever, a time such as 30d or a size such as 500GiB, found \"%s\""
              .formatted(text));
    }
  }

  /** The text that {@link #convert} would read. */
  public static String of(ImageRetention retention) {
    return switch (retention) {
      case ImageRetention.Purge _ -> "purge";
      case ImageRetention.Forever _ -> "forever";
      case ImageRetention.Age age -> TimeSpan.text(age.age());
      case ImageRetention.Size size -> new ByteSize(size.bytes()).toString();
    };
  }
}
