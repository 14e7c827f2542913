package io.correio.server.auth;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Set;

/**
 * A random number that a data folder keeps for itself: what peers are told about users who do not
 * exist is made of it, and so stays the same over restarts.
 */
public final class LoginSecret {

  private static final int BYTES = 32;
  private static final String FILE = "login.secret";

  private LoginSecret() {}

  /** A fresh one, for a broker that keeps nothing. */
  public static byte[] random() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return secret;
  }

  /**
   * The secret of a data folder, made when it has none.
   *
   * @throws IOException when the file cannot be read or written, or is not one; names it
   */
  public static byte[] of(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      byte[] secret = Files.readAllBytes(file);
      if (secret.length != BYTES) {
        throw new IOException(
            file + " is not " + BYTES + " bytes long; delete it, and a new one is made");
      }
      return secret;
    }
    byte[] secret = random();
    Path fresh = folder.resolve(FILE + ".new");
    Files.deleteIfExists(fresh);
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            forTheOwnerAlone(folder))) {
      ByteBuffer bytes = ByteBuffer.wrap(secret);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    return secret;
  }

  private static FileAttribute<?>[] forTheOwnerAlone(Path folder) {
    return Files.getFileAttributeView(folder, PosixFileAttributeView.class) == null
        ? new FileAttribute<?>[0]
        : new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
  }
}
