/*
 * Signals. SIGINT, SIGTERM and SIGHUP only raise a flag: the stream stops at a whole line, and then
 * the process dies by the signal that came (cli.md, "Exit status"). A second one ends it at once.
 * Signals that were ignored when the program started stay ignored.
 *
 * A signal that comes right before a write to a full pipe is not seen by the write, which waits for
 * the reader. So each second after it SIGALRM cuts short what the first thread waits in.
 */
#ifndef ASSENT_SIGNALS_H
#define ASSENT_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* Call first. From then on a file-size limit shows as a failed write, reported like a full disk. */
void signals_start(void);

/* Call once, before anything is read. False with errno set when the system refuses. */
bool signals_catch(void);

/* The signal that came, or 0. */
int signals_pending(void);

/* Waits until the descriptor is ready for the poll events, or a caught signal has come. Whether it
 * is ready. */
bool signals_wait(int fd, short events);

/* Ends every wait from now on, as a signal would: for a run that ends while it waits for input. */
void signals_wake(void);

/* Keeps the caught signals from threads that are created between the two calls. */
void signals_block(sigset_t *old);
void signals_unblock(const sigset_t *old);

/* Ends the process by the signal, as if it had never been caught. */
_Noreturn void signals_die(int signal);

#endif
