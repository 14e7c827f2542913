package io.correio.core.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sends a message to the bindings whose pattern fits its key. Both are words separated by '.', of
 * which some or all may be empty; the key "" has no word at all. In a pattern {@code *} stands for
 * one word and {@code #} for any number of words, none included.
 */
@SuppressWarnings("ReferenceEquality") // an unchanged part is recognised by being the same object
final class TopicExchange extends Exchange {
  private final TopicNode root;

  TopicExchange(ExchangeDefinition definition, TopicNode root) {
    super(definition);
    this.root = root;
  }

  @Override
  TopicExchange redefined(ExchangeDefinition definition) {
    return new TopicExchange(definition, root);
  }

  @Override
  TopicExchange with(Binding binding, Target target) {
    return changed(root.with(words(binding.key()), 0, binding, target));
  }

  @Override
  TopicExchange without(Binding binding) {
    return changed(root.without(words(binding.key()), 0, binding));
  }

  private TopicExchange changed(TopicNode changed) {
    return changed == root ? this : new TopicExchange(definition(), changed);
  }

  @Override
  boolean contains(Binding binding) {
    return root.contains(words(binding.key()), 0, binding);
  }

  @Override
  boolean hasBindings() {
    return !root.isEmpty();
  }

  @Override
  void forEachBinding(Consumer<Binding> action) {
    root.forEachBinding(action);
  }

  @Override
  void match(String key, HeaderSource headers, Walk walk) {
    walk.matchTopics(root, key);
  }

  /**
   * Splits a pattern into words, with each run of {@code *} and {@code #} in one form: first the
   * stars, then at most one hash. Patterns of one meaning thereby share their nodes, and after a
   * hash there is always a word, which bounds the work of matching.
   */
  static List<String> words(String pattern) {
    List<String> words = new ArrayList<>();
    boolean hash = false;
    int from = 0;
    while (from <= pattern.length() && !pattern.isEmpty()) {
      int dot = pattern.indexOf('.', from);
      int to = dot < 0 ? pattern.length() : dot;
      String word = pattern.substring(from, to);
      if (word.equals("#")) {
        hash = true;
      } else if (word.equals("*")) {
        words.add(word);
      } else {
        if (hash) {
          words.add("#");
          hash = false;
        }
        words.add(word);
      }
      from = to + 1;
    }
    if (hash) {
      words.add("#");
    }
    return words;
  }
}
