/* log: sentences for the caller's log hook. */
#include "core/log.h"

#include <stdarg.h>
#include <stdio.h>

void meeple__log(const meeple_log *log, meeple_log_level level, const char *area,
                 const char *format, ...)
{
    char text[500];
    va_list args;

    if (!meeple__logs(log, level)) {
        return;
    }
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log->write(log->ctx, level, area, text);
}
