/* SPDX-License-Identifier: MIT
 *
 * What is to be said about a fault in Go code that no panic comes of, and about
 * what the runtime cannot go on from.  There is no way into Go from there, so its
 * table of functions is read here.
 * C because of reason 4 (called from signal handlers).
 */
#define _GNU_SOURCE
#include "entry.h"
#include "fork.h"
#include "signals.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The runtime's table of functions, as Go 1.20 and later write it; made visible by the Makefile. */
extern const struct {
	uint32_t magic;
	uint8_t pad[2], min_lc, ptr_size;
	intptr_t nfunc;
	uintptr_t nfiles, unused, names, units, files, pcs, functions;
} go_table __asm__("runtime.pclntab") LWSGO_HIDDEN;
#define TABLE_MAGIC 0xfffffff1

struct entry {
	uint32_t start, function; /* offsets: from go_text, in the table */
};

int
lwsgo_in_go(uintptr_t pc)
{
	return pc >= (uintptr_t)go_text && pc < (uintptr_t)go_etext;
}

/* The function around pc, without the path of its package. */
static const char *
name_of(uintptr_t pc)
{
	const char *table = (const char *)&go_table, *name, *slash;
	const char *functions = table + go_table.functions;
	const struct entry *e = (const void *)functions;
	const uint32_t ofs = (uint32_t)(pc - (uintptr_t)go_text);
	size_t low = 0, high = (size_t)go_table.nfunc, mid;
	int32_t at;

	if (go_table.magic != TABLE_MAGIC || !high)
		return "?";
	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (e[mid].start <= ofs)
			low = mid;
		else
			high = mid;
	}
	memcpy(&at, functions + e[low].function + 4, sizeof(at));
	name = table + go_table.names + at;
	slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
}

/* One more of the chain, as long as there is room for it. */
static size_t
add(char *line, size_t len, size_t at, uintptr_t pc)
{
	const char *name = name_of(pc);

	if (at + strlen(name) + 4 > len)
		return len;
	return at + (size_t)snprintf(line + at, len - at, "%s%s",
				     at ? " < " : "", name);
}

/* Go's frames on arm64 begin 8 bytes below sp. */
#ifdef __aarch64__
#define BELOW_SP 8
#else
#define BELOW_SP 0
#endif

/* Follows the frame pointers as far as the goroutine's stack goes. */
static void
chain(char *line, size_t len, const struct lwsgo_spot *at)
{
	const uintptr_t *g = lwsgo_tlsg, *f;
	uintptr_t fp = at->fp, top, back = at->lr;
	size_t n = add(line, len, 0, at->pc);

	if (!g || at->sp < g[0] || at->sp + sizeof(*f) > g[1])
		return;
#ifdef __x86_64__
	/* One without a frame of its own has only its return address there. */
	back = *(const uintptr_t *)at->sp;
#endif
	if (lwsgo_in_go(back) && name_of(back) != name_of(at->pc))
		n = add(line, len, n, back);
	for (top = at->sp - BELOW_SP; n < len && fp >= top && !(fp & 7) &&
				      fp + 2 * sizeof(*f) <= g[1];
	     fp = f[0]) {
		f = (const uintptr_t *)fp;
		top = fp + 1;
		if (!lwsgo_in_go(f[1]))
			break;
		n = add(line, len, n, f[1]);
	}
}

void
lwsgo_report_fault(int sig, const siginfo_t *info, const struct lwsgo_spot *at)
{
	struct lwsgo_thread *self = &lwsgo_self;
	char calls[160] = "";

	/* Locks may be held: the emitter is called, but does not get in. */
	if (self->dying || self->emitting)
		return;
	self->dying = 1;
	self->ready = 0;
	chain(calls, sizeof(calls), at);
	lwsgo_log_emit();
	lwsl_err("libwebsockets: SIG%s at address %p inside the library: %s\n",
		 sigabbrev_np(sig), info->si_addr, calls);
}

/* The kernel looks at the mask before it looks at what to do with it. */
static int
readable(uintptr_t at)
{
	return syscall(SYS_rt_sigprocmask, -1, at, NULL, sizeof(uint64_t)) &&
	       errno != EFAULT;
}

/* The frame of the caller, if there is one and it is Go's. It may be on another
 * stack, of which nothing is known here: the runtime prints on one of its own. */
static const uintptr_t *
above(const uintptr_t *f)
{
	f = (const uintptr_t *)f[0];
	if ((uintptr_t)f & 7 || !readable((uintptr_t)f) ||
	    !readable((uintptr_t)(f + 1)) || !lwsgo_in_go(f[1]))
		return NULL;
	return f;
}

/* Who led the runtime to throw: the first that is not its own, and its callers. */
static void
chain_of_throw(char *line, size_t len, const uintptr_t *f)
{
	size_t n = 0, most = 60;

	while (most-- && n < len && (f = above(f)))
		if (n || (strncmp(name_of(f[1]), "runtime.", 8) &&
			  strncmp(name_of(f[1]), "fatal.", 6)))
			n = add(line, len, n, f[1]);
}

/* What the runtime has written of the lines that it has not ended, or which say
 * why the next one does. */
static char said[400];
static size_t said_len, line_at; /* where the last line begins */
static char saying;		 /* somebody writes there */

static int
begins(const char *line, const char *with)
{
	return !strncmp(line, with, strlen(with));
}

/* The runtime cannot go on. It has locked what it has locked. */
static void
die(const uintptr_t *frame, const char *why, const char *text)
{
	struct lwsgo_thread *self = &lwsgo_self;
	char calls[220] = "";
	int quiet = self->dying || self->emitting;

	self->dying = 1;
	self->ready = 0;
	chain_of_throw(calls, sizeof(calls), frame);
	if (!quiet) {
		if (strstr(why, text))
			text = why + strlen("runtime: ");
		lwsgo_log_emit();
		lwsl_err("libwebsockets: internal fault in the Go runtime: %s\n",
			 text);
		if (*calls)
			lwsl_err("libwebsockets: in %s\n", calls);
	}
	abort();
}

static void
flush(int fd)
{
	ssize_t n = write(fd, said, said_len);

	(void)n;
	said_len = line_at = 0;
}

void
lwsgo_runtime_writes(struct lwsgo_written *w)
{
	size_t n = (size_t)w->n, all = sizeof(said) - 1;
	const char *line;
	ssize_t r;

	if (__atomic_exchange_n(&saying, 1, __ATOMIC_ACQUIRE)) {
		r = write((int)w->fd, w->p, n);
		(void)r;
		return;
	}
	if (n > all - said_len)
		n = all - said_len;
	memcpy(said + said_len, w->p, n);
	said_len += n;
	said[said_len] = '\0';
	if (said_len == all || (n && said[said_len - 1] == '\n')) {
		line = said + line_at;
		if (said[said_len - 1] == '\n')
			said[said_len - 1] = '\0';
		if (begins(line, "fatal error: ") || begins(line, "panic: ")) {
			if (line_at)
				said[line_at - 1] = '\0';
			die(__builtin_frame_address(0), line_at ? said : "",
			    strstr(line, ": ") + 2);
		}
		said[said_len - 1] = '\n';
		if (said_len < all &&
		    (begins(line, "runtime: ") || begins(line, "unexpected ")))
			line_at = said_len;
		else
			flush((int)w->fd);
	}
	__atomic_store_n(&saying, 0, __ATOMIC_RELEASE);
}
