/*
 * Enters the sandbox and tries one thing: prints `done`, or the number of its error.
 *
 *   inside HALF TRY FILE OTHER FOLDER [in-folder]
 *
 * HALF is files, calls or both. FILE may be read, FOLDER stands among the files that may be; with
 * in-folder, files may be made in it. OTHER is allowed in no way. Status 77 after a word of why:
 * this system has no such half.
 */
#include "base/sandbox_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const char *file, *other, *folder;
static int opened; /* before: OTHER, to write */

static bool can_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0600);
    return fd >= 0 && close(fd) == 0;
}

static const char *beneath(const char *name)
{
    static char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* ---- files ---- */

static bool read_file(void)
{
    return can_open(file, O_RDONLY);
}

static bool write_file(void)
{
    return can_open(file, O_WRONLY);
}

static bool empty_file(void)
{
    return can_open(file, O_RDONLY | O_TRUNC);
}

static bool read_other(void)
{
    return can_open(other, O_RDONLY);
}

static bool write_other(void)
{
    return can_open(other, O_WRONLY);
}

static bool empty_other(void)
{
    return truncate(other, 0) == 0;
}

static bool remove_other(void)
{
    return unlink(other) == 0;
}

static bool link_other(void)
{
    return link(other, beneath("link")) == 0;
}

static bool list_folder(void)
{
    DIR *listing = opendir(folder);
    return listing != NULL && readdir(listing) != NULL && closedir(listing) == 0;
}

static bool read_in_folder(void)
{
    return can_open(beneath("there"), O_RDONLY);
}

static bool make_in_folder(void)
{
    return can_open(beneath("new"), O_WRONLY | O_CREAT | O_TRUNC);
}

static bool replace_in_folder(void)
{
    char new[4096];
    snprintf(new, sizeof new, "%s", beneath("new"));
    return can_open(new, O_RDWR | O_CREAT) && rename(new, beneath("there")) == 0 &&
           unlink(beneath("there")) == 0;
}

static bool rename_out_of_folder(void)
{
    return rename(beneath("there"), other) == 0;
}

static bool make_folder(void)
{
    return mkdir(beneath("inner"), 0700) == 0;
}

/* ---- what an attacker would do ---- */

static bool run_program(void)
{
    static char *const arguments[] = {"true", NULL};
    execv("/bin/true", arguments);
    return false;
}

static bool make_process(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    return child > 0;
}

static bool spawn_program(void)
{
    static char *const arguments[] = {"true", NULL};
    pid_t child;
    errno = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, arguments + 1);
    return errno == 0;
}

static bool make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool become_traced(void)
{
    return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
}

static bool kill_other(void)
{
    return kill(getppid(), 0) == 0;
}

static bool map_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) !=
           MAP_FAILED;
}

static bool make_code(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page != MAP_FAILED && mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
}

static bool type_into_terminal(void)
{
    return ioctl(STDIN_FILENO, TIOCSTI, "x") == 0;
}

static bool unknown_call(void)
{
    return syscall(SYS_uname, NULL) == 0;
}

/* ---- what a filter does ---- */

static bool write_opened(void)
{
    return write(opened, "xy", 2) == 2 && ftruncate(opened, 1) == 0 && fsync(opened) == 0 &&
           lseek(opened, 0, SEEK_SET) == 0 && close(opened) == 0;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static bool is_done;

static void *in_thread(void *attempt)
{
    bool (*const *try)(void) = attempt;
    void *memory = malloc(100 * 1000 * 1000);
    bool good = memory != NULL && (*try)();
    intptr_t error = good ? 0 : errno;
    free(memory);
    pthread_mutex_lock(&mutex);
    is_done = true;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    return (void *)error;
}

static bool run_in_thread(bool (*try)(void))
{
    pthread_t thread;
    void *error = NULL;
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += 60;
    errno = pthread_create(&thread, NULL, in_thread, &try);
    if (errno != 0)
        return false;
    pthread_mutex_lock(&mutex);
    while (!is_done && pthread_cond_timedwait(&condition, &mutex, &until) == 0)
        ;
    pthread_mutex_unlock(&mutex);
    errno = pthread_join(thread, &error);
    if (errno == 0)
        errno = (int)(intptr_t)error;
    return errno == 0;
}

static bool thread_writes(void)
{
    return run_in_thread(write_opened);
}

static bool thread_reads_other(void)
{
    return run_in_thread(read_other);
}

static bool thread_makes_socket(void)
{
    return run_in_thread(make_socket);
}

static bool die_by_signal(void)
{
    return raise(SIGTERM) == 0;
}

static bool call_abort(void)
{
    abort();
}

#define TRY(name)                                                                                  \
    {                                                                                              \
#name, name                                                                                \
    }
static const struct {
    const char *name;
    bool (*try)(void);
} tries[] = {
    TRY(read_file),           TRY(write_file),           TRY(empty_file),
    TRY(read_other),          TRY(write_other),          TRY(empty_other),
    TRY(remove_other),        TRY(link_other),           TRY(list_folder),
    TRY(read_in_folder),      TRY(make_in_folder),       TRY(replace_in_folder),
    TRY(make_folder),         TRY(rename_out_of_folder), TRY(run_program),
    TRY(make_process),        TRY(spawn_program),        TRY(make_socket),
    TRY(become_traced),       TRY(kill_other),           TRY(map_code),
    TRY(make_code),           TRY(type_into_terminal),   TRY(unknown_call),
    TRY(write_opened),        TRY(thread_writes),        TRY(thread_reads_other),
    TRY(thread_makes_socket), TRY(die_by_signal),        TRY(call_abort),
};

static void enter(const char *half, const struct sandbox *allowed)
{
    struct sandbox_outcome outcome = {SANDBOX_WHOLE, NULL, 0};
    if (strcmp(half, "both") == 0)
        outcome = sandbox_enter(allowed);
    else if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
             !(strcmp(half, "files") == 0 ? sandbox_files : sandbox_calls)(allowed))
        outcome = (struct sandbox_outcome){SANDBOX_NONE, half, errno};
    if (outcome.extent == SANDBOX_WHOLE)
        return;
    printf("%s: %s\n", outcome.lacking, strerror(outcome.error));
    exit(77);
}

int main(int argc, char **argv)
{
    if (argc < 6)
        return 2;
    file = argv[3];
    other = argv[4];
    folder = argv[5];
    opened = open(other, O_RDWR | O_CLOEXEC);
    const char *const files[] = {"-", file, folder, "missing", NULL};
    const int folders[] = {argc > 6 ? open(folder, O_RDONLY | O_DIRECTORY) : -1, -1};
    enter(argv[1], &(struct sandbox){.files = files, .folders = folders});
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        if (strcmp(argv[2], tries[i].name) != 0)
            continue;
        if (tries[i].try())
            puts("done");
        else
            printf("%d\n", errno);
        return 0;
    }
    return 2;
}
