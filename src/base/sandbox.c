#include "base/sandbox.h"

#include "base/sandbox_parts.h"

#include <errno.h>

#ifdef ASSENT_VALGRIND
#include <valgrind/valgrind.h>
#else
#define RUNNING_ON_VALGRIND 0
#endif

#ifdef __linux__
#include <sys/prctl.h>

static bool give_up_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

#else

static bool give_up_privileges(void)
{
    errno = ENOSYS;
    return false;
}

#endif

/* Sanitizers, coverage and valgrind open files and make calls of their own. */
static bool is_under_test(void)
{
#ifdef ASSENT_UNCONFINED
    return true;
#else
    return RUNNING_ON_VALGRIND != 0;
#endif
}

struct sandbox_outcome sandbox_enter(const struct sandbox *allowed)
{
    if (is_under_test())
        return (struct sandbox_outcome){SANDBOX_NONE, "a sanitizer or valgrind is at work", 0};
    if (!give_up_privileges())
        return (struct sandbox_outcome){SANDBOX_NONE, "no_new_privs", errno};
    struct sandbox_outcome outcome = {.extent = SANDBOX_WHOLE};
    bool files = sandbox_files(allowed);
    if (!files)
        outcome = (struct sandbox_outcome){SANDBOX_PARTLY, "Landlock", errno};
    bool calls = sandbox_calls(allowed);
    if (!calls)
        outcome = (struct sandbox_outcome){files ? SANDBOX_PARTLY : SANDBOX_NONE,
                                           files ? "seccomp" : "Landlock and seccomp", errno};
    return outcome;
}
