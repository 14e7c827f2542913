/**
 * What the messages of the protocols carry, and how one protocol's peers get another's messages.
 */
@NullMarked
package io.correio.server.front.content;

import org.jspecify.annotations.NullMarked;
