/** What NVIDIA's driver and libraries say of themselves. */
@NullMarked
package dev.millrace.trainer.gpu;

import org.jspecify.annotations.NullMarked;
