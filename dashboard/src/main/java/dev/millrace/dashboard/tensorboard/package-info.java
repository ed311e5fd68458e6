/** Writes what the topics say to files for TensorBoard: start with {@code EventFiles}. */
@NullMarked
package dev.millrace.dashboard.tensorboard;

import org.jspecify.annotations.NullMarked;
