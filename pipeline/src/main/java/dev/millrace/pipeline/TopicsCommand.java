package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.ClusterOptions;
import dev.millrace.pipeline.cli.CommonOptions;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.cli.RetentionText;
import dev.millrace.pipeline.cli.TopicOptions;
import dev.millrace.schemas.ImageRetention;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code millrace topics}. */
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    description = "Lists the topics, or creates those that do not exist.")
final class TopicsCommand implements Callable<Integer> {
  @Option(names = "--create", description = "Create the topics that do not exist first.")
  private boolean create;

  @Mixin private ClusterOptions cluster = new ClusterOptions();
  @Mixin private TopicOptions topics = new TopicOptions();
  @Mixin private CommonOptions common = new CommonOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    Service service = Service.quiet(spec, common);
    Map<String, Object> kafka = cluster.properties();
    service.requireBroker(kafka);
    if (create) {
      service.createTopics(kafka, topics.topics(), topics.settings());
    }
    try (Admin admin = Admin.create(kafka)) {
      list(admin, service.out());
    }
    return ExitCode.OK;
  }

  private void list(Admin admin, PrintWriter out) throws ExecutionException, InterruptedException {
    Set<String> existing = admin.listTopics().names().get();
    out.printf(
        "%-36s %10s %11s %14s  %s%n",
        "topic", "partitions", "replication", "offsets kept", "images stay");
    for (Topic<?> topic : topics.topics().all()) {
      if (existing.contains(topic.name())) {
        TopicDescription description =
            admin
                .describeTopics(List.of(topic.name()))
                .topicNameValues()
                .values()
                .iterator()
                .next()
                .get();
        out.printf(
            "%-36s %10d %11d %,14d  %s%n",
            topic.name(),
            description.partitions().size(),
            description.partitions().getFirst().replicas().size(),
            kept(admin, description),
            retention(admin, topic, description.partitions().size()));
      } else {
        out.printf("%-36s does not exist; --create or a producer makes it%n", topic.name());
      }
    }
    out.flush();
  }

  private String retention(Admin admin, Topic<?> topic, int partitions)
      throws ExecutionException, InterruptedException {
    if (Arrays.stream(Split.values())
        .noneMatch(split -> topics.topics().images(split).name().equals(topic.name()))) {
      return "";
    }
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    return config == null ? "" : RetentionText.of(ImageRetention.of(config, partitions));
  }

  // Offsets, not records: transactions' markers have some, and compaction leaves gaps.
  private static long kept(Admin admin, TopicDescription topic)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    Map<TopicPartition, OffsetSpec> beginnings = new HashMap<>();
    for (TopicPartitionInfo partition : topic.partitions()) {
      TopicPartition of = new TopicPartition(topic.name(), partition.partition());
      ends.put(of, OffsetSpec.latest());
      beginnings.put(of, OffsetSpec.earliest());
    }
    return sum(admin, ends) - sum(admin, beginnings);
  }

  private static long sum(Admin admin, Map<TopicPartition, OffsetSpec> wanted)
      throws ExecutionException, InterruptedException {
    return admin.listOffsets(wanted).all().get().values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }
}
