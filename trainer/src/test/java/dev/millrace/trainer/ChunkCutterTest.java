package dev.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChunkCutterTest {
  @Test
  void shouldCutTheSameBytesHoweverTheyLie() throws Exception {
    byte[] bytes = new byte[1000];
    new SplittableRandom(1).nextBytes(bytes);
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    SplittableRandom random = new SplittableRandom(2);

    for (int trial = 0; trial < 50; trial++) {
      List<ByteBuffer> parts = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(random.nextInt(0, 300), bytes.length - at);
        parts.add(ByteBuffer.wrap(bytes, at, length).slice());
        at += length;
      }
      ChunkCutter cutter = new ChunkCutter(parts, random.nextInt(1, 400));

      int chunks = cutter.chunks();
      ByteBuffer together = ByteBuffer.allocate(bytes.length);
      while (cutter.hasNext()) {
        together.put(cutter.next());
        chunks--;
      }

      assertThat(chunks).isZero();
      assertThat(together.array()).isEqualTo(bytes);
      assertThat(cutter.sha256()).isEqualTo(sha256);
    }
  }
}
