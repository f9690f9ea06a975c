/* SPDX-License-Identifier: MIT
 *
 * How a public C function reaches its Go body.
 *
 * Every public function that is written in Go is exported by Go as
 * go_NAME and gets its public name from a wrapper made with LWS_ENTRY.
 * The wrapper starts the Go runtime on the first call of the process,
 * prepares the calling thread, refuses to enter Go in a forked child, and
 * keeps pthread_cancel() from unwinding Go frames.
 */
#ifndef LWSGO_ENTRY_H
#define LWSGO_ENTRY_H

#include "lwsgo.h"
#include <pthread.h>
#include <stdint.h>
#include "log.h"

#define LWSGO_HIDDEN __attribute__((visibility("hidden")))
#define LWSGO_LIKELY(x) __builtin_expect(!!(x), 1)
#define LWSGO_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Where an entry was made: what a debugger has to know of its C function. */
struct lwsgo_place {
	void *pc, *frame;
};
#define LWSGO_PLACES 8 /* nested deeper, there is no backtrace */

/* What the library knows of the calling thread. */
struct lwsgo_thread {
	int ready;	  /* its goroutine stack has been grown */
	int depth;	  /* entries on its stack */
	int outside;	  /* how many of them the program's callbacks lie above */
	int cancel_state; /* the program's setting, kept by the outermost entry */
	/* The context whose callback runs, and what it asked WRITEABLE for
	 * (lws_callback_on_writable): it is told to Go when the callback ends. */
	struct lws_context *inside;
	struct lws *asked, **asked_end;
	/* The connection whose callback runs, if what that writes may be noted
	 * (lws_write); what was: length + 1, or 0, and how. */
	struct lws *noting;
	int noted, noted_as;
	int shortly; /* it is run by C: what it writes is framed at once (short.c) */
	/* Log lines that wait for the end of the step (log.c). */
	struct lwsgo_line *lines, **lines_end;
	int emitting;
	int dying; /* of a fault in Go code: no way in any more */
	struct lwsgo_place places[LWSGO_PLACES]; /* of each entry */
};

extern __thread struct lwsgo_thread lwsgo_self
	__attribute__((tls_model("initial-exec"))) LWSGO_HIDDEN;

/* What a callback has written is done before anything else that it asks for. */
LWSGO_HIDDEN void lwsgo_tell_noted(void);

/* Slow path of lwsgo_enter: 1 = may go on, 0 = refused (and logged). */
LWSGO_HIDDEN int lwsgo_enter_slow(const char *name);

static inline int
lwsgo_enter_at(const char *name, void *pc, void *frame)
{
	struct lwsgo_thread *t = &lwsgo_self;

	if (LWSGO_UNLIKELY(!t->ready) && !lwsgo_enter_slow(name))
		return 0;
	if (LWSGO_UNLIKELY(t->noting != NULL))
		lwsgo_tell_noted();
	if (LWSGO_LIKELY(t->depth < LWSGO_PLACES))
		t->places[t->depth] = (struct lwsgo_place){ pc, frame };
	if (!t->depth++)
		pthread_setcancelstate(PTHREAD_CANCEL_DISABLE,
				       &t->cancel_state);
	return 1;
}

/* Enters Go from the function that this is written in; 0: refused. */
#define lwsgo_enter(name) \
	lwsgo_enter_at(name, LWSGO_HERE, __builtin_frame_address(0))
#ifdef __x86_64__
/* It names the frame, so that it stays behind the function's prologue. */
#define LWSGO_HERE                                                             \
	({                                                                     \
		void *pc_;                                                     \
		__asm__ volatile("leaq 1f(%%rip), %0\n1:"                      \
				 : "=r"(pc_)                                   \
				 : "r"(__builtin_frame_address(0)));           \
		pc_;                                                           \
	})
#else
#define LWSGO_HERE NULL
#endif

/* Calls the program from Go; backtraces go on where Go was entered (out.c). */
LWSGO_HIDDEN int lwsgo_out(void *fn, void *a, uintptr_t b, void *c, void *d,
			   uintptr_t e);

/* Before the program is called, or an entry ends: no lock is held. */
static inline void
lwsgo_log_waiting(void)
{
	if (LWSGO_UNLIKELY(lwsgo_self.lines != NULL))
		lwsgo_log_emit();
}

static inline void
lwsgo_leave(void)
{
	lwsgo_log_waiting();
	if (!--lwsgo_self.depth)
		pthread_setcancelstate(lwsgo_self.cancel_state, NULL);
}

/* A pointer that the call cannot do without: when it is NULL the call fails
 * with err_, and a line says so. */
#define LWS_NEEDS(given_, err_)                                                \
	do {                                                                   \
		if (LWSGO_UNLIKELY(!(given_))) {                               \
			lwsgo_missing(__func__, #given_);                      \
			return err_;                                           \
		}                                                              \
	} while (0)
#define LWS_NEEDS_VOID(given_) LWS_NEEDS(given_, )

LWSGO_HIDDEN void lwsgo_missing(const char *call, const char *needs);

/* What callbacks asked for is to be known before the next turn. */
LWSGO_HIDDEN void lwsgo_tell_asked(void);

/* In a signal handler that interrupted Go: there is no way in from here. */
static inline int
lwsgo_interrupted(void)
{
	return lwsgo_self.depth > lwsgo_self.outside;
}

#define LWS_ENTRY(ret_, err_, name_, params_, args_)                           \
	LWS_ENTRY_AS(ret_, err_, name_, params_, params_, args_)

/* Where an ABI has other types of arguments than Go. */
#define LWS_ENTRY_AS(ret_, err_, name_, params_, go_params_, args_)            \
	extern ret_ go_##name_ go_params_;                                     \
	__attribute__((visibility("default"))) ret_ name_ params_              \
	{                                                                      \
		ret_ r_;                                                       \
		if (!lwsgo_enter(#name_))                                      \
			return err_;                                           \
		r_ = go_##name_ args_;                                         \
		lwsgo_leave();                                                 \
		return r_;                                                     \
	}

#define LWS_ENTRY_VOID(name_, params_, args_)                                  \
	extern void go_##name_ params_;                                        \
	__attribute__((visibility("default"))) void name_ params_              \
	{                                                                      \
		if (!lwsgo_enter(#name_))                                      \
			return;                                                \
		go_##name_ args_;                                              \
		lwsgo_leave();                                                 \
	}

#endif
