package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads images out of streams: a thread of its own reads ahead in the order of the {@link
 * StreamOrder}, and holds what is not asked for yet. It never holds more than the shuffle's buffer
 * does when it is played through, and opens no archive of which nothing is wanted.
 */
final class StreamPass implements ImagePass {
  private static final Logger LOG = LoggerFactory.getLogger(StreamPass.class);

  private final Dataset dataset;
  private final Split split;
  private final StoredFiles files;
  private final int[] indexes;
  private final StreamOrder.Order order;
  private final long bufferBytes;
  private final Thread reader;

  private final BitSet coming = new BitSet(); // positions that are not taken yet
  private final Map<Integer, byte[]> held = new HashMap<>();
  private final Set<Integer> awaited = new HashSet<>();
  private long heldBytes;
  private long mostHeldBytes;
  private @Nullable RuntimeException failure;
  private boolean closed;

  /**
   * Begins to read.
   *
   * @param indexes the files, by position
   * @param bufferBytes what is held at most, unless it is one image alone
   * @param most longer images are not read
   * @param wanted which sequences are
   */
  StreamPass(
      Dataset dataset,
      Split split,
      StoredFiles files,
      int[] indexes,
      StreamOrder.Order order,
      long bufferBytes,
      int most,
      IntPredicate wanted) {
    this.dataset = dataset;
    this.split = split;
    this.files = files;
    this.indexes = indexes;
    this.order = order;
    this.bufferBytes = bufferBytes;
    for (int sequence = 0; sequence < order.order().length; sequence++) {
      int position = order.order()[sequence];
      if (wanted.test(sequence) && files.length(indexes[position]) <= most) {
        coming.set(position);
      }
    }
    BitSet wantedPositions = (BitSet) coming.clone();
    this.reader =
        Thread.ofPlatform().name("read-stream").daemon().unstarted(() -> read(wantedPositions));
    reader.start();
  }

  @Override
  public int size() {
    return order.order().length;
  }

  @Override
  public LabeledImage image(int sequence) {
    int position = order.order()[sequence];
    return dataset.image(split, position, (room, most) -> take(position, room, most));
  }

  /** The most bytes that were held at a time so far. */
  synchronized long mostHeldBytes() {
    return mostHeldBytes;
  }

  private byte[] take(int position, int room, int most) throws IOException {
    byte[] bytes = take(position);
    return bytes == null
        ? files.read(indexes[position], room, most)
        : ImageFiles.behind(room, bytes, most);
  }

  /** Waits for an image; null if it does not come, or not again. */
  private synchronized byte @Nullable [] take(int position) throws IOException {
    if (!coming.get(position)) {
      return null;
    }
    coming.clear(position);
    byte[] bytes = held.remove(position);
    try {
      while (bytes == null) {
        if (failure != null) {
          throw failure;
        }
        if (closed) {
          throw new IOException("the reading has ended");
        }
        awaited.add(position);
        notifyAll();
        wait();
        bytes = held.remove(position);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
    heldBytes -= bytes.length;
    notifyAll();
    return bytes;
  }

  private void read(BitSet wanted) {
    int[] left = new int[files.shards()];
    wanted.stream().forEach(position -> left[files.shardOf(indexes[position])]++);
    try (OpenShards shards = new OpenShards(files)) {
      for (int position : order.reads()) {
        if (wanted.get(position)) {
          int index = indexes[position];
          if (!awaitRoom(files.length(index))) {
            return;
          }
          hold(position, read(shards, index));
          int shard = files.shardOf(index);
          if (--left[shard] == 0) {
            shards.close(shard);
          }
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    } catch (Error e) {
      fail(new IllegalStateException("Cannot read on", e)); // nobody shall wait for ever
      throw e;
    } catch (IOException e) {
      LOG.warn("Cannot close an archive", e);
    } catch (InterruptedException e) {
      LOG.debug("Reading ended early", e); // by close
    }
  }

  private byte[] read(OpenShards shards, int index) {
    try {
      return shards.read(index);
    } catch (IOException e) {
      throw new ArchiveException(
          ("Cannot read on in the archive %s: %s; if it was changed or moved, put it back as it"
                  + " was. The same command goes on")
              .formatted(
                  files.shard(files.shardOf(index)),
                  e instanceof NoSuchFileException ? "it is gone" : e.getMessage()),
          e);
    }
  }

  /** Waits until an image may be held, too; false if the reading has ended. */
  private synchronized boolean awaitRoom(long length) throws InterruptedException {
    while (!closed && awaited.isEmpty() && !held.isEmpty() && heldBytes + length > bufferBytes) {
      wait();
    }
    return !closed;
  }

  private synchronized void hold(int position, byte[] bytes) {
    held.put(position, bytes);
    awaited.remove(position);
    heldBytes += bytes.length;
    mostHeldBytes = Math.max(mostHeldBytes, heldBytes);
    notifyAll();
  }

  private synchronized void fail(RuntimeException e) {
    failure = e;
    notifyAll();
  }

  @Override
  public synchronized void close() {
    closed = true;
    reader.interrupt();
    notifyAll();
  }
}
