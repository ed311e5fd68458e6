package dev.millrace.producer.upload;

import dev.millrace.producer.arrivals.ArrivalQueue;
import java.io.IOException;
import java.util.Map;
import org.eclipse.jetty.server.ConnectionFactory;
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
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes images over HTTP. Holds 128 MiB of bodies (or twice the largest batch, if that is more) and
 * two decoded images in memory, besides the queue, however many clients there are.
 */
public final class UploadServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UploadServer.class);
  private static final int MOST_CONNECTIONS = 256;
  private static final int HEADER_BYTES = 8 << 10;
  private static final long IDLE_MILLIS = 40_000; // longer than a request waits for its receipt
  private static final long STOP_MILLIS = 10_000;
  private static final int POOL_THREADS = 16;

  private final UploadOptions options;
  private final UploadDecoders decoders;
  private final Server server;
  private final ServerConnector connector;

  private UploadServer(UploadOptions options, ArrivalQueue queue) {
    this.options = options;
    this.decoders = new UploadDecoders(options.maxImageBytes());
    QueuedThreadPool threads = new QueuedThreadPool(POOL_THREADS);
    threads.setName("uploads");
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("upload-"));
    this.server = new Server(threads);
    this.connector = connector();
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, connector));
    server.setHandler(new GracefulHandler(new UploadHandler(options, decoders, queue)));
    server.setErrorHandler(UploadServer::error);
    server.setStopTimeout(STOP_MILLIS);
  }

  /**
   * Begins to listen.
   *
   * @param queue takes the images
   * @throws IOException if the port is taken, there is no such address, or the keystore cannot be
   *     read
   */
  public static UploadServer start(UploadOptions options, ArrivalQueue queue) throws IOException {
    UploadServer server = new UploadServer(options, queue);
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
    UploadOptions.Tls tls = options.tls();
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
    return listening;
  }

  // What goes wrong before or beside the handler: a header that is too large, a client gone.
  private static boolean error(Request request, Response response, Callback callback) {
    Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
    String text = message == null ? "the request cannot be answered" : message.toString();
    new Answer(response.getStatus(), 0, Map.of("error", text)).write(response, callback);
    return true;
  }

  /** The port that it listens on. */
  public int port() {
    return connector.getLocalPort();
  }

  /** Takes no more; waits a while for what is under way. */
  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) { // Jetty declares no other
      LOG.warn("Uploads did not end cleanly: {}", e.getMessage());
    }
    decoders.close();
  }
}
