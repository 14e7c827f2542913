package io.correio.core.routing;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A node of a topic exchange's trie: the bindings whose pattern ends here, and the nodes that the
 * pattern's next word leads to. Immutable.
 *
 * @param words the nodes after a word
 * @param star the node after {@code *}, any one word
 * @param hash the node after {@code #}, any number of words; never has a star or a hash itself
 * @param fan the bindings whose pattern ends here
 */
@SuppressWarnings("ReferenceEquality") // an unchanged part is recognised by being the same object
record TopicNode(
    PersistentMap<String, TopicNode> words,
    @Nullable TopicNode star,
    @Nullable TopicNode hash,
    @Nullable Fan fan) {
  static final TopicNode EMPTY = new TopicNode(PersistentMap.empty(), null, null, null);

  boolean isEmpty() {
    return fan == null && !hasChildren();
  }

  boolean hasChildren() {
    return star != null || hash != null || !words.isEmpty();
  }

  /** Returns this node with a binding more, below the pattern's words from {@code at} on. */
  TopicNode with(List<String> pattern, int at, Binding binding, Target target) {
    if (at == pattern.size()) {
      Fan changed = Fan.added(fan, binding, target);
      return changed == fan ? this : new TopicNode(words, star, hash, changed);
    }
    String word = pattern.get(at);
    TopicNode child = child(word);
    TopicNode changed = (child == null ? EMPTY : child).with(pattern, at + 1, binding, target);
    return changed == child ? this : withChild(word, changed);
  }

  /** Returns this node with a binding less; it may have become empty. */
  TopicNode without(List<String> pattern, int at, Binding binding) {
    if (at == pattern.size()) {
      Fan changed = fan == null ? null : fan.without(binding);
      return changed == fan ? this : new TopicNode(words, star, hash, changed);
    }
    String word = pattern.get(at);
    TopicNode child = child(word);
    if (child == null) {
      return this;
    }
    TopicNode changed = child.without(pattern, at + 1, binding);
    if (changed == child) {
      return this;
    }
    return withChild(word, changed.isEmpty() ? null : changed);
  }

  boolean contains(List<String> pattern, int at, Binding binding) {
    if (at == pattern.size()) {
      return fan != null && fan.contains(binding);
    }
    TopicNode child = child(pattern.get(at));
    return child != null && child.contains(pattern, at + 1, binding);
  }

  void forEachBinding(Consumer<Binding> action) {
    if (fan != null) {
      fan.forEach(action);
    }
    if (star != null) {
      star.forEachBinding(action);
    }
    if (hash != null) {
      hash.forEachBinding(action);
    }
    words.forEach((word, child) -> child.forEachBinding(action));
  }

  private @Nullable TopicNode child(String word) {
    return switch (word) {
      case "*" -> star;
      case "#" -> hash;
      default -> words.get(word);
    };
  }

  private TopicNode withChild(String word, @Nullable TopicNode child) {
    return switch (word) {
      case "*" -> new TopicNode(words, child, hash, fan);
      case "#" -> new TopicNode(words, star, child, fan);
      default ->
          new TopicNode(
              child == null ? words.without(word) : words.with(word, child), star, hash, fan);
    };
  }
}
