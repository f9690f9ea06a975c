/* SPDX-License-Identifier: MIT
 *
 * signals PLACE FAULT HANDLER [log]: makes a fault in that place of the program,
 * with that handler of the program's, and prints what the handler was told.
 * It is compiled for both libraries and prints the same with both.
 */
#define LWS_NO_SIZED_CALLS
#include "common.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>

static const char *place, *fault, *handler;
static int armed;
static volatile sig_atomic_t times;
static sigjmp_buf back;
static char *volatile target; /* what the fault touches */
static struct sigaction old[NSIG];

static const int signals[] = { SIGSEGV, SIGBUS,	SIGFPE, SIGILL, SIGABRT,
			       SIGTRAP, SIGPIPE, SIGURG };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static int
is(const char *a, const char *b)
{
	return !strcmp(a, b);
}

static void
say(const char *format, ...)
{
	char line[200];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (write(STDOUT_FILENO, line, (size_t)n) != n)
		_exit(9);
}

static __attribute__((noinline)) int
deeper(volatile char *above)
{
	volatile char room[512];

	room[0] = above ? above[0] : 1;
	return room[0] ? deeper(room) + room[0] : 0;
}

/* A vhost with that name, which the library reads. */
static void
name_at(uintptr_t address)
{
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.vhost_name = (const char *)address;
	say("vhost %p\n", (void *)lws_create_vhost(context, &info));
}

/* No more address space than there is, and then a write that the library has to keep. */
static void
exhaust(void)
{
	const size_t much = (size_t)1 << 30;
	unsigned char *big = mmap(NULL, much, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	lws_sock_file_fd_type sock;
	unsigned long pages = 0;
	struct rlimit most;
	struct lws *wsi;
	int pair[2];
	FILE *f = fopen("/proc/self/statm", "r");

	if (!f || fscanf(f, "%lu", &pages) != 1 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		_exit(9);
	sock.sockfd = pair[0];
	wsi = lws_adopt_descriptor_vhost(lws_get_vhost_by_name(context, "default"), LWS_ADOPT_SOCKET, sock, "faults", NULL);
	if (big == MAP_FAILED || !wsi)
		_exit(9);
	most.rlim_cur = most.rlim_max = pages * (rlim_t)sysconf(_SC_PAGESIZE) + (16 << 20);
	setrlimit(RLIMIT_AS, &most);
	say("wrote %d\n", lws_write(wsi, big + LWS_PRE, much - LWS_PRE, LWS_WRITE_RAW));
}

static void
wait_for_children(void)
{
	struct timespec most = { 20, 0 };
	sigset_t chld;
	int n;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	pthread_sigmask(SIG_BLOCK, &chld, NULL);
	for (n = 0; n < 20; n++) {
		if (!fork())
			_exit(0);
		if (sigtimedwait(&chld, NULL, &most) != SIGCHLD)
			say("no SIGCHLD\n");
		wait(NULL);
	}
}

static void
break_pipe(void)
{
	int fds[2];

	if (pipe(fds) || close(fds[0]) || write(fds[1], "", 1) != -1)
		say("no EPIPE\n");
}

__attribute__((noinline, section("faulting"))) static void
fault_here(void)
{
	volatile int zero = 0;
	void (*volatile nowhere)(void) = NULL;

	if (is(fault, "null") || is(fault, "bus") || is(fault, "readonly"))
		*target = 1; /* the line of the fault */
	else if (is(fault, "wild"))
		*(volatile char *)(UINT64_C(0x4141) << 48) = 1;
	else if (is(fault, "divide"))
		zero = 1 / zero;
	else if (is(fault, "illegal"))
		__builtin_trap();
	else if (is(fault, "jump"))
		nowhere();
	else if (is(fault, "stack"))
		deeper(NULL);
	else if (is(fault, "abort"))
		abort();
	else if (is(fault, "trap"))
		raise(SIGTRAP);
	else if (is(fault, "kill"))
		kill(getpid(), SIGSEGV);
	else if (is(fault, "raise"))
		raise(SIGFPE);
	else if (is(fault, "urgent"))
		raise(SIGURG);
	else if (is(fault, "pipe"))
		break_pipe();
	else if (is(fault, "children"))
		wait_for_children();
	else if (is(fault, "near"))
		name_at(0x40); /* arm64 reads aligned blocks */
	else if (is(fault, "far"))
		name_at(0x12345640);
	else if (is(fault, "memory"))
		exhaust();
	say("went on\n");
}

extern char __start_faulting[], __stop_faulting[];

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	const ucontext_t *uc = context;
#ifdef __x86_64__
	char *pc = (char *)uc->uc_mcontext.gregs[REG_RIP];
#else
	char *pc = (char *)uc->uc_mcontext.pc;
#endif
	sigset_t now;
	stack_t st;

	pthread_sigmask(SIG_BLOCK, NULL, &now);
	sigaltstack(NULL, &st);
	say("signal %d code %d addr %p %s usr1 %d self %d altstack %d\n", sig,
	    info->si_code,
	    is(fault, "bus") || is(fault, "readonly") || info->si_code <= 0 ||
			    sig == SIGFPE || sig == SIGILL || is(fault, "stack") ?
		    NULL : info->si_addr,
	    pc >= __start_faulting && pc < __stop_faulting ? "there" : "else",
	    sigismember(&now, SIGUSR1), sigismember(&now, sig),
	    is(handler, "before-altstack") ? !!(st.ss_flags & SS_ONSTACK) : -1);
	if (++times > 3)
		_exit(8);
	if (strstr(handler, "exit"))
		_exit(7);
	if (strstr(handler, "jump"))
		siglongjmp(back, 1);
	if (strstr(handler, "mend"))
		mprotect(target, 4096, PROT_READ | PROT_WRITE);
	else if (strstr(handler, "chain")) {
		if (old[sig].sa_flags & SA_SIGINFO)
			old[sig].sa_sigaction(sig, info, context);
		else if (old[sig].sa_handler == SIG_DFL)
			sigaction(sig, &old[sig], NULL);
	} else if (strstr(handler, "reporter")) { /* as breakpad does */
		sigaction(sig, &old[sig], NULL);
		if (info->si_code <= 0)
			syscall(SYS_tgkill, getpid(), gettid(), sig);
	} else if (!strstr(handler, "once"))
		signal(sig, SIG_DFL);
}

static void
on_plain(int sig)
{
	say("plain %d\n", sig);
	signal(sig, SIG_DFL);
}

static void
install(const char *when)
{
	struct sigaction sa;
	size_t n;

	if (strncmp(handler, when, strlen(when)))
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_signal;
	sa.sa_flags = SA_SIGINFO;
	sigaddset(&sa.sa_mask, SIGUSR1);
	if (strstr(handler, "once"))
		sa.sa_flags |= (int)SA_RESETHAND;
	if (strstr(handler, "nodefer"))
		sa.sa_flags |= SA_NODEFER;
	if (strstr(handler, "altstack"))
		sa.sa_flags |= SA_ONSTACK;
	if (strstr(handler, "plain")) {
		sa.sa_handler = on_plain;
		sa.sa_flags = 0;
	}
	if (strstr(handler, "ignore")) {
		sa.sa_handler = SIG_IGN;
		sa.sa_flags = 0;
	}
	for (n = 0; n < SIGNALS; n++)
		sigaction(signals[n], &sa, &old[signals[n]]);
}

static void
altstack(void)
{
	static char room[65536];
	stack_t st = { .ss_sp = room, .ss_size = sizeof(room) };

	sigaltstack(&st, NULL);
}

static void *
in_thread(void *arg)
{
	(void)arg;
	if (strstr(handler, "altstack"))
		altstack();
	fault_here();
	return NULL;
}

static void
on_usr2(int sig)
{
	(void)sig;
	fault_here();
}

static void
emit(int level, const char *line)
{
	(void)level;
	(void)line;
	if (armed && is(place, "emitter")) {
		armed = 0;
		fault_here();
	}
}

static void
on_timer(lws_sorted_usec_list_t *sul)
{
	(void)sul;
	if (armed && is(place, "timer"))
		fault_here();
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user,
	 void *in, size_t len)
{
	pthread_t t;

	(void)wsi, (void)user, (void)in, (void)len;
	if (reason != LWS_CALLBACK_EVENT_WAIT_CANCELLED || !armed)
		return 0;
	if (is(place, "callback") || is(place, "child"))
		fault_here();
	if (is(place, "thread") && !pthread_create(&t, NULL, in_thread, NULL))
		pthread_join(t, NULL);
	if (is(place, "onstack"))
		raise(SIGUSR2);
	if (is(place, "emitter"))
		lwsl_err("a line\n");
	stopping = 1;
	return 0;
}

static struct lws_context *
make(void)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "faults", .callback = callback }, { 0 }
	};
	struct lws_context_creation_info info;

	memset(&info, 0, sizeof(info));
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	return lws_create_context(&info);
}

static void
run(void)
{
	static lws_sorted_usec_list_t sul;
	int n;

	context = make();
	if (!context)
		_exit(5);
	for (n = 0; n < 3; n++)
		lws_service(context, -1);
	install("after");
	armed = 1;
	lws_sul_schedule(context, 0, &sul, on_timer, 1);
	usleep(1000); /* due when the first call comes */
	if (sigsetjmp(back, 1)) {
		say("came back\n");
		_exit(6);
	}
	for (n = 0; n < 10 && !stopping; n++) {
		lws_cancel_service(context);
		lws_service(context, 0);
	}
	say("end\n");
}

int
main(int argc, char **argv)
{
	struct sigaction usr2 = { .sa_handler = on_usr2,
				  .sa_flags = SA_ONSTACK };
	struct rlimit none = { 0, 0 };
	int status, fd;
	pid_t child;

	if (argc < 4)
		return 4;
	place = argv[1];
	fault = argv[2];
	handler = argv[3];
	if (!is(handler, "core"))
		setrlimit(RLIMIT_CORE, &none);
	lws_set_log_level(LLL_ERR, argc > 4 ? NULL : emit);
	if (is(place, "onstack") || strstr(handler, "altstack"))
		altstack();
	sigaction(SIGUSR2, &usr2, NULL);
	if (is(fault, "bus")) {
		fd = memfd_create("empty", 0);
		target = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			      0);
	} else if (is(fault, "readonly"))
		target = mmap(NULL, 4096, PROT_READ,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	install("before");
	if (!is(place, "child")) {
		run();
		return 0;
	}
	if (!make()) /* so that the child has a second start */
		return 5;
	child = fork();
	if (!child) {
		run();
		_exit(0);
	}
	waitpid(child, &status, 0);
	say("child %x\n", status & 0xff7f);
	return 0;
}
