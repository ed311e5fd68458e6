package dev.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.augmenter.AugmenterService;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every service in a process of its own. */
@Timeout(120)
class ServicesIT {
  @TempDir private static Path folder;

  private static MillraceProcess service(String servers, String... arguments) throws IOException {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--bootstrap-servers";
    all[arguments.length + 1] = servers;
    return MillraceProcess.start(folder, all);
  }

  private static String address(MillraceProcess broker) throws Exception {
    Matcher address =
        Pattern.compile("Broker on (\\S+);").matcher(broker.await("Ctrl-C stops it").output());
    assertThat(address.find()).isTrue();
    return address.group(1);
  }

  private static long augmented(MillraceProcess augmenter) throws Exception {
    augmenter.interrupt();
    assertThat(augmenter.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
    Matcher count = Pattern.compile("AugmenterCounts\\[images=(\\d+)").matcher(augmenter.output());
    assertThat(count.find()).as(augmenter.output()).isTrue();
    return Long.parseLong(count.group(1));
  }

  // A few hundred small images are augmented before a second augmenter has got its partitions from
  // the first: so these come before the images.
  private static void awaitShares(String servers) throws Exception {
    Topics topics = new Topics("millrace");
    String group = AugmenterService.group(topics);
    String images = topics.images(Split.TRAIN).name();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
      while (sharing(admin, group, images).size() < 2) {
        Thread.sleep(100); // the test's time limit ends this
      }
    }
  }

  private static Set<String> sharing(Admin admin, String group, String images) throws Exception {
    ConsumerGroupDescription now;
    try {
      now = admin.describeConsumerGroups(List.of(group)).all().get().values().iterator().next();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GroupIdNotFoundException) {
        return Set.of(); // an augmenter says that it is up before its first request to join
      }
      throw e;
    }
    if (now.groupState() != GroupState.STABLE) {
      return Set.of();
    }
    // Each thread is a member; all of a process's have one name up to the thread's.
    return now.members().stream()
        .filter(member ->
            member.assignment().topicPartitions().stream()
                .anyMatch(partition -> partition.topic().equals(images)))
        .map(member -> member.clientId().replaceFirst("-StreamThread.*", ""))
        .collect(Collectors.toSet());
  }

  @Test
  void shouldTrainWithTwoAugmentersThatShareThePartitions() throws Exception {
    Path images = folder.resolve("images");
    DemoImages.write(images, 1, 24, 4);
    try (MillraceProcess broker =
        MillraceProcess.start(folder, "broker", "--data-dir", folder.resolve("state").toString())) {
      String servers = address(broker);
      try (MillraceProcess one = service(servers, "augment", "--model", "cifar10-quick");
          MillraceProcess other = service(servers, "augment", "--model", "cifar10-quick");
          MillraceProcess trainer =
              service(
                  servers, "train", "--model", "cifar10-quick", "--epochs", "4", "--threads", "1");
          MillraceProcess topics = service(servers, "topics", "--create")) {
        assertThat(topics.exitCode()).as(topics.output()).isZero();
        assertThat(topics.output()).contains("millrace.tensors.train");
        one.await("Augmenting");
        other.await("Augmenting");
        awaitShares(servers);
        try (MillraceProcess producer =
            service(servers, "produce", "--data", images.toString(), "--epochs", "4")) {
          assertThat(producer.exitCode()).as(producer.output()).isZero();
          assertThat(producer.output()).contains("Published 1,200 images");
        }
        assertThat(trainer.exitCode()).as(trainer.output()).isZero();
        assertThat(trainer.output())
            .contains("Finished run \"default\" at step 12, 4 whole epochs")
            .doesNotContain("Left out");

        long byOne = augmented(one);
        long byOther = augmented(other);
        assertThat(byOne).isPositive();
        assertThat(byOther).isPositive();
        assertThat(byOne + byOther).isEqualTo(1200);
      }
      try (MillraceProcess evaluate =
          service(servers, "evaluate", "--model", "cifar10-quick", "--threads", "1")) {
        assertThat(evaluate.exitCode()).as(evaluate.output()).isZero();
        assertThat(evaluate.output()).contains("Checkpoint of step 12: top-1 error");
      }
      broker.interrupt();
      assertThat(broker.exitCode()).isEqualTo(ExitCode.INTERRUPTED);
    }
  }
}
