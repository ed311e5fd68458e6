package dev.millrace.producer;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Halves the start of processes that run this one's classes again and again: the first that ends in
 * good order leaves its loaded classes in a file, which the others map. Java does this for classes
 * in jars alone.
 */
final class SharedClasses {
  private SharedClasses() {}

  /** Options of every such process. */
  static List<String> options(Path folder) {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        jars.add(jar(path, folder.resolve("classes-%d.jar".formatted(jars.size()))).toString());
      } else if (Files.exists(path)) {
        jars.add(entry);
      }
    }
    return List.of(
        "-XX:+AutoCreateSharedArchive",
        "-XX:SharedArchiveFile=" + folder.resolve("classes.jsa"),
        "-Xlog:disable", // it warns of every class that it leaves out
        "-cp",
        String.join(File.pathSeparator, jars));
  }

  private static Path jar(Path classes, Path jar) {
    ToolProvider tool = ToolProvider.findFirst("jar").orElseThrow();
    int status =
        tool.run(System.out, System.err, "-cf0", jar.toString(), "-C", classes.toString(), ".");
    if (status != 0) {
      throw new AssertionError("Cannot make a jar of " + classes);
    }
    return jar;
  }
}
