package io.correio.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The simplest thing that a log could be: a list of entries. Each says which messages appear, with
 * their content, or which disappear, so that what is alive follows from the list.
 */
final class LogModel {

  /** A message's name. */
  record MessageName(long lane, long sequence) implements Comparable<MessageName> {
    @Override
    public int compareTo(MessageName other) {
      int byLane = Long.compare(lane, other.lane);
      return byLane != 0 ? byLane : Long.compare(sequence, other.sequence);
    }
  }

  /** Without keys the content is a settlement. */
  record ModelRecord(List<MessageName> keys, String content) {}

  /** What the entries up to a position amount to. */
  static final class State {
    final TreeMap<MessageName, String> alive = new TreeMap<>();
    final Map<Long, Long> lastSequences = new HashMap<>();

    void apply(ModelRecord record) {
      for (MessageName key : record.keys()) {
        alive.put(key, record.content());
        lastSequences.put(key.lane(), key.sequence());
      }
      if (record.keys().isEmpty() && record.content().startsWith("settled ")) {
        String[] words = record.content().split(" ", -1);
        alive.remove(new MessageName(Long.parseLong(words[1]), Long.parseLong(words[2])));
      }
    }

    long next(long lane) {
      return lastSequences.merge(lane, 1L, Long::sum);
    }

    long aliveBetween(long lane, long first, long last) {
      return alive
          .subMap(new MessageName(lane, first), true, new MessageName(lane, last), true)
          .size();
    }

    State copy() {
      State copy = new State();
      copy.alive.putAll(alive);
      copy.lastSequences.putAll(lastSequences);
      return copy;
    }

    /** One line a block, as a checkpoint has it. */
    List<String> lines() {
      List<String> lines = new ArrayList<>();
      new TreeMap<>(lastSequences).forEach((lane, last) -> lines.add("lane " + lane + " " + last));
      alive.forEach((key, content) -> lines.add(key.lane() + " " + key.sequence() + " " + content));
      return lines;
    }

    void read(String line) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("lane")) {
        lastSequences.put(Long.parseLong(words[1]), Long.parseLong(words[2]));
      } else {
        alive.put(new MessageName(Long.parseLong(words[0]), Long.parseLong(words[1])), words[2]);
      }
    }
  }

  private final List<List<ModelRecord>> entries = new ArrayList<>();

  long lastPosition() {
    return entries.size();
  }

  void add(List<ModelRecord> entry) {
    entries.add(entry);
  }

  /** Forgets what a crash took. */
  void cutTo(long position) {
    while (entries.size() > position) {
      entries.removeLast();
    }
  }

  State stateAt(long position) {
    State state = new State();
    for (int i = 0; i < position; i++) {
      entries.get(i).forEach(state::apply);
    }
    return state;
  }

  static void write(RecordBuffer buffer, long position, List<ModelRecord> entry) {
    for (ModelRecord record : entry) {
      buffer.beginRecord(record.keys().size());
      for (MessageName key : record.keys()) {
        buffer.key(key.lane(), key.sequence());
      }
      byte[] bytes = record.content().getBytes(StandardCharsets.UTF_8);
      buffer.content(bytes.length).put(bytes);
      buffer.endRecord();
    }
    buffer.endEntry(position);
  }

  static ModelRecord read(ByteBuffer keys, int keyCount, ByteBuffer content) {
    List<MessageName> list = new ArrayList<>();
    for (int i = 0; i < keyCount; i++) {
      list.add(new MessageName(keys.getLong(), keys.getLong()));
    }
    return new ModelRecord(list, Entries.text(content));
  }
}
