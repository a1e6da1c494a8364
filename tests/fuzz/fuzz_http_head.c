/* fuzz_http_head: any bytes as an HTTP head, whole and in two pieces, then as both sides of a
 * handshake. */
#include "tests/fuzz/target.h"

#include <string.h>

#include "transport/ws_handshake.h"

static const char *const protocols[] = {"chat", "meeple.1", NULL};

static void walk(const struct meeple__http_head *head, const char *name)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    while (meeple__http_list_next(head, name, &at, &element)) {
        MUST(element.len > 0);
    }
}

static void handshake(const struct meeple__http_head *head)
{
    const struct meeple__deflate_params deflate = {.client_max_window_bits = 12};
    char text[160];
    struct meeple__ws_answer expected = {.accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
                                         .protocols = protocols,
                                         .deflate = head->field_count % 2 ? &deflate : NULL,
                                         .text = text,
                                         .size = sizeof text};
    struct meeple__ws_offer offer;
    struct meeple__buf buf = {0};
    meeple_fault fault = {MEEPLE_STAGE_NONE, 0, NULL};
    struct meeple__ws_agreed agreed = {0};
    const char *why = NULL;
    int status = meeple__ws_request_check(head, protocols, MEEPLE__PROTOCOL_REQUIRED, &offer, &why);

    MUST(status == 0 || (status >= 400 && status < 600 && why));
    if (status == 0) {
        MUST(offer.protocol >= 1 && offer.protocol <= 2);
        const struct meeple__ws_response response = {offer.key, protocols[offer.protocol - 1], "",
                                                     NULL, SIZE_MAX};

        MUST(meeple__ws_offered(head, response.protocol));
        MUST(meeple__ws_response_write(&buf, NULL, &response) == 0);
        meeple__buf_done(&buf, NULL);
    }
    if (meeple__ws_response_good(head, &expected, &agreed, &fault)) {
        MUST(agreed.protocol >= 1 && agreed.protocol <= 2);
    } else {
        MUST(fault.stage != MEEPLE_STAGE_NONE && fault.text && strlen(fault.text) < sizeof text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    ptrdiff_t end = meeple__http_head_end((meeple_bytes){bytes, len}, 0);
    struct meeple__http_head head;
    size_t half = len / 2;
    ptrdiff_t first = meeple__http_head_end((meeple_bytes){bytes, half}, 0);

    MUST(end >= MEEPLE_EPROTO && end <= (ptrdiff_t)len);
    MUST((first ? first : meeple__http_head_end((meeple_bytes){bytes, len}, half)) == end);
    if (end > 0 && meeple__http_head_parse(&head, (meeple_bytes){bytes, (size_t)end}) == 0) {
        MUST(head.field_count <= MEEPLE__HTTP_FIELDS_MAX);
        for (size_t i = 0; i < head.field_count; i++) {
            MUST(meeple__http_is_token(head.fields[i].name));
            MUST(meeple__http_is_value(head.fields[i].value));
        }
        walk(&head, "Connection");
        walk(&head, "Sec-WebSocket-Protocol");
        handshake(&head);
    }
    return 0;
}
