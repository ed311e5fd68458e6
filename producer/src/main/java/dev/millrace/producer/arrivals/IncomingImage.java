package dev.millrace.producer.arrivals;

import dev.millrace.schemas.Split;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An image that has arrived, read whole.
 *
 * @param id names it for good: an image is published once under an id
 * @param split train or validation
 * @param synset its class's WordNet id or other short name
 * @param className its class's name for people
 * @param source where it came from, for people
 * @param bytes the encoded image as it came, or nothing where it was not read; not to be changed
 * @param size length of the encoded image in bytes
 * @param modifiedAt when its file was modified last; 1970 for uploads
 * @param sha256 of the bytes, hexadecimal; empty where it was not read
 * @param fault why it cannot be published, or null
 * @param kept whether it becomes a dead letter where it cannot be published; else the receipt alone
 *     tells
 * @param receipt completed when what became of it is committed, or exceptionally when nothing will
 *     become of it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record IncomingImage(
    String id,
    Split split,
    String synset,
    String className,
    String source,
    byte[] bytes,
    long size,
    Instant modifiedAt,
    String sha256,
    @Nullable String fault,
    boolean kept,
    CompletableFuture<Receipt> receipt) {

  /** Tells this content from others under the same id. */
  public int fingerprint() {
    return Fingerprint.of(size, modifiedAt, sha256);
  }
}
