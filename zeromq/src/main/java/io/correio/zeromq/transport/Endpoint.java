package io.correio.zeromq.transport;

import java.nio.charset.StandardCharsets;

/** What an endpoint's text says: {@code transport://address}. */
public sealed interface Endpoint {
  /** The longest path of a Unix-domain socket that every system takes, in octets. */
  int PATH_OCTETS_MAX = 107;

  /**
   * {@code tcp://host:port}.
   *
   * @param host a name, an address, or {@code *}; an IPv6 address without its brackets
   * @param port 0 for any free one
   */
  record Tcp(String host, int port) implements Endpoint {
    @Override
    public String toString() {
      return "tcp://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /**
   * {@code ipc://path}.
   *
   * @param path of a Unix-domain socket in the file system
   */
  record Ipc(String path) implements Endpoint {
    @Override
    public String toString() {
      return "ipc://" + path;
    }
  }

  /**
   * {@code inproc://name}.
   *
   * @param name known in one context alone
   */
  record Inproc(String name) implements Endpoint {
    @Override
    public String toString() {
      return "inproc://" + name;
    }
  }

  /**
   * Reads an endpoint.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Endpoint parse(String text) {
    int colon = text.indexOf("://");
    String address = colon < 0 ? "" : text.substring(colon + 3);
    if (address.isEmpty()) {
      throw wrong(text, "write transport://address, such as tcp://127.0.0.1:5555");
    }
    return switch (text.substring(0, colon)) {
      case "tcp" -> tcp(text, address);
      case "ipc" -> ipc(text, address);
      case "inproc" -> new Inproc(address);
      default -> throw wrong(text, "the transports are tcp, ipc and inproc");
    };
  }

  private static Endpoint tcp(String text, String address) {
    if (address.indexOf(';') >= 0) {
      throw wrong(text, "a source address is not supported: write the destination alone");
    }
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? "" : address.substring(0, colon);
    String port = address.substring(colon + 1);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw wrong(text, "write an IPv6 address in brackets");
    }
    if (host.isEmpty()) {
      throw wrong(text, "write tcp://host:port");
    }
    if (port.equals("*")) {
      return new Tcp(host, 0);
    }
    try {
      int number = Integer.parseInt(port);
      if (number < 0 || number > 65_535) {
        throw wrong(text, "a port is a number from 0 to 65,535");
      }
      return new Tcp(host, number);
    } catch (NumberFormatException e) {
      throw wrong(text, "a port is a number from 0 to 65,535, or *");
    }
  }

  private static Endpoint ipc(String text, String path) {
    if (path.startsWith("@")) {
      throw wrong(
          text, "abstract names cannot be had in Java: use a path, such as ipc:///tmp/name");
    }
    if (path.equals("*")) {
      throw wrong(text, "name a path: wildcards are not supported for ipc");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > PATH_OCTETS_MAX) {
      throw wrong(text, "a path has at most " + PATH_OCTETS_MAX + " octets");
    }
    return new Ipc(path);
  }

  private static IllegalArgumentException wrong(String text, String remedy) {
    return new IllegalArgumentException("endpoint '" + text + "': " + remedy);
  }
}
