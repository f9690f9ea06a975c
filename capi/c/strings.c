/* SPDX-License-Identifier: MIT
 *
 * Small helpers on strings, bytes, clocks and the command line.
 * C because of reasons 2 (lws_snprintf, lws_open), 3 (lws_humanize's tables),
 * 5 (work smaller than a crossing) and 6 (used before the program forks).
 */
#define _GNU_SOURCE
#include "abi.h"
#include "entry.h"
#include <libwebsockets.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* The longest value lws_cmdline_option() takes from the next argument. */
#define ARG_VALUE_MAX 1024

int
lws_snprintf(char *str, size_t size, const char *format, ...)
{
	va_list ap;
	int n;

	if (!size)
		return 0;

	va_start(ap, format);
	n = vsnprintf(str, size, format, ap);
	va_end(ap);

	return n >= (int)size ? (int)size : n;
}

char *
lws_strncpy(char *dest, const char *src, size_t size)
{
	if (!size)
		return dest;
	/* what follows the string is zeroed, as strncpy() does it */
	strncpy(dest, src, size - 1);
	dest[size - 1] = '\0';
	return dest;
}

const char *
lws_nstrstr(const char *buf, size_t len, const char *name, size_t nl)
{
	if (!nl)
		return NULL;
	return memmem(buf, len, name, nl);
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As the reference, needs max to be larger than what is produced. */
int
lws_hex_to_byte_array(const char *h, uint8_t *dest, int max)
{
	int hi, lo, n = 0;

	for (; max-- && *h; h += 2) {
		hi = hex_value(h[0]);
		if (hi < 0 || !h[1])
			return -1;
		lo = hex_value(h[1]);
		if (lo < 0)
			return -1;
		dest[n++] = (uint8_t)(hi << 4 | lo);
	}
	return max < 0 ? -1 : n;
}

size_t
lws_get_random(struct lws_context *context, void *buf, size_t len)
{
	size_t done = 0;
	ssize_t n;

	(void)context;
	if (len > SSIZE_MAX) { /* a negative number of the program's */
		lwsl_err("lws_get_random: %zd bytes are not possible\n",
			 (ssize_t)len);
		return (size_t)-1;
	}
	while (done < len) {
		n = getrandom((char *)buf + done, len - done, 0);
		if (n > 0)
			done += (size_t)n;
		else if (n < 0 && errno != EINTR)
			break;
	}
	return done;
}

int
lws_hex_random(struct lws_context *context, char *dest, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *raw;
	size_t n;

	if (!len)
		return 1;
	/* the bytes go to the far end and are spelled out from there */
	n = (len - 1) / 2;
	raw = (uint8_t *)dest + len - n;
	if (lws_get_random(context, raw, n) != n)
		return 1;
	while (n--) {
		uint8_t b = *raw++;

		*dest++ = digits[b >> 4];
		*dest++ = digits[b & 15];
	}
	*dest = '\0';
	return 0;
}

void
lws_explicit_bzero(void *p, size_t len)
{
	explicit_bzero(p, len);
}

int
lws_timingsafe_bcmp(const void *a, const void *b, uint32_t len)
{
	const volatile uint8_t *pa = a, *pb = b;
	uint8_t differ = 0;
	uint32_t n;

	for (n = 0; n < len; n++)
		differ |= pa[n] ^ pb[n];
	return differ;
}

/* seconds since 1970 */
unsigned long
lws_now_secs(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return (unsigned long)tv.tv_sec;
}

/* microseconds on the monotonic clock */
lws_usec_t
lws_now_usecs(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts))
		return 0;
	return (lws_usec_t)ts.tv_sec * LWS_US_PER_SEC +
	       (lws_usec_t)(ts.tv_nsec / LWS_NS_PER_US);
}

const char *
lws_get_library_version(void)
{
	return LWS_LIBRARY_VERSION;
}

int
lws_open(const char *__file, int __oflag, ...)
{
	mode_t mode = 0;
	va_list ap;

	if ((__oflag & O_CREAT) || (__oflag & O_TMPFILE) == O_TMPFILE) {
		va_start(ap, __oflag);
		mode = va_arg(ap, mode_t);
		va_end(ap);
	}
	return open(__file, __oflag | O_CLOEXEC, mode);
}

/* The allocator */

static void *
libc_realloc(void *ptr, size_t size, const char *reason)
{
	(void)reason;
	if (size)
		return realloc(ptr, size);
	free(ptr);
	return NULL;
}

static void *(*allocator)(void *ptr, size_t size, const char *reason) =
	libc_realloc;

void *
lws_realloc(void *ptr, size_t size, const char *reason)
{
	return allocator(ptr, size, reason);
}

void *
lwsgo_zalloc(size_t size, const char *what)
{
	void *p;

	/* libc knows what the kernel has cleared: buffers need not be touched yet */
	if (size >= 4096 && allocator == libc_realloc)
		return calloc(1, size);
	p = lws_realloc(NULL, size, what);
	if (p)
		memset(p, 0, size);
	return p;
}

void
lwsgo_free(void *p)
{
	if (p)
		lws_realloc(p, 0, "free");
}

void
lws_set_allocator(void *(*cb)(void *ptr, size_t size, const char *reason))
{
	LWS_NEEDS_VOID(cb);
	allocator = cb;
}

/* Lists a program builds by hand */

void
lws_list_ptr_insert(lws_list_ptr *head, lws_list_ptr *add,
		    lws_list_ptr_sort_func_t sort_func)
{
	LWS_NEEDS_VOID(head && add);
	lws_list_ptr *at = head;

	/* each element begins with the pointer to the next */
	while (sort_func && *at && sort_func((lws_list_ptr)add, *at) > 0)
		at = (lws_list_ptr *)*at;
	*add = *at;
	*at = (lws_list_ptr)add;
}

const struct lws_protocol_vhost_options *
lws_pvo_search(const struct lws_protocol_vhost_options *pvo, const char *name)
{
	while (pvo && strcmp(pvo->name, name))
		pvo = pvo->next;
	return pvo;
}

int
lws_pvo_get_str(void *in, const char *name, const char **result)
{
	const struct lws_protocol_vhost_options *pvo = lws_pvo_search(in, name);

	if (!pvo)
		return 1;
	*result = pvo->value;
	return 0;
}

/* The command line: the last argument that begins with val wins. */

const char *
lws_cmdline_option(int argc, const char **argv, const char *val)
{
	LWS_NEEDS(argv && val, NULL);
	size_t n = strlen(val);
	int c;

	for (c = argc - 1; c > 0; c--) {
		if (strncmp(argv[c], val, n))
			continue;
		if (argv[c][n] == '=')
			return argv[c] + n + 1;
		if (argv[c][n] || c == argc - 1)
			return argv[c] + n;
		if (!argv[c + 1] || strlen(argv[c + 1]) > ARG_VALUE_MAX)
			return NULL;
		return argv[c + 1];
	}
	return NULL;
}

static void
ignore_signal(int sig)
{
	(void)sig;
}

void
lws_cmdline_option_handle_builtin(int argc, const char **argv,
				  struct lws_context_creation_info *info)
{
	int logs = LLL_USER | LLL_ERR | LLL_WARN | LLL_NOTICE;
	const char *p;

	p = lws_cmdline_option(argc, argv, "-d");
	if (p)
		logs = atoi(p);
	p = lws_cmdline_option(argc, argv, "--udp-tx-loss");
	if (p)
		lwsgo_udp_loss(info, 1, atoi(p));
	p = lws_cmdline_option(argc, argv, "--udp-rx-loss");
	if (p)
		lwsgo_udp_loss(info, 0, atoi(p));
	/* a handler, not SIG_IGN: what we exec must not inherit it */
	if (lws_cmdline_option(argc, argv, "--ignore-sigterm"))
		signal(SIGTERM, ignore_signal);

	lws_set_log_level(logs, NULL);
}

/* Finding one value in a small JSON text; name is like "\"key\":" */

const char *
lws_json_simple_find(const char *buf, size_t len, const char *name,
		     size_t *alen)
{
	LWS_NEEDS(buf && name, NULL);
	const char *end = buf + len, *p, *start;

	p = lws_nstrstr(buf, len, name, strlen(name));
	if (!p)
		return NULL;
	p += strlen(name);
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	if (p >= end)
		return NULL;

	if (*p == '"') { /* a string, up to its closing quote */
		start = ++p;
		while (p < end && *p != '"')
			p += *p == '\\' ? 2 : 1;
		if (p > end) /* the text ended in a backslash */
			p = end;
	} else { /* anything else, up to a delimiter */
		start = p;
		while (p < end && *p != '}' && *p != ']' && *p != ',')
			p++;
	}
	*alen = (size_t)(p - start);
	return start;
}

int
lws_json_simple_strcmp(const char *buf, size_t len, const char *name,
		       const char *comp)
{
	LWS_NEEDS(buf && name && comp, -1);
	size_t al;
	const char *hit = lws_json_simple_find(buf, len, name, &al);

	if (!hit || al != strlen(comp))
		return -1;
	return strncmp(hit, comp, al);
}

void
lws_hex_from_byte_array(const uint8_t *src, size_t slen, char *dest, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	if (!len)
		return;
	for (; slen && len > 2; slen--, src++, len -= 2) {
		*dest++ = digits[*src >> 4];
		*dest++ = digits[*src & 15];
	}
	if (slen && len == 2) /* half a byte has room */
		*dest++ = digits[*src >> 4];
	*dest = '\0';
}

/* Greedy with one step back: the last '*' takes one more character. */
int
lws_strcmp_wildcard(const char *wildcard, size_t wlen, const char *check,
		    size_t clen)
{
	size_t w = 0, c = 0, star = 0, from = 0;
	int any = 0;

	while (c < clen) {
		if (w < wlen && wildcard[w] == '*') {
			any = 1;
			star = ++w;
			from = c;
		} else if (w < wlen && wildcard[w] == check[c]) {
			w++;
			c++;
		} else if (any) {
			w = star;
			c = ++from;
		} else
			return 1;
	}
	while (w < wlen && wildcard[w] == '*')
		w++;
	return w < wlen;
}

static uint64_t
rotate(uint64_t x, int k)
{
	return x << k | x >> (64 - k);
}

/* splitmix64 spreads the seed, as the generator's authors advise, from the seed itself on:
 * the same numbers for a seed as with the reference. */
void
lws_xos_init(struct lws_xos *xos, uint64_t seed)
{
	LWS_NEEDS_VOID(xos);
	for (int n = 0; n < 4; n++) {
		uint64_t z = seed;

		seed += UINT64_C(0x9e3779b97f4a7c15);
		z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
		z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
		xos->s[n] = z ^ z >> 31;
	}
}

/* xoshiro256** of Blackman and Vigna. */
uint64_t
lws_xos(struct lws_xos *xos)
{
	LWS_NEEDS(xos, 0);
	uint64_t *s = xos->s, r = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return r;
}

int
lws_xos_percent(struct lws_xos *xos, int percent)
{
	LWS_NEEDS(xos, 0);
	return (int)(lws_xos(xos) % 100) < percent;
}
