/* SPDX-License-Identifier: MIT
 *
 * Going into the background, with a lock file that holds the daemon's pid.
 * C because of reason 6: it forks, and does so before the Go runtime starts.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* How long the first process waits for the daemon's word that it is up. */
#define READY_WAIT_SECS 2

static pid_t daemon_pid;
static char *lock_path;

/* Exits if the lock file names a process that lives; drops a stale one. */
static void
check_lock(const char *path)
{
	int pid, fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[16];
	ssize_t n;

	if (fd < 0)
		return;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (!n)
		return;
	text[n > 0 ? n : 0] = '\0';
	pid = atoi(text);
	if (kill(pid, 0) >= 0) {
		fprintf(stderr, "Daemon already running pid %d\n", pid);
		exit(1);
	}
	fprintf(stderr, "Removing stale lock %s from dead pid %d\n", path, pid);
	unlink(path);
}

/* Done by the first process: it still has its own user and umask. */
static void
write_lock(pid_t pid)
{
	int fd = open(lock_path, O_TRUNC | O_RDWR | O_CREAT | O_CLOEXEC, 0640);
	char text[16];
	int n;

	if (fd < 0) {
		fprintf(stderr, "unable to create lock file %s, code=%d (%s)\n",
			lock_path, errno, strerror(errno));
		return;
	}
	n = snprintf(text, sizeof(text), "%u", (unsigned int)pid);
	if (write(fd, text, (size_t)n) != n)
		fprintf(stderr,
			"unable to write pid to lock file %s, code=%d (%s)\n",
			lock_path, errno, strerror(errno));
	close(fd);
}

/* The first process ends here, whatever it hears or does not hear. */
static _Noreturn void
wait_for_daemon(pid_t pid, const sigset_t *signals)
{
	const struct timespec limit = { READY_WAIT_SECS, 0 };
	siginfo_t info;
	int sig;

	do /* a USR1 of somebody else is not the daemon's word */
		sig = sigtimedwait(signals, &info, &limit);
	while (sig == SIGUSR1 && info.si_pid != pid);
	if (sig == SIGUSR1 && lock_path)
		write_lock(pid);
	exit(sig < 0 && errno == EINTR);
}

static void
on_sigterm(int sig)
{
	(void)sig;
	if (getpid() == daemon_pid && lock_path)
		unlink(lock_path);
	kill(getpid(), SIGKILL);
}

static void
detach_from_terminal(void)
{
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	umask(0);

	if (setsid() < 0) {
		fprintf(stderr, "unable to create a new session, code %d (%s)",
			errno, strerror(errno));
		exit(2);
	}
	/* hold no directory that somebody may want to remove */
	if (chdir("/tmp") < 0) {
		fprintf(stderr, "unable to change directory to /tmp, code %d (%s)",
			errno, strerror(errno));
		exit(3);
	}
	if (!freopen("/dev/null", "r", stdin))
		fprintf(stderr, "unable to freopen() stdin, code %d (%s)",
			errno, strerror(errno));
	if (!freopen("/dev/null", "w", stdout))
		fprintf(stderr, "unable to freopen() stdout, code %d (%s)",
			errno, strerror(errno));
	if (!freopen("/dev/null", "w", stderr))
		fprintf(stderr, "unable to freopen() stderr, code %d (%s)",
			errno, strerror(errno));
}

int
lws_daemonize(const char *_lock_path)
{
	struct sigaction term = { .sa_handler = on_sigterm };
	sigset_t wanted, before;
	pid_t parent = getpid(), pid;

	if (_lock_path) {
		check_lock(_lock_path);
		lock_path = strdup(_lock_path);
		if (!lock_path) {
			fprintf(stderr, "Out of mem in lws_daemonize\n");
			return 1;
		}
	}

	/* blocked before the fork, so that none comes too early to be seen */
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, &before);

	pid = fork();
	if (pid < 0) {
		fprintf(stderr, "unable to fork daemon, code=%d (%s)", errno,
			strerror(errno));
		exit(9);
	}
	if (pid)
		wait_for_daemon(pid, &wanted);

	sigprocmask(SIG_SETMASK, &before, NULL);
	daemon_pid = getpid();
	detach_from_terminal();
	kill(parent, SIGUSR1);
	sigemptyset(&term.sa_mask);
	sigaction(SIGTERM, &term, NULL);
	return 0;
}
