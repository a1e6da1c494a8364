/* report: what happens in a session, a JSON object a line. */
#include "samples/dice/report.h"

#include <inttypes.h>

#include "samples/lobby/report.h"

static void put_table(FILE *out, const struct dice_session *session)
{
    size_t count = dice_session_player_count(session);

    fputs(",\"ids\":[", out);
    for (size_t seat = 0; seat < count; seat++) {
        fprintf(out, seat > 0 ? ",%" PRId32 : "%" PRId32, dice_session_player_id(session, seat));
    }
    fputs("],\"names\":[", out);
    for (size_t seat = 0; seat < count; seat++) {
        fputs(seat > 0 ? "," : "", out);
        lobby_report_string(out, dice_session_player_name(session, seat));
    }
    fprintf(out, "],\"turn\":%d", dice_session_turn(session));
}

static void put_method(FILE *out, const struct dice_session *session,
                       const struct dice_trace *trace)
{
    fputs(",\"m\":", out);
    lobby_report_string(out, trace->method);
    fprintf(out, ",\"from\":%" PRId32 ",\"args\":[", trace->from);
    for (size_t i = 0; i < trace->arg_count; i++) {
        fputs(i > 0 ? "," : "", out);
        lobby_report_string(out, trace->args[i]);
    }
    fputc(']', out);
    put_table(out, session);
}

void dice_report(FILE *out, struct dice_session *session, const struct dice_trace *trace,
                 uint64_t ms)
{
    const char *name = dice_session_name(session);

    if (trace->method) {
        lobby_report_begin(out, "rpc", ms, name);
        put_method(out, session, trace);
    } else {
        lobby_report_begin(out, meeple_event_name(trace->event->type), ms, name);
        lobby_report_event(out, dice_session_lobby(session), trace->event, &trace->fault);
    }
    lobby_report_end(out);
}
