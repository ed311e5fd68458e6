package dev.millrace.producer.upload;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Bounds the images a second of each client, by its address: a client may save up as many as two
 * seconds give. Remembers the latest 10,000 clients. For several threads.
 */
final class ClientRates {
  private static final int MOST_CLIENTS = 10_000;
  private static final double BURST_SECONDS = 2;

  private final double perSecond;
  private final LongSupplier nanos;
  private final Map<String, Allowance> clients =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Allowance> eldest) {
          return size() > MOST_CLIENTS;
        }
      };

  /** What a client may send now, and when that was so. */
  private record Allowance(double images, long atNanos) {}

  ClientRates(int perSecond, LongSupplier nanos) {
    this.perSecond = perSecond;
    this.nanos = nanos;
  }

  /**
   * Counts a request of a client.
   *
   * @throws RefusedUploadException if there were too many
   */
  synchronized void take(String client) throws RefusedUploadException {
    Allowance now = now(client);
    if (now.images < 1) {
      clients.put(client, now);
      int seconds = (int) Math.ceil((1 - now.images) / perSecond);
      throw new RefusedUploadException(
          429,
          "a client may send %.0f images a second (--upload-rate)".formatted(perSecond),
          seconds);
    }
    clients.put(client, new Allowance(now.images - 1, now.atNanos));
  }

  /** Counts the other images of a batch, which later requests wait for. */
  synchronized void owe(String client, int images) {
    Allowance now = now(client);
    clients.put(client, new Allowance(now.images - images, now.atNanos));
  }

  private Allowance now(String client) {
    double most = Math.max(1, BURST_SECONDS * perSecond);
    long at = nanos.getAsLong();
    Allowance before = clients.getOrDefault(client, new Allowance(most, at));
    double more = perSecond * (at - before.atNanos) / 1e9;
    return new Allowance(Math.min(most, before.images + more), at);
  }
}
