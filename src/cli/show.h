/* What a command shows on standard output besides its work: help, versions, reports. */
#ifndef ASSENT_SHOW_H
#define ASSENT_SHOW_H

#include "base/text.h"
#include "cli/status.h"

/* Writes the text. Anything but STATUS_DONE comes after a message, or is a broken pipe. */
enum status show(const char *text);
enum status show_text(struct text text);

/* The status when writing to standard output has failed with that errno, after a message. */
enum status show_failed(int error);

#endif
