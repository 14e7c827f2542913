package io.correio.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.correio.posix.descriptor.Scratch;
import io.correio.posix.libc.Layouts;
import java.lang.foreign.MemorySegment;

/**
 * Where the kernel writes an address: address 128 | length 4. In the borrowed scratch of one call.
 *
 * @param address the address
 * @param length its length: what there is room for before the call, what it took after
 */
record NameArea(MemorySegment address, MemorySegment length) {

  NameArea(Scratch scratch) {
    this(
        scratch.structs().asSlice(0, Layouts.SOCKADDR_STORAGE_BYTES),
        scratch.structs().asSlice(Layouts.SOCKADDR_STORAGE_BYTES, 4));
    length.set(JAVA_INT, 0, Layouts.SOCKADDR_STORAGE_BYTES);
  }

  Address decode() {
    return AddressCodec.decode(address, length.get(JAVA_INT, 0));
  }
}
