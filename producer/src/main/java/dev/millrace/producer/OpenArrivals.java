package dev.millrace.producer;

import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.arrivals.Receipt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What was sent and is not committed, and the receipts to give then. For one thread. */
final class OpenArrivals {
  private static final long MOST_BYTES = 32 << 20;

  private final KnownImages known;
  private final ArrivalCounts counts;
  private final List<Open> open = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();
  private long bytes;

  private record Open(IncomingImage image, Receipt receipt) {}

  /**
   * Nothing is open.
   *
   * @param known gets the ids that are committed
   * @param counts counts them
   */
  OpenArrivals(KnownImages known, ArrivalCounts counts) {
    this.known = known;
    this.counts = counts;
  }

  void add(IncomingImage image, Receipt receipt) {
    open.add(new Open(image, receipt));
    ids.add(image.id());
    bytes += image.bytes().length;
  }

  boolean contains(String id) {
    return ids.contains(id);
  }

  /** Whether so much is open that it should be committed. */
  boolean isFull() {
    return bytes >= MOST_BYTES;
  }

  /** All of it is committed: gives the receipts. */
  void committed() {
    for (Open done : open) {
      known.put(done.image.id(), done.image.fingerprint());
      switch (done.receipt) {
        case Receipt.Published _ -> counts.published(done.image.size());
        case Receipt.Rejected _ -> counts.rejected();
        case Receipt.Known _, Receipt.Other _ -> {}
      }
      done.image.receipt().complete(done.receipt);
    }
    open.clear();
    ids.clear();
    bytes = 0;
  }

  /** What has no receipt, in its order. */
  List<IncomingImage> images() {
    return open.stream().map(Open::image).toList();
  }
}
