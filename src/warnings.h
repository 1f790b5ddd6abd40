/*
 * What a mapping without errors may still have got wrong, in words that follow its rules: warnings
 * for `assent check`. What a destination can receive is asked of decide, not worked out again.
 * Contract: cli.md, "check".
 */
#ifndef ASSENT_WARNINGS_H
#define ASSENT_WARNINGS_H

#include "mapping/finding.h"
#include "mapping/mapping.h"

/* Adds the warnings and sorts all findings by place. The mapping must have no errors; memory comes
 * from the findings' arena, inside of whose arena_try this must run. Time is near-linear in the
 * mapping's size. */
void warnings_find(const struct mapping *mapping, struct findings *findings);

#endif
