package dev.millrace.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiConsumer;

/**
 * What the operating system alone takes to move a tensor's bytes where a hop moves them: through a
 * socket of this machine into the broker, into a file's fresh pages, and from the file through a
 * socket to the reader. Native memory throughout, so that nothing is copied besides.
 */
final class HopFloor {
  private static final int TENSOR_BYTES = 224 * 224 * 3;
  private static final int MIB = 1 << 20;
  private static final int SEGMENT_BYTES = 64 * MIB;

  private final Path folder;
  private final int segments;

  /** Prepares it, with about so many tensors. */
  HopFloor(Path folder, int tensors) {
    this.folder = folder;
    this.segments = Math.max(1, (int) ((long) tensors * TENSOR_BYTES / SEGMENT_BYTES));
  }

  /** One way of moving a segment's bytes. */
  private interface Move {
    void segment() throws IOException;
  }

  /** Measures; gives CPU microseconds a tensor by name. */
  void run(BiConsumer<String, Double> figures) throws Exception {
    Path file = Files.createTempFile(folder, "floor", ".log");
    ByteBuffer block = ByteBuffer.allocateDirect(MIB);
    figures.accept("floor.file_write", measure(() -> write(file, block)));
    figures.accept("floor.socket", through(socket -> () -> send(socket, block)));
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
      figures.accept("floor.file_to_socket", through(socket -> () -> transfer(from, socket)));
    }
    Files.delete(file);
  }

  private double measure(Move move) throws IOException {
    move.segment();
    Meter meter = new Meter();
    for (int i = 0; i < segments; i++) {
      move.segment();
    }
    double tensors = (double) segments * SEGMENT_BYTES / TENSOR_BYTES;
    return meter.read("", 1, 1).cpuSeconds() * 1e6 / tensors;
  }

  // As the broker's segments: each is a new file.
  private static void write(Path file, ByteBuffer block) throws IOException {
    Files.delete(file);
    try (FileChannel to =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SEGMENT_BYTES; i += MIB) {
        writeAll(block, to::write);
      }
    }
  }

  private static void send(SocketChannel socket, ByteBuffer block) throws IOException {
    for (int i = 0; i < SEGMENT_BYTES; i += MIB) {
      writeAll(block, socket::write);
    }
  }

  /** Takes some of a buffer's bytes. */
  private interface Taker {
    int take(ByteBuffer bytes) throws IOException;
  }

  private static void writeAll(ByteBuffer block, Taker taker) throws IOException {
    block.clear();
    int left = block.remaining();
    while (left > 0) {
      left -= taker.take(block);
    }
  }

  private static void transfer(FileChannel from, SocketChannel to) throws IOException {
    for (long done = 0; done < SEGMENT_BYTES; ) {
      done += from.transferTo(done, SEGMENT_BYTES - done, to);
    }
  }

  /** Makes what moves bytes into a socket. */
  private interface Sender {
    Move into(SocketChannel socket);
  }

  private double through(Sender sender) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (ServerSocketChannel server =
            ServerSocketChannel.open().bind(new InetSocketAddress(loopback, 0));
        SocketChannel socket = SocketChannel.open(server.getLocalAddress());
        SocketChannel other = server.accept()) {
      Thread reader = Thread.ofPlatform().name("floor-reader").start(() -> readAll(other));
      double micros = measure(sender.into(socket));
      socket.shutdownOutput();
      reader.join();
      return micros;
    }
  }

  private static void readAll(SocketChannel socket) {
    ByteBuffer block = ByteBuffer.allocateDirect(MIB);
    try {
      while (socket.read(block) >= 0) {
        block.clear();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
