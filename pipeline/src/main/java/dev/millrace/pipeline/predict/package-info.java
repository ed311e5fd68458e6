/** What a checkpoint says of images. */
@NullMarked
package dev.millrace.pipeline.predict;

import org.jspecify.annotations.NullMarked;
