#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static int signal_pipe[2] = {-1, -1};

// Runs on whichever thread the signal finds: nothing but write and errno is touched.
static void note_signal(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // A full pipe holds enough news already.
    ssize_t ignored = write(signal_pipe[1], &byte, 1);
    (void)ignored;
    errno = saved;
}

int vmq_catch_signals(const int *numbers, int count) {
    if (signal_pipe[0] < 0 && pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigset_t caught;
    sigemptyset(&caught);
    for (int i = 0; i < count; i++) {
        if (sigaction(numbers[i], &action, NULL) != 0) return -1;
        sigaddset(&caught, numbers[i]);
    }
    // A parent may have blocked them, and its children inherit that: one thread that takes them is enough.
    if (pthread_sigmask(SIG_UNBLOCK, &caught, NULL) != 0) return -1;
    return signal_pipe[0];
}

char **vmq_environment(void) {
    return environ;
}

int vmq_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0) return -1;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

int vmq_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC);
}
