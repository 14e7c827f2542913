/** ZeroMQ's protocol beside libzmq. */
@NullMarked
package io.correio.tests.zeromq;

import org.jspecify.annotations.NullMarked;
