package dev.millrace.dashboard.web;

import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Stands before all pages: answers only those who may ask, lets nothing be changed, and tells
 * browsers to trust nothing but what comes from here.
 */
final class Guard extends Handler.Wrapper {
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
              + " 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors"
              + " 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final @Nullable Token token;
  private final boolean local;
  private final boolean secure;

  Guard(WebOptions options, Handler pages) {
    super(pages);
    this.token = options.token() == null ? null : new Token(options.token());
    this.local = options.isLocal();
    this.secure = options.tls() != null;
  }

  /** Puts the headers there that every answer has. */
  static void headers(HttpFields.Mutable headers) {
    HEADERS.forEach(headers::put);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    headers(response.getHeaders());
    Answer refusal = refusal(request, response);
    if (refusal != null) {
      refusal.write(response, callback);
      return true;
    }
    return super.handle(request, response, callback);
  }

  private @Nullable Answer refusal(Request request, Response response) throws RefusedException {
    if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
      response.getHeaders().put(HttpHeader.ALLOW, "GET, HEAD");
      return Answer.error(405, "nothing can be changed here: ask with GET");
    }
    if (request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
      return Answer.error(400, "a request has no body here");
    }
    if (token == null) {
      return local && !namesThisMachine(request)
          ? Answer.error(
              403,
              "this page is for this machine alone: open it as localhost or 127.0.0.1, or start the"
                  + " dashboard with a token")
          : null;
    }
    return token.knownBy(request) ? null : login(request, response, token);
  }

  // A page elsewhere could let its own name stand for this machine's address, and read along.
  private static boolean namesThisMachine(Request request) {
    String host = Request.getServerName(request);
    return host.equals("localhost")
        || host.equals("[::1]")
        || host.equals("[0:0:0:0:0:0:0:1]")
        || host.equals("::1")
        || host.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
  }

  private Answer login(Request request, Response response, Token required) {
    try {
      String given = Query.of(request).text("token");
      if (given != null && request.getHttpURI().getPath().equals("/") && required.is(given)) {
        Response.addCookie(response, required.cookie(secure));
        return new Answer(
            303, "", Map.of("Location", "/", "Cache-Control", "no-store"), new byte[0]);
      }
    } catch (RefusedException e) {
      return Answer.of(e);
    }
    return Answer.error(
        401,
        "the token is missing or wrong: open /?token=TOKEN, or send the header \"Authorization:"
            + " Bearer TOKEN\"");
  }
}
