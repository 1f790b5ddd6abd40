#include "base/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
enum { N_CAUGHT = sizeof caught / sizeof *caught };

static atomic_int pending; /* lock-free, so a handler may set it and any thread read it */
/* A byte in this pipe wakes every wait, also one that begins right after the signal came. */
static int wake[2] = {-1, -1};

static void on_alarm(int signal)
{
    (void)signal;
    alarm(1);
}

static void on_signal(int signal)
{
    int saved = errno;
    struct sigaction again = {.sa_handler = on_alarm};
    sigemptyset(&again.sa_mask);
    pending = signal;
    signals_wake();
    if (sigaction(SIGALRM, &again, NULL) == 0)
        alarm(1);
    errno = saved;
}

void signals_wake(void)
{
    ssize_t written = write(wake[1], "", 1);
    (void)written; /* a full pipe wakes as well */
}

static bool catch_one(int signal)
{
    struct sigaction old;
    if (sigaction(signal, NULL, &old) != 0)
        return false;
    if (old.sa_handler == SIG_IGN)
        return true;
    struct sigaction new = {.sa_handler = on_signal};
    new.sa_flags = (int)SA_RESETHAND; /* the second one takes its default: the end */
    sigemptyset(&new.sa_mask);
    return sigaction(signal, &new, NULL) == 0;
}

static bool set_up(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

void signals_start(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGXFSZ, &ignore, NULL);
}

bool signals_catch(void)
{
    if (pipe(wake) != 0 || !set_up(wake[0]) || !set_up(wake[1]))
        return false;
    for (int i = 0; i < N_CAUGHT; i++)
        if (!catch_one(caught[i]))
            return false;
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    return pthread_sigmask(SIG_UNBLOCK, &alarms, NULL) == 0;
}

int signals_pending(void)
{
    return pending;
}

bool signals_wait(int fd, short events)
{
    struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = wake[0], .events = POLLIN}};
    /* After a signal only a begun line is finished: the wake pipe would end every wait at once. */
    int n = poll(fds, pending != 0 ? 1 : 2, -1);
    return n < 0 ? errno != EINTR : fds[0].revents != 0;
}

void signals_block(sigset_t *old)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    for (int i = 0; i < N_CAUGHT; i++)
        sigaddset(&set, caught[i]);
    pthread_sigmask(SIG_BLOCK, &set, old);
}

void signals_unblock(const sigset_t *old)
{
    pthread_sigmask(SIG_SETMASK, old, NULL);
}

void signals_die(int signal)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    sigemptyset(&by_default.sa_mask);
    sigaction(signal, &by_default, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    (void)raise(signal);
    _exit(128 + signal); /* only where the signal's default is not to end */
}
