package dev.millrace.dashboard.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is answered, and with what headers. */
@Timeout(60)
class GuardTest {
  private static final String TOKEN = "a-token-of-thirty-two-characters";

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.7", "a.host.invalid"})
  void shouldRefuseToBeOpenToEverybody(String host) {
    assertThatThrownBy(() -> new WebOptions(host, 0, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs a token file, a keystore for HTTPS, or both");
  }

  @Test
  void shouldRefuseATokenThatCanBeGuessed() {
    assertThatThrownBy(() -> new WebOptions("127.0.0.1", 0, "short", null))
        .hasMessageContaining("the token must have at least 16 characters");
    assertThat(new WebOptions("0.0.0.0", 0, TOKEN, null).toString()).doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/runs", "/nothing", "/metrics", "/assets/uplot/uPlot.esm.js"})
  void shouldTellBrowsersToTrustNothingElse(String path) throws Exception {
    try (Served served = new Served()) {
      HttpResponse<String> response = served.get(path);

      assertThat(response.headers().firstValue("Content-Security-Policy"))
          .hasValue(
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
                  + " 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
                  + " 'none'");
      assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(response.headers().firstValue("Cross-Origin-Resource-Policy"))
          .hasValue("same-origin");
      assertThat(response.headers().firstValue("Cross-Origin-Opener-Policy"))
          .hasValue("same-origin");
      assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
      assertThat(response.headers().firstValue("Server")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"})
  void shouldLetNothingBeChanged(String method) throws Exception {
    try (Served served = new Served()) {
      HttpResponse<String> response = served.send(method, "/api/runs");

      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).hasValue("GET, HEAD");
    }
  }

  @Test
  void shouldRefuseBodiesAndLargeHeaders() throws Exception {
    try (Served served = new Served()) {
      assertThat(
              RawHttp.exchange(
                  served.port(),
                  "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello"))
          .startsWith("HTTP/1.1 400")
          .contains("a request has no body here");
      assertThat(RawHttp.get(served.port(), "localhost", "/?" + "x".repeat(9000)))
          .startsWith("HTTP/1.1 414")
          .contains("Content-Security-Policy");
      assertThat(
              RawHttp.exchange(
                  served.port(),
                  "GET / HTTP/1.1\r\nHost: localhost\r\nX: %s\r\n\r\n".formatted("x".repeat(9000))))
          .startsWith("HTTP/1.1 431");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1:9464", "[::1]:80", "127.0.0.2", "LOCALHOST"})
  void shouldAnswerUnderThisMachinesNames(String host) throws Exception {
    try (Served served = new Served()) {
      assertThat(RawHttp.get(served.port(), host, "/api/runs")).startsWith("HTTP/1.1 200");
    }
  }

  /** What a browser sends whose page's name was made to stand for this machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {"evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.0.2.7"})
  void shouldNotAnswerUnderOtherNames(String host) throws Exception {
    try (Served served = new Served()) {
      for (String path : List.of("/", "/api/runs", "/api/events", "/metrics")) {
        assertThat(RawHttp.get(served.port(), host, path))
            .startsWith("HTTP/1.1 403")
            .contains("open it as localhost or 127.0.0.1");
      }
    }
  }

  @Test
  void shouldAnswerOnlyThoseWhoKnowTheToken() throws Exception {
    try (Served served = new Served(new WebOptions("127.0.0.1", 0, TOKEN, null))) {
      for (String path :
          List.of("/", "/api/runs", "/api/events", "/metrics", "/assets/uplot/uPlot.esm.js")) {
        HttpResponse<String> refused = served.get(path);
        assertThat(refused.statusCode()).as(path).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).hasValue("Bearer");
        assertThat(refused.body()).doesNotContain(TOKEN);
      }
      assertThat(served.get("/api/runs", "Authorization", "Bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(served.get("/api/runs", "Authorization", "bearer " + TOKEN).statusCode())
          .isEqualTo(200);
      assertThat(served.get("/api/runs", "Authorization", "Bearer " + TOKEN + "x").statusCode())
          .isEqualTo(401);
      assertThat(served.get("/api/runs", "Authorization", "Basic " + TOKEN).statusCode())
          .isEqualTo(401);
      assertThat(served.get("/api/runs?token=" + TOKEN).statusCode()).isEqualTo(401);
      assertThat(served.get("/?token=wrong").statusCode()).isEqualTo(401);
      assertThat(
              RawHttp.exchange(
                  served.port(),
                  "GET /metrics HTTP/1.1\r\nHost: any.example\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                      .formatted(TOKEN)))
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void shouldLetABrowserInThatHasBroughtTheTokenOnce() throws Exception {
    WebOptions options = new WebOptions("127.0.0.1", 0, TOKEN, null);
    String cookie;
    try (Served served = new Served(options)) {
      HttpResponse<String> login = served.get("/?token=" + TOKEN);
      assertThat(login.statusCode()).isEqualTo(303);
      assertThat(login.headers().firstValue("Location")).hasValue("/");
      String set = login.headers().firstValue("Set-Cookie").orElseThrow();
      assertThat(set)
          .contains("HttpOnly")
          .contains("SameSite=Strict")
          .contains("Path=/")
          .doesNotContain("Secure")
          .doesNotContain(TOKEN);
      cookie = set.substring(0, set.indexOf(';'));

      assertThat(served.get("/api/runs", "Cookie", cookie).statusCode()).isEqualTo(200);
      assertThat(served.get("/api/runs", "Cookie", cookie + "0").statusCode()).isEqualTo(401);
    }
    try (Served restarted = new Served(options);
        Served other =
            new Served(new WebOptions("127.0.0.1", 0, "another-token-of-enough-length", null))) {
      assertThat(restarted.get("/api/runs", "Cookie", cookie).statusCode()).isEqualTo(200);
      assertThat(other.get("/api/runs", "Cookie", cookie).statusCode()).isEqualTo(401);
    }
  }

  @Test
  void shouldSpeakHttpsWithACertificate() throws Exception {
    Path keystore = directory.resolve("page.p12");
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    assertThat(
            new ProcessBuilder(
                    keytool,
                    "-genkeypair",
                    "-keyalg",
                    "EC",
                    "-dname",
                    "CN=page",
                    "-ext",
                    "san=ip:127.0.0.1",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    "password",
                    "-keystore",
                    keystore.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
    WebOptions options =
        new WebOptions("127.0.0.1", 0, TOKEN, new WebOptions.Tls(keystore, "password"));

    try (Served served = new Served(options);
        HttpClient client = HttpClient.newBuilder().sslContext(trusting(keystore)).build()) {
      assertThat(served.url("/")).startsWith("https://127.0.0.1:");
      HttpResponse<String> login =
          client.send(
              HttpRequest.newBuilder(URI.create(served.url("/?token=" + TOKEN))).build(),
              BodyHandlers.ofString());
      assertThat(login.statusCode()).isEqualTo(303);
      assertThat(login.headers().firstValue("Set-Cookie"))
          .hasValueSatisfying(cookie -> assertThat(cookie).contains("Secure"));
    }
  }

  private static SSLContext trusting(Path keystore) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keystore)) {
      trusted.load(in, "password".toCharArray());
    }
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("page", trusted.getCertificate("mykey"));
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
