package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/** {@code struct ucred}: pid 4 | uid 4 | gid 4. Stateless. */
final class CredentialsCodec {
  private CredentialsCodec() {}

  static void encode(Credentials credentials, MemorySegment to, long at) {
    to.set(JAVA_INT, at, credentials.pid());
    to.set(JAVA_INT, at + 4, credentials.uid());
    to.set(JAVA_INT, at + 8, credentials.gid());
  }

  static Credentials decode(MemorySegment from, long at) {
    return new Credentials(
        from.get(JAVA_INT, at), from.get(JAVA_INT, at + 4), from.get(JAVA_INT, at + 8));
  }
}
