/** Descriptors that are never reused under a caller, and waiting for them; not for programs. */
@NullMarked
package io.correio.posix.descriptor;

import org.jspecify.annotations.NullMarked;
