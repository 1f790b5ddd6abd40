/* A run with a checkpoint makes the names of its outputs outlast a power cut, or says that it
 * cannot. */
#include "cli/options.h"
#include "cli/resume.h"
#include "scratch.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is called while standard error goes to a file; *told is what stands there. */
static enum status keep_names(const struct resume *resume, char told[256])
{
    int kept = dup(STDERR_FILENO), file = open(path_of("told"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    ck_assert(kept >= 0 && file >= 0 && dup2(file, STDERR_FILENO) == STDERR_FILENO);
    bool almighty = geteuid() == 0;
    bool changed = !almighty || seteuid(65534) == 0;
    enum status status = resume_keep_names(resume);
    changed = changed && (!almighty || seteuid(0) == 0);
    ck_assert_int_eq(dup2(kept, STDERR_FILENO), STDERR_FILENO);
    ck_assert(changed);
    ssize_t n = pread(file, told, 255, 0);
    ck_assert_int_ge(n, 0);
    told[n] = '\0';
    close(kept);
    close(file);
    return status;
}

/* A folder that files may be made in, and that may not be read: which of the outputs is in it. */
START_TEST(a_folder_that_cannot_be_opened_is_told)
{
    char told[256], want[256] = "";
    const char *open_one, *closed;
    make_folder();
    open_one = path_of("open");
    closed = path_of("closed");
    ck_assert(chmod(folder, 0755) == 0 && mkdir(closed, 0700) == 0 && chmod(closed, 0333) == 0);
    closed = path_of("closed/name");
    struct options options = {.rejects = _i == 0 ? closed : open_one,
                              .audit_file = _i == 1 ? closed : open_one,
                              .split = _i == 2 ? closed : open_one};
    struct split_folder split_folder = {.options = &options};
    const struct resume resume = {.on = true, .folder = &split_folder};
    enum status status = keep_names(&resume, told);
    if (_i < 3)
        snprintf(want, sizeof want, "assent: %s: error: cannot open: Permission denied\n", closed);
    ck_assert_str_eq(told, want);
    ck_assert_int_eq(status, _i < 3 ? STATUS_FAILED : STATUS_DONE);
    ck_assert_int_eq(chmod(path_of("closed"), 0700), 0);
    remove_folder();
}
END_TEST

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, a_folder_that_cannot_be_opened_is_told, 0, 4);
}

int main(void)
{
    return unit_run("resume", fill);
}
