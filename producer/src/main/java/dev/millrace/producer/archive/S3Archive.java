package dev.millrace.producer.archive;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** An archive in a bucket of an S3-compatible store. */
public final class S3Archive implements Archive {
  private final S3Store store;
  private final S3Key key;
  private final Retries retries;

  S3Archive(S3Store store, S3Key key, Retries retries) {
    this.store = store;
    this.key = key;
    this.retries = retries;
  }

  @Override
  public String path() {
    return key.toString();
  }

  @Override
  public Archive beside(String name) {
    String folder = key.key().substring(0, key.key().lastIndexOf('/') + 1);
    return new S3Archive(store, new S3Key(key.bucket(), folder + name), retries);
  }

  @Override
  public boolean isLocal() {
    return false;
  }

  @Override
  public long length() {
    return -1;
  }

  @Override
  public InputStream open(long offset) {
    return new ResumingInputStream(this::begin, toString(), offset, retries);
  }

  private Transfer begin(long offset, @Nullable String version) throws IOException {
    return store.get(key, offset, version);
  }

  @Override
  public String toString() {
    return key.toString();
  }
}
