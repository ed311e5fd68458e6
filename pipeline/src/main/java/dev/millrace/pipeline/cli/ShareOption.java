package dev.millrace.pipeline.cli;

import dev.millrace.producer.ProducerShare;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which of several producers of one dataset it is. */
public final class ShareOption {
  @Option(
      names = "--shard",
      paramLabel = "I/N",
      defaultValue = "1/1",
      converter = Converter.class,
      description =
          "Be producer number I of N, on one machine or several, each with the same images and the"
              + " same options: each publishes to partitions of its own. Start all with the same"
              + " N; one with another N stops those that run. Default: ${DEFAULT-VALUE}.")
  private ProducerShare share = ProducerShare.WHOLE;

  /** Which it is. */
  public ProducerShare share() {
    return share;
  }

  /** Whether it is the only one. */
  public boolean whole() {
    return share.equals(ProducerShare.WHOLE);
  }

  /** Reads a share. */
  static final class Converter implements ITypeConverter<ProducerShare> {
    @Override
    public ProducerShare convert(String text) {
      try {
        return ProducerShare.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
