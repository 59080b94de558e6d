#ifndef VERNEMQ_OPERATOR_CRIG_H
#define VERNEMQ_OPERATOR_CRIG_H

// What glibc shows only to programs that define _GNU_SOURCE, for the tests' rig.

#include <sys/types.h>

/// Begins a program (looked up on PATH) in a session of its own, with the given environment, an empty standard input,
/// `output` as standard output and error, no other descriptor, and default signal handling. Returns 0 or an errno.
int rig_spawn(pid_t *pid, char *const arguments[], char *const environment[], int output);

/// A TCP socket in the network namespace of that path (as of /proc/1/ns/net), wherever the caller's own is; NULL means
/// there. Returns the descriptor or -1, with errno set.
int rig_socket(const char *network);

/// A pipe whose ends children do not get. Returns 0 or -1.
int rig_pipe(int ends[2]);

#endif
