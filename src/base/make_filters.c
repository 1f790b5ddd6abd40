/*
 * Which calls may be made in the sandbox: libseccomp turns the tables below into filters for the
 * kernel when the program is built, and this prints them for base/sandbox_calls.c. It is not asked
 * when the program runs: its memory management does not survive that there is none.
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

/* Stands in the filters for the process, and is none: higher than the kernel numbers them. */
enum { OWN_PID = 0x5e1f5e1f };

#define N(list) (sizeof(list) / sizeof *(list))

/* libseccomp's names are numbers on every system: calls that this one lacks it passes over. */
static const int harmless[] = {
    /* bytes of open files */
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close), SCMP_SYS(fsync),
    SCMP_SYS(fdatasync), SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64), SCMP_SYS(fcntl),
    SCMP_SYS(fcntl64), SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64),
    /* what files are there: Landlock does not hide it either */
    SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(newfstatat), SCMP_SYS(fstatat64), SCMP_SYS(stat),
    SCMP_SYS(stat64), SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(statx), SCMP_SYS(access),
    SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    /* memory, not to make it executable; limits */
    SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk), SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit), SCMP_SYS(ugetrlimit),
    /* threads, what wakes them, and time */
    SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(pipe), SCMP_SYS(pipe2),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address), SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getrandom),
    SCMP_SYS(membarrier),
    /* signals and the end; alarm, which some systems make of setitimer, is for signals.c;
     * restart_syscall goes on after SIGSTOP and SIGCONT */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn),
    SCMP_SYS(sigaltstack), SCMP_SYS(alarm), SCMP_SYS(setitimer), SCMP_SYS(restart_syscall),
    SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* For files in folders; which folders, Landlock says. */
static const int in_folders[] = {
    /* by path */
    SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
    SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
    /* by descriptor */
    SCMP_SYS(getdents64), SCMP_SYS(syncfs), SCMP_SYS(fchmod), SCMP_SYS(flock)};

/* No filter makes these, whatever its libraries do. */
static const int attacks[] = {
    /* programs and processes; clone is below */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(memfd_create),
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_getfd),
    /* the network */
    SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
    SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(sendmsg),
    /* the system */
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(open_by_handle_at), SCMP_SYS(bpf), SCMP_SYS(userfaultfd),
    SCMP_SYS(perf_event_open), SCMP_SYS(io_uring_setup), SCMP_SYS(init_module),
    SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load), SCMP_SYS(add_key),
    SCMP_SYS(request_key), SCMP_SYS(keyctl)};

/* clone's argument of flags. */
#ifdef __s390__
enum { CLONE_FLAGS_AT = 1 };
#else
enum { CLONE_FLAGS_AT = 0 };
#endif

static int add_each(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n_calls)
{
    int error = 0;
    for (size_t i = 0; i < n_calls && error == 0; i++)
        error = seccomp_rule_add(filter, action, calls[i], 0);
    return error;
}

/* Only where the argument's bits under the mask have the value. */
static int add_masked(scmp_filter_ctx filter, uint32_t action, int call, unsigned argument,
                      uint64_t mask, uint64_t value)
{
    return seccomp_rule_add(filter, action, call, 1,
                            SCMP_CMP64(argument, SCMP_CMP_MASKED_EQ, mask, value));
}

/* What is harmless with some arguments only. A thread shares all that fork would give away; the
 * flags of clone3 stand in memory, where no filter sees them, and libraries go on to clone. */
static int add_narrowed(scmp_filter_ctx filter)
{
    const struct {
        int call;
        unsigned argument;
        uint64_t mask, value;
    } narrowed[] = {
        {SCMP_SYS(mmap), 2, PROT_EXEC, 0},
        {SCMP_SYS(mmap2), 2, PROT_EXEC, 0},
        {SCMP_SYS(mprotect), 2, PROT_EXEC, 0},
        {SCMP_SYS(clone), CLONE_FLAGS_AT, CLONE_THREAD, CLONE_THREAD},
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS},
#ifdef TCGETS2
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TCGETS2},
#endif
        {SCMP_SYS(ioctl), 1, UINT32_MAX, TIOCGWINSZ},
        {SCMP_SYS(prlimit64), 2, UINT64_MAX, 0}, /* to look, not to set */
        {SCMP_SYS(kill), 0, UINT32_MAX, OWN_PID},
        {SCMP_SYS(tkill), 0, UINT32_MAX, OWN_PID},
        {SCMP_SYS(tgkill), 0, UINT32_MAX, OWN_PID},
    };
    int error = 0;
    for (size_t i = 0; i < N(narrowed) && error == 0; i++)
        error = add_masked(filter, SCMP_ACT_ALLOW, narrowed[i].call, narrowed[i].argument,
                           narrowed[i].mask, narrowed[i].value);
    return error;
}

/* To open: files to read, or whatever Landlock allows. */
static int add_opening(scmp_filter_ctx filter, bool folders)
{
    enum { CHANGING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC };
    if (folders)
        return add_each(filter, SCMP_ACT_ALLOW, in_folders, N(in_folders));
    int error = add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1, CHANGING, 0);
    return error != 0 ? error
                      : add_masked(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 2, CHANGING, 0);
}

static int add_rules(scmp_filter_ctx filter, bool folders)
{
    int error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree, not a list */
    if (error == 0)
        error = add_each(filter, SCMP_ACT_ALLOW, harmless, N(harmless));
    if (error == 0)
        error = add_narrowed(filter);
    if (error == 0)
        error = add_opening(filter, folders);
    if (error == 0)
        error = add_each(filter, SCMP_ACT_KILL_PROCESS, attacks, N(attacks));
    if (error == 0) /* a process of its own */
        error = add_masked(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), CLONE_FLAGS_AT,
                           CLONE_THREAD, 0);
    return error;
}

/* The filter as a table of C. */
static bool print_filter(scmp_filter_ctx filter, const char *name)
{
    struct sock_filter step;
    FILE *file = tmpfile();
    if (file == NULL)
        return false;
    bool exported = seccomp_export_bpf(filter, fileno(file)) == 0;
    rewind(file);
    printf("static const struct sock_filter %s[] = {\n", name);
    while (fread(&step, sizeof step, 1, file) == 1)
        printf("    {0x%02x, %u, %u, 0x%" PRIx32 "},\n", (unsigned)step.code, (unsigned)step.jt,
               (unsigned)step.jf, (uint32_t)step.k);
    printf("};\n");
    return fclose(file) == 0 && exported;
}

static bool make_filter(bool folders, const char *name)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    bool made = filter != NULL && add_rules(filter, folders) == 0 && print_filter(filter, name);
    seccomp_release(filter);
    return made;
}

int main(void)
{
    seccomp_api_set(3); /* what this kernel can do does not count: it is built here, not run */
    puts("#include <linux/filter.h>");
    printf("enum { OWN_PID = 0x%x };\n", (unsigned)OWN_PID);
    if (make_filter(false, "filter_of_files") && make_filter(true, "filter_of_folders") &&
        fflush(stdout) == 0)
        return 0;
    (void)fputs("make_filters: libseccomp could not make them\n", stderr);
    return 1;
}
