package dev.millrace.pipeline.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Kafka's own client properties, passed through as they are: by file and one by one. */
public final class KafkaOptions {
  @Option(
      names = "--kafka-config",
      paramLabel = "FILE",
      description = "Kafka client properties (TLS, SASL, ...), one name=value a line.")
  private @Nullable Path file;

  @Option(
      names = "-X",
      paramLabel = "NAME=VALUE",
      description = "A Kafka client property; may be repeated, wins over --kafka-config.")
  private Map<String, String> properties = new HashMap<>();

  /**
   * The client properties.
   *
   * @param bootstrapServers brokers to begin with, host:port separated by commas
   * @throws CannotStartException if the file cannot be read
   */
  public Map<String, Object> properties(String bootstrapServers) throws CannotStartException {
    Map<String, Object> all = new HashMap<>();
    if (file != null) {
      Properties read = new Properties();
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        read.load(reader);
      } catch (IOException e) {
        throw new CannotStartException(
            "Cannot read the Kafka properties in %s (--kafka-config): %s".formatted(file, e), e);
      }
      read.stringPropertyNames().forEach(name -> all.put(name, read.getProperty(name)));
    }
    all.putAll(properties);
    all.put("bootstrap.servers", bootstrapServers);
    return all;
  }
}
