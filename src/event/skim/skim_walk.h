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
        unsigned n = SKIM_WIDTH;
        while (end - at >= SKIM_WIDTH && (n = SKIM_NAME(special)(at)) == SKIM_WIDTH)
            at += n;
        if (n != SKIM_WIDTH)
            at += n;
        else /* near the line's end */
            while (at < end && is_plain(*at))
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

/* Behind a value that is no container; NULL when it is not valid. */
SKIM_TARGET static inline const unsigned char *
SKIM_NAME(scalar)(struct skim *skim, const unsigned char *at, const unsigned char *end)
{
    bool escapes;
    if (*at != '"')
        at = number_or_literal(at);
    else if ((at = SKIM_NAME(string)(at + 1, end, &escapes)) != NULL)
        at++;
    return at != NULL && scalar_done(skim, at) ? at : NULL;
}

/* The line's first byte is at `at`; its last one, before `end`, is a brace. */
SKIM_TARGET static bool SKIM_NAME(walk)(struct skim *skim, const unsigned char *at,
                                        const unsigned char *end)
{
    unsigned char close = '}';
    at = space(at + 1);
    if (*at == '}')
        return at + 1 == end && close_container(skim, end);
    for (;;) {
        if (close == '}' && (at = SKIM_NAME(key)(skim, at, end)) == NULL)
            return false;
        if (*at == '{' || *at == '[') {
            if (!open_container(skim, at))
                return false;
            close = *at == '{' ? '}' : ']';
            at = space(at + 1);
            if (*at != close)
                continue;
        } else {
            at = SKIM_NAME(scalar)(skim, at, end);
            if (at == NULL)
                return false;
            at = space(at);
        }
        while (*at == close) {
            at++;
            if (!close_container(skim, at))
                return false;
            if (skim->depth == 0 || at == end)
                return skim->depth == 0 && at == end;
            close = is_object(skim) ? '}' : ']';
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
