/** What users and engine both speak of: messages, socket types, options, events, errors. */
@NullMarked
package io.correio.zeromq.model;

import org.jspecify.annotations.NullMarked;
