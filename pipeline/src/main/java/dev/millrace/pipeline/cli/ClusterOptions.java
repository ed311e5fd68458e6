package dev.millrace.pipeline.cli;

import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which brokers a service talks to. */
public final class ClusterOptions {
  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT,...",
      defaultValue = "localhost:9092",
      description = "Kafka brokers to begin with. Default: ${DEFAULT-VALUE}.")
  private String bootstrapServers = "localhost:9092";

  @Mixin private KafkaOptions kafka = new KafkaOptions();

  /**
   * The client properties, bootstrap servers included.
   *
   * @throws CannotStartException if the properties file cannot be read
   */
  public Map<String, Object> properties() throws CannotStartException {
    return kafka.properties(bootstrapServers);
  }

  /** The brokers to begin with. */
  public String bootstrapServers() {
    return bootstrapServers;
  }
}
