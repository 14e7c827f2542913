/** The four verbs put, get, poll and notify, as a program sees them, wherever its queues are. */
@NullMarked
package io.correio.client;

import org.jspecify.annotations.NullMarked;
