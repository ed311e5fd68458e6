package dev.millrace.dashboard.tensorboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The folder of a run, whose name may be any text. */
final class FolderName {
  private static final Pattern USUAL = Pattern.compile("[a-z0-9][a-z0-9-]{0,99}");
  private static final Pattern OTHERS = Pattern.compile("[^a-z0-9-]");
  private static final int LONGEST_PART = 40;

  private FolderName() {}

  /**
   * The run's name where it is a usual one; otherwise what can be kept of it, an underscore, which
   * usual names do not have, and the beginning of its digest. Leads nowhere else, and two runs have
   * one folder each, also where file systems do not tell capitals.
   */
  static String of(String run) {
    if (USUAL.matcher(run).matches()) {
      return run;
    }
    String kept = OTHERS.matcher(run).replaceAll("-");
    return kept.substring(0, Math.min(kept.length(), LONGEST_PART)) + "_" + digest(run);
  }

  private static String digest(String run) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(run.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
