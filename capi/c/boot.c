/* SPDX-License-Identifier: MIT
 *
 * Starting the Go runtime at the first call that needs it, in whichever
 * thread and process makes it, and preparing threads for Go.
 * C because of reason 1 (starting the runtime and preparing threads).
 *
 * The Go object's only constructor sits in the section "goinit" (the
 * Makefile renames its .init_array), so that the loader does not run it.
 */
#define _GNU_SOURCE
#include "entry.h"
#include "fork.h"
#include "lws_private.h"
#include "others.h"
#include "signals.h"
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

typedef void (*ctor_t)(int, char **, char **);
extern ctor_t __start_goinit[] LWSGO_HIDDEN;
extern ctor_t __stop_goinit[] LWSGO_HIDDEN;
extern int go_lwsgo_ping(void);
extern void go_lwsgo_grow_stack(void);
extern void go_lwsgo_again(void);

__thread struct lwsgo_thread lwsgo_self
	__attribute__((tls_model("initial-exec"))) LWSGO_HIDDEN;

static pthread_once_t boot_once = PTHREAD_ONCE_INIT;
static int boot_ok;	 /* the runtime runs in this process */
static int boot_forked;	 /* ... it ran in the parent, and is yet to start here */
static int boot_second;	 /* it ran in the parent, too */
static pthread_once_t again_once = PTHREAD_ONCE_INIT;
static int saved_argc;
static char **saved_argv;

/* glibc hands main's arguments to every constructor, late dlopen included. */
__attribute__((constructor)) static void
keep_args(int argc, char **argv, char **envp)
{
	(void)envp;
	saved_argc = argc;
	saved_argv = argv;
}

static void
in_child(void)
{
	lwsgo_smd_forked();
	lwsgo_state_unlock();
	boot_forked = 1;
	boot_ok = 0;
	boot_once = again_once = (pthread_once_t)PTHREAD_ONCE_INIT;
	lwsgo_self.ready = 0;
}

/* The contexts of the parent, once there is a runtime for them. */
static void
again(void)
{
	if (!boot_second || !lwsgo_enter("fork"))
		return;
	go_lwsgo_again();
	lwsgo_leave();
}

/* The Go runtime reserves address space at start and later, and dies where it
 * cannot. With libc's arenas for its threads that is 1.7 GB; the rest is for
 * growth. */
static int
address_space_ok(void)
{
	const size_t want = (size_t)2048 << 20;
	void *p;

	p = mmap(NULL, want, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED) {
		lwsl_err("libwebsockets: cannot reserve %u MiB of address "
			 "space (errno %d): raise the limit (ulimit -v)\n",
			 (unsigned int)(want >> 20), errno);
		return 0;
	}
	munmap(p, want);
	return 1;
}

/* A page that is needed costs an interrupt of its own, many at once a fraction of
 * that: most of the code, and of what Go writes to, is needed right away. Kernels before
 * 5.14 do not know how, which does no harm. */
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif
extern char __start_gobss[] LWSGO_HIDDEN, __stop_gonoptrbss[] LWSGO_HIDDEN;

static void
fetch(const char *start, const char *stop, int advice)
{
	uintptr_t from = (uintptr_t)start;

	from -= from % (uintptr_t)sysconf(_SC_PAGESIZE);
	madvise((void *)from, (uintptr_t)stop - from, advice);
}

static size_t
auxv_words(const unsigned long *a)
{
	size_t n = 0;

	while (a[n] != AT_NULL)
		n += 2;
	return n + 2;
}

/*
 * The runtime reads argv, envp and auxv as one block, as the kernel lays
 * them out.  The program may have moved or rewritten its own, so it gets a
 * copy, with nothing of argv but the name. Of envp, where its knobs are, it needs
 * nothing, and each entry would cost memory at start.
 */
static char **
make_block(int *argc)
{
	static char name[] = "libwebsockets";
	static char procs[] = "GOMAXPROCS=1";
	static char no_rdtscp[] = "GODEBUG=cpu.rdtscp=off";
	const unsigned long *auxv;
	const char *preload = getenv("LD_PRELOAD");
	char **block, **p;
	unsigned long *raw = NULL;
	size_t words, cap = 0, got = 0;
	FILE *f;

	f = fopen("/proc/self/auxv", "re");
	if (f) {
		size_t n;
		do {
			unsigned long *bigger = realloc(raw, cap + 4096);
			if (!bigger)
				break;
			raw = bigger;
			cap += 4096;
			n = fread((char *)raw + got, 1, cap - got, f);
			got += n;
		} while (n && got == cap);
		fclose(f);
	}
	if (got < 2 * sizeof(long)) { /* no /proc: what libc knows is enough */
		free(raw);
		raw = calloc(8, sizeof(*raw));
		if (!raw)
			return NULL;
		raw[0] = AT_PAGESZ;
		raw[1] = getauxval(AT_PAGESZ);
		raw[2] = AT_RANDOM;
		raw[3] = getauxval(AT_RANDOM);
		raw[4] = AT_SYSINFO_EHDR;
		raw[5] = getauxval(AT_SYSINFO_EHDR);
		raw[6] = AT_NULL;
	}
	auxv = raw;
	words = auxv_words(auxv);

	block = calloc(5 + words, sizeof(*block));
	if (!block) {
		free(raw);
		return NULL;
	}
	p = block;
	*p++ = saved_argc > 0 && saved_argv && saved_argv[0] ?
			saved_argv[0] : name;
	*p++ = NULL;
	*p++ = procs;
	/* valgrind, seen by what it preloads, does not know RDTSCP. */
	if (preload && strstr(preload, "/vgpreload_"))
		*p++ = no_rdtscp;
	*p++ = NULL;
	memcpy(p, auxv, words * sizeof(long));
	free(raw);
	*argc = 1;
	return block; /* lives as long as the process: the runtime keeps it */
}

static void
boot(void)
{
	struct sigaction was[NSIG];
	const int second = boot_forked;
	sigset_t all, old;
	char **block;
	ctor_t *c;
	int argc = 0;

	if (!second && !lwsgo_claim())
		return;
	if (!address_space_ok()) {
		lwsgo_unclaim();
		return;
	}
	block = make_block(&argc);
	if (!second)
		lwsgo_signals_prepare();
	if (!block || (!second && !lwsgo_state_save())) {
		lwsl_err("libwebsockets: out of memory at start\n");
		lwsgo_unclaim();
		return;
	}
	if (!second)
		pthread_atfork(lwsgo_state_lock, lwsgo_state_unlock, in_child);
	/* Go's threads inherit the mask: no signal of the program's may ever
	 * be delivered on them. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (second)
		lwsgo_state_reset();
	lwsgo_signals_before(was, second);
	lwsgo_altstack();
	fetch(go_text, go_etext, MADV_POPULATE_READ);
	fetch(__start_gobss, __stop_gonoptrbss, MADV_POPULATE_WRITE);
	for (c = __start_goinit; c < __stop_goinit; c++)
		(*c)(argc, block, block + argc + 1);
	boot_ok = go_lwsgo_ping();
	lwsgo_signals_after(was, second);
	boot_forked = 0;
	boot_second = second;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

int
lwsgo_enter_slow(const char *name)
{
	sigset_t all, old;

	if (lwsgo_self.dying)
		return 0;
	if (lwsgo_self.depth) {
		lwsl_err("%s: refused: this process (pid %d) was forked inside "
			 "a callback, which has to return first\n",
			 name, (int)getpid());
		return 0;
	}
	pthread_once(&boot_once, boot);
	if (!boot_ok) {
		lwsl_err("%s: refused: the library could not start\n", name);
		return 0;
	}
	/* A signal handler without SA_ONSTACK runs on whatever stack the
	 * thread is on: give its goroutine one that is large enough, before
	 * any can come. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	lwsgo_altstack();
	go_lwsgo_grow_stack();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	lwsgo_self.ready = 1;
	pthread_once(&again_once, again);
	return 1;
}
