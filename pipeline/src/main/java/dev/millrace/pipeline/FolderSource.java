package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.producer.ContinuousOptions;
import dev.millrace.producer.follow.FollowOptions;
import dev.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/** What is put into a folder, now and later. */
record FolderSource(Path folder, FollowOptions following, ContinuousOptions publishing)
    implements ImageSource {
  @Override
  public int classes() {
    return publishing.maxClasses();
  }

  @Override
  public long trainingImages() {
    return publishing.epochImages() == 0 ? -1 : publishing.epochImages();
  }

  @Override
  public long validationImages() {
    return 0;
  }

  @Override
  public String description() {
    return "What is put into %s, of %,d classes at most".formatted(folder, classes());
  }

  @Override
  public Publishing publish(Topics topics, Map<String, Object> kafka, Consumer<Exception> failed)
      throws CannotStartException {
    Ingestion ingestion = new Ingestion(publishing, topics, kafka);
    ingestion.follow(folder, following);
    return new Publishing(ingestion::run, ingestion::close, failed);
  }
}
