package dev.millrace.producer.follow;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Goes through the files below a folder while others change it; hidden folders are passed over. */
abstract class FolderWalk extends SimpleFileVisitor<Path> {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWalk.class);

  private final Path top;
  private final BooleanSupplier stopped;

  /**
   * Prepares a walk.
   *
   * @param stopped asked at each folder whether to end
   */
  FolderWalk(Path top, BooleanSupplier stopped) {
    this.top = top;
    this.stopped = stopped;
  }

  /** Goes through all of it. */
  final void run() throws IOException {
    Files.walkFileTree(top, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, this);
  }

  /** A folder comes next, before what lies in it. */
  abstract void folder(Path folder);

  /** A file that is no folder. */
  abstract void file(Path file, BasicFileAttributes attributes);

  @Override
  public final FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
    if (stopped.getAsBoolean()) {
      return FileVisitResult.TERMINATE;
    }
    if (!folder.equals(top) && String.valueOf(folder.getFileName()).startsWith(".")) {
      return FileVisitResult.SKIP_SUBTREE;
    }
    folder(folder);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public final FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
    file(file, attributes);
    return FileVisitResult.CONTINUE;
  }

  @Override
  public final FileVisitResult visitFileFailed(Path file, IOException problem) throws IOException {
    if (file.equals(top)) {
      throw problem;
    }
    LOG.debug("Passed over {} this time", file, problem); // gone, no permission, or a link's loop
    return FileVisitResult.CONTINUE;
  }

  @Override
  public final FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) {
    if (problem != null) {
      LOG.debug("Passed over some of {} this time", folder, problem);
    }
    return FileVisitResult.CONTINUE;
  }
}
