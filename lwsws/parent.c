/* SPDX-License-Identifier: MIT
 *
 * The process that the system knows. It starts a service process, and on SIGHUP
 * another: when that one serves, those before it are told to end with their
 * connections. It has no thread and no socket, and keeps the rights it was started with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <fcntl.h>

#include "lwsws.h"

/* Service processes at a time: one, and those whose connections have not ended. */
#define MOST 32
/* How long after one serves the next is started: till then the one before listens, too. */
#define PAUSE_MS 1000
/* How long they have to end. */
#define END_MS 2000

static const struct options *opts;
static sigset_t signals, before;
static pid_t pids[MOST];
static pid_t serving;        /* the one with the listening sockets */
static pid_t coming;         /* the one that has not said anything yet */
static int told = -1;        /* where it will */
static int again;            /* SIGHUP came meanwhile */
static long long quiet;      /* not before, in ms */
static int ending;

static void __attribute__((format(printf, 1, 2)))
say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (opts->daemon) {
		vsyslog(LOG_DAEMON | LOG_NOTICE, format, ap);
	} else {
		vfprintf(stderr, format, ap);
		fputc('\n', stderr);
	}
	va_end(ap);
}

static void
to_all(int sig, pid_t but)
{
	int n;

	for (n = 0; n < MOST; n++)
		if (pids[n] && pids[n] != but)
			kill(pids[n], sig);
}

static int
any(void)
{
	int n;

	for (n = 0; n < MOST; n++)
		if (pids[n])
			return 1;
	return 0;
}

/* -1: there is none. */
static int
start(int reload)
{
	int n, fds[2], status;
	pid_t pid;

	for (n = 0; n < MOST && pids[n]; n++)
		;
	if (n == MOST) {
		say("lwsws: there are %d service processes with connections: "
		    "no other is started", MOST);
		return -1;
	}
	if (pipe2(fds, O_CLOEXEC) < 0) {
		say("lwsws: pipe: %s", strerror(errno));
		return -1;
	}
	pid = fork();
	if (!pid) {
		close(fds[0]);
		sigprocmask(SIG_SETMASK, &before, NULL);
		status = serve(opts, fds[1], reload);
		fflush(NULL);
		_exit(status);
	}
	close(fds[1]);
	if (pid < 0) {
		say("lwsws: fork: %s", strerror(errno));
		close(fds[0]);
		return -1;
	}
	pids[n] = coming = pid;
	told = fds[0];
	return 0;
}

static long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
reload(void)
{
	if (coming || now_ms() < quiet) {
		again = 1;
		return;
	}
	again = 0;
	say("root process receives reload");
	start(!!serving);
}

/* The new process has said something, or ended without. */
static void
heard(void)
{
	ssize_t n;
	char c = 0;

	do
		n = read(told, &c, 1);
	while (n < 0 && errno == EINTR);
	close(told);
	told = -1;
	if (c == SERVES) {
		if (serving)
			say("passing HUP to child processes");
		to_all(SIGHUP, coming);
		serving = coming;
	} else if (serving && !ending) {
		say("lwsws: the configuration in %s is not usable (see above): "
		    "process %d goes on with the one before", opts->dir,
		    (int)serving);
	}
	coming = 0;
	quiet = now_ms() + PAUSE_MS;
}

/* Takes leave of those that have ended. Nonzero: there is no service any more; *status
 * is what is left to say. */
static int
reap(int *status)
{
	int n, st, gone = 0;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		for (n = 0; n < MOST; n++)
			if (pids[n] == pid)
				pids[n] = 0;
		if (WIFSIGNALED(st) && !ending)
			say("lwsws: service process %d ended: %s", (int)pid,
			    strsignal(WTERMSIG(st)));
		if (pid == coming)
			heard();
		if (pid == serving || !serving) {
			gone = 1;
			serving = 0;
			*status = WIFEXITED(st) ? WEXITSTATUS(st) : 1;
		}
	}
	return gone && !coming;
}

static int
end(void)
{
	long long due = now_ms() + END_MS, rest;
	struct timespec t;
	siginfo_t info;
	int status;

	ending = 1;
	say("parent process waiting %ds...", END_MS / 1000);
	to_all(SIGTERM, 0);
	while (reap(&status), any()) {
		rest = due - now_ms();
		if (rest <= 0)
			break;
		t.tv_sec = rest / 1000;
		t.tv_nsec = rest % 1000 * 1000000;
		sigtimedwait(&signals, &info, &t);
	}
	if (any()) {
		say("killing service processes");
		to_all(SIGKILL, 0);
		while (wait(NULL) > 0)
			;
	}
	return 0;
}

int
supervise(const struct options *o)
{
	struct signalfd_siginfo got;
	struct pollfd p[2];
	int fd, status = 1;

	opts = o;
	if (o->daemon)
		openlog("lwsws", LOG_PID, LOG_DAEMON);
	sigemptyset(&signals);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &before);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0) {
		say("lwsws: signalfd: %s", strerror(errno));
		return 1;
	}
	say("Root process is %u", (unsigned int)getpid());
	if (start(0))
		return 1;
	for (;;) {
		p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
		p[1] = (struct pollfd){ .fd = told, .events = POLLIN };
		if (poll(p, 2, again && !coming ? PAUSE_MS : -1) < 0 && errno != EINTR) {
			say("lwsws: poll: %s", strerror(errno));
			status = 1;
			break;
		}
		if (told >= 0 && p[1].revents)
			heard();
		if (again && !coming)
			reload();
		if (read(fd, &got, sizeof(got)) != sizeof(got)) {
			/* nothing: what ended may have been told already */
			got.ssi_signo = SIGCHLD;
		}
		if (got.ssi_signo == SIGHUP) {
			reload();
		} else if (got.ssi_signo == SIGCHLD) {
			if (reap(&status))
				break;
		} else {
			status = end();
			break;
		}
	}
	if (o->pid_file && o->daemon)
		unlink(o->pid_file);
	return status;
}
