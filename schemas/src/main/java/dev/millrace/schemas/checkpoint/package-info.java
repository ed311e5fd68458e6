/**
 * What a checkpoint's chunks hold: put in order by {@link
 * dev.millrace.schemas.checkpoint.ChunkOrder}, they are a safetensors file.
 */
@NullMarked
package dev.millrace.schemas.checkpoint;

import org.jspecify.annotations.NullMarked;
