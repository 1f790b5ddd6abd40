#include "cli/rejects.h"

#include "worker.h"

#include <inttypes.h>

void rejects_tell(struct rejects *rejects, struct place place, enum reject reject)
{
    if (rejects->n_told == REPORTS_MOST)
        return;
    message(place, SEVERITY_ERROR, "%s", reject_words(reject));
    rejects->n_told++;
}

void rejects_tell_rest(const struct rejects *rejects, uint64_t n)
{
    if (n > rejects->n_told)
        message(NO_PLACE, SEVERITY_ERROR,
                "%" PRIu64 " more lines were rejected, %" PRIu64 " in all", n - rejects->n_told, n);
}
