#include "observe/audit.h"

#include "base/json_string.h"
#include "base/utf8.h"

#include <unistr.h>

void audit_init(struct audit *audit, enum audit_which which, struct arena *memory,
                struct arena *line_memory)
{
    *audit = (struct audit){.which = which,
                            .page = {.arena = memory},
                            .line_memory = line_memory,
                            .message_id = {.arena = memory}};
}

/* What the event says of the destination's categories: nothing unless consent is stated. A missing
 * one is null; one that is neither true nor false is no consent, as good as false. */
static void put_categories(yajl_gen json, const struct mapping *mapping, const struct event *event,
                           const struct destination *destination)
{
    json_open(json, "categories");
    const struct need *need = need_of(event, destination);
    for (size_t i = 0; event->consent == CONSENT_STATED && i < need->n_categories; i++) {
        size_t category = need->categories[i];
        json_key(json, mapping->category_ids.texts[category]);
        if (bitset_has(event->consented, category))
            yajl_gen_bool(json, true);
        else if (bitset_has(event->stated, category))
            yajl_gen_bool(json, false);
        else
            yajl_gen_null(json);
    }
    json_close(json);
}

void audit_add(struct audit *audit, const struct mapping *mapping, const struct event *event,
               const struct destination *destination, struct decision decision)
{
    if ((audit->which & (decision.deliver ? AUDIT_DELIVERED : AUDIT_BLOCKED)) == 0)
        return;
    size_t begin = audit->page.len;
    yajl_gen json = json_gen(audit->line_memory, page_put, &audit->page);
    json_open(json, NULL);
    json_member(json, "destination", destination->id);
    json_member(json, "decision", text_of(decision.deliver ? "deliver" : "block"));
    json_member(json, "reason", text_of(reason_name(decision.reason)));
    put_categories(json, mapping, event, destination);
    json_close(json);
    page_add(&audit->page, "\n");
    audit->page.bytes[begin] = ','; /* it goes on with the event's part */
}

void audit_forget(struct audit *audit)
{
    audit->page.len = 0;
}

/* `{"file":"NAME",` */
static void make_file_member(struct audit *audit, const char *file)
{
    struct page page = {.arena = audit->page.arena};
    yajl_gen json = json_gen(audit->line_memory, page_put, &page);
    json_open(json, NULL);
    json_member(json, "file", json_utf8(audit->line_memory, file));
    page_add(&page, ",");
    audit->file = file;
    audit->file_member = page_text(&page);
}

static char *add(char *to, struct text text)
{
    memcpy(to, text.bytes, text.len);
    return to + text.len;
}

static char *add_number(char *to, uint64_t n)
{
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + n % 10);
    while ((n /= 10) != 0);
    return add(to, (struct text){at, (size_t)(digits + sizeof digits - at)});
}

/* The string as it came, but for what a terminal would obey. */
static struct text shown_id(struct audit *audit, struct text id)
{
    bool ascii = true;
    for (size_t i = 0; i < id.len; i++)
        ascii = ascii && (unsigned char)id.bytes[i] < 0x7F;
    if (ascii)
        return id;
    audit->message_id.len = 0;
    for (size_t at = 0; at < id.len;) {
        char escaped[16];
        ucs4_t c;
        size_t len = (size_t)u8_mbtouc(&c, (const uint8_t *)id.bytes + at, id.len - at);
        if (utf8_is_harmful(c))
            page_put(&audit->message_id, escaped,
                     (size_t)(json_string_escape(escaped, c) - escaped));
        else
            page_put(&audit->message_id, id.bytes + at, len);
        at += len;
    }
    return page_text(&audit->message_id);
}

void audit_head(struct audit *audit, struct audit_head *head, const struct event *event,
                const char *file, uint64_t line)
{
    struct text id = event->labels[LABEL_MESSAGE_ID];
    id = id.len == 0 ? TEXT("null") : shown_id(audit, id);
    bool fits = id.len <= sizeof head->bytes / 2; /* a part less to be written per decision */
    if (file != NULL && file != audit->file)
        make_file_member(audit, file);
    char *at = add(head->bytes, file == NULL ? TEXT("{\"line\":") : TEXT("\"line\":"));
    at = add(add_number(at, line), TEXT(",\"messageId\":"));
    if (fits)
        at = add(at, id);
    head->parts[0] = file == NULL ? NO_TEXT : audit->file_member;
    head->parts[1] = (struct text){head->bytes, (size_t)(at - head->bytes)};
    head->parts[2] = fits ? NO_TEXT : id;
}
