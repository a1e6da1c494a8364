/* http_head: the head of an HTTP/1.1 request or response, strictly read (RFC 9112). */
#include "transport/http_head.h"

#include <assert.h>
#include <string.h>

#include "core/scan.h"

/* RFC 9110 section 5.6.2: digits, letters and "!#$%&'*+-.^_`|~", a bit for each byte below 128. */
static const uint32_t token_bits[] = {0, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff};

static bool is_token_byte(uint8_t byte)
{
    return byte < 128 && (token_bits[byte / 32] >> byte % 32 & 1);
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

bool meeple__http_is_token(meeple_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (!is_token_byte(bytes.ptr[i])) {
            return false;
        }
    }
    return bytes.len > 0;
}

bool meeple__http_is_value(meeple_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if ((bytes.ptr[i] < ' ' && bytes.ptr[i] != '\t') || bytes.ptr[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

bool meeple__http_is_host(meeple_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.ptr[i];

        if (byte <= ' ' || byte >= 0x7f || strchr("\"#/<>?@\\^`{|}", byte)) {
            return false;
        }
    }
    return true;
}

bool meeple__bytes_equal(meeple_bytes bytes, const char *text)
{
    return bytes.len == strlen(text) && (bytes.len == 0 || !memcmp(bytes.ptr, text, bytes.len));
}

/* Most names differ in their length already. */
static bool is_caseless(meeple_bytes bytes, const char *text, size_t len)
{
    if (bytes.len != len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        if (lower(bytes.ptr[i]) != lower((uint8_t)text[i])) {
            return false;
        }
    }
    return true;
}

bool meeple__bytes_equal_caseless(meeple_bytes bytes, const char *text)
{
    return is_caseless(bytes, text, strlen(text));
}

ptrdiff_t meeple__http_head_end(meeple_bytes bytes, size_t seen)
{
    uint8_t before = seen > 0 ? bytes.ptr[seen - 1] : 0;

    for (size_t i = seen; i < bytes.len; before = bytes.ptr[i++]) {
        uint8_t byte = bytes.ptr[i];

        if (byte >= ' ' && byte != 0x7f && before != '\r') {
            continue;
        }
        if (byte == '\n') {
            if (before != '\r') {
                return MEEPLE_EPROTO;
            }
            if (i >= 3 && bytes.ptr[i - 2] == '\n') {
                return (ptrdiff_t)(i + 1);
            }
        } else if (before == '\r' || (byte != '\t' && byte != '\r')) {
            return MEEPLE_EPROTO;
        }
    }
    return 0;
}

/* The line at *at without its CRLF, and *at behind it. */
static meeple_bytes take_line(meeple_bytes bytes, size_t *at)
{
    const uint8_t *begin = bytes.ptr + *at;
    const uint8_t *end = memchr(begin, '\r', bytes.len - *at);

    assert(end);
    *at += (size_t)(end - begin) + 2;
    return (meeple_bytes){begin, (size_t)(end - begin)};
}

/* Single spaces divide; the third word is the rest, and may be missing. */
static int split_first_line(struct meeple__http_head *head, meeple_bytes line)
{
    for (size_t i = 0; i < 2; i++) {
        const uint8_t *space = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
        size_t len = space ? (size_t)(space - line.ptr) : line.len;
        size_t skip = space ? len + 1 : len;

        if (len == 0) {
            return MEEPLE_EPROTO;
        }
        head->words[i] = (meeple_bytes){line.ptr, len};
        line.ptr += skip;
        line.len -= skip;
    }
    head->words[2] = line;
    return meeple__http_is_value(line) ? 0 : MEEPLE_EPROTO;
}

static int add_field(struct meeple__http_head *head, meeple_bytes line, bool checks)
{
    const uint8_t *colon = memchr(line.ptr, ':', line.len);
    meeple_bytes name, value;

    if (!colon) {
        return MEEPLE_EPROTO;
    }
    name = (meeple_bytes){line.ptr, (size_t)(colon - line.ptr)};
    value = meeple__trim((meeple_bytes){colon + 1, line.len - name.len - 1});
    /* A line that begins with a blank continues the one before (obs-fold): refused with the name.
     */
    if (checks && (!meeple__http_is_token(name) || !meeple__http_is_value(value))) {
        return MEEPLE_EPROTO;
    }
    if (head->field_count == MEEPLE__HTTP_FIELDS_MAX) {
        return MEEPLE_ETOOBIG;
    }
    head->fields[head->field_count].name = name;
    head->fields[head->field_count].value = value;
    head->field_count++;
    return 0;
}

static int parse(struct meeple__http_head *head, meeple_bytes head_bytes, bool checks)
{
    size_t at = 0;
    int rc;

    head->field_count = 0;
    rc = split_first_line(head, take_line(head_bytes, &at));
    while (rc == 0) {
        meeple_bytes line = take_line(head_bytes, &at);

        if (line.len == 0) {
            break;
        }
        rc = add_field(head, line, checks);
    }
    return rc;
}

int meeple__http_head_parse(struct meeple__http_head *head, meeple_bytes head_bytes)
{
    return parse(head, head_bytes, true);
}

void meeple__http_head_again(struct meeple__http_head *head, meeple_bytes head_bytes)
{
    int rc = parse(head, head_bytes, false);

    assert(rc == 0);
    (void)rc;
}

size_t meeple__http_head_field(const struct meeple__http_head *head, const char *name,
                               meeple_bytes *value)
{
    size_t count = 0, len = strlen(name);

    for (size_t i = 0; i < head->field_count; i++) {
        if (is_caseless(head->fields[i].name, name, len) && count++ == 0) {
            *value = head->fields[i].value;
        }
    }
    return count;
}

bool meeple__http_list_next(const struct meeple__http_head *head, const char *name,
                            struct meeple__http_list *at, meeple_bytes *element)
{
    size_t len = strlen(name);

    while (at->field < head->field_count) {
        meeple_bytes value = head->fields[at->field].value;
        const uint8_t *begin, *comma;

        if (!is_caseless(head->fields[at->field].name, name, len) || at->offset >= value.len) {
            at->field++;
            at->offset = 0;
            continue;
        }
        begin = value.ptr + at->offset;
        comma = memchr(begin, ',', value.len - at->offset);
        element->ptr = begin;
        element->len = comma ? (size_t)(comma - begin) : value.len - at->offset;
        at->offset += element->len + 1;
        *element = meeple__trim(*element);
        /* Empty elements are allowed and mean nothing: RFC 9110 section 5.6.1.2. */
        if (element->len > 0) {
            return true;
        }
    }
    return false;
}

bool meeple__http_list_empty(const struct meeple__http_head *head, const char *name)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    return meeple__http_head_field(head, name, &element) > 0 &&
           !meeple__http_list_next(head, name, &at, &element);
}

bool meeple__http_head_has_token(const struct meeple__http_head *head, const char *name,
                                 const char *token)
{
    struct meeple__http_list at = {0};
    meeple_bytes element;

    while (meeple__http_list_next(head, name, &at, &element)) {
        if (meeple__bytes_equal_caseless(element, token)) {
            return true;
        }
    }
    return false;
}

bool meeple__http_head_has_body(const struct meeple__http_head *head)
{
    meeple_bytes coding, length;
    size_t lengths = meeple__http_head_field(head, "Content-Length", &length);

    return meeple__http_head_field(head, "Transfer-Encoding", &coding) > 0 || lengths > 1 ||
           (lengths == 1 && !meeple__bytes_equal(length, "0"));
}
