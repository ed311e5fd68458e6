package dev.millrace.producer.upload;

import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.schemas.Split;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One image that was sent.
 *
 * @param id what it is to be called
 * @param label its class's synset or other short name
 * @param bytes the encoded image
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record Upload(String id, String label, byte[] bytes) {
  private static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}/\\\\]{1,200}");
  private static final Pattern ID = Pattern.compile("[^\\p{Cntrl}\\\\]{1,500}");
  private static final int ID_DIGITS = 32;

  /**
   * Checks the names.
   *
   * @param id null for one that follows from label and bytes
   * @throws RefusedUploadException if they are none
   */
  static Upload of(@Nullable String id, @Nullable String label, byte[] bytes)
      throws RefusedUploadException {
    if (label == null || label.isBlank()) {
      throw new RefusedUploadException(
          400, "no class: give ?label=SYNSET, or in a batch the class as the name of each part");
    }
    if (!LABEL.matcher(label).matches() || isPathStep(label)) {
      throw new RefusedUploadException(
          400, "a label has 1 to 200 characters, no slash, backslash or control character");
    }
    if (id != null && (!ID.matcher(id).matches() || hasPathSteps(id))) {
      throw new RefusedUploadException(
          400,
          "an id has 1 to 500 characters, no backslash, no control character and no empty part, ."
              + " or .. between slashes");
    }
    return new Upload(id == null ? label + "/" + hash(label, bytes) : id, label, bytes);
  }

  private static boolean hasPathSteps(String id) {
    return List.of(id.split("/", -1)).stream().anyMatch(part -> part.isEmpty() || isPathStep(part));
  }

  private static boolean isPathStep(String part) {
    return part.equals(".") || part.equals("..");
  }

  /** The image to be published. */
  IncomingImage image(String client) {
    return new IncomingImage(
        id,
        Split.TRAIN,
        label,
        label,
        "upload from " + client,
        bytes,
        bytes.length,
        Instant.EPOCH,
        HexFormat.of().formatHex(sha256().digest(bytes)),
        null,
        false,
        new CompletableFuture<>());
  }

  private static String hash(String label, byte[] bytes) {
    MessageDigest digest = sha256();
    digest.update((label + "\n").getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest.digest(bytes)).substring(0, ID_DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
