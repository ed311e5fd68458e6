package dev.millrace.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.millrace.schemas.CheckpointManifest;
import dev.millrace.schemas.checkpoint.DamagedCheckpointException;
import dev.millrace.trainer.model.Device;
import dev.millrace.trainer.model.NamedTensor;
import dev.millrace.trainer.model.SavedModelWriter;
import dev.millrace.trainer.model.TensorFlowCheckpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes one checkpoint to a folder in another format, with two files beside it that tell what it
 * is: {@code export.json} and {@code classes.txt}, the classes' names in the order of their index.
 */
final class CheckpointExport {
  private static final String SAFETENSORS_FILE = "model.safetensors";

  /** The file by which an export is known as one. */
  static final String DESCRIPTION = "export.json";

  private static final String ASSETS = "assets.extra";
  private static final String MOMENTUM = "/momentum";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final CheckpointManifest manifest;
  private final ModelDescription model;
  private final Path folder;

  /**
   * Prepares an export.
   *
   * @param folder an existing, empty folder
   */
  CheckpointExport(CheckpointManifest manifest, ModelDescription model, Path folder) {
    this.manifest = manifest;
    this.model = model;
    this.folder = folder;
  }

  /**
   * Writes the very bytes of the checkpoint, which are safetensors: the file has the manifest's
   * SHA-256. One chunk at a time is in memory.
   */
  void copy(CheckpointReader reader) throws DamagedCheckpointException, IOException {
    try (FileChannel file = create(SAFETENSORS_FILE)) {
      reader.read(manifest, piece -> write(file, piece));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    describe(ExportFormat.SAFETENSORS, folder);
  }

  /** Writes a checkpoint that was read. */
  void write(LoadedCheckpoint loaded, ExportFormat format, boolean weightsOnly) throws IOException {
    List<NamedTensor> tensors = new ArrayList<>(loaded.named());
    tensors.removeIf(tensor -> weightsOnly && tensor.name().endsWith(MOMENTUM));
    switch (format) {
      case SAFETENSORS -> {
        writeSafetensors(tensors, loaded.header().metadata());
        describe(format, folder);
      }
      case TENSORFLOW -> {
        TensorFlowCheckpoint.write(
            tensors, manifest.getStep(), folder, "model.ckpt-" + manifest.getStep());
        describe(format, folder);
      }
      case SAVED_MODEL -> {
        writeSavedModel(loaded);
        describe(format, Files.createDirectory(folder.resolve(ASSETS)));
      }
    }
  }

  private void writeSavedModel(LoadedCheckpoint loaded) throws IOException {
    try {
      SavedModelWriter.write(model.sessionOptions(Device.CPU, 0), loaded.tensors(), folder);
    } catch (IllegalArgumentException e) {
      throw new UnusableCheckpointException(
          "Cannot export the checkpoint of run %s at step %d"
              .formatted(manifest.getRun(), manifest.getStep()),
          e);
    }
  }

  private void writeSafetensors(List<NamedTensor> tensors, Map<String, String> metadata)
      throws IOException {
    try (FileChannel file = create(SAFETENSORS_FILE)) {
      Safetensors.parts(tensors, new TreeMap<>(metadata)).forEach(part -> write(file, part));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        folder.resolve(name), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  private static void write(FileChannel file, ByteBuffer bytes) {
    try {
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void describe(ExportFormat format, Path beside) throws IOException {
    List<String> lines =
        model.allNames().stream().map(name -> name.replaceAll("\\p{Cntrl}", " ")).toList();
    Files.write(beside.resolve("classes.txt"), lines);
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("format", format.toString());
    fields.put("run", manifest.getRun());
    fields.put("step", manifest.getStep());
    fields.putAll(model.toMap());
    fields.put("parameters", manifest.getParameters());
    fields.put("sha256", manifest.getSha256());
    fields.put("created_at", manifest.getCreatedAt().toString());
    fields.put("synsets", model.synsets());
    Files.write(folder.resolve(DESCRIPTION), JSON.writeValueAsBytes(fields));
  }
}
