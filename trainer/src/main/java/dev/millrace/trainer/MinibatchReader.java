package dev.millrace.trainer;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Fills minibatches on a thread of its own while the caller works on the one before. There are as
 * many minibatches as the caller gives memories, and no more are read ahead.
 *
 * @param <M> the memory that a minibatch lies in
 */
final class MinibatchReader<M extends MinibatchMemory> implements Closer.Closeable {
  private sealed interface Outcome<M extends MinibatchMemory> {
    record Filled<M extends MinibatchMemory>(Minibatch<M> minibatch) implements Outcome<M> {}

    record Failed<M extends MinibatchMemory>(RuntimeException cause) implements Outcome<M> {}
  }

  private static final Duration LOOK = Duration.ofMillis(100);

  private final TensorSequence tensors;
  private final MinibatchAssembler assembler;
  private final int epochs;
  private final BlockingQueue<M> free;
  private final BlockingQueue<Outcome<M>> filled = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Begins to read.
   *
   * @param name the thread's name
   * @param tensors what to read; closed with this reader
   * @param epochs reads no further than so many epochs; 0 reads on for ever
   * @param memories two or more, so that one is filled while another is used
   */
  MinibatchReader(
      String name,
      TensorSequence tensors,
      MinibatchAssembler assembler,
      int epochs,
      List<M> memories) {
    this.tensors = tensors;
    this.assembler = assembler;
    this.epochs = epochs;
    this.free = new LinkedBlockingQueue<>(memories);
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::read);
  }

  MinibatchReader<M> start() {
    thread.start();
    return this;
  }

  /**
   * The next minibatch; to be given back with {@link #recycle}.
   *
   * @param most how long to wait
   * @return null if none was full by then
   * @throws RuntimeException what reading failed with
   */
  @Nullable Minibatch<M> take(Duration most) throws InterruptedException {
    Outcome<M> outcome = filled.poll(most.toNanos(), TimeUnit.NANOSECONDS);
    return switch (outcome) {
      case null -> null;
      case Outcome.Filled<M> full -> full.minibatch();
      case Outcome.Failed<M> failed -> {
        filled.add(outcome); // whoever asks again is told again
        throw failed.cause();
      }
    };
  }

  /** Gives a minibatch's memory back to be filled again. */
  void recycle(Minibatch<M> minibatch) {
    free.add(minibatch.memory());
  }

  private void read() {
    try (tensors) {
      boolean more = true;
      while (more && !closed) {
        M memory = free.poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        if (memory != null) {
          Minibatch<M> minibatch = assembler.fill(memory);
          if (minibatch.images() > 0) {
            memory.full(minibatch.images());
          }
          more = !minibatch.epochEnded() || epochs == 0 || minibatch.epoch() + 1 < epochs;
          filled.add(new Outcome.Filled<>(minibatch));
        }
      }
    } catch (InterruptedException | WakeupException | InterruptException e) {
      if (!closed) {
        filled.add(
            new Outcome.Failed<>(new IllegalStateException(thread.getName() + " was stopped", e)));
      }
    } catch (RuntimeException e) {
      filled.add(new Outcome.Failed<>(e));
    }
  }

  /** Stops reading; afterwards no memory is written to. */
  @Override
  public void close() {
    closed = true;
    tensors.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true; // it writes to TensorFlow's memory: it must have ended
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
