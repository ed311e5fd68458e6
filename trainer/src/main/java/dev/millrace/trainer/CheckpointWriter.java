package dev.millrace.trainer;

import dev.millrace.schemas.CheckpointManifest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes checkpoints on a thread of its own while training goes on. At most one is under way: the
 * next one waits for it, which bounds the memory that snapshots take.
 */
final class CheckpointWriter implements Closer.Closeable {
  private final CheckpointTransaction transaction;
  private final Consumer<CheckpointManifest> committed;
  private final ExecutorService thread;
  private @Nullable Future<?> running;

  /**
   * Makes a writer.
   *
   * @param committed called on the writer's thread when a checkpoint is committed
   */
  CheckpointWriter(CheckpointTransaction transaction, Consumer<CheckpointManifest> committed) {
    this.transaction = transaction;
    this.committed = committed;
    this.thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("checkpoint-writer").daemon().factory());
  }

  /**
   * Begins to write a checkpoint; waits first until the one before is written.
   *
   * @throws FencedTrainerException if another trainer of this run has started
   */
  void write(CheckpointDraft draft) throws InterruptedException {
    try {
      await();
      running = thread.submit(() -> publish(draft));
    } catch (InterruptedException | RuntimeException e) {
      draft.release().run();
      throw e;
    }
  }

  private @Nullable Void publish(CheckpointDraft draft) throws InterruptedException {
    CheckpointManifest manifest;
    try {
      manifest = transaction.publish(draft);
    } finally {
      draft.release().run();
    }
    committed.accept(manifest);
    return null;
  }

  /** Throws what the last checkpoint failed with, if it did; does not wait. */
  void check() throws InterruptedException {
    Future<?> last = running;
    if (last != null && last.isDone()) {
      await();
    }
  }

  /**
   * Waits until the last checkpoint is committed.
   *
   * @throws RuntimeException what it failed with
   */
  void await() throws InterruptedException {
    Future<?> last = running;
    if (last == null) {
      return;
    }
    try {
      last.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("Cannot write a checkpoint", e.getCause());
    }
  }

  /** Waits for a checkpoint that is under way: its snapshot belongs to the session. */
  @Override
  public void close() {
    thread.close();
  }
}
