/* names: the words for events and stages. */
#include <meeple/event.h>

const char *meeple_event_name(meeple_event_type type)
{
    switch (type) {
#define X(name, text)                                                                              \
    case MEEPLE_EVENT_##name:                                                                      \
        return text;
        MEEPLE_EVENT_MAP(X)
#undef X
    case MEEPLE_EVENT_NONE:
    default:
        return "none";
    }
}

const char *meeple_stage_name(meeple_stage stage)
{
    switch (stage) {
#define X(name, text)                                                                              \
    case MEEPLE_STAGE_##name:                                                                      \
        return text;
        MEEPLE_STAGE_MAP(X)
#undef X
    case MEEPLE_STAGE_NONE:
    default:
        return "none";
    }
}
