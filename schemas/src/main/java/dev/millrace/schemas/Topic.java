package dev.millrace.schemas;

import java.util.Map;
import org.apache.kafka.common.serialization.Serde;

/**
 * One topic as a value: its name, the type of its values and its settings. Keys are strings. Only
 * {@link Topics} makes them, so that no name is spelled twice.
 *
 * @param <V> the type of the records' values
 */
public final class Topic<V> {
  private final String name;
  private final Serde<V> serde;
  private final boolean partitioned;
  private final Map<String, String> settings;

  Topic(String name, Serde<V> serde, boolean partitioned, Map<String, String> settings) {
    this.name = name;
    this.serde = serde;
    this.partitioned = partitioned;
    this.settings = Map.copyOf(settings);
  }

  /** The topic's name, with the prefix. */
  public String name() {
    return name;
  }

  /** Turns values into record values and back; safe for use by several threads. */
  public Serde<V> serde() {
    return serde;
  }

  /** Whether the topic has as many partitions as there are to share; otherwise it has one. */
  public boolean partitioned() {
    return partitioned;
  }

  /** Kafka's topic settings that this topic is created with. */
  public Map<String, String> settings() {
    return settings;
  }

  @Override
  public String toString() {
    return name;
  }
}
