/* SPDX-License-Identifier: MIT
 *
 * Logging.  Times are masked by unit_test.go where the library prints them.
 */
#include "unit.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static void
to_stdout(int level, const char *line)
{
	printf("%d", level);
	show("line", line, strlen(line));
	putchar('\n');
}

/* Every length around the limit, with and without a newline. */
static void
lengths(void)
{
	static char text[600];
	int n;

	memset(text, 'x', sizeof(text) - 1);
	for (n = 240; n < 270; n++) {
		lwsl_err("%.*s\n", n, text);
		lwsl_user("%.*s", n, text);
	}
	lwsl_warn("%s", text);
	lwsl_err("%s", "");
	lwsl_err("a %d %s %5.2f %p\n", -7, "b", 3.14159, (void *)16);
}

static void
levels(void)
{
	int n, m;

	for (n = 0; n < 4096; n += 1 + (int)rnd(40)) {
		lws_set_log_level(n, NULL);
		printf("set %x: ", (unsigned int)n);
		for (m = 0; m < LLL_COUNT + 2; m++)
			printf("%x ", (unsigned int)lwsl_visible(1 << m));
		printf("%x\n", (unsigned int)lwsl_visible(0xfff));
		m = (int)rnd(4096);
		_lws_log(m, "to %d\n", m);
	}
	lws_set_log_level(0xfff, NULL);
}

static void
hexdumps(void)
{
	uint8_t buf[303];
	int n;

	rnd_bytes(buf, sizeof(buf));
	for (n = 0; n < 300; n += n < 40 ? 1 : 37) {
		lwsl_hexdump(buf, (size_t)n);
		lwsl_hexdump_level(LLL_NOTICE, buf + n % 3, (size_t)n);
	}
	lwsl_hexdump_level(LLL_NOTICE, NULL, 0);
	lwsl_hexdump_level(LLL_NOTICE, NULL, 5);
	lws_set_log_level(LLL_ERR, NULL);
	lwsl_hexdump_level(LLL_NOTICE, buf, 5);
	lwsl_hexdump(buf, 5);
	lws_set_log_level(0xfff, NULL);
}

/* The stamp must be the local time in any zone, changed underway too. */
static void
stamps(void)
{
	static const char *const zones[] = {
		"UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu",
		"Pacific/Kiritimati", "America/Los_Angeles", "XYZ-3:07:30",
		"Pacific/Marquesas", "UTC",
	};
	char p[64], want[64];
	struct tm tm;
	time_t t;
	size_t z;
	int n, len;

	for (z = 0; z < ARRAY(zones); z++) {
		setenv("TZ", zones[z], 1);
		tzset();
		for (n = 0; n < 3; n++) {
			t = time(NULL);
			len = lwsl_timestamp(LLL_WARN, p, sizeof(p));
			localtime_r(&t, &tm);
			strftime(want, sizeof(want), "[%Y/%m/%d %H:%M:%S:", &tm);
			if (!strncmp(p, want, strlen(want)))
				break;
		}
		printf("%s: %d %s%s\n", zones[z], len, n < 3 ? "ok" : p,
		       n < 3 ? p + len - 4 : want);
	}
	for (n = -1; n < 8192; n += n < 4 ? 1 : n) {
		memset(p, 'z', sizeof(p));
		len = lwsl_timestamp(n, p, sizeof(p));
		printf("level %d: %d %c\n", n, len, len ? p[len - 3] : p[0]);
	}
	for (n = 0; n < 40; n++) {
		memset(p, 'z', sizeof(p));
		len = lwsl_timestamp(LLL_ERR, p, n);
		printf("room %d: %d %zu\n", n, len, strlen(p));
	}
}

static void
to_stderr(void)
{
	int n;

	for (n = 0; n <= LLL_COUNT; n++) {
		lwsl_emit_stderr(1 << n, "stamped\n");
		lwsl_emit_stderr_notimestamp(1 << n, "bare\n");
	}
	lwsl_emit_stderr(LLL_ERR | LLL_USER, "two levels\n");
	lwsl_emit_stderr(LLL_USER, "no newline");
	lwsl_emit_stderr(LLL_USER, "");
	lws_set_log_level(LLL_ERR | LLL_USER, lwsl_emit_stderr);
	lwsl_err("error\n");
	lwsl_warn("not seen\n");
	lws_set_log_level(0xfff, lwsl_emit_stderr_notimestamp);
	lwsl_warn("warning\n");
	lwsl_hexdump("hexdump", 7);
}

static void
logv(int level, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	_lws_logv(level, format, ap);
	va_end(ap);
}

void
unit_log(void)
{
	struct lws_ssl_info info = { 0x4008, 0x230 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	dup2(1, 2);
	lwsl_err("default level\n");
	lwsl_notice("default level\n");
	lwsl_info("not seen\n");
	lwsl_user("not seen\n");
	printf("%x\n", (unsigned int)lwsl_visible(0xffff));

	lws_set_log_level(0xfff, to_stdout);
	lws_callback_http_dummy(NULL, LWS_CALLBACK_SSL_INFO, NULL, &info, 0);
	lengths();
	levels();
	logv(LLL_ERR, "logv %d %s\n", 5, "text");
	logv(LLL_CLIENT, "no line end");
	logv(0, "no level\n");
	hexdumps();
	stamps();
	to_stderr();
	lwsl_emit_syslog(LLL_DEBUG, "unit test of libwebsockets\n");
}

/* The same on a terminal: colours. */
void
unit_log_tty(void)
{
	int m = posix_openpt(O_RDWR | O_NOCTTY), s, n;
	struct termios t;
	char buf[8192] = "";
	ssize_t got;
	size_t all = 0;

	if (m < 0 || grantpt(m) || unlockpt(m))
		exit(3);
	s = open(ptsname(m), O_RDWR | O_NOCTTY);
	if (s < 0 || tcgetattr(s, &t))
		exit(3);
	cfmakeraw(&t);
	tcsetattr(s, TCSANOW, &t);
	dup2(s, 2);
	for (n = 0; n < LLL_COUNT; n++) {
		lwsl_emit_stderr(1 << n, "stamped\n");
		lwsl_emit_stderr_notimestamp(1 << n, "bare\n");
		lwsl_emit_stderr_notimestamp((1 << n) | 1, "two");
	}
	dprintf(2, "END\n");
	while (!strstr(buf, "END\n")) {
		got = read(m, buf + all, sizeof(buf) - 1 - all);
		if (got <= 0)
			exit(3);
		all += (size_t)got;
	}
	fputs(buf, stdout);
}

static void
on_alarm(int sig)
{
	(void)sig;
	lwsl_err("from the handler\n");
}

/* Handlers that log while the thread they interrupt logs: must end. */
void
unit_log_signal(void)
{
	struct itimerval it = { { 0, 200 }, { 0, 200 } };
	int n;

	dup2(open("/dev/null", O_WRONLY), 2);
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &it, NULL);
	for (n = 0; n < 200000; n++)
		lwsl_err("from the thread %d\n", n);
	memset(&it, 0, sizeof(it));
	setitimer(ITIMER_REAL, &it, NULL);
	printf("done\n");
}

/* A child of a process in which the library runs still has what is C. */
void
unit_fork(void)
{
	struct lws_buflist *b = NULL;
	char out[32];
	int status = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	lws_b64_encode_string("abc", 3, out, sizeof(out));
	printf("%s\n", out);
	if (!fork()) {
		/* what the reference tells of itself at info is its own */
		lws_set_log_level(LLL_ERR | LLL_NOTICE, to_stdout);
		lwsl_err("from the child\n");
		lws_snprintf(out, sizeof(out), "%d", 7);
		printf("%s %d %zu\n", out,
		       lws_buflist_append_segment(&b, (uint8_t *)"xy", 2),
		       lws_buflist_total_len(&b));
		lwsl_hexdump_level(LLL_NOTICE, out, 3);
		exit(5);
	}
	wait(&status);
	printf("%x\n", (unsigned int)status);
}
