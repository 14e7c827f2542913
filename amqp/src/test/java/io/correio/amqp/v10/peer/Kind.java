package io.correio.amqp.v10.peer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The standard's composite types: the low byte of the descriptor, then the fields in their order,
 * each with its type where a plain Java value stands for it. Immutable.
 */
@SuppressWarnings("ImmutableEnumChecker") // its lists are
public enum Kind {
  OPEN(
      0x10,
      "container-id,hostname,max-frame-size:uint,channel-max:ushort,idle-time-out:uint"
          + ",outgoing-locales,incoming-locales,offered-capabilities,desired-capabilities"
          + ",properties"),
  BEGIN(
      0x11,
      "remote-channel:ushort,next-outgoing-id:uint,incoming-window:uint,outgoing-window:uint"
          + ",handle-max:uint,offered-capabilities,desired-capabilities,properties"),
  ATTACH(
      0x12,
      "name,handle:uint,role,snd-settle-mode:ubyte,rcv-settle-mode:ubyte,source,target,unsettled"
          + ",incomplete-unsettled,initial-delivery-count:uint,max-message-size:ulong"
          + ",offered-capabilities,desired-capabilities,properties"),
  FLOW(
      0x13,
      "next-incoming-id:uint,incoming-window:uint,next-outgoing-id:uint,outgoing-window:uint"
          + ",handle:uint,delivery-count:uint,link-credit:uint,available:uint,drain,echo"
          + ",properties"),
  TRANSFER(
      0x14,
      "handle:uint,delivery-id:uint,delivery-tag:binary,message-format:uint,settled,more"
          + ",rcv-settle-mode:ubyte,state,resume,aborted,batchable"),
  DISPOSITION(0x15, "role,first:uint,last:uint,settled,state,batchable"),
  DETACH(0x16, "handle:uint,closed,error"),
  END(0x17, "error"),
  CLOSE(0x18, "error"),
  ERROR(0x1d, "condition:symbol,description,info"),
  RECEIVED(0x23, "section-number:uint,section-offset:ulong"),
  ACCEPTED(0x24, ""),
  REJECTED(0x25, "error"),
  RELEASED(0x26, ""),
  MODIFIED(0x27, "delivery-failed,undeliverable-here,message-annotations"),
  SOURCE(
      0x28,
      "address,durable:uint,expiry-policy:symbol,timeout:uint,dynamic,dynamic-node-properties"
          + ",distribution-mode:symbol,filter,default-outcome,outcomes,capabilities"),
  TARGET(
      0x29,
      "address,durable:uint,expiry-policy:symbol,timeout:uint,dynamic,dynamic-node-properties"
          + ",capabilities"),
  COORDINATOR(0x30, "capabilities"),
  DECLARE(0x31, "global-id"),
  DISCHARGE(0x32, "txn-id:binary,fail"),
  DECLARED(0x33, "txn-id:binary"),
  TRANSACTIONAL_STATE(0x34, "txn-id:binary,outcome"),
  SASL_MECHANISMS(0x40, "sasl-server-mechanisms"),
  SASL_INIT(0x41, "mechanism:symbol,initial-response:binary,hostname"),
  SASL_CHALLENGE(0x42, "challenge:binary"),
  SASL_RESPONSE(0x43, "response:binary"),
  SASL_OUTCOME(0x44, "code:ubyte,additional-data:binary"),
  HEADER(0x70, "durable,priority:ubyte,ttl:uint,first-acquirer,delivery-count:uint"),
  PROPERTIES(
      0x73,
      "message-id,user-id:binary,to,subject,reply-to,correlation-id,content-type:symbol"
          + ",content-encoding:symbol,absolute-expiry-time,creation-time"
          + ",group-id,group-sequence:uint,reply-to-group-id");

  private static final Map<Long, Kind> BY_CODE = new HashMap<>();

  static {
    for (Kind kind : values()) {
      BY_CODE.put(kind.code, kind);
    }
  }

  private final long code;
  private final List<String> names;
  private final List<String> types;

  Kind(long code, String fields) {
    this.code = code;
    List<String> all = fields.isEmpty() ? List.of() : Arrays.asList(fields.split(",", -1));
    names = all.stream().map(field -> field.replaceFirst(":.*", "")).toList();
    types = all.stream().map(field -> field.replaceFirst("^[^:]*:?", "")).toList();
  }

  /** The descriptor; its domain is 0. */
  public long code() {
    return code;
  }

  static @Nullable Kind of(long code) {
    return BY_CODE.get(code);
  }

  List<String> names() {
    return names;
  }

  /** The place of a field, which has to be there. */
  int index(String name) {
    int index = names.indexOf(name);
    if (index < 0) {
      throw new IllegalArgumentException(this + " has no field " + name);
    }
    return index;
  }

  String type(int index) {
    return types.get(index);
  }
}
