/* report: what happens at a shared table, a JSON object a line. */
#include "samples/table/report.h"

#include <inttypes.h>

#include "samples/lobby/report.h"

void table_report_said(FILE *out, const struct table_game *game, uint64_t ms, const char *line)
{
    lobby_report_begin(out, "said", ms, game->name);
    fputs(",\"line\":", out);
    lobby_report_string(out, line);
    lobby_report_end(out);
}

static void put_rect(FILE *out, const char *name, const float rect[4])
{
    fprintf(out, ",\"%s\":[%.1f,%.1f,%.1f,%.1f]", name, (double)rect[0], (double)rect[1],
            (double)rect[2], (double)rect[3]);
}

void table_report_layout(FILE *out, const struct table_game *game, const float cloth[4],
                         const float tray[4])
{
    lobby_report_begin(out, "layout", 0, game->name);
    put_rect(out, "cloth", cloth);
    put_rect(out, "tray", tray);
    lobby_report_end(out);
}

static void put_players(FILE *out, const struct table_game *game)
{
    const char *between = "";

    fputs(",\"players\":[", out);
    for (unsigned seat = 0; seat < TABLE_SEATS; seat++) {
        const struct table_pawn *pawn = game->pawns[seat];
        char name[LOBBY_NAME_MAX + 1];

        if (!table_game_sits(game, seat)) {
            continue;
        }
        table_pawn_name(name, pawn);
        fprintf(out, "%s{\"seat\":%u,\"tray\":%u,\"x\":%d,\"y\":%d,\"name\":", between, seat,
                (unsigned)game->board->trays[seat], pawn->x, pawn->y);
        lobby_report_string(out, name);
        fputc('}', out);
        between = ",";
    }
    fputc(']', out);
}

static void put_pieces(FILE *out, const struct table_game *game)
{
    const char *between = "";

    fputs(",\"pieces\":[", out);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        const struct table_piece *piece = game->pieces[i];

        if (piece && piece->word.tray == 0) {
            fprintf(out, "%s[%u,%d,%d,%u,%" PRIu32 "]", between, i, piece->x, piece->y,
                    (unsigned)piece->word.face, piece->word.level);
            between = ",";
        }
    }
    fputc(']', out);
}

static void put_tray(FILE *out, const struct table_game *game)
{
    const char *between = "";

    fputs(",\"tray\":[", out);
    for (unsigned i = 0; i < TABLE_PIECES; i++) {
        if (table_game_in_tray(game, i) && table_game_shows(game, i)) {
            fprintf(out, "%s[%u,%u,%u]", between, i, (unsigned)game->pieces[i]->word.face,
                    (unsigned)game->pieces[i]->word.secret);
            between = ",";
        }
    }
    fputc(']', out);
}

void table_report_rest(FILE *out, const struct table_game *game, uint64_t ms)
{
    lobby_report_begin(out, "rest", ms, game->name);
    fprintf(out, ",\"moves\":%" PRIu32 ",\"said\":%" PRIu32 ",\"flips\":%" PRIu32, game->puts,
            game->board->said, game->board->flips);
    put_players(out, game);
    put_pieces(out, game);
    put_tray(out, game);
    lobby_report_end(out);
}
