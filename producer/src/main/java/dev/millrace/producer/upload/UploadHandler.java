package dev.millrace.producer.upload;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.Receipt;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code POST /images} when the images are committed: reads them, decodes them to see that
 * they are sound, and hands them over. What all requests hold in memory together is bounded. Each
 * request waits in a thread of its own.
 */
final class UploadHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(UploadHandler.class);
  private static final String PATH = "/images";
  private static final int MEMORY_KIB = 128 << 10;
  private static final int LONGEST_SECONDS = 30;
  private static final int RETRY_SECONDS = 5;
  private static final int DISCARD_SECONDS = 5;
  private static final long MOST_DISCARDED = 64 << 20;

  private final BearerToken token;
  private final ClientRates rates;
  private final UploadBody bodies;
  private final UploadDecoders decoders;
  private final ArrivalQueue queue;
  private final Semaphore memoryKib;

  UploadHandler(UploadOptions options, UploadDecoders decoders, ArrivalQueue queue) {
    this.token = new BearerToken(options.token());
    this.rates = new ClientRates(options.imagesPerSecond(), System::nanoTime);
    this.bodies = new UploadBody(options);
    this.decoders = decoders;
    this.queue = queue;
    this.memoryKib = new Semaphore(Math.max(MEMORY_KIB, kib(options.maxBatchBytes(), true)));
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    Answer answer;
    try {
      answer = answer(request);
    } catch (RefusedUploadException e) {
      LOG.debug("Refused an upload: {} {}", e.status(), e.getMessage());
      answer = Answer.of(e);
      if (!discard(request)) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
      }
    }
    answer.write(response, callback);
    return true;
  }

  // Many clients send all of it before they look at the answer, and lose that if the connection is
  // closed meanwhile.
  private static boolean discard(Request request) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(DISCARD_SECONDS);
    byte[] piece = new byte[16 << 10];
    try (InputStream body = Content.Source.asInputStream(request)) {
      int read = 0;
      for (long bytes = 0; read >= 0 && bytes < MOST_DISCARDED; bytes += read) {
        if (System.nanoTime() > deadline) {
          return false;
        }
        read = body.read(piece);
      }
      return read < 0;
    }
  }

  private Answer answer(Request request)
      throws RefusedUploadException, IOException, InterruptedException {
    String client = Request.getRemoteAddr(request);
    rates.take(client);
    token.require(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    if (!Request.getPathInContext(request).equals(PATH)) {
      throw new RefusedUploadException(404, "there is nothing here but " + PATH);
    }
    if (!request.getMethod().equals("POST")) {
      throw new RefusedUploadException(405, "images are sent by POST");
    }
    int length = bodies.length(request);
    if (queue.isPaused()) {
      throw busy("images are not published at the moment: their readers are behind, or Kafka away");
    }
    boolean batch = UploadBody.isBatch(request);
    int kib = kib(length, batch);
    if (!memoryKib.tryAcquire(kib)) {
      throw busy("too much is being sent at the moment");
    }
    try {
      List<Upload> uploads = bodies.read(request);
      rates.owe(client, uploads.size() - 1);
      for (Upload upload : uploads) {
        decoders.requireSound(upload.bytes(), batch ? upload.id() : "the image");
      }
      return Answer.of(uploads, publish(uploads, client), batch);
    } finally {
      memoryKib.release(kib);
    }
  }

  // The parts of a batch are copied out of it.
  private static int kib(int length, boolean batch) {
    return (batch ? 2 : 1) * (length / 1024 + 1);
  }

  private List<Receipt> publish(List<Upload> uploads, String client)
      throws RefusedUploadException, InterruptedException {
    List<IncomingImage> images = uploads.stream().map(upload -> upload.image(client)).toList();
    if (!queue.offer(images)) {
      throw busy("more images wait than can be published at the moment");
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
    List<Receipt> receipts = new ArrayList<>();
    try {
      for (IncomingImage image : images) {
        receipts.add(
            image.receipt().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS));
      }
      return receipts;
    } catch (TimeoutException | ExecutionException | CancellationException e) {
      LOG.debug("No receipt for an upload", e);
      throw busy(
          "it is not known whether the images were published; send them again: none is published"
              + " twice");
    }
  }

  private static RefusedUploadException busy(String message) {
    return new RefusedUploadException(503, message, RETRY_SECONDS);
  }
}
