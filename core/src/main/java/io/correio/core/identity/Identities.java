package io.correio.core.identity;

import io.correio.core.routing.PersistentMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The users, the virtual hosts, and what each user may do in each host, as one immutable snapshot.
 * Updates return another snapshot that shares what did not change. Safe to share between threads.
 */
public final class Identities {
  /** No user and no virtual host. */
  public static final Identities EMPTY =
      new Identities(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty());

  private final PersistentMap<String, User> users;
  private final PersistentMap<String, VirtualHostDefinition> virtualHosts;

  /** By user, then by virtual host. */
  private final PersistentMap<String, PersistentMap<String, Grant>> grants;

  private Identities(
      PersistentMap<String, User> users,
      PersistentMap<String, VirtualHostDefinition> virtualHosts,
      PersistentMap<String, PersistentMap<String, Grant>> grants) {
    this.users = users;
    this.virtualHosts = virtualHosts;
    this.grants = grants;
  }

  /** Returns a snapshot with a user, in place of one with the same name. */
  public Identities with(User user) {
    return new Identities(users.with(user.name(), user), virtualHosts, grants);
  }

  /** Returns a snapshot without a user and the user's permissions. */
  public Identities withoutUser(String name) {
    return new Identities(users.without(name), virtualHosts, grants.without(name));
  }

  /** Returns a snapshot with a virtual host, in place of one with the same name. */
  public Identities with(VirtualHostDefinition virtualHost) {
    return new Identities(users, virtualHosts.with(virtualHost.name(), virtualHost), grants);
  }

  /** Returns a snapshot without a virtual host and the permissions in it. */
  public Identities withoutVirtualHost(String name) {
    Identities rest = new Identities(users, virtualHosts.without(name), grants);
    for (var entry : grants) {
      if (entry.getValue().containsKey(name)) {
        rest = rest.withoutPermission(entry.getKey(), name);
      }
    }
    return rest;
  }

  /**
   * Returns a snapshot with a permission, in place of one for the same user and virtual host.
   *
   * @throws IllegalArgumentException if the user or the virtual host does not exist, or an
   *     expression is not a regular one, too long or too costly
   */
  public Identities with(Permission permission) {
    String user = permission.user();
    if (!users.containsKey(user)) {
      throw new IllegalArgumentException("no user '%s' to permit something to".formatted(user));
    }
    String virtualHost = permission.virtualHost();
    if (!virtualHosts.containsKey(virtualHost)) {
      throw new IllegalArgumentException(
          "no virtual host '%s' to permit something in".formatted(virtualHost));
    }
    PersistentMap<String, Grant> old = grants.get(user);
    PersistentMap<String, Grant> granted = old == null ? PersistentMap.empty() : old;
    return new Identities(
        users, virtualHosts, grants.with(user, granted.with(virtualHost, Grant.of(permission))));
  }

  /** Returns a snapshot without a user's permission in a virtual host. */
  public Identities withoutPermission(String user, String virtualHost) {
    PersistentMap<String, Grant> granted = grants.get(user);
    if (granted == null) {
      return this;
    }
    PersistentMap<String, Grant> rest = granted.without(virtualHost);
    return new Identities(
        users, virtualHosts, rest.isEmpty() ? grants.without(user) : grants.with(user, rest));
  }

  /** Returns a user. */
  public @Nullable User user(String name) {
    return users.get(name);
  }

  /** Returns a virtual host. */
  public @Nullable VirtualHostDefinition virtualHost(String name) {
    return virtualHosts.get(name);
  }

  /** Returns a user's permission in a virtual host. */
  public @Nullable Permission permission(String user, String virtualHost) {
    Grant grant = grant(user, virtualHost);
    return grant == null ? null : grant.permission();
  }

  /** Returns whether a user has a permission, be it an empty one, in a virtual host. */
  public boolean hasAccess(String user, String virtualHost) {
    return grant(user, virtualHost) != null;
  }

  /** Returns whether a user may declare and delete a queue or exchange. */
  public boolean mayConfigure(String user, String virtualHost, String resource) {
    Grant grant = grant(user, virtualHost);
    return grant != null && grant.configure().allows(resource);
  }

  /** Returns whether a user may publish to a queue or exchange, or bind to it. */
  public boolean mayWrite(String user, String virtualHost, String resource) {
    Grant grant = grant(user, virtualHost);
    return grant != null && grant.write().allows(resource);
  }

  /** Returns whether a user may consume from a queue, or bind from an exchange. */
  public boolean mayRead(String user, String virtualHost, String resource) {
    Grant grant = grant(user, virtualHost);
    return grant != null && grant.read().allows(resource);
  }

  /** Calls {@code action} for each user, in no particular order. */
  public void forEachUser(Consumer<User> action) {
    users.forEach((name, user) -> action.accept(user));
  }

  /** Calls {@code action} for each virtual host, in no particular order. */
  public void forEachVirtualHost(Consumer<VirtualHostDefinition> action) {
    virtualHosts.forEach((name, virtualHost) -> action.accept(virtualHost));
  }

  /** Calls {@code action} for each permission, in no particular order. */
  public void forEachPermission(Consumer<Permission> action) {
    grants.forEach((user, granted) ->
        granted.forEach((virtualHost, grant) -> action.accept(grant.permission())));
  }

  /** Returns the permissions of a user, in a new list. */
  public List<Permission> permissionsOf(String user) {
    List<Permission> permissions = new ArrayList<>();
    PersistentMap<String, Grant> granted = grants.get(user);
    if (granted != null) {
      granted.forEach((virtualHost, grant) -> permissions.add(grant.permission()));
    }
    return permissions;
  }

  private @Nullable Grant grant(String user, String virtualHost) {
    PersistentMap<String, Grant> granted = grants.get(user);
    return granted == null ? null : granted.get(virtualHost);
  }

  /** A permission with its expressions compiled. */
  private record Grant(
      Permission permission, AccessRule configure, AccessRule write, AccessRule read) {
    static Grant of(Permission permission) {
      return new Grant(
          permission,
          new AccessRule(permission.configure()),
          new AccessRule(permission.write()),
          new AccessRule(permission.read()));
    }
  }
}
