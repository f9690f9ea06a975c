/* SPDX-License-Identifier: MIT
 *
 * alarm: SIGALRM every 200 µs with a handler set by plain signal() that uses
 * 64 KiB of stack, while the echo goes on. The signal may only ever come to
 * the program's own thread.
 */
#include "common.h"
#include <sys/time.h>

static pid_t own;
static volatile sig_atomic_t count, foreign;

static void
on_alarm(int sig)
{
	volatile unsigned char room[64 * 1024];
	size_t i;

	(void)sig;
	for (i = 0; i < sizeof(room); i += 8)
		*(volatile uint64_t *)(room + i) = UINT64_C(0xa5a5a5a5a5a5a5a5);
	if ((pid_t)syscall(SYS_gettid) != own)
		foreign++;
	count++;
}

int
main(void)
{
	static const struct lws_protocols protocols[] = {
		{ .name = "echo", .callback = echo_callback,
		  .per_session_data_size = sizeof(struct echo) },
		{ 0 }
	};
	struct itimerval every = { { 0, 200 }, { 0, 200 } };
	int many = 0;

	own = getpid();
	signal(SIGALRM, on_alarm);
	if (!begin(protocols))
		return 3;
	setitimer(ITIMER_REAL, &every, NULL);
	while (!stopping && lws_service(context, 0) >= 0)
		if (!many && count >= 1000) {
			printf("MANY\n");
			many = 1;
		}
	memset(&every, 0, sizeof(every));
	setitimer(ITIMER_REAL, &every, NULL);
	if (foreign)
		BAD("%d signals came to threads that are not the program's",
		    (int)foreign);
	return finish();
}
