package dev.millrace.pipeline.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  @TempDir private Path folder;

  @Test
  void shouldMakeATokenThatItsOwnerAloneMayReadAndKeepIt() throws Exception {
    Path file = folder.resolve("deep/token");

    String token = TokenFile.readOrMake(file);

    assertThat(token).matches("[A-Za-z0-9_-]{43}");
    assertThat(TokenFile.readOrMake(file)).isEqualTo(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(TokenFile.readOrMake(folder.resolve("other"))).isNotEqualTo(token);
  }

  @Test
  void shouldGiveAllThatMakeItAtOnceTheSame() throws Exception {
    for (int i = 0; i < 20; i++) {
      Path file = folder.resolve("shared-" + i);
      Set<String> tokens = ConcurrentHashMap.newKeySet();
      try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
        for (int thread = 0; thread < 4; thread++) {
          var _ = threads.submit(() -> tokens.add(TokenFile.readOrMake(file)));
        }
      }
      assertThat(tokens).containsExactly(Files.readString(file).strip());
    }
    assertThat(folder).isDirectoryNotContaining("glob:**.*");
  }

  @Test
  void shouldReadATokenOfTheUsers() throws Exception {
    Path file = Files.writeString(folder.resolve("mine"), "  what I have chosen\n");

    assertThat(TokenFile.readOrMake(file)).isEqualTo("what I have chosen");
  }
}
