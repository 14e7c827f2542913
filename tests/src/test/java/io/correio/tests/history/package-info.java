/** What a broker that is killed under load promised, and whether it kept it. */
@NullMarked
package io.correio.tests.history;

import org.jspecify.annotations.NullMarked;
