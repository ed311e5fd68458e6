package dev.millrace.imaging;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The functions of the system's libturbojpeg (its C API since version 1.4) that decoding needs. */
@SuppressWarnings("restricted") // calling native code is its job
final class TurboJpegLibrary {
  private static final Logger LOG = LoggerFactory.getLogger(TurboJpegLibrary.class);
  private static final List<String> NAMES =
      List.of(
          "libturbojpeg.so.0",
          "libturbojpeg.so",
          "libturbojpeg.dylib",
          "/opt/homebrew/lib/libturbojpeg.dylib",
          "/usr/local/lib/libturbojpeg.dylib");
  private static final Optional<TurboJpegLibrary> FOUND = load();

  final MethodHandle initDecompress;
  final MethodHandle decompress;
  final MethodHandle errorText;
  final MethodHandle errorCode;
  final MethodHandle destroy;

  private TurboJpegLibrary(SymbolLookup symbols) {
    initDecompress = function(symbols, "tjInitDecompress", ADDRESS);
    // Critical: the arrays are used where they lie on the heap, without a copy; the call lasts
    // about a millisecond.
    decompress =
        Linker.nativeLinker()
            .downcallHandle(
                symbol(symbols, "tjDecompress2"),
                FunctionDescriptor.of(
                    JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT,
                    JAVA_INT, JAVA_INT),
                Linker.Option.critical(true));
    errorText = function(symbols, "tjGetErrorStr2", ADDRESS, ADDRESS);
    errorCode = function(symbols, "tjGetErrorCode", JAVA_INT, ADDRESS);
    destroy = function(symbols, "tjDestroy", JAVA_INT, ADDRESS);
  }

  /** The library, if this system has it. */
  static Optional<TurboJpegLibrary> find() {
    return FOUND;
  }

  private static Optional<TurboJpegLibrary> load() {
    for (String name : NAMES) {
      try {
        return Optional.of(new TurboJpegLibrary(SymbolLookup.libraryLookup(name, Arena.global())));
      } catch (IllegalArgumentException e) {
        LOG.debug("No {} here: {}", name, e.getMessage());
      }
    }
    return Optional.empty();
  }

  private static MethodHandle function(
      SymbolLookup symbols, String name, MemoryLayout result, MemoryLayout... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(symbol(symbols, name), FunctionDescriptor.of(result, arguments));
  }

  private static MemorySegment symbol(SymbolLookup symbols, String name) {
    return symbols
        .find(name)
        .orElseThrow(() -> new IllegalArgumentException("libturbojpeg has no function " + name));
  }
}
