/* server_godot3: a world for Godot 3's clients, with one object that counts. */
#include <meeple/world.h>

#include <stdio.h>

#define PATH "F"

struct counter {
    meeple_object *object;
    int32_t count;
};

#define COUNTER_HIT(ARG) ARG(int32_t, number) ARG(bool, last)
MEEPLE_RPC(hit, COUNTER_HIT)
#define COUNTER_DONE(ARG) ARG(int32_t, count)
MEEPLE_RPC(done, COUNTER_DONE)

MEEPLE_ANSWERS(struct counter, hit)
MEEPLE_ANSWERS(struct counter, done)
static const meeple_method methods[] = {MEEPLE_METHOD(hit, MEEPLE_RPC_REMOTE),
                                        MEEPLE_METHOD(done, MEEPLE_RPC_REMOTE)};
static const meeple_class counter_class = {
    .name = "counter", .methods = methods, .method_count = MEEPLE_COUNT(methods)};

static void on_hit(struct counter *self, const struct hit *arg, const meeple_call *call)
{
    self->count++;
    if (arg->last) {
        meeple_rpc(self->object, call->sender, done, self->count);
        self->count = 0;
    }
}

static void on_done(struct counter *self, const struct done *arg, const meeple_call *call)
{
    (void)self;
    (void)arg;
    (void)call;
}

int main(void)
{
    static const char *const protocols[] = {"ludus", NULL};
    meeple_listen_options options = {
        .host = "127.0.0.1", .protocols = protocols, .dialect = MEEPLE_DIALECT_GODOT3};
    struct counter counter = {0};
    meeple_world *world = NULL;
    meeple_net *net;
    int rc;

    /* Whoever loads a server is faster than any game's client. */
    options.limits.messages_per_second_max = UINT32_MAX;
    options.limits.bytes_per_second_max = UINT32_MAX;
    rc = meeple_net_listen(&net, &options);
    if (rc == 0) {
        printf("port %u\n", (unsigned)meeple_net_port(net));
        fflush(stdout);
        rc = meeple_world_new(&world, net, NULL);
    }
    if (rc == 0) {
        rc = meeple_object_add(&counter.object, world, &counter_class, PATH, &counter);
    }
    while (rc >= 0) {
        rc = meeple_world_poll(world, -1);
    }
    puts(meeple_strerror(rc));
    meeple_world_free(world);
    return 1;
}
