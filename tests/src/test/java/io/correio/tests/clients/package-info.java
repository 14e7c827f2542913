/** Clients of other languages, each run as a program of its own against a real broker. */
@NullMarked
package io.correio.tests.clients;

import org.jspecify.annotations.NullMarked;
