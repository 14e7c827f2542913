/** Proofs of the design's figures: programs to run by hand, each prints what it measured. */
@NullMarked
package io.correio.tests.proof;

import org.jspecify.annotations.NullMarked;
