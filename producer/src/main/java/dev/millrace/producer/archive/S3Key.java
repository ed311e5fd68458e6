package dev.millrace.producer.archive;

/**
 * Where an object lies.
 *
 * @param bucket the bucket's name
 * @param key the object's name in it; of several, what all begin with
 */
public record S3Key(String bucket, String key) {
  /** As {@code s3://bucket/key}. */
  @Override
  public String toString() {
    return "s3://" + bucket + "/" + key;
  }
}
