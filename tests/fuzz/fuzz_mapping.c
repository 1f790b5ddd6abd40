/*
 * A mapping file, and behind a NUL lines for it: the verdict on the file and every decision must be
 * those of the second implementation (tests/oracle/contract.h).
 */
#include "../oracle/agreement.h"
#include "fuzz.h"

enum { MAX_LINE = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct agreement agreement;
    struct text rest = {(const char *)data, size}, line;
    const char *nul = size == 0 ? NULL : memchr(data, '\0', size);
    struct text mapping = {rest.bytes, nul == NULL ? size : (size_t)(nul - rest.bytes)};
    rest = nul == NULL ? NO_TEXT : (struct text){nul + 1, size - mapping.len - 1};
    bool usable = agreement_begin(&agreement, mapping, MAX_LINE);
    while (usable && agreement.differs == NULL && text_next_line(&rest, &line))
        agreement_line(&agreement, line);
    must_agree(agreement.differs);
    return 0;
}
