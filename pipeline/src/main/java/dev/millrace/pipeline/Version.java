package dev.millrace.pipeline;

import java.util.ResourceBundle;
import picocli.CommandLine.IVersionProvider;

/** Says which version this is, as the build wrote it into a resource. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {"millrace " + number()};
  }

  /** The version alone. */
  static String number() {
    return ResourceBundle.getBundle("millrace").getString("version");
  }
}
