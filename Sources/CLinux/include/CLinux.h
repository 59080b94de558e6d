#ifndef VERNEMQ_OPERATOR_CLINUX_H
#define VERNEMQ_OPERATOR_CLINUX_H

// Linux system calls that Swift's Glibc module does not show. _GNU_SOURCE must not be defined here: it would change
// the shape of structures that the Glibc module has imported without it.

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>

/// The corresponding C function is `accept4`, which <sys/socket.h> shows only to programs that define _GNU_SOURCE.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

/// The corresponding C function is `pthread_setname_np`; at most 15 characters.
extern int pthread_setname_np(pthread_t thread, const char *name);

/// Catches signals, whichever thread they find: the number of each is written, as one byte, into a pipe.
///
/// Unlike a signalfd it does not need every thread of the process, those of libraries among them, to block the signals.
/// The calling thread unblocks them, and must go on living.
/// Not to be called from two threads at once.
///
/// \returns the end of the pipe to read from, which does not block; -1 and errno on failure.
extern int vmq_catch_signals(const int *numbers, int count);

/// The process's environment, `NAME=value` each, ended by NULL. The corresponding C variable is `environ`.
extern char **vmq_environment(void);

/// A pipe whose ends do not live on in children. The corresponding C function is `pipe2` with O_CLOEXEC.
extern int vmq_pipe(int ends[2]);

/// Keeps the process's memory to itself: no core dump, in a file (children inherit that) or by a pipe to a collector, which
/// the limit on files does not bind; no debugger, and no /proc/PID/mem, of another process of the same user.
///
/// \returns 0; -1 and errno on failure.
extern int vmq_forbid_core_dumps(void);

#endif
