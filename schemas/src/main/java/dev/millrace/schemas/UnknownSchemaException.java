package dev.millrace.schemas;

import org.apache.kafka.common.errors.SerializationException;

/** A record's value was not written with a schema that this version of Millrace knows. */
public final class UnknownSchemaException extends SerializationException {
  private static final long serialVersionUID = 1L;

  UnknownSchemaException(String message) {
    super(message);
  }
}
