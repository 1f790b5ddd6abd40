/*
 * Lines for one of many mappings, which the first byte chooses: what each line is, and every
 * decision with its reason, must be as the second implementation has it.
 */
#include "fuzz.h"
#include "seeded_mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct text rest = {(const char *)data + 1, size - 1}, line;
    struct agreement *agreement = &seeded_mapping(data[0])->agreement;
    agreement->max_line = data[0] < 192 ? 4096 : 100;
    while (agreement->differs == NULL && text_next_line(&rest, &line))
        agreement_line(agreement, line);
    must_agree(agreement->differs);
    return 0;
}
