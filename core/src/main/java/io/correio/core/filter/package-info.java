/** Which messages a consumer or a subscription wants: selectors, and what they ask of a message. */
@NullMarked
package io.correio.core.filter;

import org.jspecify.annotations.NullMarked;
