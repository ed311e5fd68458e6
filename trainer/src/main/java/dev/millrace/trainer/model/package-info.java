/**
 * The networks and their training graph in TensorFlow, without Kafka: start with {@link
 * dev.millrace.trainer.model.TrainingSession}.
 */
@NullMarked
package dev.millrace.trainer.model;

import org.jspecify.annotations.NullMarked;
