package dev.millrace.pipeline;

import picocli.CommandLine.IVersionProvider;

/** Says which version this is, as the build wrote it into the jar. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {"millrace " + (version == null ? "(built from sources)" : version)};
  }
}
