#include "cli/confine.h"

#include "base/message.h"

#include <string.h>

enum status confine(enum sandbox_when when, const struct sandbox *allowed)
{
    if (when == SANDBOX_OFF)
        return STATUS_DONE;
    struct sandbox_outcome outcome = sandbox_enter(allowed);
    if (when == SANDBOX_AUTO || outcome.extent == SANDBOX_WHOLE)
        return STATUS_DONE;
    message(NO_PLACE, SEVERITY_ERROR, "the sandbox that is required cannot be had: %s%s%s",
            outcome.lacking, outcome.error != 0 ? ": " : "",
            outcome.error != 0 ? strerror(outcome.error) : "");
    return STATUS_USAGE;
}
