package io.correio.server.admin;

import io.correio.core.identity.Identities;
import io.correio.core.identity.Permission;
import io.correio.core.identity.User;
import io.correio.core.identity.VirtualHostDefinition;
import io.correio.core.message.Arguments;
import io.correio.core.queue.Fact;
import io.correio.server.auth.PasswordHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * {@code /api/users[/NAME[/permissions]]}, {@code /api/vhosts[/NAME]}, {@code
 * /api/permissions[/VHOST/USER]} and {@code /api/whoami}. Thread-safe: changes are made one after
 * the other, each checked against what the one before left.
 */
final class IdentitiesResource {

  static final String ADMINISTRATOR = "administrator";

  private static final int MAX_NAME_BYTES = 255;

  private final Administered broker;

  IdentitiesResource(Administered broker) {
    this.broker = broker;
  }

  private Identities identities() {
    return broker.manager().identities();
  }

  private void change(Fact.Identity change) throws ApiException, IOException {
    try {
      broker.manager().change(List.of(change));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  // ---- users ---------------------------------------------------------------------------------

  Answer whoAmI(Request request) throws ApiException {
    QueuesResource.requireGet(request);
    User user = user(request.user());
    return Answer.of(json -> write(json, user));
  }

  Answer users(Request request) throws ApiException, IOException {
    if (request.length() == 1) {
      QueuesResource.requireGet(request);
      List<User> users = new ArrayList<>();
      identities().forEachUser(users::add);
      users.sort(Comparator.comparing(User::name));
      return Answer.list(users, IdentitiesResource::write);
    }
    String name = request.part(1);
    if (request.length() == 3 && request.part(2).equals("permissions")) {
      QueuesResource.requireGet(request);
      return Answer.list(identities().permissionsOf(user(name).name()), IdentitiesResource::write);
    }
    if (request.length() != 2) {
      throw ApiException.notFound("there is nothing at " + request.text());
    }
    return switch (request.method()) {
      case "GET" -> {
        User user = user(name);
        yield Answer.of(json -> write(json, user));
      }
      case "PUT" -> putUser(name, request.object());
      case "DELETE" -> deleteUser(name);
      default ->
          throw ApiException.notAllowed(request.method(), request.text(), "GET, PUT or DELETE");
    };
  }

  private User user(String name) throws ApiException {
    User user = identities().user(name);
    if (user == null) {
      throw ApiException.notFound(
          "there is no user '%s'; create one with PUT /api/users/NAME".formatted(name));
    }
    return user;
  }

  private Answer putUser(String name, Map<String, @Nullable Object> body)
      throws ApiException, IOException {
    checkName("user", name);
    Set<String> tags = tags(body.get("tags"));
    String credential = credential(body); // slow, and so outside of the lock
    synchronized (this) {
      User old = identities().user(name);
      if (credential == null && old == null) {
        throw ApiException.badRequest(
            "a new user needs a \"password\"; \"\" for a user who cannot log in");
      }
      if (old != null && !tags.contains(ADMINISTRATOR)) {
        checkNotLastAdministrator(old);
      }
      String kept = old == null ? "" : old.credential();
      change(new Fact.UserPut(new User(name, credential == null ? kept : credential, tags)));
      return old == null ? Answer.CREATED : Answer.DONE;
    }
  }

  /** The hash of the password; null when there is none in the body. */
  private @Nullable String credential(Map<String, @Nullable Object> body) throws ApiException {
    return switch (body.get("password")) {
      case null -> null;
      case String password when password.isEmpty() -> "";
      case String password -> {
        try {
          yield PasswordHash.encode(
              password.getBytes(StandardCharsets.UTF_8),
              broker.passwordIterations(),
              broker.storesSha512());
        } catch (IllegalArgumentException e) {
          throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
      }
      default -> throw ApiException.badRequest("password must be a string");
    };
  }

  private static Set<String> tags(@Nullable Object tags) throws ApiException {
    Set<String> set = new LinkedHashSet<>();
    switch (tags) {
      case null -> {}
      case String list -> {
        for (String tag : list.split(",", -1)) {
          set.add(tag.strip());
        }
      }
      case List<?> list -> {
        for (Object tag : list) {
          set.add(String.valueOf(tag));
        }
      }
      default -> throw ApiException.badRequest("tags must be a list, or names separated by commas");
    }
    set.remove("");
    return set;
  }

  private synchronized Answer deleteUser(String name) throws ApiException, IOException {
    checkNotLastAdministrator(user(name));
    change(new Fact.UserDeleted(name));
    return Answer.DONE;
  }

  private void checkNotLastAdministrator(User user) throws ApiException {
    int[] others = {0};
    identities()
        .forEachUser(each -> {
          if (each.tags().contains(ADMINISTRATOR) && !each.name().equals(user.name())) {
            others[0]++;
          }
        });
    if (user.tags().contains(ADMINISTRATOR) && others[0] == 0) {
      throw new ApiException(
          409,
          "conflict",
          "'%s' is the last administrator; make another one first".formatted(user.name()));
    }
  }

  private static void checkName(String what, String name) throws ApiException {
    if (name.isEmpty() || name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw ApiException.badRequest(
          "the name of a %s has 1 to %d bytes".formatted(what, MAX_NAME_BYTES));
    }
  }

  private static void write(JsonGenerator json, User user) {
    json.writeStartObject();
    json.writeStringProperty("name", user.name());
    json.writeArrayPropertyStart("tags");
    user.tags().stream().sorted().forEach(json::writeString);
    json.writeEndArray();
    json.writeEndObject();
  }

  // ---- virtual hosts -------------------------------------------------------------------------

  Answer virtualHosts(Request request) throws ApiException, IOException {
    if (request.length() == 1) {
      QueuesResource.requireGet(request);
      List<VirtualHostDefinition> hosts = new ArrayList<>();
      identities().forEachVirtualHost(hosts::add);
      hosts.sort(Comparator.comparing(VirtualHostDefinition::name));
      return Answer.list(hosts, IdentitiesResource::write);
    }
    if (request.length() != 2) {
      throw ApiException.notFound("there is nothing at " + request.text());
    }
    String name = request.part(1);
    return switch (request.method()) {
      case "GET" -> {
        VirtualHostDefinition host = identities().virtualHost(name);
        if (host == null) {
          throw ApiException.notFound("there is no virtual host '%s'".formatted(name));
        }
        yield Answer.of(json -> write(json, host));
      }
      case "PUT" -> putVirtualHost(name, request.object());
      default -> throw ApiException.notAllowed(request.method(), request.text(), "GET or PUT");
    };
  }

  private synchronized Answer putVirtualHost(String name, Map<String, @Nullable Object> body)
      throws ApiException, IOException {
    checkName("virtual host", name);
    if (broker.manager().virtualHost(name) != null) {
      return Answer.DONE;
    }
    Object description = body.get("description");
    broker
        .manager()
        .createVirtualHost(
            name,
            description instanceof String text
                ? Arguments.of("description", text)
                : Arguments.EMPTY);
    return Answer.CREATED;
  }

  private static void write(JsonGenerator json, VirtualHostDefinition host) {
    json.writeStartObject();
    json.writeStringProperty("name", host.name());
    json.writeStringProperty("description", host.arguments().string("description").orElse(""));
    json.writeEndObject();
  }

  // ---- permissions ---------------------------------------------------------------------------

  Answer permissions(Request request) throws ApiException, IOException {
    if (request.length() == 1) {
      QueuesResource.requireGet(request);
      List<Permission> permissions = new ArrayList<>();
      identities().forEachPermission(permissions::add);
      permissions.sort(
          Comparator.comparing(Permission::virtualHost).thenComparing(Permission::user));
      return Answer.list(permissions, IdentitiesResource::write);
    }
    if (request.length() != 3) {
      throw ApiException.notFound("there is nothing at " + request.text());
    }
    String virtualHost = request.part(1);
    String user = request.part(2);
    return switch (request.method()) {
      case "GET" -> {
        Permission permission = permission(virtualHost, user);
        yield Answer.of(json -> write(json, permission));
      }
      case "PUT" -> putPermission(virtualHost, user, request.object());
      case "DELETE" -> deletePermission(virtualHost, user);
      default ->
          throw ApiException.notAllowed(request.method(), request.text(), "GET, PUT or DELETE");
    };
  }

  private Permission permission(String virtualHost, String user) throws ApiException {
    Permission permission = identities().permission(user, virtualHost);
    if (permission == null) {
      throw ApiException.notFound(
          "user '%s' has no permissions in virtual host '%s'".formatted(user, virtualHost));
    }
    return permission;
  }

  private synchronized Answer putPermission(
      String virtualHost, String user, Map<String, @Nullable Object> body)
      throws ApiException, IOException {
    QueuesResource.host(broker, virtualHost);
    user(user);
    Permission permission =
        new Permission(
            user,
            virtualHost,
            expression(body, "configure"),
            expression(body, "write"),
            expression(body, "read"));
    Identities before = identities();
    try {
      before.with(permission); // says what is wrong with it, before it is a fact
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(String.valueOf(e.getMessage()));
    }
    change(new Fact.PermissionPut(permission));
    return before.permission(user, virtualHost) == null ? Answer.CREATED : Answer.DONE;
  }

  private static String expression(Map<String, @Nullable Object> body, String name)
      throws ApiException {
    if (body.get(name) instanceof String expression) {
      return expression;
    }
    throw ApiException.badRequest(
        "\"%s\" must be a regular expression; \".*\" allows everything, \"\" nothing"
            .formatted(name));
  }

  private synchronized Answer deletePermission(String virtualHost, String user)
      throws ApiException, IOException {
    permission(virtualHost, user);
    change(new Fact.PermissionDeleted(user, virtualHost));
    return Answer.DONE;
  }

  private static void write(JsonGenerator json, Permission permission) {
    json.writeStartObject();
    json.writeStringProperty("user", permission.user());
    json.writeStringProperty("vhost", permission.virtualHost());
    json.writeStringProperty("configure", permission.configure());
    json.writeStringProperty("write", permission.write());
    json.writeStringProperty("read", permission.read());
    json.writeEndObject();
  }
}
