/* Reading a mapping file: one loader for every command. Contract: mapping.md, "The file". */
#ifndef ASSENT_READ_H
#define ASSENT_READ_H

#include "mapping/finding.h"
#include "mapping/mapping.h"

/* A mapping file has at most this many bytes: 10,000 destinations take about one MiB. */
enum { MAPPING_LARGEST = 16 * 1024 * 1024 };

/*
 * Reads the mapping out of the file's bytes, which must outlive it. All memory comes from the
 * findings' arena, inside of whose arena_try this must run. What is wrong is added to the findings,
 * sorted by place; only when there are none may the mapping be used.
 */
void mapping_read(struct mapping *mapping, struct text file, struct findings *findings);

#endif
