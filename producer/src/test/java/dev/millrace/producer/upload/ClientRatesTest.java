package dev.millrace.producer.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClientRatesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final ClientRates rates = new ClientRates(10, nanos::get);

  private void refused(String client, int retryAfterSeconds) {
    assertThatThrownBy(() -> rates.take(client))
        .isInstanceOfSatisfying(
            RefusedUploadException.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(429);
              assertThat(refusal.retryAfterSeconds()).isEqualTo(retryAfterSeconds);
            });
  }

  @Test
  void shouldLetAClientSendWhatTwoSecondsGiveAndThenItsRate() throws Exception {
    for (int i = 0; i < 20; i++) {
      rates.take("a");
    }
    refused("a", 1);

    nanos.addAndGet(300_000_000);
    for (int i = 0; i < 3; i++) {
      rates.take("a");
    }
    refused("a", 1);
    rates.take("b");
  }

  @Test
  void shouldLetABatchPassAndAskForItsTimeThen() throws Exception {
    rates.take("a");
    rates.owe("a", 100);

    refused("a", 9);
    nanos.addAndGet(8_300_000_000L);
    rates.take("a");
  }

  @Test
  void shouldForgetClientsThatCameLongAgo() throws Exception {
    rates.take("first");
    rates.owe("first", 1000);
    for (int i = 0; i < 10_000; i++) {
      rates.take("client " + i);
    }

    rates.take("first");
  }
}
