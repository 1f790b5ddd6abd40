/* What every unit test's main is: one suite, its results in TAP on standard output. */
#ifndef ASSENT_UNIT_H
#define ASSENT_UNIT_H

#include <check.h>
#include <stdlib.h>

static inline int unit_run_as(const char *name, void (*fill)(TCase *tests), enum fork_status forks)
{
    Suite *suite = suite_create(name);
    TCase *tests = tcase_create(name);
    fill(tests);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, forks);
    srunner_set_tap(runner, "-");
    srunner_run_all(runner, CK_SILENT);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static inline int unit_run(const char *name, void (*fill)(TCase *tests))
{
    return unit_run_as(name, fill, CK_FORK_GETENV);
}

#endif
