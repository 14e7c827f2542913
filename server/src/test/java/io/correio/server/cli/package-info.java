/** Tests of the command line. */
@NullMarked
package io.correio.server.cli;

import org.jspecify.annotations.NullMarked;
