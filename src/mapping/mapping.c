#include "mapping/mapping.h"

const char *const kind_words[] = {
    [KIND_EVENT_STREAMING] = "event-streaming",
    [KIND_WAREHOUSE] = "warehouse",
    [KIND_OTHER] = "other",
    NULL,
};

/* The need's mask for a word, which is added when it is new. `masks_of` has, per word, one
 * more than the mask's number, or anything at all: listed categories may be a million. */
static struct mask *mask_of(struct need *need, size_t word, size_t *masks_of)
{
    size_t guess = masks_of[word] - 1;
    if (guess < need->n_masks && need->masks[guess].word == word)
        return &need->masks[guess];
    need->masks[need->n_masks] = (struct mask){.word = word};
    masks_of[word] = ++need->n_masks;
    return &need->masks[need->n_masks - 1];
}

static void build_masks(const struct mapping *mapping, struct arena *arena, struct need *need,
                        size_t *masks_of)
{
    bool ignore = mapping->rules.knob[KNOB_DISABLED] == DISABLED_IGNORE;
    bool any_asked = false;
    need->masks = arena_alloc(arena, need->n_categories * sizeof *need->masks);
    for (size_t i = 0; i < need->n_categories; i++) {
        size_t category = need->categories[i];
        bool enabled = mapping->categories[category].enabled;
        struct mask *mask = mask_of(need, category / 64, masks_of);
        uint64_t bit = (uint64_t)1 << (category % 64);
        mask->listed |= bit;
        if (enabled)
            mask->enabled |= bit;
        if (enabled || !ignore) {
            mask->asked |= bit;
            any_asked = true;
        }
    }
    need->all_ignored = need->n_categories != 0 && !any_asked;
}

const struct need *destination_need(const struct destination *destination, size_t provider)
{
    for (size_t i = 0; i < destination->n_needs; i++)
        if (destination->needs[i].provider == provider)
            return &destination->needs[i];
    return NULL;
}

bool destination_is_enforced(const struct destination *destination)
{
    bool any = destination_need(destination, PROVIDER_ANY) == NULL; /* for others it is unmapped */
    for (size_t i = 0; i < destination->n_needs; i++)
        any = any || !destination->needs[i].all_ignored;
    return any && destination->kind == KIND_EVENT_STREAMING;
}

void mapping_build_masks(struct mapping *mapping, struct arena *arena)
{
    size_t *masks_of = arena_alloc(arena, bitset_words(mapping->category_ids.n) * sizeof *masks_of);
    for (size_t i = 0; i < mapping_n_destinations(mapping); i++)
        for (size_t j = 0; j < mapping->destinations[i].n_needs; j++)
            build_masks(mapping, arena, &mapping->destinations[i].needs[j], masks_of);
}

void mapping_ask_label(struct mapping *mapping, struct arena *arena, enum label label)
{
    static const char *const keys[N_LABELS] = {
        [LABEL_MESSAGE_ID] = "messageId",
        [LABEL_TIMESTAMP] = "timestamp",
        [LABEL_TYPE] = "type",
    };
    struct text key = text_of(keys[label]);
    struct json_path path = {&key, 1};
    struct key_way way = key_paths_add(&mapping->paths, arena, path, role_of_label(label));
    mapping->paths.labels[label] = way.nodes[0];
    mapping->paths.any_labels = true;
}
