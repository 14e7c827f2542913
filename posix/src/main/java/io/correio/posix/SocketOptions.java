package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.correio.posix.descriptor.OpenDescriptor;
import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Libc;
import java.lang.foreign.MemorySegment;

/** getsockopt and setsockopt, getsockname and getpeername of a socket. Stateless. */
final class SocketOptions {
  private static final int VALUE_AT = 64;
  private static final int LENGTH_AT = VALUE_AT + SocketOption.VALUE_BYTES_MAX;

  private SocketOptions() {}

  static <T> T get(SocketCore core, SocketOption<T> option) throws PosixException {
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment value = scratch.structs().asSlice(VALUE_AT, SocketOption.VALUE_BYTES_MAX);
      MemorySegment length = scratch.structs().asSlice(LENGTH_AT, 4);
      value.fill((byte) 0);
      length.set(JAVA_INT, 0, SocketOption.VALUE_BYTES_MAX);
      int slot = core.enter(OpenDescriptor.OTHER, "getsockopt");
      int result;
      try {
        result =
            Libc.getsockopt(
                core.descriptor.errno(slot),
                core.descriptor.number(),
                option.level(),
                option.number(),
                value,
                length);
      } finally {
        core.descriptor.leave(slot);
      }
      if (result < 0) {
        throw new PosixException(-result, "getsockopt", core.describe() + ", " + option);
      }
      return option.decode(value, length.get(JAVA_INT, 0));
    } finally {
      scratch.giveBack();
    }
  }

  static <T> void set(SocketCore core, SocketOption<T> option, T wanted) throws PosixException {
    Scratch scratch = Scratch.borrow();
    try {
      MemorySegment value = scratch.structs().asSlice(VALUE_AT, SocketOption.VALUE_BYTES_MAX);
      int length = option.encode(wanted, value);
      int slot = core.enter(OpenDescriptor.OTHER, "setsockopt");
      int result;
      try {
        result =
            Libc.setsockopt(
                core.descriptor.errno(slot),
                core.descriptor.number(),
                option.level(),
                option.number(),
                value,
                length);
      } finally {
        core.descriptor.leave(slot);
      }
      if (result < 0) {
        throw new PosixException(
            -result, "setsockopt", core.describe() + ", " + option + ", " + wanted);
      }
      core.optionSet(option, wanted);
    } finally {
      scratch.giveBack();
    }
  }

  /** Its own address, or its peer's. */
  static Address name(SocketCore core, boolean peer) throws PosixException {
    String call = peer ? "getpeername" : "getsockname";
    Scratch scratch = Scratch.borrow();
    try {
      NameArea area = new NameArea(scratch);
      int slot = core.enter(OpenDescriptor.OTHER, call);
      int result;
      try {
        MemorySegment errno = core.descriptor.errno(slot);
        int number = core.descriptor.number();
        result =
            peer
                ? Libc.getpeername(errno, number, area.address(), area.length())
                : Libc.getsockname(errno, number, area.address(), area.length());
      } finally {
        core.descriptor.leave(slot);
      }
      if (result < 0) {
        throw new PosixException(-result, call, core.describe());
      }
      return area.decode();
    } finally {
      scratch.giveBack();
    }
  }
}
