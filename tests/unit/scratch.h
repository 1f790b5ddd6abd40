/* A folder for the files of one test. */
#ifndef ASSENT_SCRATCH_H
#define ASSENT_SCRATCH_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[32];

static inline void make_folder(void)
{
    strcpy(folder, "/tmp/assent-unit-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static inline void remove_folder(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

/* A name in the folder; it lasts until the test ends. */
static inline const char *path_of(const char *name)
{
    static char paths[8][64];
    static int n;
    char *path = paths[n++ % 8];
    snprintf(path, sizeof *paths, "%s/%s", folder, name);
    return path;
}

static inline void write_file(const char *name, const char *bytes, size_t len)
{
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

#endif
