package dev.millrace.dashboard.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Reads a file of events, as its format says, into a text an event; checks every checksum. */
final class WrittenEvents {
  private WrittenEvents() {}

  /** The events of a run's part. */
  static List<String> of(Path root, String part) throws IOException {
    Path file = root.resolve(part).resolve("events.out.tfevents.millrace");
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<String> events = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int lengthAt = bytes.position();
      int length = Math.toIntExact(bytes.getLong());
      assertThat(bytes.getInt()).as("of length").isEqualTo(masked(bytes.slice(lengthAt, 8)));
      ByteBuffer event = bytes.slice(bytes.position(), length);
      bytes.position(bytes.position() + length);
      assertThat(bytes.getInt()).as("of event").isEqualTo(masked(event.duplicate()));
      events.add(event(CodedInputStream.newInstance(event)));
    }
    return events;
  }

  private static int masked(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    int value = (int) checksum.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  private static String event(CodedInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> text.append("%.3f".formatted(in.readDouble()));
        case 2 -> text.append(" step ").append(in.readInt64());
        case 3 -> text.append(" version ").append(in.readString());
        case 5 -> text.append(summary(in.readBytes().newCodedInput()));
        case 7 -> text.append(sessionLog(in.readBytes().newCodedInput()));
        default -> throw new IOException("Unexpected field of an event: " + tag);
      }
    }
    return text.toString();
  }

  private static String sessionLog(CodedInputStream in) throws IOException {
    assertThat(WireFormat.getTagFieldNumber(in.readTag())).isEqualTo(1);
    assertThat(in.readEnum()).isEqualTo(1);
    assertThat(in.isAtEnd()).isTrue();
    return " start";
  }

  private static String summary(CodedInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      assertThat(WireFormat.getTagFieldNumber(tag)).isEqualTo(1);
      text.append(' ').append(value(in.readBytes().newCodedInput()));
    }
    return text.toString();
  }

  private static String value(CodedInputStream in) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case 1 -> text.append(in.readString()).append('=');
        case 2 -> text.append(String.format(Locale.ROOT, "%s", in.readFloat()));
        case 4 -> text.append(image(in.readBytes().newCodedInput()));
        default -> throw new IOException("Unexpected field of a value: " + tag);
      }
    }
    return text.toString();
  }

  private static String image(CodedInputStream in) throws IOException {
    List<String> fields = new ArrayList<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int field = WireFormat.getTagFieldNumber(tag);
      fields.add(field + ":" + (field == 4 ? in.readBytes().size() + " bytes" : in.readInt32()));
    }
    return fields.toString();
  }
}
