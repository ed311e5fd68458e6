package dev.millrace.producer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MendFolderTest {
  @TempDir private Path folder;

  @Test
  void shouldKeepAnImageUnderItsId() throws IOException {
    MendFolder files = new MendFolder(folder);

    assertThat(files.write("cat/1.jpg", bytes("first"))).isTrue();

    assertThat(folder.resolve("cat/1.jpg")).hasContent("first");
    assertThat(files.read("cat/1.jpg", 100)).hasValue("first".getBytes(UTF_8));
  }

  @Test
  void shouldLeaveAFileThatMayBeMended() throws IOException {
    MendFolder files = new MendFolder(folder);
    files.write("cat/1.jpg", bytes("mended"));

    assertThat(files.write("cat/1.jpg", bytes("damaged"))).isFalse();
    assertThat(folder.resolve("cat/1.jpg")).hasContent("mended");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../out.jpg",
        "/etc/out.jpg",
        "cat/../../out.jpg",
        "..",
        ".",
        "a\u0000b",
        "cat/.."
      })
  void shouldStayWithinTheFolderWhateverTheId(String id) throws IOException {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    MendFolder files = new MendFolder(inner);

    assertThat(files.write(id, bytes("hostile"))).isTrue();

    assertThat(files.file(id)).startsWith(inner).isRegularFile().hasContent("hostile");
    assertThat(files.read(id, 100)).isPresent();
    assertThat(folder).isDirectoryNotContaining("glob:**/out.jpg");
    assertThat(files.file(id)).isNotEqualTo(files.file(id + "x"));
  }

  @Test
  void shouldTellNoFileFromOneThatCannotBeAnImage() throws IOException {
    MendFolder files = new MendFolder(folder);
    files.write("empty.jpg", bytes(""));
    files.write("large.jpg", bytes("larger than that"));

    assertThat(files.read("none.jpg", 10)).isEmpty();
    assertThatThrownBy(() -> files.read("empty.jpg", 10)).hasMessageContaining("found 0");
    assertThatThrownBy(() -> files.read("large.jpg", 10))
        .hasMessageContaining(
            "large.jpg must have from 1 to 10 bytes (--max-image-size), found 16");
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }
}
