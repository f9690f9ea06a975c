/* SPDX-License-Identifier: MIT
 *
 * Signals stay the program's.  The Go runtime takes some of them when it
 * starts: all go back to what the program had, but for the three that it needs
 * to make panics of faults in Go code.  Those three get a handler of ours,
 * which looks where the fault is: Go's handler hears of faults in Go code, and
 * the program of all others, as if there were no handler but its own.
 * C because of reasons 1 (starting the runtime) and 4 (signal handlers).
 */
#define _GNU_SOURCE
#include "entry.h"
#include "fork.h"
#include "signals.h"
#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* What the program had before the first start, and what the runtime made of
 * it.  The latter stays the same at each start. */
static struct sigaction programs[NSIG], runtimes[NSIG];
/* The program's own handler was for one time only, and that was. */
static atomic_char spent[NSIG];

/* The runtime's table of signals. On its own threads it unblocks some that are
 * the program's, who may be waiting for them in sigwait() or signalfd(). */
extern struct {
	int32_t flags;
	const char *name;
	intptr_t len;
} go_sigtable[] __asm__("runtime.sigtable") LWSGO_HIDDEN;
#define GO_UNBLOCK 0x80

void
lwsgo_signals_prepare(void)
{
	go_sigtable[SIGCHLD].flags &= ~GO_UNBLOCK;
	go_sigtable[SIGPROF].flags &= ~GO_UNBLOCK;
}

static int
needed(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE;
}

static struct lwsgo_spot
spot_of(const ucontext_t *uc)
{
#if defined(__x86_64__)
	const greg_t *r = uc->uc_mcontext.gregs;

	return (struct lwsgo_spot){ (uintptr_t)r[REG_RIP],
				    (uintptr_t)r[REG_RSP],
				    (uintptr_t)r[REG_RBP], 0 };
#elif defined(__aarch64__)
	return (struct lwsgo_spot){ uc->uc_mcontext.pc, uc->uc_mcontext.sp,
				    uc->uc_mcontext.regs[29],
				    uc->uc_mcontext.regs[30] };
#else
#error "where does this machine keep pc, sp and fp?"
#endif
}

/* Go's handler makes a panic of a fault near NULL on a goroutine's stack. What
 * else it gets it would print many lines about, and wait for ten seconds. */
static int
recoverable(int sig, const siginfo_t *info, uintptr_t sp)
{
	/* stack.lo, stack.hi, ..., m; in m first the scheduler's goroutine */
	const uintptr_t *g = lwsgo_tlsg, *m;
	stack_t st;

	if (!g || sp < g[0] || sp >= g[1])
		return 0;
	m = (const uintptr_t *)g[6];
	if (!m || m[0] == (uintptr_t)g)
		return 0;
	if (sigaltstack(NULL, &st) || !(st.ss_flags & SS_ONSTACK))
		return 0; /* a handler of the program's called us */
	if (sig == SIGSEGV && info->si_code != SEGV_MAPERR &&
	    info->si_code != SEGV_ACCERR)
		return 0;
	if (sig == SIGBUS && info->si_code != BUS_ADRERR)
		return 0;
	return sig == SIGFPE || (uintptr_t)info->si_addr < 4096;
}

/* Whether the kernel could have put a handler's frame on the stack that was
 * interrupted. If we run on it, it could. If not, nothing is below sp, and
 * asking the kernel to write there tells without a fault. */
static int
has_room(uintptr_t sp)
{
	stack_t st;

	if (sigaltstack(NULL, &st) || !(st.ss_flags & SS_ONSTACK) ||
	    sp - (uintptr_t)st.ss_sp <= st.ss_size)
		return 1;
	return !syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL,
			(sp - 2048) & ~(uintptr_t)15, sizeof(uint64_t));
}

/* The default action, at the place of the fault: where the cause of the signal
 * is an instruction it comes again by itself. */
static void
by_default(int sig, siginfo_t *info)
{
	const struct sigaction dfl = { .sa_handler = SIG_DFL };

	sigaction(sig, &dfl, NULL);
	if (info->si_code > 0)
		return;
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info))
		syscall(SYS_tgkill, getpid(), gettid(), sig);
}

/* What would have happened if the program's action were the process's. */
static void
programs_action(int sig, siginfo_t *info, void *context, uintptr_t sp, int err)
{
	const struct sigaction *a = &programs[sig];
	const ucontext_t *uc = context;
	sigset_t own;

	if (a->sa_handler == SIG_IGN && info->si_code <= 0)
		return;
	if (a->sa_handler == SIG_IGN || a->sa_handler == SIG_DFL ||
	    atomic_load(&spent[sig]) ||
	    (!(a->sa_flags & SA_ONSTACK) && !has_room(sp))) {
		by_default(sig, info);
		return;
	}
	if (a->sa_flags & (int)SA_RESETHAND)
		atomic_store(&spent[sig], 1);
	sigemptyset(&own);
	memcpy(&own, &uc->uc_sigmask, NSIG / 8); /* that is all the kernel has */
	sigorset(&own, &own, &a->sa_mask);
	if (!(a->sa_flags & SA_NODEFER))
		sigaddset(&own, sig);
	pthread_sigmask(SIG_SETMASK, &own, NULL);
	errno = err;
	/* The kernel, too, gives all three to each handler. */
	a->sa_sigaction(sig, info, context);
}

static void
on_fault(int sig, siginfo_t *info, void *context)
{
	const struct lwsgo_spot at = spot_of(context);
	const int err = errno;

	if (info->si_code > 0 && lwsgo_in_go(at.pc)) {
		if (recoverable(sig, info, at.sp)) {
			runtimes[sig].sa_sigaction(sig, info, context);
			errno = err;
			return;
		}
		lwsgo_report_fault(sig, info, &at);
	}
	programs_action(sig, info, context, at.sp, err);
	errno = err;
}

static void
take(int sig)
{
	struct sigaction ours = { .sa_sigaction = on_fault };

	/* It sets the mask that the program's handler is to have by itself. */
	sigfillset(&ours.sa_mask);
	ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
	if (programs[sig].sa_handler == SIG_IGN ||
	    (programs[sig].sa_flags & SA_RESTART))
		ours.sa_flags |= SA_RESTART;
	sigaction(sig, &ours, NULL);
}

void
lwsgo_signals_before(struct sigaction *was, int again)
{
	int n;

	for (n = 1; n < NSIG; n++) {
		if (sigaction(n, NULL, &was[n]))
			was[n].sa_handler = SIG_DFL;
		/* A second runtime that found our handler, or one that calls
		 * it, would hand signals to itself. */
		if (again && needed(n))
			sigaction(n, &programs[n], NULL);
	}
	if (!again)
		memcpy(programs, was, sizeof(programs));
}

void
lwsgo_signals_after(const struct sigaction *was, int again)
{
	struct sigaction now;
	int n;

	for (n = 1; n < NSIG; n++) {
		if (sigaction(n, NULL, &now))
			continue;
		if (!again)
			runtimes[n] = now;
		if (!again && needed(n))
			take(n);
		/* It adds SA_ONSTACK to others, too, which would put them on
		 * a stack that is not made for them. */
		else if (now.sa_handler != was[n].sa_handler ||
			 now.sa_flags != was[n].sa_flags)
			sigaction(n, &was[n], NULL);
	}
}

/* A handler with SA_ONSTACK runs on the thread's alternate stack.  Where the
 * program has none the runtime would make one of 32 KiB: ours is larger. */
#define ALTSTACK ((size_t)256 << 10)
static pthread_key_t altstack_key;
static pthread_once_t altstack_once = PTHREAD_ONCE_INIT;

static void
drop_altstack(void *p)
{
	stack_t off = { .ss_flags = SS_DISABLE }, now;

	if (!sigaltstack(NULL, &now) && now.ss_sp == p)
		sigaltstack(&off, NULL);
	munmap(p, ALTSTACK);
}

static void
make_key(void)
{
	pthread_key_create(&altstack_key, drop_altstack);
}

void
lwsgo_altstack(void)
{
	stack_t st;
	void *p;

	if (sigaltstack(NULL, &st) || !(st.ss_flags & SS_DISABLE))
		return;
	p = mmap(NULL, ALTSTACK, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return;
	memset(&st, 0, sizeof(st));
	st.ss_sp = p;
	st.ss_size = ALTSTACK;
	pthread_once(&altstack_once, make_key);
	if (sigaltstack(&st, NULL))
		munmap(p, ALTSTACK);
	else
		pthread_setspecific(altstack_key, p);
}
