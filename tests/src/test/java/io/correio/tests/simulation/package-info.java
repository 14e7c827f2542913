/** A whole broker without its sockets, on a disk that fails, stepped by one thread and one seed. */
@NullMarked
package io.correio.tests.simulation;

import org.jspecify.annotations.NullMarked;
