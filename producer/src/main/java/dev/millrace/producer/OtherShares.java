package dev.millrace.producer;

import dev.millrace.schemas.Topics;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers under a prefix that divide its partitions in another way, and so publish to the
 * partitions of a new one, too. To be stopped after that one has begun with the brokers and before
 * it looks at what was published: of two that begin at the same time one stops the other at least.
 */
final class OtherShares {
  private static final Logger LOG = LoggerFactory.getLogger(OtherShares.class);

  private final Topics topics;
  private final ProducerShare share;
  private final Pattern ids;

  OtherShares(Topics topics, ProducerShare share) {
    this.topics = topics;
    this.share = share;
    String whole = ProducerShare.WHOLE.transactionalId(topics);
    this.ids = Pattern.compile(Pattern.quote(whole) + "(?:-\\d+-of-(\\d+))?");
  }

  /**
   * Stops them; what they have not committed is taken back when this returns.
   *
   * @throws PublishException if the brokers do not allow it or do not answer
   */
  void stop(Map<String, Object> kafka) {
    try (Admin admin = Admin.create(kafka)) {
      stop(admin);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void stop(Admin admin) throws InterruptedException {
    try {
      List<String> others = others(admin.listTransactions().all().get());
      if (!others.isEmpty()) {
        LOG.debug("Stopping {}, if they run", others);
        admin.fenceProducers(others).all().get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsupportedVersionException && !share.isPart()) {
        return; // nor could any of them have begun
      }
      throw new PublishException(
          ("Cannot publish to topics \"%s\": producers with another --shard cannot be looked for"
                  + " and stopped: %s. It takes brokers of 3.0 or later, and the rights to describe"
                  + " and to write the transactional ids %s*")
              .formatted(
                  topics.prefix(), e.getCause(), ProducerShare.WHOLE.transactionalId(topics)),
          e);
    }
  }

  private List<String> others(Collection<TransactionListing> transactions) {
    return transactions.stream()
        .map(TransactionListing::transactionalId)
        .filter(this::isOther)
        .sorted()
        .toList();
  }

  /** Whether a transactional id is that of a producer that divides the partitions otherwise. */
  boolean isOther(String transactionalId) {
    Matcher matcher = ids.matcher(transactionalId);
    return matcher.matches()
        && (matcher.group(1) == null
            ? share.isPart()
            : !matcher.group(1).equals(Integer.toString(share.of())));
  }
}
