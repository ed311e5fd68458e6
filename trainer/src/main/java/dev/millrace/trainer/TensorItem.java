package dev.millrace.trainer;

import dev.millrace.schemas.EpochEnd;
import dev.millrace.schemas.ImageTensorView;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a tensors topic holds, with the record that it was read from. */
sealed interface TensorItem {
  ConsumerRecord<String, ByteBuffer> source();

  int epoch();

  /** The place in the epoch; an epoch's end stands behind its last image. */
  long sequence();

  /** An image. */
  record Tensor(ImageTensorView view, ConsumerRecord<String, ByteBuffer> source)
      implements TensorItem {
    @Override
    public int epoch() {
      return view.epoch();
    }

    @Override
    public long sequence() {
      return view.sequence();
    }
  }

  /** The end of an epoch. */
  record End(EpochEnd end, ConsumerRecord<String, ByteBuffer> source) implements TensorItem {
    @Override
    public int epoch() {
      return end.getEpoch();
    }

    @Override
    public long sequence() {
      return end.getImages();
    }
  }
}
