/** A server and a client that talk through POSIX sockets, with the calls that C and Python have. */
@NullMarked
package sockets;

import org.jspecify.annotations.NullMarked;
