package dev.millrace.trainer;

import dev.millrace.schemas.DeadLetter;
import dev.millrace.trainer.model.NamedTensor;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint that is to be written.
 *
 * @param step steps done
 * @param next where the next minibatch begins
 * @param state the state of training besides the tensors
 * @param letters dead letters to publish with it
 * @param tensors weights and momenta; unchanged until released
 * @param release frees the tensors' memory
 */
record CheckpointDraft(
    long step,
    StreamPosition next,
    Map<String, String> state,
    List<DeadLetter> letters,
    List<NamedTensor> tensors,
    Runnable release) {
  CheckpointDraft {
    state = Map.copyOf(state);
    letters = List.copyOf(letters);
    tensors = List.copyOf(tensors);
  }
}
