/*
 * What a process gives up before it reads what strangers wrote: opening any file but those it was
 * told of (Landlock), and all system calls but those a filter needs (seccomp). Linux has both, each
 * on its own; elsewhere there is no sandbox. Contract: cli.md, "Sandbox".
 *
 * A call that only an attack would make (a program, a process, a socket, another's memory) kills
 * the process. Any other call off the list fails with ENOSYS, as on an older system: one that a new
 * C library makes and nobody thought of becomes its fallback or a reported error, not lost events.
 */
#ifndef ASSENT_SANDBOX_H
#define ASSENT_SANDBOX_H

/* What may still be opened. A list that is NULL is empty. */
struct sandbox {
    const char *const *files; /* to read, as they are now; ended by NULL, "-" is passed over */
    const int *again;         /* open files, to read: descriptors, ended by -1 */
    const int *folders;       /* the same for folders, in which files may be made, read, written,
                                 renamed and removed; they may be listed */
};

enum sandbox_extent { SANDBOX_NONE, SANDBOX_PARTLY, SANDBOX_WHOLE };

struct sandbox_outcome {
    enum sandbox_extent extent;
    const char *lacking; /* what cannot be had, in words; NULL: nothing */
    int error;           /* its errno, or 0 */
};

/* Enters the sandbox, for good, as far as the system has one. Call it while there is one thread;
 * threads that it creates later are inside, too. Files that are open stay so. */
struct sandbox_outcome sandbox_enter(const struct sandbox *allowed);

#endif
