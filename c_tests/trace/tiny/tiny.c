/* SPDX-License-Identifier: MIT */
/*
 * tiny [-e] PROGRAM ARGS...: runs the program so that its sends and receives on
 * non-blocking sockets move one byte at a time. It traces the program and cuts
 * the length at the entry of the system call, so it does not matter whether
 * the call comes through libc. After the first bytes of a transfer longer
 * pieces go through, or a megabyte would take minutes. With -e every other
 * send is also refused with EAGAIN. Datagrams (calls with an address) stay whole.
 *
 * Exits as the program does; 77 when tracing is not permitted here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define SINGLE 3000 /* calls on one descriptor that move one byte each */

static unsigned calls[1024], sent[1024];
static bool refuse;

static void child(char **argv)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 3, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvfrom, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof code / sizeof code[0], code};

	if (ptrace(PTRACE_TRACEME, 0, 0, 0))
		_exit(77);
	raise(SIGSTOP);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		_exit(77);
	execv(argv[0], argv);
	_exit(127);
}

/* Is it a non-blocking socket of the program? */
static bool ours(pid_t pid, unsigned long fd)
{
	char path[64], text[256];
	unsigned flags = 0;
	ssize_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/fd/%lu", (int)pid, fd);
	n = readlink(path, text, sizeof text - 1);
	if (n < 7 || memcmp(text, "socket:", 7))
		return false;
	snprintf(path, sizeof path, "/proc/%d/fdinfo/%lu", (int)pid, fd);
	f = fopen(path, "r");
	while (f && fgets(text, sizeof text, f))
		if (sscanf(text, "flags: %o", &flags) == 1)
			break;
	if (f)
		fclose(f);
	return flags & O_NONBLOCK;
}

static void cut(pid_t pid)
{
	struct user_regs_struct r;
	bool sends;

	if (ptrace(PTRACE_GETREGS, pid, 0, &r))
		return;
	if (r.rdx < 2 || r.rdi >= sizeof calls / sizeof calls[0] || !ours(pid, r.rdi))
		return;
	sends = r.orig_rax == SYS_sendto || r.orig_rax == SYS_write;
	calls[r.rdi]++;
	if (refuse && sends && ++sent[r.rdi] & 1) {
		r.orig_rax = (unsigned long long)-1;
		r.rax = (unsigned long long)-EAGAIN;
	} else if ((r.orig_rax == SYS_sendto || r.orig_rax == SYS_recvfrom) && r.r8) {
		return; /* with an address: a datagram is whole */
	} else {
		r.rdx = calls[r.rdi] < SINGLE ? 1 : r.rdx / 3 + 1;
	}
	ptrace(PTRACE_SETREGS, pid, 0, &r);
}

int main(int argc, char **argv)
{
	pid_t first, pid;
	int status, at = 1;

	if (argc > at && !strcmp(argv[at], "-e")) {
		refuse = true;
		at++;
	}
	if (argc <= at)
		return 2;
	first = fork();
	if (!first)
		child(argv + at);
	if (waitpid(first, &status, 0) != first || !WIFSTOPPED(status))
		return 77;
	if (ptrace(PTRACE_SETOPTIONS, first, 0,
	           PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |
	               PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL))
		return 77;
	ptrace(PTRACE_CONT, first, 0, 0);
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		int signal = 0;

		if (WIFEXITED(status) || WIFSIGNALED(status)) {
			if (pid == first)
				return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			continue;
		}
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8))
			cut(pid);
		else if (!(status >> 16) && WSTOPSIG(status) != SIGSTOP)
			signal = WSTOPSIG(status);
		ptrace(PTRACE_CONT, pid, 0, signal);
	}
	return 1;
}
