#include "cli/asked.h"

#include "cli/each_line.h"

#include <stdlib.h>

bool asked_init(struct asked *asked, int argc)
{
    *asked = (struct asked){.ids = malloc((size_t)argc * sizeof *asked->ids)};
    if (asked->ids == NULL)
        out_of_memory(NO_PLACE);
    return asked->ids != NULL;
}

void asked_free(struct asked *asked)
{
    free(asked->ids);
}

bool asked_known(const struct asked *asked, const struct mapping *mapping)
{
    for (size_t i = 0; i < asked->n; i++) {
        if (ids_find(&mapping->destination_ids, text_of(asked->ids[i])) == IDS_NONE) {
            message(NO_PLACE, SEVERITY_ERROR, "the mapping has no destination %s", asked->ids[i]);
            return false;
        }
    }
    return true;
}

bool is_asked_for(const struct asked *asked, struct text destination)
{
    for (size_t i = 0; i < asked->n; i++)
        if (text_equal(text_of(asked->ids[i]), destination))
            return true;
    return asked->n == 0;
}
