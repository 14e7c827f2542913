package io.correio.core.identity;

import java.util.Set;

/**
 * Someone who may log in.
 *
 * @param name unique among the users
 * @param credential the password's salted hash in a form that only the server's check knows; ""
 *     means that no password is right
 * @param tags what the user may do besides messaging, such as administer
 */
public record User(String name, String credential, Set<String> tags) {
  /** Creates a user; the tags are copied. */
  public User {
    tags = Set.copyOf(tags);
  }

  /** Names the user without the credential, so that it gets into no log. */
  @Override
  public String toString() {
    return "User[name=" + name + ", tags=" + tags + "]";
  }
}
