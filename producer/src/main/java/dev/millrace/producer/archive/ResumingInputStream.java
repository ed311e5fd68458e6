package dev.millrace.producer.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bytes of something elsewhere, to its end: a transfer that breaks is begun again at the byte
 * at which it broke, and only if the content is the same as before.
 */
final class ResumingInputStream extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(ResumingInputStream.class);

  private final Transfer.Source source;
  private final String name;
  private final Retries retries;
  private @Nullable Transfer transfer;
  private @Nullable String version;
  private long length = -1;
  private long position;
  private int failures;

  /**
   * Begins nothing before the first byte is wanted.
   *
   * @param name for people
   * @param offset of the byte to begin with
   */
  ResumingInputStream(Transfer.Source source, String name, long offset, Retries retries) {
    this.source = source;
    this.name = name;
    this.position = offset;
    this.retries = retries;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 255;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    if (count == 0) {
      return 0;
    }
    while (true) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("interrupted while reading " + name);
      }
      try {
        return readOn(bytes, offset, count);
      } catch (RefusedException e) {
        throw e;
      } catch (IOException e) {
        closeTransfer();
        if (!Thread.currentThread().isInterrupted()) {
          failed(e);
        }
      }
    }
  }

  private int readOn(byte[] bytes, int offset, int count) throws IOException {
    Transfer current = transfer == null ? begin() : transfer;
    int read = current.bytes().read(bytes, offset, count);
    if (read < 0 && position < length) {
      throw new EOFException("it ended at byte %,d of %,d".formatted(position, length));
    }
    if (read > 0) {
      position += read;
      failures = 0;
    }
    return read;
  }

  private Transfer begin() throws IOException {
    Transfer begun = source.begin(position, version);
    transfer = begun;
    boolean same = version == null || begun.version() == null || version.equals(begun.version());
    if (!same || (length >= 0 && begun.length() >= 0 && length != begun.length())) {
      throw new RefusedException(name + " has changed while it was read");
    }
    if (begun.version() != null) {
      version = begun.version();
    }
    if (begun.length() >= 0) {
      length = begun.length();
    }
    return begun;
  }

  private void failed(IOException problem) throws IOException {
    failures++;
    if (failures >= retries.most()) {
      throw new UnansweredException(failures, problem);
    }
    LOG.warn("Transfer of {} broke at byte {}: {}; it goes on", name, position, problem.toString());
    try {
      Thread.sleep(retries.pause(failures));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while reading " + name).initCause(e);
    }
  }

  private void closeTransfer() {
    if (transfer != null) {
      try {
        transfer.bytes().close();
      } catch (IOException e) {
        LOG.debug("Closing a transfer of {}", name, e);
      }
      transfer = null;
    }
  }

  @Override
  public void close() {
    closeTransfer();
  }
}
