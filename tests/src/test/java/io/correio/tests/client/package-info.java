/** The four verbs, by each of their implementations, and across restarts of the manager. */
@NullMarked
package io.correio.tests.client;

import org.jspecify.annotations.NullMarked;
