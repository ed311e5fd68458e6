package dev.millrace.dashboard.web;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is served, by address. */
final class Pages extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(Pages.class);

  private final Map<String, Endpoint> exact;
  private final Map<String, Endpoint> below; // by the first part, or the first two
  private final @Nullable EventHub events;

  private Pages(
      Map<String, Endpoint> exact, Map<String, Endpoint> below, @Nullable EventHub events) {
    this.exact = exact;
    this.below = below;
    this.events = events;
  }

  /** Nothing but {@code /metrics}. */
  static Pages metrics(PrometheusRegistry registry) {
    return new Pages(Map.of("/metrics", new Scrape(registry)), Map.of(), null);
  }

  /** The dashboard. */
  static Pages dashboard(Sources sources, PrometheusRegistry registry, EventHub events) {
    Api api = new Api(sources);
    Assets assets = new Assets();
    return new Pages(
        Map.of(
            "/", assets::index,
            "/metrics", new Scrape(registry),
            "/api/runs", api::runs,
            "/api/series", api::series,
            "/api/checkpoints", api::checkpoints,
            "/api/dead-letters", api::deadLetters,
            "/api/flow", api::flow,
            "/api/pictures", api::pictures),
        Map.of("assets", assets::file, "api/runs", api::run, "pictures", api::picture),
        events);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    try {
      Query query = Query.of(request);
      if (events != null && request.getHttpURI().getPath().equals("/api/events")) {
        events.open(query, request, response, callback);
      } else {
        endpoint(request.getHttpURI().getPath(), query).answer(query).write(response, callback);
      }
    } catch (RefusedException e) {
      Answer.of(e).write(response, callback);
    } catch (UnavailableException e) {
      LOG.debug("Cannot answer {} now", request.getHttpURI().getPath(), e);
      Answer.error(503, String.valueOf(e.getMessage())).write(response, callback);
    } catch (RuntimeException e) {
      LOG.warn("Cannot answer {}", request.getHttpURI().getPath(), e);
      Answer.error(500, "this cannot be answered; the log says why").write(response, callback);
    }
    return true;
  }

  private Endpoint endpoint(String path, Query query) throws RefusedException {
    Endpoint found = exact.get(path);
    if (found == null && query.path().size() > 1) {
      found = below.get(query.path().getFirst());
    }
    if (found == null && query.path().size() > 2) {
      found = below.get(query.path().getFirst() + "/" + query.path().get(1));
    }
    if (found == null) {
      throw new RefusedException(404, "there is nothing at this address");
    }
    return found;
  }
}
