/* RFC 3339: what is a moment, and which; spans of them. */
#include "event/timestamp.h"
#include "unit.h"

#include <stdio.h>

static const struct {
    const char *text;
    int64_t seconds;
    uint32_t nanoseconds;
} rows[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"1970-01-01t00:00:00z", 0, 0},
    {"1970-01-01 00:00:00Z", 0, 0},
    {"1969-12-31T23:59:59.999Z", -1, 999000000},
    {"2000-02-29T12:34:56Z", 951827696, 0},
    {"2000-03-01T00:00:00Z", 951868800, 0},
    {"1900-03-01T00:00:00Z", -2203891200, 0},
    {"2026-11-24T12:00:00.5+01:00", 1795518000, 500000000},
    {"2026-11-24T12:00:00-23:59", 1795607940, 0},
    {"2026-11-24T00:30:00+00:30", 1795478400, 0},
    {"2016-12-31T23:59:60Z", 1483228800, 0},
    {"0000-01-01T00:00:00Z", -62167219200, 0},
    {"0001-01-01T00:00:00Z", -62135596800, 0},
    {"9999-12-31T23:59:59.999999999Z", 253402300799, 999999999},
    {"2026-11-24T12:00:00.0000000009Z", 1795521600, 0},
    {"2026-11-24T12:00:00.12345678901234567890Z", 1795521600, 123456789},
};

START_TEST(moments)
{
    struct moment moment;
    ck_assert(moment_read(text_of(rows[_i].text), &moment));
    ck_assert_int_eq(moment.seconds, rows[_i].seconds);
    ck_assert_uint_eq(moment.nanoseconds, rows[_i].nanoseconds);
    ck_assert(moment_read_loosely(text_of(rows[_i].text), &moment));
}
END_TEST

static const char *const no_moments[] = {
    "",
    "2026-11-24",
    "2026-11-24T12:00:00",
    "2026-11-24T12:00Z",
    "2026-11-24T12:0x:00Z",
    "2026-11-24T12:00:0xZ",
    "2026-11-24T12:00.00Z",
    "2026-11-24T12.00:00Z",
    "2026-11-24T12:00:00.Z",
    "2026-11-24T12:00:00,5Z",
    "2026-11-24T12:00:00+1:00",
    "2026-11-24T12:00:00+0100",
    "2026-11-24T12:00:00+24:00",
    "2026-11-24T12:00:00+00:60",
    "2026-11-24T12:00:00Z ",
    " 2026-11-24T12:00:00Z",
    "2026-11-24T12:00:00ZZ",
    "2026-13-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "2026-04-00T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-11-24T24:00:00Z",
    "2026-11-24T12:60:00Z",
    "2026-11-24T12:00:61Z",
    "26-11-24T12:00:00Z",
    "+2026-11-24T12:00:00Z",
    "-001-11-24T12:00:00Z",
    "2026-11-24X12:00:00Z",
    "2026/11/24T12:00:00Z",
    "20261124T120000Z",
    "1795521600",
    "now",
    "2026-1\xEF\xBC\x91-24T12:00:00Z",
};

START_TEST(no_moment)
{
    struct moment moment;
    ck_assert(!moment_read(text_of(no_moments[_i]), &moment));
}
END_TEST

START_TEST(dates_and_nuls)
{
    struct moment moment;
    ck_assert(moment_read_loosely(TEXT("2026-11-24"), &moment));
    ck_assert_int_eq(moment.seconds, 1795478400);
    ck_assert_uint_eq(moment.nanoseconds, 0);
    ck_assert(!moment_read_loosely(TEXT("2026-11-24T"), &moment));
    ck_assert(!moment_read_loosely(TEXT("2026-11"), &moment));
    ck_assert(!moment_read(TEXT("2026-11-24T12:00:00\0"), &moment));
    ck_assert(!moment_read(TEXT("2026-11-24\00012:00:00Z"), &moment));
}
END_TEST

START_TEST(every_day_follows_the_one_before)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct moment before = {0}, moment;
    char text[40];
    bool first = true;
    for (int year = 1599; year <= 2405; year++)
        for (int month = 1; month <= 12; month++) {
            bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
            int days = lengths[month - 1] + (month == 2 && leap);
            for (int day = 1; day <= days; day++) {
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
                ck_assert(moment_read_loosely(text_of(text), &moment));
                if (!first && moment.seconds - before.seconds != 86400)
                    ck_abort_msg("%s", text);
                before = moment;
                first = false;
            }
        }
}
END_TEST

START_TEST(spans)
{
    const struct moment a = {10, 5}, b = {10, 6}, c = {11, 0};
    ck_assert(span_holds(&(struct span){0}, a));
    ck_assert(span_holds(&(struct span){.has_since = true, .since = b}, b));
    ck_assert(!span_holds(&(struct span){.has_since = true, .since = b}, a));
    ck_assert(span_holds(&(struct span){.has_since = true, .since = b}, c));
    ck_assert(!span_holds(&(struct span){.has_until = true, .until = b}, b));
    ck_assert(span_holds(&(struct span){.has_until = true, .until = b}, a));
    ck_assert(!span_holds(&(struct span){true, true, a, b}, c));
    ck_assert(span_holds(&(struct span){true, true, a, b}, a));
    ck_assert(!span_holds(&(struct span){true, true, c, a}, b));
}
END_TEST

#define ROWS(rows) (int)(sizeof(rows) / sizeof *(rows))

static void fill(TCase *tests)
{
    tcase_add_loop_test(tests, moments, 0, ROWS(rows));
    tcase_add_loop_test(tests, no_moment, 0, ROWS(no_moments));
    tcase_add_test(tests, dates_and_nuls);
    tcase_add_test(tests, every_day_follows_the_one_before);
    tcase_add_test(tests, spans);
    tcase_set_timeout(tests, 120);
}

int main(void)
{
    return unit_run("timestamp", fill);
}
