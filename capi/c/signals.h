/* SPDX-License-Identifier: MIT
 *
 * Whose a signal is: see signals.c.
 */
#ifndef LWSGO_SIGNALS_H
#define LWSGO_SIGNALS_H

#include <signal.h>
#include <stdint.h>

#define LWSGO_SIGNALS_HIDDEN __attribute__((visibility("hidden")))

/* Once, before the runtime's variables are kept for later starts. */
LWSGO_SIGNALS_HIDDEN void lwsgo_signals_prepare(void);
/* Around each start of the runtime, with all signals blocked; again: it is
 * not the first one. was: what the program has, NSIG of them. */
LWSGO_SIGNALS_HIDDEN void lwsgo_signals_before(struct sigaction *was, int again);
LWSGO_SIGNALS_HIDDEN void lwsgo_signals_after(const struct sigaction *was,
					      int again);
/* Sees to it that the calling thread has an alternate signal stack. */
LWSGO_SIGNALS_HIDDEN void lwsgo_altstack(void);

/* Where a thread was when a signal came. lr is where the function returns to if
 * it has called nothing. */
struct lwsgo_spot {
	uintptr_t pc, sp, fp, lr;
};

/* Logs one line on a fault in Go code at that spot: the call chain. */
LWSGO_SIGNALS_HIDDEN void lwsgo_report_fault(int sig, const siginfo_t *info,
					     const struct lwsgo_spot *at);
/* What the Go runtime writes (capi/fatal), and what becomes of it: a line that says
 * that it cannot go on is logged, and the process ends. */
struct lwsgo_written {
	uintptr_t fd;
	const char *p;
	int32_t n;
};
LWSGO_SIGNALS_HIDDEN void lwsgo_runtime_writes(struct lwsgo_written *w);
/* Go's code, made visible by the Makefile. */
extern const char go_text[] __asm__("runtime.text") LWSGO_SIGNALS_HIDDEN;
extern const char go_etext[] __asm__("runtime.etext") LWSGO_SIGNALS_HIDDEN;
/* Whether pc lies in it. */
LWSGO_SIGNALS_HIDDEN int lwsgo_in_go(uintptr_t pc);

#endif
