package dev.millrace.augmenter;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** A sum for each value of an enum; safe for use by several threads. */
final class Sums<K extends Enum<K>> {
  private final Map<K, LongAdder> sums;

  Sums(Class<K> keys) {
    sums = new EnumMap<>(keys);
    for (K key : keys.getEnumConstants()) {
      sums.put(key, new LongAdder());
    }
  }

  void add(K key, long amount) {
    adder(key).add(amount);
  }

  long of(K key) {
    return adder(key).sum();
  }

  /** Over all values. */
  long total() {
    return sums.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private LongAdder adder(K key) {
    LongAdder adder = sums.get(key);
    if (adder == null) {
      throw new IllegalStateException("no sum for " + key);
    }
    return adder;
  }
}
