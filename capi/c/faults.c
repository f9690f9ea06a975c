/* SPDX-License-Identifier: MIT
 *
 * What is to be said about a fault in Go code that no panic comes of.  There
 * is no way into Go from there, so its table of functions is read here.
 * C because of reason 4 (called from signal handlers).
 */
#define _GNU_SOURCE
#include "entry.h"
#include "fork.h"
#include "signals.h"
#include <stdio.h>

/* Made visible by the Makefile. */
extern const char go_text[] __asm__("runtime.text") LWSGO_HIDDEN;
extern const char go_etext[] __asm__("runtime.etext") LWSGO_HIDDEN;

/* The runtime's table of functions, as Go 1.20 and later write it. */
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

/* Follows the frame pointers as far as the goroutine's stack goes. */
static void
chain(char *line, size_t len, const struct lwsgo_spot *at)
{
	const uintptr_t *g = lwsgo_tlsg, *f;
	uintptr_t fp = at->fp, top;
	size_t n = add(line, len, 0, at->pc);

	if (!g || at->sp < g[0] || at->sp + sizeof(*f) > g[1])
		return;
	/* One without a frame of its own has only its return address there. */
	f = (const uintptr_t *)at->sp;
	if (lwsgo_in_go(*f))
		n = add(line, len, n, *f);
	for (top = at->sp; n < len && fp >= top && !(fp & 7) &&
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
