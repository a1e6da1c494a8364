/* headless: dice without a window. */
#include "samples/dice/headless.h"

#include "samples/dice/run.h"

#define SLICE_MS 20 /* between two looks at the clock and at *stop */

int dice_headless_run(const struct dice_flags *flags, const volatile sig_atomic_t *stop)
{
    struct dice_run run;

    if (!dice_run_open(&run, flags, stdout)) {
        return 1;
    }
    if (dice_run_begin(&run)) {
        while (dice_session_phase(run.session) != DICE_IDLE) {
            if (*stop || dice_run_is_over(&run)) {
                /* Takes as long as the goodbye; a second time it does nothing. */
                dice_session_disconnect(run.session);
            }
            (void)dice_session_poll(run.session, SLICE_MS);
        }
    }
    return dice_run_close(&run);
}
