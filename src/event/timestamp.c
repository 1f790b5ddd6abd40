#include "event/timestamp.h"

/* Takes a number of exactly so many digits off the text. */
static bool take_digits(struct text *text, size_t n, int *number)
{
    *number = 0;
    if (text->len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        char c = text->bytes[i];
        if (c < '0' || c > '9')
            return false;
        *number = *number * 10 + (c - '0');
    }
    *text = (struct text){text->bytes + n, text->len - n};
    return true;
}

/* Takes one character, if it is one of these. */
static bool take(struct text *text, const char *any, char *which)
{
    if (text->len == 0 || text->bytes[0] == '\0' || strchr(any, text->bytes[0]) == NULL)
        return false;
    *which = text->bytes[0];
    *text = (struct text){text->bytes + 1, text->len - 1};
    return true;
}

static bool is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970 of a date of the Gregorian calendar; false when there is no such day. */
static bool days_of(int year, int month, int day, int64_t *days)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = is_leap_year(year);
    int length = before[month] - before[month - 1] + (leap && month == 2);
    if (day > length)
        return false;
    int64_t y = year, last = y - 1; /* full years before this one count from the year 0 */
    int64_t leaps = year == 0 ? 0 : last / 4 - last / 100 + last / 400 + 1;
    *days = y * 365 + leaps + before[month - 1] + (leap && month > 2) + day - 1 - 719528;
    return true;
}

static bool take_date(struct text *text, int64_t *days)
{
    int year, month, day;
    char dash;
    return take_digits(text, 4, &year) && take(text, "-", &dash) && take_digits(text, 2, &month) &&
           take(text, "-", &dash) && take_digits(text, 2, &day) && days_of(year, month, day, days);
}

static bool take_fraction(struct text *text, uint32_t *nanoseconds)
{
    enum { DIGITS = 9 };
    char point;
    *nanoseconds = 0;
    if (!take(text, ".", &point))
        return true;
    int digit, n = 0;
    for (; take_digits(text, 1, &digit); n++)
        if (n < DIGITS)
            *nanoseconds = *nanoseconds * 10 + (uint32_t)digit;
    for (int i = n; i < DIGITS; i++)
        *nanoseconds *= 10;
    return n != 0;
}

/* Seconds that local time is ahead of UTC. */
static bool take_offset(struct text *text, int *offset)
{
    int hours, minutes;
    char sign, colon;
    *offset = 0;
    if (take(text, "Zz", &sign))
        return true;
    if (!take(text, "+-", &sign) || !take_digits(text, 2, &hours) || !take(text, ":", &colon) ||
        !take_digits(text, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

bool moment_read(struct text text, struct moment *moment)
{
    int64_t days;
    int hour, minute, second, offset;
    char c;
    if (!take_date(&text, &days) || !take(&text, "Tt ", &c) || !take_digits(&text, 2, &hour) ||
        !take(&text, ":", &c) || !take_digits(&text, 2, &minute) || !take(&text, ":", &c) ||
        !take_digits(&text, 2, &second) || !take_fraction(&text, &moment->nanoseconds) ||
        !take_offset(&text, &offset))
        return false;
    if (text.len != 0 || hour > 23 || minute > 59 || second > 60)
        return false;
    moment->seconds = ((days * 24 + hour) * 60 + minute) * 60 + second - offset;
    return true;
}

bool moment_read_loosely(struct text text, struct moment *moment)
{
    int64_t days;
    struct text rest = text;
    if (moment_read(text, moment))
        return true;
    if (!take_date(&rest, &days) || rest.len != 0)
        return false;
    *moment = (struct moment){.seconds = days * 24 * 60 * 60};
    return true;
}

static bool is_before(struct moment a, struct moment b)
{
    return a.seconds != b.seconds ? a.seconds < b.seconds : a.nanoseconds < b.nanoseconds;
}

bool span_holds(const struct span *span, struct moment moment)
{
    return !(span->has_since && is_before(moment, span->since)) &&
           !(span->has_until && !is_before(moment, span->until));
}
