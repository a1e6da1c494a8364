/* report: what happens in a session, a JSON object a line. */
#include "samples/dice/report.h"

#include <inttypes.h>

/* Text is UTF-8, which JSON takes as it is. */
static void put_string(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte == '"' || byte == '\\') {
            fputc('\\', out);
            fputc(byte, out);
        } else if (byte < ' ' || byte == 0x7f) {
            fprintf(out, "\\u%04x", byte);
        } else {
            fputc(byte, out);
        }
    }
    fputc('"', out);
}

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
        put_string(out, dice_session_player_name(session, seat));
    }
    fprintf(out, "],\"turn\":%d", dice_session_turn(session));
}

static void put_method(FILE *out, const struct dice_session *session,
                       const struct dice_trace *trace)
{
    fputs(",\"m\":", out);
    put_string(out, trace->method);
    fprintf(out, ",\"from\":%" PRId32 ",\"args\":[", trace->from);
    for (size_t i = 0; i < trace->arg_count; i++) {
        fputs(i > 0 ? "," : "", out);
        put_string(out, trace->args[i]);
    }
    fputc(']', out);
    put_table(out, session);
}

static void put_fault(FILE *out, const meeple_fault *fault)
{
    if (fault->stage == MEEPLE_STAGE_NONE) {
        fputs(",\"fault\":null", out);
        return;
    }
    fprintf(out,
            ",\"fault\":{\"stage\":\"%s\",\"number\":%d,\"text\":", meeple_stage_name(fault->stage),
            fault->number);
    put_string(out, fault->text);
    fputc('}', out);
}

/* The same keys for every event, null where they say nothing; a few have more. */
static void put_event(FILE *out, const struct dice_session *session, const struct dice_trace *trace)
{
    const meeple_event *event = trace->event;
    bool begins = event->type == MEEPLE_EVENT_UP || event->type == MEEPLE_EVENT_JOIN;
    bool ends = event->type == MEEPLE_EVENT_LEAVE || event->type == MEEPLE_EVENT_DOWN;

    fprintf(out, ",\"peer\":%" PRId32, event->peer);
    if (begins) {
        fputs(",\"code\":null,\"reason\":null", out);
    } else {
        fprintf(out, ",\"code\":%u,\"reason\":", (unsigned)event->code);
        put_string(out, event->reason);
    }
    fprintf(out, ",\"clean\":%s", !ends ? "null" : event->clean ? "true" : "false");
    put_fault(out, &trace->fault);
    if (begins) {
        fputs(",\"protocol\":", out);
        put_string(out, event->protocol);
    }
    if (event->type == MEEPLE_EVENT_UP && dice_session_is_host(session)) {
        fprintf(out, ",\"port\":%u", (unsigned)dice_session_port(session));
        if (dice_session_page(session)) {
            fputs(",\"page\":", out);
            put_string(out, dice_session_page(session));
        }
    }
    if (event->type == MEEPLE_EVENT_JOIN && dice_session_is_host(session)) {
        fputs(",\"address\":", out);
        put_string(out, event->address);
    }
}

void dice_report(FILE *out, const struct dice_session *session, const struct dice_trace *trace,
                 uint64_t ms)
{
    fprintf(out, "{\"ev\":\"%s\",\"ms\":%" PRIu64 ",\"bot\":",
            trace->method ? "rpc" : meeple_event_name(trace->event->type), ms);
    put_string(out, dice_session_name(session));
    if (trace->method) {
        put_method(out, session, trace);
    } else {
        put_event(out, session, trace);
    }
    fputs("}\n", out);
    fflush(out);
}
