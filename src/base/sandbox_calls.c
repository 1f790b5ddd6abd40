#include "base/sandbox_parts.h"

#include <errno.h>

#ifdef ASSENT_SECCOMP
#include "sandbox_filters.h" /* by make_filters.c */

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { STEPS_MOST = sizeof filter_of_folders / sizeof *filter_of_folders };
_Static_assert(sizeof filter_of_files <= 2 * sizeof filter_of_folders, "both fit");

bool sandbox_calls(const struct sandbox *allowed)
{
    struct sock_filter steps[2 * STEPS_MOST];
    bool folders = allowed->folders != NULL && *allowed->folders >= 0;
    size_t size = folders ? sizeof filter_of_folders : sizeof filter_of_files;
    memcpy(steps, folders ? filter_of_folders : filter_of_files, size);
    struct sock_fprog filter = {(unsigned short)(size / sizeof *steps), steps};
    for (size_t i = 0; i < filter.len; i++)
        if (steps[i].code == (BPF_JMP | BPF_JEQ | BPF_K) && steps[i].k == OWN_PID)
            steps[i].k = (unsigned)getpid();
    /* Programs of strangers would have to speculate slowly; this is none. Old kernels do not know
     * the flag. */
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &filter) ==
               0 ||
           (errno == EINVAL && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) == 0);
}

#else

bool sandbox_calls(const struct sandbox *allowed)
{
    (void)allowed;
    errno = ENOSYS;
    return false;
}

#endif
