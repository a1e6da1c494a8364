/* silent_io: an io whose clients are here in memory: they come in, say what they are told to, and
 * take whatever is sent.  What a server costs then is its own work, without the kernel's. */
#ifndef TESTS_BENCH_SILENT_IO_H
#define TESTS_BENCH_SILENT_IO_H

#include <meeple/io.h>

struct silent_io;

/* For one server; to be freed after it.  It never waits. */
struct silent_io *silent_io_new(void);
const meeple_io_driver *silent_io_driver(const struct silent_io *io);
/* So many more come in, asking for the subprotocol (NULL: none), and send `first` behind that:
 * whole frames, borrowed as long as the io, maybe empty. */
void silent_io_join(struct silent_io *io, size_t count, const char *protocol, meeple_bytes first);
/* So many words, each said by the next client in the order they came; borrowed as long as the io.
 */
void silent_io_say(struct silent_io *io, size_t count, meeple_bytes word);
/* Bytes that all of them were sent. */
uint64_t silent_io_taken(const struct silent_io *io);
void silent_io_free(struct silent_io *io);

#endif /* TESTS_BENCH_SILENT_IO_H */
