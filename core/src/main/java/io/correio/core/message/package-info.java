/** A message: the few typed fields the core decides on, and the content exactly as received. */
@NullMarked
package io.correio.core.message;

import org.jspecify.annotations.NullMarked;
