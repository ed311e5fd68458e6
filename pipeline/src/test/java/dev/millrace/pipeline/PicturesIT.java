package dev.millrace.pipeline;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.AugmenterService;
import dev.millrace.dashboard.Dashboard;
import dev.millrace.dashboard.DashboardOptions;
import dev.millrace.dashboard.tensorboard.EventFiles;
import dev.millrace.dashboard.tensorboard.EventPictures;
import dev.millrace.dashboard.web.WebOptions;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.Pixels;
import dev.millrace.schemas.Topics;
import dev.millrace.trainer.Evaluation;
import dev.millrace.trainer.Trainer;
import dev.millrace.trainer.TrainerOptions;
import dev.millrace.trainer.TrainingListener;
import dev.millrace.trainer.TrainingSummary;
import dev.millrace.trainer.model.Device;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

/** The pictures of a run on drawn images, one of which is none and one larger than allowed. */
@Timeout(180)
class PicturesIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SIDE = 32;
  private static final int STEPS = 6;

  @TempDir private static Path folder;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static DrawnStream stream;
  private static Dashboard dashboard;
  private static TrainingSummary summary;

  @BeforeAll
  static void train() throws Exception {
    byte[] large = JpegEncoder.encode(new Pixels(100, 200, new byte[100 * 200 * 3]), 90);
    stream =
        DrawnStream.openWith(
            folder,
            4,
            3,
            Map.of("train/circle/0000.jpg", large, "train/ring/0002.jpg", new byte[] {'n', 'o'}),
            64 << 20);
    Topics topics = stream.topics("drawn");
    dashboard =
        Dashboard.start(
            new DashboardOptions(WebOptions.local(0), DashboardOptions.USUAL_HISTORY_BYTES, "test"),
            topics,
            stream.kafka());
    try (AugmenterService augmenter = new AugmenterService(augmenting(), topics, stream.kafka());
        Trainer trainer =
            new Trainer(
                training(),
                topics,
                stream.kafka(),
                InstantSource.system(),
                TrainingListener.NONE)) {
      augmenter.start();
      stream.produce(topics, 2);
      summary = trainer.run();
      await("/api/dead-letters", letters -> letters.path("total").asInt() == 4);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    dashboard.close();
    stream.close();
  }

  private static AugmenterOptions augmenting() {
    return AugmenterOptions.builder()
        .resize(SIDE)
        .crop(SIDE)
        .imageLimits(new ImageLimits(1 << 20, 10_000))
        .commitInterval(Duration.ofMillis(100))
        .build();
  }

  // Half of the tensors stay in their topic.
  private static TrainerOptions training() {
    return TrainerOptions.builder()
        .run("one")
        .model("cifar10-quick")
        .device(Device.CPU)
        .threads(1)
        .steps(STEPS)
        .minibatchSize(8)
        .checkpointSteps(2)
        .dataTimeout(Duration.ofSeconds(60))
        .build();
  }

  private static HttpResponse<byte[]> get(String path) throws Exception {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create(dashboard.url(path))).build(),
        BodyHandlers.ofByteArray());
  }

  private static JsonNode json(String path) throws Exception {
    HttpResponse<byte[]> answer = get(path);
    assertThat(answer.statusCode())
        .as(new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static JsonNode await(String path, Predicate<JsonNode> such) throws Exception {
    while (true) { // the test's time limit ends this
      JsonNode answer = json(path);
      if (such.test(answer)) {
        return answer;
      }
      Thread.sleep(100);
    }
  }

  private static JsonNode pictures() throws Exception {
    return await(
        "/api/pictures?run=one",
        found ->
            found.path("kernels").path(0).path("step").asInt() == STEPS
                && found.path("mistakes").path("step").asInt() == STEPS
                && !found.path("preview").path("images").isEmpty());
  }

  private static BufferedImage picture(JsonNode url) throws Exception {
    HttpResponse<byte[]> answer = get(url.asText());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
    return ImageIO.read(new ByteArrayInputStream(answer.body()));
  }

  private static void assertSize(BufferedImage image, int height, int width) {
    assertThat(image.getHeight()).isEqualTo(height);
    assertThat(image.getWidth()).isEqualTo(width);
  }

  @Test
  void shouldDrawTheFirstLayersKernelsOfEveryCheckpoint() throws Exception {
    JsonNode kernels = pictures().path("kernels");

    assertThat(kernels.findValuesAsText("step")).containsExactly("6", "4", "2");
    BufferedImage newest = picture(kernels.path(0).path("url"));
    // 4 rows of 8 kernels of 5 x 5, eight times enlarged, 4 pixels apart
    assertSize(newest, 4 + 4 * 44, 4 + 8 * 44);
    assertThat(get(kernels.path(2).path("url").asText()).body())
        .isNotEqualTo(get(kernels.path(0).path("url").asText()).body());
    assertThat(get(kernels.path(0).path("url").asText()).headers().firstValue("Cache-Control"))
        .hasValueSatisfying(caching -> assertThat(caching).contains("immutable"));
    assertThat(
            await("/api/checkpoints?run=one", found -> !found.path("checkpoints").isEmpty())
                .path("checkpoints")
                .path(0)
                .path("kernels"))
        .isEqualTo(kernels.path(0).path("url"));
  }

  @Test
  void shouldShowWhatTheNetworkGetsMostWrong() throws Exception {
    JsonNode mistakes = pictures().path("mistakes");

    Evaluation evaluation = requireNonNull(summary.evaluation());
    long wrong = Math.round(evaluation.top1Error() * evaluation.images());
    assertThat(mistakes.path("images")).hasSize((int) Math.min(12, wrong)).isNotEmpty();
    double least = 0;
    for (JsonNode image : mistakes.path("images")) {
      assertSize(picture(image.path("url")), SIDE, SIDE);
      assertThat(image.path("id").asText())
          .startsWith("val/" + image.path("className").asText() + "/");
      double own = image.path("probability").asDouble();
      assertThat(own).isBetween(least, 1.0);
      least = own;
      JsonNode predictions = image.path("predictions");
      assertThat(predictions).hasSize(5);
      assertThat(predictions.path(0).path("label")).isNotEqualTo(image.path("label"));
      List<Double> probabilities =
          predictions.findValuesAsText("probability").stream().map(Double::valueOf).toList();
      assertThat(probabilities).isSortedAccordingTo((a, b) -> Double.compare(b, a));
      double sum = probabilities.stream().mapToDouble(Double::doubleValue).sum();
      assertThat(sum).isCloseTo(Math.min(sum, 1), within(1e-5)).isGreaterThan(5.0 / 12);
    }
  }

  @Test
  void shouldBeInTheFilesForTensorBoard() throws Exception {
    String last = "most_wrong/%02d".formatted(pictures().path("mistakes").path("images").size());
    Topics topics = new Topics("drawn");
    Path written = folder.resolve("tensorboard");
    Path file = written.resolve("one/pictures/events.out.tfevents.millrace");
    try (EventFiles files = EventFiles.start(written, topics.metrics(), stream.kafka());
        EventPictures _ = EventPictures.start(files, topics, stream.kafka())) {
      while (!Files.exists(file) // the test's time limit ends this
          || !Files.readString(file, StandardCharsets.ISO_8859_1).contains(last)) {
        Thread.sleep(100);
      }
    }

    Map<String, Summary.Image> images = new TreeMap<>();
    for (Event event : TensorFlowEvents.read(file)) {
      for (Summary.Value value : event.getSummary().getValueList()) {
        images.put(event.getStep() + " " + value.getTag(), value.getImage());
      }
    }
    assertThat(images)
        .containsKeys(STEPS + " kernels", STEPS + " most_wrong/01", STEPS + " " + last);
    Summary.Image kernels = requireNonNull(images.get(STEPS + " kernels"));
    assertSize(
        ImageIO.read(kernels.getEncodedImageString().newInput()),
        kernels.getHeight(),
        kernels.getWidth());
    assertThat(kernels.getWidth()).isEqualTo(4 + 8 * 44);
  }

  @Test
  void shouldShowWhatTheTrainerIsFed() throws Exception {
    JsonNode preview = pictures().path("preview");

    assertThat(preview.path("images")).hasSize(12);
    for (JsonNode image : preview.path("images")) {
      assertSize(picture(image.path("url")), SIDE, SIDE);
      assertThat(image.path("id").asText()).contains(image.path("className").asText() + "/");
    }
    assertThat(preview.path("at").asLong()).isPositive();
  }

  @Test
  void shouldShrinkImagesThatWereLeftOut() throws Exception {
    JsonNode letters = json("/api/dead-letters").path("letters");

    assertThat(letters).hasSize(4); // two images in two epochs
    for (JsonNode letter : letters) {
      BufferedImage image = picture(letter.path("thumbnail"));
      if (letter.path("id").asText().contains("circle")) {
        assertThat(letter.path("reason").asText()).contains("10000 pixels at most");
        assertSize(image, 48, 96);
      } else {
        assertSize(image, 64, 64); // stands for what cannot be decoded
      }
    }
    assertThat(json("/api/dead-letters").path("letters").findValuesAsText("thumbnail"))
        .filteredOn("null"::equals)
        .hasSize(2); // by now it is known
  }

  @Test
  void shouldAnswerThatThereIsNoSuchPicture() throws Exception {
    pictures();
    for (String path :
        List.of(
            "/pictures/kernels/one/999.png",
            "/pictures/kernels/none/6.png",
            "/pictures/kernels/one/6",
            "/pictures/kernels/one/x.png",
            "/pictures/kernels/%2e%2e%2f/6.png",
            "/pictures/mistakes/one/6/12.png",
            "/pictures/mistakes/one/6/-1.png",
            "/pictures/mistakes/one/5/0.png",
            "/pictures/preview/0.png",
            "/pictures/preview/0.png?at=1",
            "/pictures/preview/99999999999.png?at=1",
            "/pictures/preview/0.png?at=x",
            "/pictures/dead-letters/1000000.png",
            "/pictures/dead-letters/-1.png",
            "/pictures/none.png")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
  }
}
