/** Tests of formats and their conversion, with another implementation's codec beside ours. */
@NullMarked
package io.correio.server.front.content;

import org.jspecify.annotations.NullMarked;
