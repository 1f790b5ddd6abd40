/*
 * The walk over a line, compiled once for each instruction set. Before it is included, define
 *   SKIM_NAME(name)  the name with the set's suffix
 *   SKIM_TARGET      the attribute that lets the compiler use the set
 *   SKIM_WIDTH       how many bytes SKIM_NAME(special) looks at
 *   SKIM_NAME(special)(at), which gives the number of the first byte at `at` that is a quote, a
 *   backslash, a control byte or no ASCII, or SKIM_WIDTH when there is none
 * It has no include guard on purpose.
 */

/* The closing quote of a string whose first byte is at `at`; NULL when it is not valid. */
SKIM_TARGET static inline const unsigned char *
SKIM_NAME(string)(const unsigned char *at, const unsigned char *end, bool *escapes)
{
    for (;;) {
        while (end - at >= SKIM_WIDTH) {
            unsigned n = SKIM_NAME(special)(at);
            at += n;
            if (n < SKIM_WIDTH)
                break;
        }
        while (at < end && is_plain(*at)) /* near the line's end, or at a special byte: no round */
            at++;
        if (at == end)
            return NULL;
        if (*at == '"')
            return at;
        if (*at == '\\') {
            *escapes = true;
            at = escape(at);
        } else {
            at = characters(at);
        }
        if (at == NULL)
            return NULL;
    }
}

/* Behind a value that is no container; NULL when it is not valid. */
SKIM_TARGET static inline const unsigned char *SKIM_NAME(scalar)(const unsigned char *at,
                                                                 const unsigned char *end)
{
    bool escapes;
    if (*at != '"')
        return number_or_literal(at);
    at = SKIM_NAME(string)(at + 1, end, &escapes);
    return at == NULL ? NULL : at + 1;
}

/* Behind a key and its colon; NULL when they are not valid or not plain enough. */
SKIM_TARGET static inline const unsigned char *
SKIM_NAME(key)(struct skim *skim, const unsigned char *at, const unsigned char *end)
{
    bool escapes = false;
    if (*at != '"')
        return NULL;
    const unsigned char *quote = SKIM_NAME(string)(at + 1, end, &escapes);
    if (quote == NULL)
        return NULL;
    if (skim->depth == skim->path_depth &&
        (escapes || !on_path_key(skim, at + 1, (size_t)(quote - at - 1))))
        return NULL;
    at = space(quote + 1);
    return *at == ':' ? space(at + 1) : NULL;
}

/* The line's first byte is at `at`; its last one, before `end`, is a brace. */
SKIM_TARGET static bool SKIM_NAME(walk)(struct skim *skim, const unsigned char *at,
                                        const unsigned char *end)
{
    bool in_object = true, first = true;
    at = space(at + 1);
    for (;;) {
        if (!first || *at != (in_object ? '}' : ']')) {
            if (in_object && (at = SKIM_NAME(key)(skim, at, end)) == NULL)
                return false;
            if (*at == '{' || *at == '[') {
                in_object = *at == '{';
                if (!open_container(skim, at))
                    return false;
                at = space(at + 1);
                first = true;
                continue;
            }
            at = SKIM_NAME(scalar)(at, end);
            if (at == NULL || !scalar_done(skim, at))
                return false;
            at = space(at);
        }
        first = false;
        while (*at == (in_object ? '}' : ']')) {
            at++;
            if (!close_container(skim, at))
                return false;
            if (skim->depth == 0)
                return at == end;
            if (at == end)
                return false;
            in_object = is_object(skim);
            at = space(at);
        }
        if (*at != ',')
            return false;
        at = space(at + 1);
    }
}

#undef SKIM_NAME
#undef SKIM_TARGET
#undef SKIM_WIDTH
