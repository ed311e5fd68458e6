package dev.millrace.producer;

import dev.millrace.schemas.DeadLetter;

/**
 * A dead letter in its topic.
 *
 * @param offset where it is
 * @param letter what it tells
 */
record StoredLetter(long offset, DeadLetter letter) {}
