package dev.millrace.producer.archive;

import java.io.IOException;
import java.io.InputStream;

/**
 * A file of many images, on a disk or elsewhere. Its text form names it for people and holds no
 * passwords. May be used by several threads.
 */
public sealed interface Archive permits ArchiveFile, HttpArchive, S3Archive {
  /** Its path with forward slashes, by which archives are named and told apart. */
  String path();

  /** Another file of the same folder, or prefix. */
  Archive beside(String name);

  /** Whether reading at any place is as good as reading on. */
  boolean isLocal();

  /** Its length in bytes; -1 where only reading it tells. */
  long length() throws IOException;

  /**
   * Opens it; the caller closes it. Transfers that break go on where they broke.
   *
   * @param offset of the byte to begin with
   */
  InputStream open(long offset) throws IOException;
}
