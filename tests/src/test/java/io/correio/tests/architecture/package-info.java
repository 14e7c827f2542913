/** The house rules as tests: which code may know which, and how large and how named it may be. */
@NullMarked
package io.correio.tests.architecture;

import org.jspecify.annotations.NullMarked;
