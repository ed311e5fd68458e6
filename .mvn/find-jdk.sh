# Sourced by mvnw and millrace. Sets JAVA_HOME to a JDK of at least the release that the build
# needs: the one in JAVA_HOME, the one on the path, or the newest in the usual folders.

MILLRACE_JDK=25

# Prints the feature release of the JDK in folder $1, or nothing when there is no compiler there.
jdk_release() {
  [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 0
  sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets JAVA_HOME, or says what to install and returns 1.
find_jdk() {
  on_path=$(command -v javac 2>/dev/null || true)
  if [ -n "$on_path" ]; then on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")"); fi
  for candidate in "${JAVA_HOME:-}" "$on_path"; do
    release=$(jdk_release "$candidate")
    if [ -n "$release" ] && [ "$release" -ge "$MILLRACE_JDK" ]; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  newest=0
  for candidate in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.jdks/* \
    "$HOME"/.sdkman/candidates/java/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    release=$(jdk_release "$candidate")
    if [ -n "$release" ] && [ "$release" -ge "$MILLRACE_JDK" ] && [ "$release" -gt "$newest" ]; then
      newest=$release
      JAVA_HOME=$candidate
    fi
  done
  if [ "$newest" -gt 0 ]; then
    export JAVA_HOME
    return 0
  fi
  echo "Millrace needs a JDK of release $MILLRACE_JDK or newer; none was found in JAVA_HOME" \
    "(${JAVA_HOME:-not set}), on the path, or in the usual folders such as /usr/lib/jvm." >&2
  echo "Install one (for instance Temurin $MILLRACE_JDK: the package temurin-$MILLRACE_JDK-jdk, or" \
    "https://adoptium.net), or set JAVA_HOME to the folder of one you have." >&2
  return 1
}
