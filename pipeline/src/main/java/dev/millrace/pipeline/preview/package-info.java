/** Shows people what augmentation makes of images. */
@NullMarked
package dev.millrace.pipeline.preview;

import org.jspecify.annotations.NullMarked;
