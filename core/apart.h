/* apart: functions that must not become a part of who calls them. */
#ifndef MEEPLE_CORE_APART_H
#define MEEPLE_CORE_APART_H

/* Before the definition of a static function that is called where nearly always something shorter
 * happens: a compiler that merges the two has the short way save registers for the long one. */
#if defined(__GNUC__)
#define MEEPLE__APART __attribute__((noinline))
#else
#define MEEPLE__APART
#endif

#endif /* MEEPLE_CORE_APART_H */
