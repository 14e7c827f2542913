/** POSIX sockets with programs of other languages at the other end. */
@NullMarked
package io.correio.tests.sockets;

import org.jspecify.annotations.NullMarked;
