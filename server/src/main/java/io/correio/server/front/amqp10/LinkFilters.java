package io.correio.server.front.amqp10;

import io.correio.core.filter.Selector;
import io.correio.core.filter.SelectorSyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.protonj2.types.DescribedType;
import org.apache.qpid.protonj2.types.Symbol;
import org.apache.qpid.protonj2.types.messaging.Source;
import org.jspecify.annotations.Nullable;

/**
 * What a peer's filter set asks for, as far as it is understood (part 3, section 3.5.8; the filters
 * are those that Apache has registered). Immutable.
 *
 * @param selector which messages; null for all
 * @param noLocal whether to leave out what comes from the same container
 * @param understood the entries of the set that are acted upon, to be named in the answer
 */
record LinkFilters(@Nullable Selector selector, boolean noLocal, Map<Symbol, Object> understood) {

  static final LinkFilters NONE = new LinkFilters(null, false, Map.of());

  private static final Symbol SELECTOR = Symbol.valueOf("apache.org:selector-filter:string");
  private static final long SELECTOR_CODE = 0x0000468C_00000004L;
  private static final Symbol NO_LOCAL = Symbol.valueOf("apache.org:no-local-filter:list");
  private static final long NO_LOCAL_CODE = 0x0000468C_00000003L;

  /**
   * The filters of a source.
   *
   * @throws IllegalArgumentException with a sentence for the peer when one is understood and wrong
   */
  static LinkFilters of(Source source) {
    Map<Symbol, Object> filters = source.getFilter();
    if (filters == null || filters.isEmpty()) {
      return NONE;
    }
    Selector selector = null;
    boolean noLocal = false;
    Map<Symbol, Object> understood = new LinkedHashMap<>();
    for (Map.Entry<Symbol, Object> entry : filters.entrySet()) {
      if (!(entry.getValue() instanceof DescribedType filter)) {
        continue;
      }
      if (is(filter, SELECTOR, SELECTOR_CODE)) {
        if (selector != null) {
          throw new IllegalArgumentException("the link has two selectors; join them by AND");
        }
        selector = selector(filter.getDescribed());
        understood.put(entry.getKey(), filter);
      } else if (is(filter, NO_LOCAL, NO_LOCAL_CODE)) {
        noLocal = true;
        understood.put(entry.getKey(), filter);
      }
    }
    return new LinkFilters(selector, noLocal, understood);
  }

  private static boolean is(DescribedType filter, Symbol name, long code) {
    return name.equals(filter.getDescriptor())
        || (filter.getDescriptor() instanceof Number number && number.longValue() == code);
  }

  private static Selector selector(@Nullable Object described) {
    if (!(described instanceof String text)) {
      throw new IllegalArgumentException(
          "a selector filter has to be a string; send it as " + SELECTOR);
    }
    try {
      return Selector.parse(text);
    } catch (SelectorSyntaxException e) {
      throw new IllegalArgumentException(e.getMessage() + "; correct the selector", e);
    }
  }

  /** Without no-local, which a queue that others put into does not know. */
  LinkFilters ofQueue() {
    if (!noLocal) {
      return this;
    }
    Map<Symbol, Object> rest = new LinkedHashMap<>(understood);
    rest.values()
        .removeIf(
            value -> value instanceof DescribedType filter && is(filter, NO_LOCAL, NO_LOCAL_CODE));
    return new LinkFilters(selector, false, rest);
  }
}
