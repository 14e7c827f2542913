/** The command that users type, from its options to its exit status. */
@NullMarked
package io.correio.tests.launcher;

import org.jspecify.annotations.NullMarked;
