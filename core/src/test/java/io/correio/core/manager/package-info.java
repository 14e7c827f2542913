/** Who may do what, stated in tables. */
@NullMarked
package io.correio.core.manager;

import org.jspecify.annotations.NullMarked;
