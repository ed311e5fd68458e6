package dev.millrace.dashboard.web;

import java.io.IOException;
import java.util.EnumSet;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves pages to those who may see them. Takes 512 connections at most, headers of 8 KiB and no
 * bodies, and ends connections that are idle for a minute.
 */
public final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final int MOST_CONNECTIONS = 512;
  private static final int HEADER_BYTES = 8 << 10;
  private static final int SEND_BUFFER_BYTES = 256 << 10;
  private static final long IDLE_MILLIS = 60_000;
  private static final int POOL_THREADS = 16;

  private final WebOptions options;
  private final Server server;
  private final ServerConnector connector;

  private WebServer(WebOptions options, Handler pages) {
    this.options = options;
    QueuedThreadPool threads = new QueuedThreadPool(POOL_THREADS);
    threads.setName("pages");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("page-"));
    this.server = new Server(threads);
    this.connector = connector();
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
    server.setHandler(new Guard(options, pages));
    server.setErrorHandler(WebServer::error);
  }

  /**
   * Begins to listen.
   *
   * @param pages what is asked for by those who may
   * @throws IOException if the port is taken, there is no such address, or the keystore cannot be
   *     read
   */
  static WebServer start(WebOptions options, Handler pages) throws IOException {
    WebServer server = new WebServer(options, pages);
    try {
      server.server.start();
      return server;
    } catch (Exception e) { // Jetty declares no other
      server.close();
      throw e instanceof IOException io ? io : new IOException(e.getMessage(), e);
    }
  }

  private ServerConnector connector() {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setRequestHeaderSize(HEADER_BYTES);
    // Runs may be named with anything, and no path here leads to a file.
    http.setUriCompliance(
        UriCompliance.DEFAULT.with(
            "names",
            EnumSet.of(
                    UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR,
                    UriCompliance.Violation.AMBIGUOUS_PATH_ENCODING,
                    UriCompliance.Violation.SUSPICIOUS_PATH_CHARACTERS)
                .toArray(UriCompliance.Violation[]::new)));
    WebOptions.Tls tls = options.tls();
    ConnectionFactory[] factories;
    if (tls == null) {
      factories = new ConnectionFactory[] {new HttpConnectionFactory(http)};
    } else {
      // Clients that go by an address name no host.
      http.addCustomizer(new SecureRequestCustomizer(false));
      SslContextFactory.Server ssl = new SslContextFactory.Server();
      ssl.setKeyStorePath(tls.keystore().toAbsolutePath().toString());
      ssl.setKeyStorePassword(tls.password());
      ssl.setKeyStoreType("PKCS12");
      factories =
          new ConnectionFactory[] {
            new SslConnectionFactory(ssl, "http/1.1"), new HttpConnectionFactory(http)
          };
    }
    ServerConnector listening = new ServerConnector(server, 1, 1, factories);
    listening.setHost(options.host());
    listening.setPort(options.port());
    listening.setIdleTimeout(IDLE_MILLIS);
    // What a slow client has not taken shall be known here, not lie with the system.
    listening.setAcceptedSendBufferSize(SEND_BUFFER_BYTES);
    return listening;
  }

  // What goes wrong before or beside the pages: a header that is too large, a client gone.
  private static boolean error(Request request, Response response, Callback callback) {
    Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    Guard.headers(response.getHeaders());
    Answer.error(
            response.getStatus(),
            message == null ? "the request cannot be answered" : message.toString())
        .write(response, callback);
    return true;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Where a path is found. */
  public String url(String path) {
    return options.url(port(), path);
  }

  /** Takes no more and ends what is under way. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) { // Jetty declares no other
      LOG.warn("The pages did not end cleanly: {}", e.getMessage());
    }
  }
}
