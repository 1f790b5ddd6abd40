/* libFuzzer's way to the sentence of tests/skim/same.h. The first byte picks the mapping. */
#include "../skim/same.h"
#include "fuzz.h"

enum { MOST = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sameness *sames[MOST];
    size_t n = 0;
    while (same_mappings[n] != NULL)
        n++;
    if (size == 0)
        return 0;
    size_t m = data[0] % n;
    if (sames[m] == NULL) {
        sames[m] = malloc(sizeof *sames[m]);
        if (sames[m] == NULL)
            abort();
        same_init(sames[m], same_mappings[m]);
    }
    must_agree(same_line(sames[m], (struct text){(const char *)data + 1, size - 1}));
    return 0;
}
