/*
 * `measure REPORT COMMAND [ARGUMENT...]` runs the command and writes into REPORT what it used: wall
 * time, processor times, and the most memory it held (KiB, as Linux and the BSDs count it). A
 * program of its own, because a child's peak counts from the fork on: started by a large process,
 * a small one would look as large.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static int run(char **command, struct rusage *usage)
{
    pid_t child = fork();
    if (child == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status;
    if (child < 0 || wait4(child, &status, 0, usage) != child) {
        perror("measure");
        exit(126);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: measure REPORT COMMAND [ARGUMENT...]\n", stderr);
        return 126;
    }
    struct rusage usage;
    double start = now_s();
    int status = run(argv + 2, &usage);
    double wall = now_s() - start;

    FILE *report = fopen(argv[1], "w");
    if (report == NULL) {
        perror(argv[1]);
        return 126;
    }
    fprintf(report, "wall_s %.6f\nuser_s %.6f\nsystem_s %.6f\npeak_kib %ld\n", wall,
            seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss);
    return fclose(report) == 0 ? status : 126;
}
