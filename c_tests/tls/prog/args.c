/* SPDX-License-Identifier: MIT
 *
 * Arguments and output of the TLS test program.
 */
#include "tls.h"

static struct {
	const char *name, *value;
} args[64];
static int nargs;

void
args_read(int argc, char **argv)
{
	for (int a = 1; a < argc && nargs < 64; a++) {
		char *eq = strchr(argv[a], '=');

		args[nargs].name = argv[a];
		args[nargs].value = eq ? eq + 1 : "1";
		if (eq)
			*eq = '\0';
		nargs++;
	}
}

const char *
arg(const char *name)
{
	for (int i = 0; i < nargs; i++)
		if (!strcmp(args[i].name, name))
			return args[i].value;
	return NULL;
}

long
num(const char *name)
{
	const char *v = arg(name);

	return v ? strtol(v, NULL, 0) : 0;
}

void
say(const char *fmt, ...)
{
	va_list ap;

	if (arg("silent") && strncmp(fmt, "PORT", 4) && strncmp(fmt, "ROUNDS", 6) &&
	    strncmp(fmt, "BAD", 3))
		return;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

unsigned long
hash(unsigned long h, const void *p, size_t n)
{
	const unsigned char *b = p;

	while (n--)
		h = (h ^ *b++) * 16777619UL & 0xffffffffUL;
	return h;
}

const void *
slurp(const char *path, unsigned int *len)
{
	FILE *f = fopen(path, "rb");
	char *b = malloc(1 << 16);
	static const void *volatile all[16]; /* in reach: no leak */
	static unsigned int n;

	if (!f || n == LWS_ARRAY_SIZE(all))
		exit(3);
	all[n++] = b;
	*len = (unsigned int)fread(b, 1, 1 << 16, f);
	fclose(f);
	return b;
}
