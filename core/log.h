/* log: sentences for the caller's log hook. */
#ifndef MEEPLE_CORE_LOG_H
#define MEEPLE_CORE_LOG_H

#include <meeple/base.h>

/* Whether such a line would be written: for texts that cost something to make. */
static inline bool meeple__logs(const meeple_log *log, meeple_log_level level)
{
    return log && log->write && level <= log->level;
}

/* Formats like printf(), cut at 500 bytes.  log may be NULL. */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
void meeple__log(const meeple_log *log, meeple_log_level level, const char *area,
                 const char *format, ...);

#endif /* MEEPLE_CORE_LOG_H */
