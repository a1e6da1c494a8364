/* torture_say: what happens, an object in JSON a line, with the words of the bots. */
#include "tests/godot3/torture.h"

#include <inttypes.h>
#include <string.h>

static void put_string(const char *text)
{
    putchar('"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') {
            putchar('\\');
        }
        if ((unsigned char)*text >= ' ') {
            putchar(*text);
        }
    }
    putchar('"');
}

static bool is_pattern(const struct torture *torture, meeple_bytes bytes)
{
    return bytes.len <= sizeof torture->pattern &&
           (bytes.len == 0 || memcmp(bytes.ptr, torture->pattern, bytes.len) == 0);
}

/* Of many bytes only how many, and whether they are the pattern. */
static void put_value(const struct torture *torture, meeple_value value)
{
    char text[TORTURE_LINE];

    if (value.kind == MEEPLE_VALUE_BYTES && value.bytes.len >= 1000) {
        printf("\"%zu bytes, %s\"", value.bytes.len,
               is_pattern(torture, value.bytes) ? "right" : "wrong");
        return;
    }
    meeple_value_text(value, text, sizeof text);
    put_string(text);
}

static void put_about(const struct torture_node *node, const char *event, const meeple_call *call)
{
    int32_t own = meeple_net_id(meeple_world_net(call->world));

    printf("{\"ev\":\"%s\",\"node\":", event);
    put_string(strrchr(meeple_object_path(node->object), '/') + 1);
    printf(",\"from\":%" PRId32 ",\"local\":%s", call->sender,
           call->sender == own ? "true" : "false");
}

void torture_say_ran(const struct torture_node *node, const char *event, const char *name,
                     const meeple_call *call, const meeple_value *values, size_t count)
{
    put_about(node, event, call);
    printf(",\"m\":\"%s\",\"args\":[", name);
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? "," : "", stdout);
        put_value(node->torture, values[i]);
    }
    puts("]}");
}

void torture_say_echo(const struct torture_node *node, const char *event, const meeple_call *call,
                      int32_t index, meeple_value value)
{
    bool same = meeple_value_equal(value, node->torture->values.at[index]);

    put_about(node, event, call);
    printf(",\"i\":%" PRId32 ",\"same\":%s,\"value\":", index, same ? "true" : "false");
    put_value(node->torture, value);
    puts("}");
}

static void say_end(const struct torture *torture, const char *name, const meeple_event *event)
{
    meeple_fault fault = meeple_net_fault(meeple_world_net(torture->world));

    printf("{\"ev\":\"%s\",\"id\":%" PRId32 ",\"code\":%u,\"clean\":%s,\"reason\":", name,
           event->peer, (unsigned)event->code, event->clean ? "true" : "false");
    put_string(event->reason);
    if (event->type == MEEPLE_EVENT_DOWN && fault.stage != MEEPLE_STAGE_NONE) {
        printf(",\"fault\":");
        put_string(fault.text);
    }
    puts("}");
}

void torture_say_event(const struct torture *torture, const meeple_event *event)
{
    const meeple_net *net = meeple_world_net(torture->world);
    bool server = meeple_net_is_server(net);

    switch (event->type) {
    case MEEPLE_EVENT_UP:
        printf("{\"ev\":\"%s\",\"id\":%" PRId32 ",\"port\":%u}\n",
               server ? "begin" : "connected_to_server", event->peer,
               (unsigned)meeple_net_port(net));
        break;
    case MEEPLE_EVENT_JOIN:
        printf("{\"ev\":\"network_peer_connected\",\"id\":%" PRId32 "}\n", event->peer);
        break;
    case MEEPLE_EVENT_PACKET:
        printf("{\"ev\":\"packet\",\"from\":%" PRId32 ",\"size\":%zu,\"same\":%s}\n", event->peer,
               event->data.len, is_pattern(torture, event->data) ? "true" : "false");
        break;
    case MEEPLE_EVENT_CLOSING:
        say_end(torture, server ? "client_closes" : "server_closes", event);
        break;
    case MEEPLE_EVENT_LEAVE:
        say_end(torture, "network_peer_disconnected", event);
        break;
    case MEEPLE_EVENT_DOWN:
        say_end(torture, "down", event);
        break;
    case MEEPLE_EVENT_NONE:
    case MEEPLE_EVENT_REQUEST:
    case MEEPLE_EVENT_DRAINED:
    default:
        break;
    }
}

void torture_say_refusal(const meeple_refusal *refusal)
{
    printf("{\"ev\":\"refused\",\"from\":%" PRId32 ",\"why\":", refusal->sender);
    put_string(meeple_refusal_text(refusal->rule));
    printf(",\"path\":");
    put_string(refusal->path);
    printf(",\"m\":");
    put_string(refusal->method);
    printf(",\"text\":");
    put_string(refusal->text);
    puts("}");
}

void torture_say_state(const struct torture *torture)
{
    const meeple_net *net = meeple_world_net(torture->world);
    int32_t peers[16];
    size_t count = meeple_net_peers(net, peers, MEEPLE_COUNT(peers));

    printf("{\"ev\":\"state\",\"id\":%" PRId32 ",\"pause_mode\":%" PRId32 ",\"peers\":[",
           meeple_net_id(net), torture->nodes[0].pause_mode);
    for (size_t i = 0; i < count && i < MEEPLE_COUNT(peers); i++) {
        printf(i > 0 ? ",%" PRId32 : "%" PRId32, peers[i]);
    }
    puts("]}");
}

void torture_say_failure(const char *name, int rc)
{
    printf("{\"ev\":\"failed\",\"m\":\"%s\",\"why\":\"%s\"}\n", name, meeple_strerror(rc));
}
