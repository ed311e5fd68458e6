package dev.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.broker.EmbeddedBroker;
import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Window;
import dev.millrace.pipeline.cli.ExitCode;
import dev.millrace.pipeline.demo.DemoImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * The commands about checkpoints, and predict, as a user gives them; 12 classes, 32 x 32 pixels.
 */
@Timeout(180)
class CheckpointsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CLASSES = 12;
  private static final int SIDE = 32;
  private static final int VALIDATION = 8 * CLASSES;

  @TempDir private static Path folder;
  private static Path images;
  private static EmbeddedBroker broker;

  @BeforeAll
  static void train() throws Exception {
    images = folder.resolve("images");
    DemoImages.write(images, 1, 40, 8);
    broker = EmbeddedBroker.start(folder.resolve("broker"), "127.0.0.1", 0, Map.of());
    try (MillraceProcess augmenter = start("augment", "--model", "cifar10-quick");
        MillraceProcess producer = start("produce", "--data", images.toString(), "--epochs", "3");
        MillraceProcess trainer =
            start(
                "train",
                "--model",
                "cifar10-quick",
                "--epochs",
                "3",
                "--checkpoint-steps",
                "4",
                "--threads",
                "1")) {
      assertThat(producer.exitCode()).as(producer.output()).isZero();
      assertThat(trainer.exitCode()).as(trainer.output() + augmenter.output()).isZero();
    }
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  private static MillraceProcess start(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--bootstrap-servers", broker.bootstrapServers()));
    return MillraceProcess.start(
        folder, Map.of("TF_CPP_MIN_LOG_LEVEL", "2"), all.toArray(String[]::new));
  }

  private static String command(int exitCode, String... arguments) throws Exception {
    try (MillraceProcess process = start(arguments)) {
      assertThat(process.exitCode()).as(process.output()).isEqualTo(exitCode);
      assertThat(process.output()).doesNotContain("\tat ");
      return process.output();
    }
  }

  private static Path export(String format, String... more) throws Exception {
    Path output =
        Files.createDirectories(folder.resolve("%s-%d".formatted(format, more.length)))
            .resolve("export");
    List<String> all =
        new ArrayList<>(
            List.of("checkpoints", "export", "--format", format, "--output", output.toString()));
    all.addAll(List.of(more));
    assertThat(command(0, all.toArray(String[]::new)))
        .contains("of run default as " + format + " to " + output);
    return output;
  }

  /**
   * A reader of safetensors that knows nothing of ours: bytes of every tensor by name and shape.
   */
  private static Map<String, byte[]> safetensors(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong())];
    bytes.get(header);
    ByteBuffer data = bytes.slice();
    Map<String, byte[]> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : JSON.readTree(header).properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        int begin = entry.getValue().get("data_offsets").get(0).asInt();
        byte[] elements = new byte[entry.getValue().get("data_offsets").get(1).asInt() - begin];
        data.get(begin, elements);
        tensors.put(entry.getKey() + " " + entry.getValue().get("shape"), elements);
      }
    }
    return tensors;
  }

  @ConcurrentTest
  void shouldShowAndVerify() throws Exception {
    String shown = command(0, "checkpoints", "show", "--checkpoint", "best");
    assertThat(shown)
        .contains("run default", "cifar10-quick, ", "12: ")
        .contains("circle")
        .contains("validation.top1_error", "tensorflow")
        .containsPattern("conv1/weights +F32 +5 x 5 x 3 x 32 +9\\.4 KiB")
        .containsPattern("conv1/weights/momentum +F32 +5 x 5 x 3 x 32")
        .containsPattern("sha-256 +[0-9a-f]{64}");
    assertThat(command(0, "checkpoints", "verify"))
        .containsPattern("default +12 .*whole")
        .contains(" whole, 0 damaged");
    assertThat(command(ExitCode.USAGE, "checkpoints", "show", "--checkpoint", "newest"))
        .contains("--checkpoint: a checkpoint is latest, best or a step, found \"newest\"");
    assertThat(command(ExitCode.CANNOT_START, "checkpoints", "show", "--run", "nobody"))
        .contains("Run nobody has no checkpoint with weights");
  }

  @ConcurrentTest
  void shouldExportSafetensorsThatOthersRead() throws Exception {
    Path all = export("safetensors");
    Path weights = export("safetensors", "--weights-only");
    byte[] file = Files.readAllBytes(all.resolve("model.safetensors"));
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(file));

    assertThat(command(0, "checkpoints", "show")).contains(sha256);
    Map<String, byte[]> tensors = safetensors(all.resolve("model.safetensors"));
    Map<String, byte[]> light = safetensors(weights.resolve("model.safetensors"));
    assertThat(light).hasSize(tensors.size() / 2).containsKey("conv1/weights [5,5,3,32]");
    light.forEach((name, elements) -> assertThat(tensors.get(name)).isEqualTo(elements));
    assertThat(Files.readAllLines(all.resolve("classes.txt"))).hasSize(CLASSES).contains("circle");
    assertThat(JSON.readTree(Files.readAllBytes(all.resolve("export.json"))).get("sha256").asText())
        .isEqualTo(sha256);
  }

  @ConcurrentTest
  void shouldExportCheckpointsThatTensorFlowRestores() throws Exception {
    Path output = export("tensorflow");
    Map<String, byte[]> tensors =
        safetensors(export("safetensors", "--run", "default").resolve("model.safetensors"));
    String latest =
        Files.readAllLines(output.resolve("checkpoint"))
            .getFirst()
            .replaceFirst(".*\"(.*)\"", "$1");
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      String[] names =
          tensors.keySet().stream().map(n -> n.split(" ", 2)[0]).toArray(String[]::new);
      String[] whole = new String[names.length];
      Arrays.fill(whole, "");
      Session.Runner runner = session.runner();
      tf.train
          .restore(
              tf.constant(output.resolve(latest).toString()),
              tf.array(names),
              tf.array(whole),
              Stream.of(names)
                  .<Class<? extends org.tensorflow.types.family.TType>>map(n -> TFloat32.class)
                  .toList())
          .tensors()
          .forEach(runner::fetch);
      try (Result result = runner.run()) {
        int i = 0;
        for (Map.Entry<String, byte[]> expected : tensors.entrySet()) {
          byte[] found = new byte[expected.getValue().length];
          result.get(i++).asRawTensor().data().read(found);
          assertThat(found).as(expected.getKey()).isEqualTo(expected.getValue());
        }
      }
    }
  }

  @ConcurrentTest
  void shouldExportModelsThatSayWhatPredictSays() throws Exception {
    Path output = export("saved-model");
    Path of = images.resolve("val/circle");
    List<JsonNode> predicted = predicted(of.toString());
    assertThat(Files.readAllLines(output.resolve("assets.extra/classes.txt"))).hasSize(CLASSES);

    try (SavedModelBundle bundle = SavedModelBundle.load(output.toString());
        ImageDecoder decoder = ImageDecoders.open(ImageLimits.DEFAULT)) {
      for (JsonNode image : predicted) {
        Canvas canvas = new Canvas();
        ByteBuffer encoded =
            ByteBuffer.wrap(Files.readAllBytes(Path.of(image.get("image").asText())));
        decoder.decode(
            encoded, Window.shorterSide(SIDE, SIDE, new Crop(0, 0, SIDE, SIDE)), false, canvas);
        try (TUint8 pixels =
                TUint8.tensorOf(
                    Shape.of(1, SIDE, SIDE, 3), DataBuffers.of(canvas.toPixels().rgb()));
            Result result = bundle.function("serving_default").call(Map.of("images", pixels))) {
          TFloat32 probabilities = (TFloat32) result.get("probabilities").orElseThrow();
          for (JsonNode guess : image.get("classes")) {
            assertThat(probabilities.getFloat(0, guess.get("index").asLong()))
                .isCloseTo((float) guess.get("probability").asDouble(), within(1e-5f));
          }
        }
      }
    }
  }

  @ConcurrentTest
  void shouldLeaveWhatIsThereUnlessForced() throws Exception {
    Path output = export("tensorflow", "--weights-only");
    String[] again = {
      "checkpoints", "export", "--format", "tensorflow", "--output", output.toString()
    };
    assertThat(command(ExitCode.CANNOT_START, again)).contains("give --force to replace it");
    String[] forced = Arrays.copyOf(again, again.length + 1);
    forced[again.length] = "--force";
    Files.writeString(output.resolve("mark"), "of the first");
    command(0, forced);
    assertThat(output.resolve("mark")).doesNotExist();
    forced[again.length - 1] = images.toString();
    assertThat(command(ExitCode.CANNOT_START, forced)).contains("no export of a checkpoint");
    forced[again.length - 1] = images.resolve("val/circle/0000.jpg/below").toString();
    assertThat(command(ExitCode.CANNOT_START, forced)).contains("Cannot write");
    try (Stream<Path> left = Files.list(output.getParent())) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith("."));
    }
  }

  private static List<JsonNode> predicted(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("predict", "--json", "--threads", "1"));
    all.addAll(List.of(arguments));
    List<JsonNode> lines = new ArrayList<>();
    for (String line : command(0, all.toArray(String[]::new)).lines().toList()) {
      if (line.startsWith("{")) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private static String errors(List<JsonNode> predicted) {
    int top1 = 0;
    int top5 = 0;
    for (JsonNode image : predicted) {
      Path file = Path.of(image.get("image").asText());
      String label = file.getName(file.getNameCount() - 2).toString();
      List<String> names = image.get("classes").findValuesAsText("name");
      top1 += names.getFirst().equals(label) ? 0 : 1;
      top5 += names.contains(label) ? 0 : 1;
    }
    return "top-1 error %.1f%%, top-5 error %.1f%%"
        .formatted(100.0 * top1 / predicted.size(), 100.0 * top5 / predicted.size());
  }

  // Over two minibatches of 64: the classes must be the evaluation's, image by image.
  @ConcurrentTest
  void shouldPredictWhatTheEvaluationFinds() throws Exception {
    String evaluated =
        command(0, "evaluate", "--model", "cifar10-quick", "--threads", "1", "--ten-crop");
    Matcher found = Pattern.compile("(top-1 .*%) \\(ten crops: (top-1 .*%)\\)").matcher(evaluated);
    assertThat(found.find()).as(evaluated).isTrue();
    Path validation = images.resolve("val");

    List<JsonNode> one = predicted(validation.toString());
    List<JsonNode> ten = predicted(validation.toString(), "--ten-crop");

    assertThat(one).hasSize(VALIDATION);
    assertThat(errors(one)).isEqualTo(found.group(1));
    assertThat(errors(ten)).isEqualTo(found.group(2));
    assertThat(ten).isNotEqualTo(one);
  }

  @ConcurrentTest
  void shouldPredictTheOthersWhereAFileIsBroken() throws Exception {
    Path broken = Files.write(folder.resolve("broken.jpg"), "no image".getBytes(UTF_8));
    Path good = images.resolve("val/circle/0000.jpg");

    assertThat(
            command(ExitCode.FAILED, "predict", broken.toString(), good.toString(), "nowhere.jpg"))
        .contains("By the checkpoint of step")
        .contains("Cannot predict " + broken + ": ")
        .contains("Cannot predict nowhere.jpg: there is no such file")
        .contains(good.toString())
        .containsPattern(String.format(Locale.ROOT, "\\d+\\.\\d\\d%%  [a-z]+"))
        .contains("1 images predicted, 2 failed");
  }

  @ConcurrentTest
  void shouldTellWhatPruningWouldRemove() throws Exception {
    assertThat(command(0, "checkpoints", "prune", "--keep", "1", "--dry-run"))
        .containsPattern("kept +default +12")
        .contains("Would remove ");
    assertThat(command(0, "checkpoints", "prune", "--keep", "9")).contains("Removed 0 checkpoints");
    assertThat(command(ExitCode.USAGE, "checkpoints", "prune", "--keep", "0"))
        .contains("--keep must be 1 or more, found 0");
  }
}
