/** When the disk has what the broker says it has, seen from outside: through its system calls. */
@NullMarked
package io.correio.tests.durability;

import org.jspecify.annotations.NullMarked;
