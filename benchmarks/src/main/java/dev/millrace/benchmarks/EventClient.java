package dev.millrace.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * A client of the dashboard's events. Checks that the records of each run come in order and without
 * a gap, and counts how old they are. Asks in HTTP/1.0, whose answers have no chunks. For one
 * thread.
 */
final class EventClient implements AutoCloseable {
  /** Ages in milliseconds that are told apart. */
  static final int AGES = 60_000;

  private static final byte[] EVENT = ascii("event: ");
  private static final byte[] DATA = ascii("data: {\"run\":\"");
  private static final byte[] STEPS = ascii("\"step\":[");
  private static final byte[] TIMES = ascii("\"time\":[");

  private final SocketChannel channel;
  private final Map<String, Long> lastSteps = new HashMap<>();
  private final long[] ages = new long[AGES + 1];
  private byte[] line = new byte[64 << 10];
  private int length;
  private String event = "";
  private long records;
  private long faults;
  private boolean toldToGo;
  private boolean ended;

  /**
   * Asks for all events.
   *
   * @param receiveBytes buffer of the system's for what has not been read
   */
  EventClient(int port, int receiveBytes) throws IOException {
    channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.write(ByteBuffer.wrap(ascii("GET /api/events HTTP/1.0\r\nHost: localhost\r\n\r\n")));
    channel.configureBlocking(false);
  }

  SocketChannel channel() {
    return channel;
  }

  /** Reads what is there, as much as fits; the number of bytes. */
  int read(byte[] bytes) throws IOException {
    int read = channel.read(ByteBuffer.wrap(bytes));
    if (read < 0) {
      ended = true;
      return 0;
    }
    long now = System.currentTimeMillis();
    for (int i = 0; i < read; i++) {
      if (bytes[i] == '\n') {
        line(now);
        length = 0;
      } else {
        if (length == line.length) {
          line = Arrays.copyOf(line, 2 * length);
        }
        line[length++] = bytes[i];
      }
    }
    return read;
  }

  private void line(long now) {
    if (startsWith(EVENT)) {
      event = new String(line, EVENT.length, length - EVENT.length, StandardCharsets.US_ASCII);
      toldToGo |= event.equals("bye");
    } else if (event.equals("points") && startsWith(DATA)) {
      int end = indexOf('"', DATA.length);
      points(new String(line, DATA.length, end - DATA.length, StandardCharsets.US_ASCII), now, end);
    }
  }

  private void points(String run, long now, int from) {
    long last = lastSteps.getOrDefault(run, 0L);
    int at = behind(STEPS, from);
    while (line[at - 1] != ']') {
      long step = 0;
      for (; line[at] >= '0' && line[at] <= '9'; at++) {
        step = 10 * step + line[at] - '0';
      }
      at++; // a comma, or the end
      if (step != last + 1) {
        faults++;
      }
      last = step;
      records++;
    }
    lastSteps.put(run, last);
    at = behind(TIMES, at);
    while (line[at - 1] != ']') {
      long time = 0;
      for (; line[at] >= '0' && line[at] <= '9'; at++) {
        time = 10 * time + line[at] - '0';
      }
      at++;
      ages[Math.clamp(now - time, 0, AGES)]++;
    }
  }

  private boolean startsWith(byte[] text) {
    return length >= text.length && Arrays.equals(line, 0, text.length, text, 0, text.length);
  }

  private int indexOf(char wanted, int from) {
    int at = from;
    while (line[at] != wanted) {
      at++;
    }
    return at;
  }

  private int behind(byte[] text, int from) {
    int at = from;
    while (!Arrays.equals(line, at, at + text.length, text, 0, text.length)) {
      at++;
    }
    return at + text.length;
  }

  /** Records that came. */
  long records() {
    return records;
  }

  /** Records that came out of order, behind a gap or again. */
  long faults() {
    return faults;
  }

  /** How many records were so many milliseconds old when they came. */
  long[] ages() {
    return ages;
  }

  /** The newest step of each run. */
  Map<String, Long> lastSteps() {
    return lastSteps;
  }

  /** Forgets what has come so far. */
  void begin() {
    records = 0;
    faults = 0;
    Arrays.fill(ages, 0);
  }

  /** Whether it was told that it is dropped. */
  boolean wasToldToGo() {
    return toldToGo;
  }

  /** Whether the server has ended its stream. */
  boolean hasEnded() {
    return ended;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
