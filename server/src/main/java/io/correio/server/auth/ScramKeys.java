package io.correio.server.auth;

/**
 * What a server keeps of a password to check proofs of it (RFC 5802, section 3): enough to check
 * one, too little to make one. Immutable, if nobody writes to its arrays.
 *
 * @param iterations rounds of the hash
 * @param storedKey H(ClientKey)
 * @param serverKey with which the server proves in turn that it knows the user
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares keys but through MessageDigest.isEqual
record ScramKeys(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey) {

  /** The keys that a salted password gives. */
  static ScramKeys of(ScramHash hash, int iterations, byte[] salt, byte[] saltedPassword) {
    return new ScramKeys(
        iterations,
        salt,
        hash.hash(hash.hmac(saltedPassword, "Client Key")),
        hash.hmac(saltedPassword, "Server Key"));
  }

  /**
   * Keys of a user who does not exist: always the same for a name, so that asking again tells
   * nothing, and no password has them.
   *
   * @param secret known to this server alone
   */
  static ScramKeys decoy(ScramHash hash, int iterations, byte[] secret, String user) {
    byte[] salt = new byte[PasswordHash.SALT_BYTES];
    System.arraycopy(hash.hmac(secret, "salt " + user), 0, salt, 0, salt.length);
    return new ScramKeys(
        iterations, salt, hash.hmac(secret, "stored " + user), hash.hmac(secret, "server " + user));
  }
}
