/* SPDX-License-Identifier: MIT
 *
 * unit FAMILY: calls the functions of one family of the public API with
 * generated inputs and prints what comes of it.  Run with the reference
 * library and with ours, the output must be the same (unit_test.go).
 */
#include "unit.h"
#include <ctype.h>

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % n;
}

size_t
rnd_text(char *to, size_t max, const char *alphabet)
{
	size_t i, n = rnd((uint32_t)max + 1), letters = strlen(alphabet);

	for (i = 0; i < n; i++)
		to[i] = alphabet[rnd((uint32_t)letters)];
	to[n] = '\0';
	return n;
}

void
rnd_bytes(void *to, size_t n)
{
	uint8_t *p = to;

	while (n--)
		*p++ = (uint8_t)rnd(256);
}

void
show(const char *tag, const void *p, size_t n)
{
	const uint8_t *b = p;
	size_t i;

	printf(" %s=", tag);
	for (i = 0; i < n; i++)
		if (b[i] && (isalnum(b[i]) || strchr("._-:/+[]{}\"$ ", b[i])))
			putchar(b[i]);
		else
			printf("\\%02x", b[i]);
}

static const struct {
	const char *name;
	void (*run)(void);
} families[] = {
#define ENTRY(name) { #name, unit_##name }
	ENTRY(log), ENTRY(log_tty), ENTRY(log_signal), ENTRY(strings),
	ENTRY(cmdline), ENTRY(serialize), ENTRY(dll2), ENTRY(ring),
	ENTRY(buflist), ENTRY(lwsac), ENTRY(cached_file), ENTRY(dir),
	ENTRY(vfs), ENTRY(daemon), ENTRY(purify), ENTRY(base64),
	ENTRY(tokenize), ENTRY(strexp), ENTRY(address), ENTRY(uri),
	ENTRY(lejp), ENTRY(null), ENTRY(random), ENTRY(fork), ENTRY(nulls),
	ENTRY(headers), ENTRY(spa), ENTRY(context), ENTRY(auth), ENTRY(peer),
	ENTRY(timers), ENTRY(retry), ENTRY(state), ENTRY(ext_options), ENTRY(allocator),
#if V43
	ENTRY(log_cx), ENTRY(cache), ENTRY(xos), ENTRY(wildcard), ENTRY(hex), ENTRY(on_net),
	ENTRY(sorted), ENTRY(buflist_use), ENTRY(map), ENTRY(date),
	ENTRY(wildcards), ENTRY(dates),
#endif
};

/* What is C must not have started the Go runtime, which has threads. */
static void
show_threads(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/status", "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "Threads:", 8))
			fputs(line, stdout);
	if (f)
		fclose(f);
}

static const char in_c[] = " log log_tty strings cmdline serialize dll2 ring "
			   "buflist lwsac cached_file dir vfs daemon ";

int
main(int argc, char **argv)
{
	size_t n;

	for (n = 0; argc == 2 && n < ARRAY(families); n++)
		if (!strcmp(argv[1], families[n].name)) {
			char padded[32];

			families[n].run();
			snprintf(padded, sizeof(padded), " %s ", argv[1]);
			if (strstr(in_c, padded))
				show_threads();
			return 0;
		}
	fprintf(stderr, "usage: unit FAMILY\n");
	return 2;
}
