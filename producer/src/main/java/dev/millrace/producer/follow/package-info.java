/**
 * Finds the images that are put into a folder: start with {@link
 * dev.millrace.producer.follow.FolderWatch}.
 */
@NullMarked
package dev.millrace.producer.follow;

import org.jspecify.annotations.NullMarked;
