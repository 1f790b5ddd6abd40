/* What a command shows on standard output besides its work: help, versions, reports. */
#ifndef ASSENT_SHOW_H
#define ASSENT_SHOW_H

#include "base/text.h"
#include "cli/status.h"
#include "stream/sink.h"

/* Writes the text to standard output, which is closed then: a command shows one text. Anything but
 * STATUS_DONE comes after a message, or is a broken pipe or a signal. */
enum status show(const char *text);
enum status show_text(struct text text);

/* Closes a sink to which all was written; likewise. */
enum status show_end(struct sink *sink);

/* The status of a failed write to a sink, after a message. */
enum status show_not_written(const struct sink *sink, enum sink_status failed);

#endif
