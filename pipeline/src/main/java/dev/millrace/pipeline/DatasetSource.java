package dev.millrace.pipeline;

import dev.millrace.producer.ImageProducer;
import dev.millrace.producer.ProducerOptions;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A dataset, epoch after epoch.
 *
 * @param dataset stays the caller's to close
 */
record DatasetSource(Dataset dataset, ProducerOptions options) implements ImageSource {
  @Override
  public int classes() {
    return dataset.synsets().size();
  }

  @Override
  public long trainingImages() {
    return dataset.size(Split.TRAIN);
  }

  @Override
  public long validationImages() {
    return dataset.size(Split.VALIDATION);
  }

  @Override
  public String description() {
    return "%,d training and %,d validation images of %,d classes%s"
        .formatted(
            trainingImages(),
            validationImages(),
            classes(),
            dataset.skippedFiles() == 0
                ? ""
                : "; %,d files are no images by their names".formatted(dataset.skippedFiles()));
  }

  @Override
  public Publishing publish(Topics topics, Map<String, Object> kafka, Consumer<Exception> failed) {
    ImageProducer producer =
        new ImageProducer(options, topics, kafka, dataset, InstantSource.system());
    return new Publishing(producer, failed);
  }
}
