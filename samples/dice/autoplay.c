/* autoplay: a player that is a program: rolls when it is its turn. */
#include "samples/dice/autoplay.h"

/* A host waits for company, and goes on as long as there is some: the others want to play, too. */
static bool wants_to_roll(const struct dice_autoplay *player, const struct dice_session *session)
{
    if (!dice_session_my_turn(session)) {
        return false;
    }
    if (dice_session_is_host(session)) {
        return dice_session_player_count(session) > 1;
    }
    return player->rolls_max == 0 || dice_session_rolls(session) < player->rolls_max;
}

void dice_autoplay_step(struct dice_autoplay *player, struct dice_session *session, uint64_t now_ms)
{
    uint32_t revision = dice_session_revision(session);

    if (revision != player->revision) {
        player->revision = revision;
        player->since_ms = now_ms;
    }
    if (wants_to_roll(player, session) && now_ms - player->since_ms >= player->patience_ms) {
        (void)dice_session_roll(session);
    }
}
