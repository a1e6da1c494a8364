/* torture: does with Godot 3 what its input says, as a server or as a client, and says what
 * happens. */
#include "tests/godot3/torture.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "samples/minimal/arguments.h"

#define WORDS_MAX 64

static const char usage[] = "usage: torture URL | torture --port N\n"
                            "\n"
                            "A client, or a server at 127.0.0.1, of the subprotocol \"ludus\".  A "
                            "line of input is a command, its words\n"
                            "with tabs between them:\n"
                            "\n"
                            "  rpc NODE METHOD TO ARGUMENT...\n"
                            "  rset NODE FIELD TO ARGUMENT\n"
                            "  bytes TO SIZE\n"
                            "  master NODE ID\n"
                            "  remove NODE | add NODE\n"
                            "  state\n"
                            "  quit\n"
                            "\n"
                            "An argument is \"i5\", an int, \"stext\", a text, \"v7\", one of the "
                            "values, or \"b100\", so many bytes.\n"
                            "A node is N, C, odd or still.\n";

static int32_t to_id(const char *word)
{
    return (int32_t)strtol(word, NULL, 10);
}

static meeple_bytes to_bytes(const struct torture *torture, const char *word)
{
    size_t size = strtoul(word, NULL, 10);

    return (meeple_bytes){torture->pattern, size < TORTURE_PATTERN ? size : TORTURE_PATTERN};
}

static meeple_value to_value(const struct torture *torture, const char *word)
{
    const char *rest = word + 1;
    size_t number = strtoul(rest, NULL, 10);

    switch (*word) {
    case 'i':
        return meeple_value_int(strtoll(rest, NULL, 10));
    case 's':
        return meeple_value_string(rest);
    case 'b':
        return meeple_value_bytes(to_bytes(torture, rest));
    default:
        return torture->values.at[number < TORTURE_VALUES ? number : 0];
    }
}

/* How many arguments a method has: count, or more if those that were left out are optional. */
static size_t all_arguments(const struct torture_node *node, const char *method, size_t count)
{
    const meeple_class *cls = meeple_object_class(node->object);

    for (size_t i = 0; i < cls->method_count; i++) {
        const meeple_rpc_type *type = cls->methods[i].type();

        while (strcmp(type->name, method) == 0 && count < type->field_count &&
               type->fields[count].flags & MEEPLE_OPTIONAL) {
            count++;
        }
    }
    return count;
}

/* "rpc NODE METHOD TO ARGUMENT...", "rset NODE FIELD TO ARGUMENT" */
static int call_or_set(const struct torture *torture, const struct torture_node *node, char **words,
                       size_t count)
{
    meeple_value values[WORDS_MAX] = {{0}};

    for (size_t i = 4; i < count; i++) {
        values[i - 4] = to_value(torture, words[i]);
    }
    if (strcmp(words[0], "rpc") == 0) {
        return meeple_object_call_values(node->object, to_id(words[3]), words[2], values,
                                         all_arguments(node, words[2], count - 4));
    }
    return meeple_set(node->object, to_id(words[3]), words[2], values[0]);
}

/* "master NODE ID", "remove NODE", "add NODE" */
static int change(struct torture *torture, struct torture_node *node, char **words, size_t count)
{
    if (strcmp(words[0], "master") == 0 && count == 3) {
        meeple_object_set_master(node->object, to_id(words[2]));
        return 0;
    }
    if (strcmp(words[0], "remove") == 0) {
        torture_node_remove(node);
        return 0;
    }
    return strcmp(words[0], "add") == 0 ? torture_node_add(torture, node) : MEEPLE_EINVAL;
}

/* Does what a line of words with tabs between them says; it is taken apart.  False: to end. */
static bool command(struct torture *torture, char *line)
{
    char *words[WORDS_MAX] = {line};
    struct torture_node *node;
    size_t count = 1;
    int rc = MEEPLE_EINVAL;

    for (char *tab = line; count < WORDS_MAX && (tab = strchr(tab, '\t')) != NULL;) {
        *tab++ = '\0';
        words[count++] = tab;
    }
    node = count > 1 ? torture_node_find(torture, words[1]) : NULL;
    if (strcmp(words[0], "quit") == 0) {
        return false;
    }
    if (strcmp(words[0], "state") == 0) {
        torture_say_state(torture);
        rc = 0;
    } else if (strcmp(words[0], "bytes") == 0 && count == 3) {
        rc = meeple_world_send(torture->world, to_id(words[1]), to_bytes(torture, words[2]));
    } else if (node && count > 3) {
        rc = call_or_set(torture, node, words, count);
    } else if (node) {
        rc = change(torture, node, words, count);
    }
    if (rc < 0) {
        torture_say_failure(count > 2 ? words[2] : words[0], rc);
    }
    return true;
}

static void on_event(meeple_world *world, const meeple_event *event)
{
    struct torture *torture = meeple_world_user(world);

    torture_say_event(torture, event);
    torture->down = event->type == MEEPLE_EVENT_DOWN;
}

static void on_refused(meeple_world *world, const meeple_refusal *refusal)
{
    (void)world;
    torture_say_refusal(refusal);
}

static int begin(struct torture *torture, const char *url, meeple_listen_options *listen)
{
    const char *const protocols[] = {"ludus", NULL};
    meeple_net *net = NULL;
    int rc;

    for (size_t i = 0; i < TORTURE_PATTERN; i++) {
        torture->pattern[i] = (uint8_t)(i * 31 + 7);
    }
    rc = torture_values_init(&torture->values, torture->pattern);
    if (rc < 0) {
        return rc;
    }
    listen->dialect = MEEPLE_DIALECT_GODOT3;
    listen->protocols = protocols;
    listen->host = "127.0.0.1";
    rc = url ? meeple_net_connect(&net, url,
                                  &(meeple_connect_options){.dialect = MEEPLE_DIALECT_GODOT3,
                                                            .protocols = protocols})
             : meeple_net_listen(&net, listen);
    if (rc == 0) {
        rc = meeple_world_new(&torture->world, net,
                              &(meeple_world_options){
                                  .on_event = on_event, .on_refused = on_refused, .user = torture});
    }
    return rc < 0 ? rc : torture_nodes_add(torture);
}

/* What has come of the input.  False: to end. */
static bool read_commands(struct torture *torture)
{
    char *line = torture->line, *end;
    ssize_t len =
        read(STDIN_FILENO, line + torture->line_len, sizeof torture->line - torture->line_len);

    if (len <= 0) {
        return false;
    }
    torture->line_len += (size_t)len;
    while ((end = memchr(line, '\n', torture->line_len)) != NULL) {
        size_t used = (size_t)(end - line) + 1;

        *end = '\0';
        if (!command(torture, line)) {
            return false;
        }
        torture->line_len -= used;
        memmove(line, line + used, torture->line_len);
    }
    return true;
}

static int run(struct torture *torture)
{
    meeple_net *net = meeple_world_net(torture->world);
    struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                           {.fd = meeple_net_pollable(net), .events = POLLIN}};
    int rc;

    do {
        if (poll(fds, MEEPLE_COUNT(fds), meeple_world_wait_ms(torture->world)) < 0) {
            return MEEPLE_EIO;
        }
        if (fds[0].revents != 0 && !read_commands(torture)) {
            fds[0].fd = -1;
            (void)meeple_net_close(net, 0, NULL);
        }
        rc = meeple_world_poll(torture->world, 0);
    } while (rc >= 0 && !torture->down);
    return rc;
}

int main(int argc, char **argv)
{
    static struct torture torture;
    struct arguments arguments = arguments_of(argv, usage);
    const char *url = NULL;
    meeple_listen_options listen = {0};
    int rc;

    (void)argc;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const char *flag; (flag = arguments_next(&arguments)) != NULL;) {
        if (strcmp(flag, "--port") == 0) {
            listen.port = (uint16_t)arguments_number(&arguments, flag, UINT16_MAX);
        } else if (strcmp(flag, "--heartbeat") == 0) {
            listen.limits.heartbeat_ms = (uint32_t)arguments_number(&arguments, flag, UINT32_MAX);
        } else {
            url = flag;
        }
    }
    rc = begin(&torture, url, &listen);
    if (rc == 0) {
        rc = run(&torture);
    }
    meeple_world_free(torture.world);
    torture_values_done(&torture.values);
    if (rc < 0) {
        fprintf(stderr, "torture: %s\n", meeple_strerror(rc));
    }
    return rc < 0 ? 1 : 0;
}
