/**
 * The functions of the C library that sockets need, and the layouts of what they are given; not for
 * programs.
 */
@NullMarked
package io.correio.posix.libc;

import org.jspecify.annotations.NullMarked;
