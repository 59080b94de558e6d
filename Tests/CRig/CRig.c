#define _GNU_SOURCE
#include "CRig.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int rig_spawn(pid_t *pid, char *const arguments[], char *const environment[], int output) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, output, 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);

    int status = posix_spawnp(pid, arguments[0], &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

int rig_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

// A socket belongs to the network that the thread was in when it was made; setns moves only the calling thread.
int rig_socket(const char *network) {
    if (network == NULL) return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int own = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (own < 0) return -1;
    int other = open(network, O_RDONLY | O_CLOEXEC);
    int made = -1, failure = errno;
    if (other >= 0 && setns(other, CLONE_NEWNET) == 0) {
        made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        failure = errno;
        // A thread that is in the wrong network for good would make the tests lie.
        if (setns(own, CLONE_NEWNET) != 0) abort();
    } else {
        failure = errno;
    }
    if (other >= 0) close(other);
    close(own);
    errno = failure;
    return made;
}
