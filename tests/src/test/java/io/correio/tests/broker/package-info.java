/** A real broker in a process of its own, as a user starts it, for tests to talk to and to kill. */
@NullMarked
package io.correio.tests.broker;

import org.jspecify.annotations.NullMarked;
