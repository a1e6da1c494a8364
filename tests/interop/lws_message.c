/* lws_message: messages that a test asks for by their kind and size. */
#include "tests/interop/lws_peer.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_room(struct message *message, size_t room)
{
    unsigned char *memory;

    if (message->memory && room <= message->room) {
        return;
    }
    room = room < 2 * message->room ? 2 * message->room : room;
    memory = realloc(message->memory, LWS_PRE + room);
    if (!memory) {
        fputs("lws_peer: out of memory\n", stderr);
        exit(1);
    }
    *message = (struct message){memory, memory + LWS_PRE, message->len, room, message->text};
}

void message_add(struct message *message, const void *bytes, size_t len)
{
    make_room(message, message->len + len);
    if (len > 0) {
        memcpy(message->bytes + message->len, bytes, len);
    }
    message->len += len;
}

/* Two bytes a letter, so that frames and reads end inside of one. */
static void fill_text(struct message *message)
{
    for (size_t at = 0; at < message->len; at++) {
        message->bytes[at] = at % 2 == 0 ? 0xc5 : 0xbe;
    }
    if (message->len % 2 == 1) {
        message->bytes[message->len - 1] = 'x';
    }
}

void message_make(struct message *message, const struct job *job, unsigned number)
{
    uint32_t noise = 1;

    message->len = 0;
    message->text =
        job->said[0] || strcmp(job->kind, "text") == 0 || strcmp(job->kind, "number") == 0;
    if (job->said[0]) {
        message_add(message, job->said, strlen(job->said));
        return;
    }
    make_room(message, job->size);
    message->len = job->size;
    if (strcmp(job->kind, "text") == 0) {
        fill_text(message);
        return;
    }
    for (size_t at = 0; at < job->size; at++) {
        noise = noise * 1664525u + 1013904223u;
        message->bytes[at] = strcmp(job->kind, "noise") == 0    ? (unsigned char)(noise >> 24)
                             : strcmp(job->kind, "number") == 0 ? 'x'
                                                                : (unsigned char)(at % 251);
    }
    if (strcmp(job->kind, "number") == 0) {
        char digits[12];
        size_t len = (size_t)snprintf(digits, sizeof digits, "%u", number);

        memcpy(message->bytes, digits, len < job->size ? len : job->size);
    }
}

bool message_same(const struct message *a, const struct message *b)
{
    return a->text == b->text && a->len == b->len &&
           (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

void message_done(struct message *message)
{
    free(message->memory);
    *message = (struct message){0};
}
