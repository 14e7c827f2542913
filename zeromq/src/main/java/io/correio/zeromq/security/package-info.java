/**
 * Security mechanisms of ZMTP as state machines: NULL (RFC 37), PLAIN (RFC 24), CURVE (RFC 25 and
 * 26), and the authentication protocol ZAP (RFC 27). Pure: no thread, no clock, no I/O.
 */
@NullMarked
package io.correio.zeromq.security;

import org.jspecify.annotations.NullMarked;
