/* forwarded: whom trusted proxies speak for, by Forwarded (RFC 7239) or X-Forwarded-For. */
#include "transport/forwarded.h"

#include <string.h>

#include "core/scan.h"

enum {
    NODE_MAX = 255 /* bytes: longer identifiers of clients are refused */
};

/* What an element says of the address before. */
enum said {
    HIDDEN = 0, /* nothing, or something that is no address */
    ADDRESS = 1,
    MALFORMED = MEEPLE_EPROTO
};

/* The elements of all fields of that name, the last one first. */
struct walk {
    const struct meeple__http_head *head;
    const char *name;
    bool quotes;       /* whether a comma may be inside of quotes */
    size_t field;      /* those before it are to come */
    meeple_bytes rest; /* of the field's value */
};

/* A parameter's value, out of its quotes; of one that is too long only how long. */
struct value {
    uint8_t bytes[NODE_MAX];
    size_t len;
};

/* Whether an odd number of backslashes stands before it. */
static bool is_escaped(meeple_bytes bytes, size_t at)
{
    size_t begin = at;

    while (begin > 0 && bytes.ptr[begin - 1] == '\\') {
        begin--;
    }
    return (at - begin) % 2 == 1;
}

/*
 * Takes what follows the last comma.  It is looked for from the end, so that a quote which a
 * stranger left open on the left cannot swallow what a proxy has put behind it.
 */
static meeple_bytes take_last(meeple_bytes *rest, bool quotes)
{
    size_t at = rest->len;
    bool inside = false;
    meeple_bytes last;

    while (at > 0 && (inside || rest->ptr[at - 1] != ',')) {
        at--;
        if (quotes && rest->ptr[at] == '"' && !(inside && is_escaped(*rest, at))) {
            inside = !inside;
        }
    }
    last = (meeple_bytes){rest->ptr + at, rest->len - at};
    rest->len = at > 0 ? at - 1 : 0;
    return meeple__trim(last);
}

static bool previous(struct walk *walk, meeple_bytes *element)
{
    for (;;) {
        while (walk->rest.len > 0) {
            *element = take_last(&walk->rest, walk->quotes);
            /* Empty elements are allowed and mean nothing: RFC 9110 section 5.6.1.2. */
            if (element->len > 0) {
                return true;
            }
        }
        if (walk->field == 0) {
            return false;
        }
        walk->field--;
        if (meeple__bytes_equal_caseless(walk->head->fields[walk->field].name, walk->name)) {
            walk->rest = walk->head->fields[walk->field].value;
        }
    }
}

static void add_to_value(struct value *value, uint8_t byte)
{
    if (value->len < sizeof value->bytes) {
        value->bytes[value->len] = byte;
    }
    value->len++;
}

static bool take_token(meeple_bytes *rest, meeple_bytes *token)
{
    *token = (meeple_bytes){rest->ptr, 0};
    while (token->len < rest->len &&
           meeple__http_is_token((meeple_bytes){rest->ptr + token->len, 1})) {
        token->len++;
    }
    rest->ptr += token->len;
    rest->len -= token->len;
    return token->len > 0;
}

/* A token, or a quoted string (RFC 9110 section 5.6.4). */
static bool take_value(meeple_bytes *rest, struct value *value)
{
    meeple_bytes token;

    value->len = 0;
    if (!meeple__take_byte(rest, '"')) {
        if (!take_token(rest, &token)) {
            return false;
        }
        for (size_t i = 0; i < token.len; i++) {
            add_to_value(value, token.ptr[i]);
        }
        return true;
    }
    while (!meeple__take_byte(rest, '"')) {
        meeple__take_byte(rest, '\\');
        if (rest->len == 0) {
            return false;
        }
        add_to_value(value, rest->ptr[0]);
        rest->ptr++;
        rest->len--;
    }
    return true;
}

/* "_" and letters, digits, '.', '_' or '-'. */
static bool is_identifier(meeple_bytes bytes)
{
    if (bytes.len < 2 || bytes.ptr[0] != '_') {
        return false;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.ptr[i];

        if (!(byte >= '0' && byte <= '9') && !((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') &&
            byte != '.' && byte != '_' && byte != '-') {
            return false;
        }
    }
    return true;
}

static bool is_port(meeple_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] < '0' || bytes.ptr[i] > '9') {
            return false;
        }
    }
    return bytes.len >= 1 && bytes.len <= 5;
}

/* RFC 7239 section 6: an address or a name for one, and maybe a port or a name for that. */
static enum said read_node(struct meeple__ip *ip, meeple_bytes node)
{
    bool brackets = node.len > 0 && node.ptr[0] == '[';
    const uint8_t *end = node.len > 0 ? memchr(node.ptr, brackets ? ']' : ':', node.len) : NULL;
    meeple_bytes name = {node.ptr, end ? (size_t)(end - node.ptr) + brackets : node.len};
    meeple_bytes port = {name.ptr, node.len - name.len};
    bool hidden = meeple__bytes_equal_caseless(name, "unknown") || is_identifier(name);
    bool port_hidden = false;

    if (port.len > 0) {
        port.ptr += name.len;
        if (!meeple__take_byte(&port, ':')) {
            return MALFORMED;
        }
        port_hidden = is_identifier(port);
        if (!port_hidden && !is_port(port)) {
            return MALFORMED;
        }
    }
    if (hidden) {
        return HIDDEN;
    }
    return meeple__ip_parse(ip, port_hidden ? name : node) ? ADDRESS : MALFORMED;
}

/* RFC 7239 section 4: name=value pairs with ';' between them; blanks around it are forgiven. */
static enum said read_forwarded(struct meeple__ip *ip, meeple_bytes rest)
{
    enum said said = HIDDEN;
    bool has_for = false;

    while (rest.len > 0) {
        meeple_bytes name;
        struct value value;

        if (!meeple__take_byte(&rest, ';')) {
            if (!take_token(&rest, &name) || !meeple__take_byte(&rest, '=') ||
                !take_value(&rest, &value)) {
                return MALFORMED;
            }
            if (meeple__bytes_equal_caseless(name, "for")) {
                if (has_for || value.len > NODE_MAX) {
                    return MALFORMED;
                }
                has_for = true;
                said = read_node(ip, (meeple_bytes){value.bytes, value.len});
                if (said == MALFORMED) {
                    return said;
                }
            }
            meeple__skip_blanks(&rest);
            if (rest.len > 0 && rest.ptr[0] != ';') {
                return MALFORMED;
            }
        }
        meeple__skip_blanks(&rest);
    }
    return said;
}

static enum said read_x_forwarded_for(struct meeple__ip *ip, meeple_bytes element)
{
    if (meeple__bytes_equal_caseless(element, "unknown")) {
        return HIDDEN;
    }
    return meeple__ip_parse(ip, element) ? ADDRESS : MALFORMED;
}

int meeple__forwarded_client(struct meeple__ip *client, const struct meeple__http_head *head,
                             enum meeple__forwarded_by by, const struct meeple__ip_network *trusted,
                             size_t trusted_count)
{
    bool rfc = by == MEEPLE__FORWARDED_BY_FORWARDED;
    struct walk walk = {.head = head,
                        .name = rfc ? "Forwarded" : "X-Forwarded-For",
                        .quotes = rfc,
                        .field = head->field_count};
    struct meeple__ip known = *client;
    meeple_bytes element;
    int found = 0;

    while (meeple__ip_networks_have(trusted, trusted_count, &known) && previous(&walk, &element)) {
        enum said said =
            rfc ? read_forwarded(&known, element) : read_x_forwarded_for(&known, element);

        if (said == MALFORMED) {
            return MEEPLE_EPROTO;
        }
        if (said == HIDDEN) {
            break;
        }
        found = 1;
    }
    *client = known;
    return found;
}
