package io.correio.core.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the bindings of a topic trie that fit a key, walking all fitting paths at once, word by
 * word, so that no order of {@code #} in the patterns makes it repeat work: a step costs at most
 * the number of nodes.
 *
 * <pre>
 *   here  the nodes that the words so far lead to, other than by ending in '#'
 *   open  the nodes after a '#' reached so far: whatever comes, they stay reached
 *
 *   word w:  next  = the nodes after w, and after '*', of each of here and open
 *            open += the nodes after '#' of each of next
 * </pre>
 *
 * <p>A trie's node has one parent, so {@code next} gets each node once; {@code open} is a set.
 * Owned by one thread; allocates nothing once its arrays are large enough.
 */
final class TopicMatcher implements PersistentMap.Probe<String> {
  private static final int FIRST_CAPACITY = 16;

  /** Arrays that have grown larger than this are given back after the message. */
  private static final int RETAINED = 4_096;

  private final Walk walk;
  private final Worklist<TopicNode> open = new Worklist<>();
  private @Nullable TopicNode[] here = new TopicNode[FIRST_CAPACITY];
  private int hereCount;
  private @Nullable TopicNode[] next = new TopicNode[FIRST_CAPACITY];
  private int nextCount;

  /** The most nodes that either array has held for this message. */
  private int used;

  /** The word being looked up: a part of the key. */
  private String key = "";

  private int from;
  private int length;

  TopicMatcher(Walk walk) {
    this.walk = walk;
  }

  /** Hands the targets of the bindings that fit {@code key} to the walk. */
  void match(TopicNode root, String key) {
    this.key = key;
    try {
      reach(root);
      swap();
      if (!key.isEmpty()) {
        matchWords();
      }
      for (int i = 0; i < hereCount; i++) {
        emit(here[i]);
      }
    } finally {
      forget();
    }
  }

  private void matchWords() {
    int end = key.length();
    int at = 0;
    from = 0;
    int hash = 0;
    while (hereCount + open.count() > 0) {
      char c = at < end ? key.charAt(at) : '.';
      if (c != '.') {
        hash = 31 * hash + c;
        at++;
        continue;
      }
      length = at - from;
      step(hash);
      if (at == end) {
        return;
      }
      at++;
      from = at;
      hash = 0;
    }
  }

  private void step(int hash) {
    int opened = open.count();
    for (int i = 0; i < hereCount; i++) {
      TopicNode node = here[i];
      if (node != null) {
        advance(node, hash);
      }
    }
    for (int i = 0; i < opened; i++) {
      advance(open.get(i), hash);
    }
    swap();
  }

  private void advance(TopicNode node, int hash) {
    TopicNode star = node.star();
    if (star != null) {
      reach(star);
    }
    TopicNode child = node.words().find(hash, this);
    if (child != null) {
      reach(child);
    }
  }

  private void reach(TopicNode node) {
    if (nextCount == next.length) {
      next = Arrays.copyOf(next, 2 * nextCount);
    }
    next[nextCount++] = node;
    TopicNode hash = node.hash();
    if (hash != null) {
      // It stays reached to the end of the key, so its own bindings fit already.
      emit(hash);
      if (hash.hasChildren()) {
        open.add(hash);
      }
    }
  }

  private void emit(@Nullable TopicNode node) {
    if (node != null && node.fan() != null) {
      node.fan().emit(walk);
    }
  }

  private void swap() {
    used = Math.max(used, nextCount);
    TopicNode[] done = here;
    here = next;
    hereCount = nextCount;
    next = done;
    nextCount = 0;
  }

  @Override
  public boolean is(String word) {
    return word.length() == length && key.startsWith(word, from);
  }

  /** Drops the nodes, so that no earlier table is kept alive from here. */
  private void forget() {
    key = "";
    open.clear();
    hereCount = 0;
    nextCount = 0;
    here = cleared(here, used);
    next = cleared(next, used);
    used = 0;
  }

  private static @Nullable TopicNode[] cleared(@Nullable TopicNode[] nodes, int used) {
    if (nodes.length > RETAINED) {
      return new TopicNode[FIRST_CAPACITY];
    }
    Arrays.fill(nodes, 0, Math.min(used, nodes.length), null);
    return nodes;
  }
}
