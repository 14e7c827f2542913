/** Arguments and their encoded form, stated case by case. */
@NullMarked
package io.correio.core.message;

import org.jspecify.annotations.NullMarked;
