# Sourced by ./correio, ./format and ./verify. Sets JDK to the folder of a JDK 25 or newer: JAVA_HOME first, then
# the java on PATH, then the usual install folders, 25 before anything newer. Returns 1 where there is none.

# The feature release of the JDK in folder $1 (0: none), from its release file: no JVM is started to ask.
jdk_release() {
  local line
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || { echo 0; return; }
  line=$(grep '^JAVA_VERSION=' "$1/release") || { echo 0; return; }
  line=${line#JAVA_VERSION=\"}
  line=${line%%[!0-9]*}
  echo "${line:-0}"
}

find_jdk() {
  local candidate release best=0 java
  JDK=
  if [ -n "${JAVA_HOME:-}" ] && [ "$(jdk_release "$JAVA_HOME")" -ge 25 ]; then
    JDK=$JAVA_HOME
    return 0
  fi
  if java=$(command -v java); then
    while [ -L "$java" ]; do # no readlink -f on every system
      local target
      target=$(readlink "$java")
      case $target in /*) java=$target ;; *) java=$(dirname "$java")/$target ;; esac
    done
    candidate=$(cd "$(dirname "$java")/.." && pwd)
    if [ "$(jdk_release "$candidate")" -ge 25 ]; then
      JDK=$candidate
      return 0
    fi
  fi
  for candidate in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/jdk* /opt/* /opt/java/* \
    /opt/jdk/* "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    release=$(jdk_release "$candidate")
    if [ "$release" -ge 25 ] && { [ "$best" -eq 0 ] || [ "$release" -lt "$best" ]; }; then
      best=$release
      JDK=$candidate
    fi
  done
  [ -n "$JDK" ]
}

no_jdk() {
  cat >&2 <<'EOF'
Correio needs a JDK 25 or newer and found none in JAVA_HOME, on PATH or in the usual folders. Install one, for example
  Debian, Ubuntu   sudo apt-get install openjdk-25-jdk   (older releases: temurin-25-jdk from Adoptium's repository)
  Fedora           sudo dnf install java-25-openjdk-devel
  macOS            brew install openjdk@25
  any              sdk install java 25-tem               (SDKMAN)
or set JAVA_HOME to the folder of one that is installed elsewhere.
EOF
}
