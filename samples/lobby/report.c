/* report: what happens in a game, a JSON object a line. */
#include "samples/lobby/report.h"

#include <inttypes.h>

/* Text is UTF-8, which JSON takes as it is. */
void lobby_report_string(FILE *out, const char *text)
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

static void put_fault(FILE *out, const meeple_fault *fault)
{
    if (!fault || fault->stage == MEEPLE_STAGE_NONE) {
        fputs(",\"fault\":null", out);
        return;
    }
    fprintf(out,
            ",\"fault\":{\"stage\":\"%s\",\"number\":%d,\"text\":", meeple_stage_name(fault->stage),
            fault->number);
    lobby_report_string(out, fault->text);
    fputc('}', out);
}

/* The same keys for every event, null where they say nothing; a few have more. */
void lobby_report_event(FILE *out, const struct lobby *lobby, const meeple_event *event,
                        const meeple_fault *fault)
{
    bool begins = event->type == MEEPLE_EVENT_UP || event->type == MEEPLE_EVENT_JOIN;
    bool ends = event->type == MEEPLE_EVENT_LEAVE || event->type == MEEPLE_EVENT_DOWN;

    fprintf(out, ",\"peer\":%" PRId32, event->peer);
    if (begins) {
        fputs(",\"code\":null,\"reason\":null", out);
    } else {
        fprintf(out, ",\"code\":%u,\"reason\":", (unsigned)event->code);
        lobby_report_string(out, event->reason);
    }
    fprintf(out, ",\"clean\":%s", !ends ? "null" : event->clean ? "true" : "false");
    put_fault(out, fault);
    if (begins) {
        fputs(",\"protocol\":", out);
        lobby_report_string(out, event->protocol);
    }
    if (event->type == MEEPLE_EVENT_UP && lobby_is_host(lobby)) {
        fprintf(out, ",\"port\":%u", (unsigned)lobby_port(lobby));
        if (lobby_page(lobby)) {
            fputs(",\"page\":", out);
            lobby_report_string(out, lobby_page(lobby));
        }
    }
    if (event->type == MEEPLE_EVENT_JOIN && lobby_is_host(lobby)) {
        fputs(",\"address\":", out);
        lobby_report_string(out, event->address);
    }
}

void lobby_report_begin(FILE *out, const char *what, uint64_t ms, const char *name)
{
    fprintf(out, "{\"ev\":\"%s\",\"ms\":%" PRIu64 ",\"bot\":", what, ms);
    lobby_report_string(out, name);
}

void lobby_report_end(FILE *out)
{
    fputs("}\n", out);
    fflush(out);
}
