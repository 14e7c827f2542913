package io.correio.log.format;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A segment file's name: {@code 00000012.seg}, or {@code 00000012-00000017.seg} when it was merged
 * from all that lay between these numbers.
 */
public record SegmentName(long first, long last) {

  private static final Pattern PATTERN = Pattern.compile("(\\d{8,18})(?:-(\\d{8,18}))?\\.seg");

  /** Null when the file is not a segment. */
  public static @Nullable SegmentName parse(String name) {
    Matcher matcher = PATTERN.matcher(name);
    if (!matcher.matches()) {
      return null;
    }
    long first = Long.parseLong(matcher.group(1));
    String last = matcher.group(2);
    return new SegmentName(first, last == null ? first : Long.parseLong(last));
  }

  /** Whether a merged segment replaces the other one. */
  public boolean covers(SegmentName other) {
    return !equals(other) && first <= other.first && other.last <= last;
  }

  @Override
  public String toString() {
    return first == last
        ? String.format(Locale.ROOT, "%08d.seg", first)
        : String.format(Locale.ROOT, "%08d-%08d.seg", first, last);
  }
}
