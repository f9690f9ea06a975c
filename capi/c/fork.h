/* SPDX-License-Identifier: MIT
 *
 * Life after fork(): see fork.c.
 */
#ifndef LWSGO_FORK_H
#define LWSGO_FORK_H

/* Keeps what the Go object's variables are before the runtime's first start. */
int lwsgo_state_save(void) __attribute__((visibility("hidden")));
/* Puts them back, in the only thread of a forked child. */
void lwsgo_state_reset(void) __attribute__((visibility("hidden")));

/* The runtime's: the goroutine of the thread. */
#ifdef __x86_64__
#define GO_TLS "runtime.tlsg"
#else /* the linker makes a tlsg here, too, but nobody writes there */
#define GO_TLS "runtime.tls_g"
#endif
extern __thread void *lwsgo_tlsg __asm__(GO_TLS)
	__attribute__((tls_model("initial-exec"), visibility("hidden")));

/* A fork waits until no other thread is changing what C keeps. */
void lwsgo_state_lock(void) __attribute__((visibility("hidden")));
void lwsgo_state_unlock(void) __attribute__((visibility("hidden")));

#endif
