/** Publishes a dataset's images: start with {@link dev.millrace.producer.ImageProducer}. */
@NullMarked
package dev.millrace.producer;

import org.jspecify.annotations.NullMarked;
