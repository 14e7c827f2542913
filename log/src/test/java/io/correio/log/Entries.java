package io.correio.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Builds entries for tests and reads back what a log says. */
final class Entries {

  private Entries() {}

  /** One entry with one record, in one lane or in several. */
  static void add(RecordBuffer buffer, long position, String content, long... laneSequence) {
    record(buffer, content, laneSequence);
    buffer.endEntry(position);
  }

  static void record(RecordBuffer buffer, String content, long... laneSequence) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    buffer.beginRecord(laneSequence.length / 2);
    for (int i = 0; i < laneSequence.length; i += 2) {
      buffer.key(laneSequence[i], laneSequence[i + 1]);
    }
    buffer.content(bytes.length).put(bytes);
    buffer.endRecord();
  }

  static String text(ByteBuffer content) {
    byte[] bytes = new byte[content.remaining()];
    content.get(content.position(), bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Messages of a lane as the log has them: "sequence=content" or "sequence missing". */
  static List<String> read(SegmentedLog log, long lane, long... sequences) throws Exception {
    List<String> found = new ArrayList<>();
    log.read(
        lane,
        sequences,
        sequences.length,
        Integer.MAX_VALUE,
        new MessageSink() {
          @Override
          public void onMessage(long sequence, long position, ByteBuffer content) {
            found.add(sequence + "=" + text(content));
          }

          @Override
          public void onMissing(long sequence) {
            found.add(sequence + " missing");
          }
        });
    return found;
  }
}
