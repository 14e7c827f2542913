package io.correio.zeromq.pattern;

import java.util.Arrays;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Prefixes and who holds them, one octet a level. A node's children are a table over the range of
 * octets that occur. Owned by the socket's lock.
 *
 * @param <T> who holds prefixes, compared by identity
 */
final class PrefixTrie<T> {
  private static final Object[] NOBODY = {};

  private static final class Node {
    private Object[] holders = NOBODY;
    private int first;
    private @Nullable Node @Nullable [] children;

    boolean isEmpty() {
      return holders.length == 0 && children == null;
    }

    @Nullable Node child(int octet) {
      @Nullable Node[] table = children;
      int index = octet - first;
      return table == null || index < 0 || index >= table.length ? null : table[index];
    }

    void child(int octet, @Nullable Node node) {
      @Nullable Node[] table = children;
      if (table == null) {
        first = octet;
        children = new Node[] {node};
        return;
      }
      int from = Math.min(first, octet);
      int to = Math.max(first + table.length, octet + 1);
      if (to - from != table.length) {
        @Nullable Node[] wider = new Node[to - from];
        System.arraycopy(table, 0, wider, first - from, table.length);
        table = wider;
        children = wider;
        first = from;
      }
      table[octet - first] = node;
      if (node == null) {
        for (Node other : table) {
          if (other != null) {
            return;
          }
        }
        children = null;
      }
    }
  }

  private final Node root = new Node();

  /**
   * Adds a prefix for a holder.
   *
   * @return the holders there were before, or −1 if this one was among them
   */
  int add(byte[] prefix, T holder) {
    Node node = root;
    for (byte octet : prefix) {
      Node child = node.child(octet & 0xff);
      if (child == null) {
        child = new Node();
        node.child(octet & 0xff, child);
      }
      node = child;
    }
    Object[] holders = node.holders;
    if (indexOf(holders, holder) >= 0) {
      return -1;
    }
    node.holders = Arrays.copyOf(holders, holders.length + 1);
    node.holders[holders.length] = holder;
    return holders.length;
  }

  /**
   * Removes a prefix of a holder.
   *
   * @return the holders that are left, or −1 if this one was not among them
   */
  int remove(byte[] prefix, T holder) {
    Node[] path = new Node[prefix.length + 1];
    Node node = root;
    path[0] = node;
    for (int i = 0; i < prefix.length; i++) {
      node = node.child(prefix[i] & 0xff);
      if (node == null) {
        return -1;
      }
      path[i + 1] = node;
    }
    int index = indexOf(node.holders, holder);
    if (index < 0) {
      return -1;
    }
    node.holders = without(node.holders, index);
    int left = node.holders.length;
    for (int i = prefix.length; i > 0 && path[i].isEmpty(); i--) {
      path[i - 1].child(prefix[i - 1] & 0xff, null);
    }
    return left;
  }

  /**
   * Removes everything of a holder.
   *
   * @param removed told of each prefix it had, and how many others still have it
   */
  void removeAll(T holder, BiConsumer<byte[], Integer> removed) {
    removeAll(root, new byte[64], 0, holder, removed);
  }

  private byte[] removeAll(
      Node node, byte[] path, int depth, T holder, BiConsumer<byte[], Integer> removed) {
    byte[] prefix = path;
    int index = indexOf(node.holders, holder);
    if (index >= 0) {
      node.holders = without(node.holders, index);
      removed.accept(Arrays.copyOf(prefix, depth), node.holders.length);
    }
    @Nullable Node[] table = node.children;
    int first = node.first;
    for (int i = 0; table != null && i < table.length; i++) {
      Node child = table[i];
      if (child != null) {
        if (depth == prefix.length) {
          prefix = Arrays.copyOf(prefix, 2 * depth);
        }
        prefix[depth] = (byte) (first + i);
        prefix = removeAll(child, prefix, depth + 1, holder, removed);
        if (child.isEmpty()) {
          node.child(first + i, null);
        }
      }
    }
    return prefix;
  }

  @SuppressWarnings("ReferenceEquality")
  private static int indexOf(Object[] holders, Object holder) {
    for (int i = 0; i < holders.length; i++) {
      if (holders[i] == holder) {
        return i;
      }
    }
    return -1;
  }

  private static Object[] without(Object[] holders, int index) {
    if (holders.length == 1) {
      return NOBODY;
    }
    Object[] left = Arrays.copyOf(holders, holders.length - 1);
    System.arraycopy(holders, index + 1, left, index, left.length - index);
    return left;
  }

  /** Calls back for every holder of every prefix of the topic; one may come more than once. */
  @SuppressWarnings("unchecked")
  void match(byte[] topic, Consumer<T> found) {
    Node node = root;
    for (int depth = 0; node != null; depth++) {
      for (Object holder : node.holders) {
        found.accept((T) holder);
      }
      node = depth < topic.length ? node.child(topic[depth] & 0xff) : null;
    }
  }

  /** Whether anybody holds a prefix of the topic. */
  boolean matches(byte[] topic) {
    Node node = root;
    for (int depth = 0; node != null; depth++) {
      if (node.holders.length > 0) {
        return true;
      }
      node = depth < topic.length ? node.child(topic[depth] & 0xff) : null;
    }
    return false;
  }
}
