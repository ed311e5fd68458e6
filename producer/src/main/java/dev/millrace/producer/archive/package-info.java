/**
 * Files that hold images, here or elsewhere, and how their bytes are read; {@link
 * dev.millrace.producer.archive.Archive} first.
 */
@NullMarked
package dev.millrace.producer.archive;

import org.jspecify.annotations.NullMarked;
