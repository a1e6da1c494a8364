/* content: what a slot of type STR, BYTES or VALUE points at, and who keeps that. */
#ifndef MEEPLE_RPC_CONTENT_H
#define MEEPLE_RPC_CONTENT_H

#include <meeple/field.h>

/* Bytes that are kept as long as somebody shows them. */
struct meeple__blob;

/* Whether a type has its content elsewhere. */
bool meeple__content_is(meeple_type type);
/* How many bytes a value points at. */
size_t meeple__content_size(const meeple_value *value);
/* Whether two members point at the same; no NULL is more than nothing. */
bool meeple__content_same(const meeple_field *slot, const void *left, const void *right);
/* A member as a value: a STRING, BYTES, or itself; borrowed. */
meeple_value meeple__content_of(const meeple_field *slot, const void *record);

/*
 * Makes the member of the record a view of a copy of the value, which is such a one and was
 * checked; *blob has what it was a view of before, or NULL, and then what it is.  Never makes NULL
 * of something.  MEEPLE_ENOMEM: nothing was done.
 */
int meeple__content_keep(const meeple_field *slot, void *record, struct meeple__blob **blob,
                         const meeple_value *value, const meeple_mem *mem);
/* The same without a value: "", no bytes, nil. */
void meeple__content_clear(const meeple_field *slot, void *record, struct meeple__blob **blob,
                           const meeple_mem *mem);
/* Whether the member is as _clear makes it; what it points at is not looked at. */
bool meeple__content_is_clear(const meeple_field *slot, const void *record);
/* Whether the member points at what the blob holds, and that is, byte for byte, what `other` holds.
 */
bool meeple__content_is_in(const meeple_field *slot, const void *record,
                           const struct meeple__blob *blob, const struct meeple__blob *other);
/* Makes the member of `to` show what the one of `from` does, which is kept in *from_blob. */
void meeple__content_share(const meeple_field *slot, void *to, struct meeple__blob **to_blob,
                           const void *from, struct meeple__blob *from_blob, const meeple_mem *mem);
/* How many bytes it holds; none for NULL. */
size_t meeple__blob_size(const struct meeple__blob *blob);
void meeple__blob_drop(struct meeple__blob *blob, const meeple_mem *mem);

#endif /* MEEPLE_RPC_CONTENT_H */
