/*
 * `generate_events N [SEED]` writes N events on standard output, always the same for the same
 * arguments: Segment-shaped, 0.3 to 3 KB, 10 in 100 without a consent object, some with non-ASCII
 * text, escapes and an integrations object, as an export holds them.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

/* xorshift64*: small, fast, the same everywhere. */
static uint64_t next(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545F4914F6CDD1Du;
}

static unsigned below(unsigned n)
{
    return (unsigned)(next() >> 33) % n;
}

static const char *pick(const char *const *words, unsigned n)
{
    return words[below(n)];
}

static void consent(void)
{
    static const char *const values[] = {"true", "false", "false", "false"};
    if (below(10) == 0)
        return;
    printf(",\"consent\":{\"categoryPreferences\":{\"Advertising\":%s,\"Analytics\":%s,"
           "\"Functional\":%s,\"DataSharing\":%s}}",
           pick(values, 4), pick(values, 4), pick(values, 4), pick(values, 4));
}

static void integrations(void)
{
    switch (below(4)) {
    case 0:
        printf(",\"integrations\":{}");
        break;
    case 1:
        printf(",\"integrations\":{\"All\":true,\"Amplitude\":{\"session_id\":%" PRIu64 "}}",
               next() >> 20);
        break;
    case 2:
        printf(",\"integrations\":{\"Google Ads\":%s}", below(2) == 0 ? "true" : "false");
        break;
    default:
        break;
    }
}

static void text(unsigned n)
{
    static const char *const words[] = {
        "spring", "sale", "blue",  "shoes", "caf\xC3\xA9", "checkout", "caf\\u00e9",    "size",
        "large",  "with", "the",   "free",  "delivery",    "today",    "\\\"new\\\"",   "and",
        "more",   "of",   "every", "kind",  "in",          "store",    "Z\xC3\xBCrich", "now"};
    for (unsigned i = 0; i < n; i++)
        printf("%s%s", i == 0 ? "" : " ", pick(words, below(4) == 0 ? 24 : 4));
}

static void products(unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        printf("%s{\"product_id\":\"%016" PRIx64 "\",\"sku\":\"SKU-%u\",\"price\":%u.%02u,"
               "\"quantity\":%u,\"name\":\"",
               i == 0 ? "" : ",", next(), below(100000), below(500), below(100), below(9) + 1);
        text(3 + below(4));
        printf("\",\"in_stock\":%s}", below(3) == 0 ? "false" : "true");
    }
}

static void event(uint64_t number)
{
    static const char *const names[] = {"Order Completed", "Product Viewed", "Cart Viewed",
                                        "Product Added", "Signed Up"};
    printf("{\"type\":\"track\",\"event\":\"%s\",\"messageId\":\"ajs-%016" PRIx64
           "\",\"anonymousId\":\"%016" PRIx64 "\",\"userId\":%s",
           pick(names, 5), next(), next(), below(2) == 0 ? "null" : "\"user-81723\"");
    printf(",\"properties\":{\"order_id\":\"%" PRIu64 "\",\"total\":%u.%02u,\"currency\":\"EUR\","
           "\"title\":\"",
           number, below(5000), below(100));
    text(2 + below(20));
    printf("\",\"products\":[");
    products(below(4) == 0 ? below(18) : below(6));
    printf("]},\"context\":{\"library\":{\"name\":\"analytics.js\",\"version\":\"next-1.53.0\"}");
    if (below(4) != 0) {
        printf(",\"page\":{\"path\":\"/shop/%u\",\"referrer\":\"\",\"search\":\"?utm_source=mail\","
               "\"title\":\"",
               below(10000));
        text(4);
        printf("\",\"url\":\"https://shop.example/shop/%u\"},\"userAgent\":\"Mozilla/5.0 "
               "(Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
               "Chrome/120.0.0.0 Safari/537.36\",\"ip\":\"203.0.113.%u\",\"timezone\":"
               "\"Europe/Zurich\"",
               below(10000), below(250));
    }
    printf(",\"locale\":\"de-CH\"");
    consent();
    printf("}");
    integrations();
    printf(",\"timestamp\":\"2024-03-01T10:%02u:%02u.%03uZ\",\"receivedAt\":"
           "\"2024-03-01T11:00:00.000Z\",\"version\":2}\n",
           below(60), below(60), below(1000));
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: generate_events N [SEED]\n");
        return 2;
    }
    uint64_t n = strtoull(argv[1], NULL, 10);
    state = 0x9E3779B97F4A7C15u ^ (argc > 2 ? strtoull(argv[2], NULL, 10) : 1);
    for (uint64_t i = 1; i <= n; i++)
        event(i);
    return fflush(stdout) == 0 ? 0 : 3;
}
