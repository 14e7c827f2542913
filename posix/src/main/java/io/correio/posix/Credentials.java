package io.correio.posix;

/**
 * Who is at the other end of a Unix socket, by the kernel's word ({@code struct ucred}, Linux).
 *
 * @param pid the process
 * @param uid its effective user
 * @param gid its effective group
 */
public record Credentials(int pid, int uid, int gid) {}
