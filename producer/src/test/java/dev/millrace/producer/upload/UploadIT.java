package dev.millrace.producer.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.producer.ContinuousOptions;
import dev.millrace.producer.TestPictures;
import dev.millrace.producer.TestUploads;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sends images to a real server that publishes them through a real broker. */
@Timeout(60)
class UploadIT {
  private static final String TOKEN = "a-token-for-tests-only";
  private static final int MOST = 64 << 10;
  private static final ContinuousOptions PUBLISHING = new ContinuousOptions(MOST, 1 << 20, 0, 10);

  @TempDir private static Path directory;
  private static TestUploads uploads;
  private static UploadServer server;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    uploads = new TestUploads(directory, "uploads", PUBLISHING);
    server = server(10_000);
  }

  @AfterAll
  static void stop() throws Exception {
    CLIENT.close();
    server.close();
    uploads.close();
  }

  private static UploadServer server(int rate) throws Exception {
    return UploadServer.start(
        new UploadOptions("127.0.0.1", 0, TOKEN, null, MOST, 2 * MOST, rate), uploads.queue());
  }

  private static HttpRequest.Builder request(String path) {
    return request(server, path);
  }

  private static HttpRequest.Builder request(UploadServer to, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(to.port(), path)))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return CLIENT.send(request.build(), BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, byte[] body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofByteArray(body)));
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
    return new ObjectMapper().readTree(response.body());
  }

  private static void refused(HttpResponse<String> response, int status, String reason)
      throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).get("error").asText()).contains(reason);
  }

  @Test
  void shouldAnswerWhenTheImageCanBeReadAndOnceForTheSame() throws Exception {
    byte[] jpeg = TestPictures.jpeg(1);

    HttpResponse<String> first = post("/images?label=n01440764", jpeg);
    assertThat(first.statusCode()).as(first.body()).isEqualTo(201);
    String id = json(first).get("id").asText();
    assertThat(id).matches("n01440764/[0-9a-f]{32}");
    assertThat(json(first).get("synset").asText()).isEqualTo("n01440764");
    assertThat(json(first).get("epoch").asInt()).isZero();
    assertThat(uploads.published(json(first).get("sequence").asLong())).isEqualTo(id);

    HttpResponse<String> again = post("/images?label=n01440764", jpeg);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(json(again).get("id").asText()).isEqualTo(id);
    assertThat(json(again).get("status").asText()).isEqualTo("known");
  }

  @Test
  void shouldTakeAnIdOfTheClientsAndRefuseOtherBytesUnderIt() throws Exception {
    String path = "/images?label=cat&id=camera%2F1.jpg";

    assertThat(json(post(path, TestPictures.jpeg(2))).get("id").asText()).isEqualTo("camera/1.jpg");
    assertThat(post(path, TestPictures.jpeg(2)).statusCode()).isEqualTo(200);
    refused(post(path, TestPictures.jpeg(3)), 409, "another image was published under this id");
  }

  @Test
  void shouldTakeABatchWithAClassForEachPart() throws Exception {
    byte[] body =
        form(
            Map.entry("cat", TestPictures.jpeg(10)),
            Map.entry("dog", TestPictures.jpeg(11)),
            Map.entry("cat", TestPictures.jpeg(12)));

    HttpResponse<String> response = batch("/images", body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    JsonNode images = json(response).get("images");
    assertThat(images).hasSize(3);
    assertThat(images.findValuesAsText("synset")).containsExactly("cat", "dog", "cat");
    for (JsonNode image : images) {
      assertThat(uploads.published(image.get("sequence").asLong()))
          .isEqualTo(image.get("id").asText());
    }
    HttpResponse<String> ofOne = batch("/images?label=bee", form(Map.entry("file", body(13))));
    assertThat(json(ofOne).get("images").get(0).get("synset").asText()).isEqualTo("bee");
  }

  @Test
  void shouldRefuseAWholeBatchThatHoldsABrokenImage() throws Exception {
    long before = uploads.count();
    byte[] broken = Arrays.copyOf(TestPictures.jpeg(20), 300);

    refused(
        batch("/images", form(Map.entry("cat", body(21)), Map.entry("cat", broken))),
        422,
        "the image is cut short");
    assertThat(uploads.count()).isEqualTo(before);
  }

  @Test
  void shouldSayWhatIsWrongWithARequest() throws Exception {
    byte[] jpeg = TestPictures.jpeg(30);
    BodyPublisher body = BodyPublishers.ofByteArray(jpeg);
    BodyPublisher unknownLength =
        BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(jpeg)); // sent in chunks

    refused(post("/images", jpeg), 400, "?label=SYNSET");
    refused(post("/images?label=..", jpeg), 400, "a label has 1 to 200 characters");
    refused(post("/images?label=cat&id=..%2Fx", jpeg), 400, "an id has 1 to 500 characters");
    refused(batch("/images", "no form".getBytes(StandardCharsets.UTF_8)), 400, "form");
    refused(post("/pictures?label=cat", jpeg), 404, "/images");
    HttpResponse<String> get = send(request("/images").GET());
    refused(get, 405, "POST");
    assertThat(get.headers().firstValue("Allow")).hasValue("POST");
    refused(send(request("/images?label=cat").POST(unknownLength)), 411, "Content-Length");
    refused(post("/images?label=cat", new byte[MOST + 1]), 413, "--max-image-size");
    refused(batch("/images", form(Map.entry("cat", new byte[MOST + 1]))), 413, "part 1 (0.jpg)");
    refused(batch("/images", new byte[2 * MOST + 1]), 413, "--upload-batch-size");
    refused(
        send(request("/images?label=cat").header("Content-Type", "application/json").POST(body)),
        415,
        "image/jpeg");
    refused(post("/images?label=cat", new byte[] {1, 2, 3, 4}), 422, "not a JPEG");
    refused(post("/images?label=cat", new byte[0]), 422, "empty");
    refused(send(request("/images").header("X-Long", "x".repeat(9000)).POST(body)), 431, "");
  }

  @Test
  void shouldRefuseWhoeverDoesNotKnowTheToken() throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/images?label=cat".formatted(server.port()));
    BodyPublisher body = BodyPublishers.ofByteArray(TestPictures.jpeg(40));

    for (String header : List.of("Bearer wrong", "Bearer ", "Basic " + TOKEN, TOKEN)) {
      HttpResponse<String> response =
          send(HttpRequest.newBuilder(uri).header("Authorization", header).POST(body));
      refused(response, 401, "Authorization");
      assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
      assertThat(response.body()).doesNotContain(TOKEN);
    }
    refused(send(HttpRequest.newBuilder(uri).POST(body)), 401, "is missing");
  }

  @Test
  void shouldSpeakHttpsWithACertificate() throws Exception {
    Path keystore = directory.resolve("upload.p12");
    String password = "password";
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    List<String> making =
        List.of(
            keytool,
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=uploads",
            "-ext",
            "san=ip:127.0.0.1",
            "-storetype",
            "PKCS12",
            "-storepass",
            password,
            "-keystore",
            keystore.toString());
    assertThat(new ProcessBuilder(making).inheritIO().start().waitFor()).isZero();
    UploadOptions.Tls tls = new UploadOptions.Tls(keystore, password);
    UploadOptions options = new UploadOptions("127.0.0.1", 0, TOKEN, tls, MOST, MOST, 1000);

    try (UploadServer secure = UploadServer.start(options, uploads.queue());
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(keystore)).build()) {
      URI uri = URI.create("https://127.0.0.1:%d/images?label=fox".formatted(secure.port()));
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("Authorization", "Bearer " + TOKEN)
              .POST(BodyPublishers.ofByteArray(TestPictures.jpeg(90)))
              .build();

      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(201);
      assertThatThrownBy(() -> send(request(secure, "/images").GET()))
          .isInstanceOf(IOException.class);
    }
    UploadOptions.Tls wrong = new UploadOptions.Tls(keystore, "another");
    assertThatThrownBy(() ->
            UploadServer.start(
                new UploadOptions("127.0.0.1", 0, TOKEN, wrong, MOST, MOST, 1000), uploads.queue()))
        .isInstanceOf(IOException.class);
  }

  private static SSLContext trusting(Path keystore) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(KeyStore.getInstance(keystore.toFile(), "password".toCharArray()));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void shouldAskAClientToWaitThatSendsTooMuch() throws Exception {
    try (UploadServer slow = server(1)) {
      HttpRequest.Builder request =
          request(slow, "/images?label=cat")
              .POST(BodyPublishers.ofByteArray(TestPictures.jpeg(50)));
      List<HttpResponse<String>> responses =
          List.of(send(request), send(request), send(request), send(request));

      assertThat(responses).extracting(HttpResponse::statusCode).contains(429);
      HttpResponse<String> refused =
          responses.stream().filter(r -> r.statusCode() == 429).findFirst().orElseThrow();
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    }
  }

  @Test
  void shouldNotAcceptClassesBeyondTheMost() throws Exception {
    try (TestUploads few =
            new TestUploads(uploads, "few-classes", new ContinuousOptions(MOST, 1 << 20, 0, 1));
        UploadServer other =
            UploadServer.start(
                new UploadOptions("127.0.0.1", 0, TOKEN, null, MOST, MOST, 1000), few.queue())) {
      var one =
          request(other, "/images?label=cat")
              .POST(BodyPublishers.ofByteArray(TestPictures.jpeg(60)));
      var two =
          request(other, "/images?label=dog")
              .POST(BodyPublishers.ofByteArray(TestPictures.jpeg(61)));

      assertThat(send(one).statusCode()).isEqualTo(201);
      refused(send(two), 422, "class dog is not among the 1");
      refused(send(two), 422, "class dog is not among the 1");
    }
  }

  @Test
  void shouldAskToComeBackWhileReadersAreBehind() throws Exception {
    try (TestUploads held = new TestUploads(uploads, "held", PUBLISHING);
        UploadServer other =
            UploadServer.start(
                new UploadOptions("127.0.0.1", 0, TOKEN, null, MOST, MOST, 100_000),
                held.queue())) {
      held.fill(1 << 20);
      HttpResponse<String> refused =
          send(request(other, "/images?label=cat").POST(BodyPublishers.ofByteArray(body(70))));

      refused(refused, 503, "not published at the moment");
      assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
      held.acknowledge();
      assertThat(
              send(request(other, "/images?label=cat").POST(BodyPublishers.ofByteArray(body(71))))
                  .statusCode())
          .isEqualTo(201);
    }
  }

  @Test
  void shouldTakeManyClientsAtOnceAndPublishEachImageOnce() throws Exception {
    List<Integer> statuses =
        IntStream.range(0, 200)
            .parallel()
            .mapToObj(i -> status("/images?label=ant", TestPictures.jpeg(1000 + i % 100)))
            .toList();

    assertThat(statuses).containsOnly(200, 201);
    assertThat(statuses.stream().filter(status -> status == 201)).hasSizeBetween(100, 200);
    assertThat(uploads.idsOf("ant")).hasSize(100).doesNotHaveDuplicates();
  }

  private static int status(String path, byte[] body) {
    try {
      return post(path, body).statusCode();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldEndTheConnectionOfAClientThatStopsSending() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      List<String> lines =
          List.of(
              "POST /images?label=cat HTTP/1.1",
              "Host: here",
              "Authorization: Bearer " + TOKEN,
              "Content-Length: 1000",
              "",
              "too little");
      out.write(String.join("\r\n", lines).getBytes(StandardCharsets.US_ASCII));
      socket.shutdownOutput();

      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(answer).doesNotContain("201");
    }
    assertThat(post("/images?label=cat", body(80)).statusCode()).isEqualTo(201);
  }

  private static byte[] body(int number) {
    return TestPictures.jpeg(number);
  }

  private static HttpResponse<String> batch(String path, byte[] body) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "multipart/form-data; boundary=frontier")
            .POST(BodyPublishers.ofByteArray(body)));
  }

  @SafeVarargs
  private static byte[] form(Map.Entry<String, byte[]>... parts) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < parts.length; i++) {
      out.write(
          String.join(
                  "\r\n",
                  "--frontier",
                  "Content-Disposition: form-data; name=\"%s\"; filename=\"%d.jpg\"",
                  "Content-Type: image/jpeg",
                  "",
                  "")
              .formatted(parts[i].getKey(), i)
              .getBytes(StandardCharsets.UTF_8));
      out.write(parts[i].getValue());
      out.write("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    out.write("--frontier--\r\n".getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }
}
