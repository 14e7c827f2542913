/** Ways to log in, as the clients of both AMQPs take them. */
@NullMarked
package io.correio.tests.logins;

import org.jspecify.annotations.NullMarked;
