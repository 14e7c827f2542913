/** The queue manager: the verbs that front ends call. */
@NullMarked
package io.correio.core.manager;

import org.jspecify.annotations.NullMarked;
