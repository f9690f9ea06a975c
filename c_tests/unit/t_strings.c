/* SPDX-License-Identifier: MIT
 *
 * Strings, bytes, the command line, numbers as bytes and text.
 */
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define ROUNDS 3000

static void
printing(void)
{
	char buf[64], text[64];
	int n, size, r;

	for (n = 0; n < ROUNDS; n++) {
		memset(buf, '#', sizeof(buf));
		rnd_text(text, 40, "abc%");
		size = (int)rnd(60);
		r = lws_snprintf(buf, (size_t)size, "%d|%s|", n, text);
		printf("snprintf %d %d", size, r);
		show("buf", buf, sizeof(buf));
		putchar('\n');

		memset(buf, '#', sizeof(buf));
		lws_strncpy(buf, text, (size_t)size + 1);
		printf("strncpy %d", size + 1);
		show("buf", buf, sizeof(buf));
		putchar('\n');
	}
}

static void
searching(void)
{
	char hay[64], needle[8];
	const char *p;
	size_t h, l;
	int n;

	for (n = 0; n < ROUNDS; n++) {
		h = rnd_text(hay, 40, "aab");
		l = 1 + rnd_text(needle + 1, 4, "aab");
		needle[0] = "ab"[rnd(2)];
		p = lws_nstrstr(hay, h, needle, l);
		printf("nstrstr %s %s %d\n", hay, needle,
		       p ? (int)(p - hay) : -1);
	}
}

static void
json(void)
{
	static const char *const parts[] = {
		"\"a\":", "\"b\":", "\"ab\":", " ", "\t", "\"", "x", "true",
		",", "}", "]", "{", "12", "\\\"", "\\n", "\n",
	};
	char text[256];
	const char *p;
	size_t al;
	int n, k;

	for (n = 0; n < ROUNDS; n++) {
		text[0] = '\0';
		for (k = (int)rnd(12); k >= 0; k--)
			strcat(text, parts[rnd(ARRAY(parts))]);
		al = 999;
		p = lws_json_simple_find(text, strlen(text), "\"a\":", &al);
		show("json", text, strlen(text));
		printf(" %d %zu %d %d\n", p ? (int)(p - text) : -1, al,
		       lws_json_simple_strcmp(text, strlen(text), "\"b\":", "x"),
		       lws_json_simple_strcmp(text, strlen(text), "\"b\":",
					      "true"));
	}
}

static void
hex(void)
{
	uint8_t bin[64];
	char text[64];
	int n, max, r;
	size_t l;

	for (n = 0; n < ROUNDS; n++) {
		rnd_text(text, 40, n % 3 ? "0123456789abcdefABCDEF" :
					   "09afAFgG/:@`");
		max = (int)rnd(24);
		memset(bin, '#', sizeof(bin));
		r = lws_hex_to_byte_array(text, bin, max);
		printf("hex %s %d %d", text, max, r);
		show("bin", bin, sizeof(bin));
		putchar('\n');
	}
	for (l = 0; l < 40; l++) {
		rnd_bytes(bin, sizeof(bin));
		lws_explicit_bzero(bin, l);
		show("zero", bin, 48);
		printf(" %d\n", lws_timingsafe_bcmp(bin, bin + l, 8) != 0);
	}
}

static int
by_value(lws_list_ptr a, lws_list_ptr b)
{
	return ((int *)a)[2] - ((int *)b)[2];
}

static void
list_ptr(void)
{
	struct item {
		struct item *next;
		int value, id;
	} items[20], *p;
	lws_list_ptr head;
	int n, k;

	for (n = 0; n < 200; n++) {
		head = NULL;
		for (k = 0; k < 20; k++) {
			items[k].value = (int)rnd(8);
			items[k].id = k;
			lws_list_ptr_insert(&head, (lws_list_ptr *)&items[k],
					    n % 4 ? by_value : NULL);
		}
		for (p = head; p; p = p->next)
			printf(" %d/%d", p->value, p->id);
		putchar('\n');
	}
}

static void
pvo(void)
{
	struct lws_protocol_vhost_options o[3] = {
		{ &o[1], NULL, "one", "1" }, { &o[2], NULL, "two", NULL },
		{ NULL, NULL, "", "x" },
	};
	static const char *const names[] = { "one", "two", "", "three" };
	const char *v;
	size_t n;

	for (n = 0; n < ARRAY(names); n++) {
		const struct lws_protocol_vhost_options *f =
			lws_pvo_search(o, names[n]);
		int r;

		v = "unset";
		r = lws_pvo_get_str(o, names[n], &v);
		printf("pvo %s %d %d %s\n", names[n], f ? (int)(f - o) : -1, r,
		       v ? v : "NULL");
		printf("%d\n", lws_pvo_get_str(NULL, names[n], &v));
	}
}

static size_t asked;
static void *
counting(void *p, size_t size, const char *reason)
{
	asked += size + !!reason;
	if (size)
		return realloc(p, size);
	free(p);
	return NULL;
}

static void
misc(void)
{
	struct lws_buflist *b = NULL;
	lws_usec_t us = lws_now_usecs();
	void *p;
	int fd;

	printf("version %s rsa %d\n", lws_get_library_version(),
	       lws_plat_recommended_rsa_bits());
	printf("now %d %d\n",
	       labs((long)lws_now_secs() - (long)time(NULL)) < 2,
	       lws_now_usecs() - us < 1000000);

	p = lws_realloc(NULL, 10, "a");
	p = lws_realloc(p, 1000, "b");
	printf("realloc %d", !!p);
	printf(" %d\n", !!lws_realloc(p, 0, "c"));
	lws_set_allocator(counting);
	p = lws_realloc(NULL, 10, "a");
	lws_realloc(p, 0, "b");
	if (lws_buflist_append_segment(&b, (const uint8_t *)"x", 1) < 0)
		printf("append\n");
	lws_buflist_destroy_all_segments(&b);
	printf("allocator %d\n", asked > 10);

	fd = lws_open("/tmp/unit_no_such_dir/x", O_RDONLY);
	printf("open %d %d\n", fd, errno);
	fd = lws_open("/dev/null", O_RDWR);
	printf("open %d cloexec %d\n", fd >= 0, fcntl(fd, F_GETFD));
	close(fd);
}

void
unit_strings(void)
{
	printing();
	searching();
	json();
	hex();
	list_ptr();
	pvo();
	misc();
}

void
unit_cmdline(void)
{
	static const char *const words[] = {
		"-d", "-d7", "-d=15", "-p", "1025", "--udp-tx-loss=5", "-",
		"--udp-rx-loss", "30", "--ignore-sigterm", "-dx", "", "=",
		"--port=9", "--port", "--ssl",
	};
	static const char *const names[] = { "-d", "-p", "--port", "--ssl", "-",
					     "" };
	struct lws_context_creation_info info;
	const char *argv[9];
	struct sigaction sa;
	int n, k, argc;
	size_t m;

	for (n = 0; n < 4000; n++) {
		argc = (int)rnd(8);
		for (k = 0; k < argc; k++) {
			argv[k] = words[rnd(ARRAY(words))];
			printf("'%s' ", argv[k]);
		}
		argv[argc] = NULL;
		for (m = 0; m < ARRAY(names); m++) {
			const char *p = lws_cmdline_option(argc, argv, names[m]);
			printf("| %s ", p ? p : "NULL");
		}
		memset(&info, 0, sizeof(info));
		signal(SIGTERM, SIG_DFL);
		lws_cmdline_option_handle_builtin(argc, argv, &info);
		sigaction(SIGTERM, NULL, &sa);
		printf("| %x %d", (unsigned int)lwsl_visible(0xffff),
		       sa.sa_handler != SIG_DFL);
#if !V43
		printf(" %d %d", info.udp_loss_sim_tx_pc, info.udp_loss_sim_rx_pc);
#endif
		putchar('\n');
	}
	for (n = 1023; n < 1027; n++) { /* the limit of a value's length */
		char *big = malloc(2000);

		memset(big, 'y', (size_t)n);
		big[n] = '\0';
		argv[0] = "x";
		argv[1] = "-p";
		argv[2] = big;
		printf("%d %d\n", n, !!lws_cmdline_option(3, argv, "-p"));
		free(big);
	}
}

void
unit_serialize(void)
{
	static const lws_humanize_unit_t *const schemas[] = {
		humanize_schema_si, humanize_schema_si_bytes,
		humanize_schema_us,
	};
	uint8_t b[16];
	char text[40];
	uint64_t v, d;
	int n, k;

	for (n = 0; n < 3000; n++) {
		rnd_bytes(&v, sizeof(v));
		v >>= rnd(64);
		if (!(n % 50))
			v = (uint64_t)n / 50;
		memset(b, 0, sizeof(b));
		lws_ser_wu16be(b, (uint16_t)v);
		lws_ser_wu32be(b + 2, (uint32_t)v);
		lws_ser_wu64be(b + 6, v);
		printf("%llu", (unsigned long long)v);
		show("be", b, sizeof(b));
		printf(" %x %x %llx", lws_ser_ru16be(b), lws_ser_ru32be(b + 2),
		       (unsigned long long)lws_ser_ru64be(b + 6));
		memset(b, 0, sizeof(b));
		k = lws_vbi_encode(v & 0xfffffff, b);
		printf(" vbi %d", k);
		show("v", b, sizeof(b));
		rnd_bytes(b, sizeof(b));
		for (k = 0; k < 16; k++)
			b[k] &= (uint8_t)(rnd(8) ? 0x7f : 0xff);
		d = 77;
		k = lws_vbi_decode(b, &d, rnd(sizeof(b) + 1));
		printf(" %d %llx\n", k, (unsigned long long)d);
		for (k = 0; k < (int)ARRAY(schemas); k++) {
			int r;

			memset(text, '#', sizeof(text));
			r = lws_humanize(text, 12 + (int)rnd(20), v,
					 schemas[k]);
			printf("%d", r);
			show("h", text, sizeof(text));
			putchar('\n');
		}
	}
	for (k = 0; k < (int)ARRAY(schemas); k++)
		for (n = 0; schemas[k][n].name; n++)
			printf("%s %llu\n", schemas[k][n].name,
			       (unsigned long long)schemas[k][n].factor);
}

/* The reference needs a context for these: unit_test.go runs ours alone. */
void
unit_random(void)
{
	static uint8_t big[1 << 20];
	unsigned int seen[256] = { 0 }, n, lo = ~0u, hi = 0;
	char text[40];
	size_t l;

	if (lws_get_random(NULL, big, sizeof(big)) != sizeof(big))
		exit(3);
	for (n = 0; n < sizeof(big); n++)
		seen[big[n]]++;
	for (n = 0; n < 256; n++) {
		lo = seen[n] < lo ? seen[n] : lo;
		hi = seen[n] > hi ? seen[n] : hi;
	}
	if (lo < 3000 || hi > 5500) /* 4096 each */
		exit(4);
	for (l = 1; l < sizeof(text); l++) {
		memset(text, '#', sizeof(text));
		if (lws_hex_random(NULL, text, l) ||
		    strlen(text) != (l - 1) / 2 * 2 ||
		    strspn(text, "0123456789abcdef") != strlen(text) ||
		    (l < sizeof(text) && text[l] != '#'))
			exit(5);
	}
	printf("done\n");
}
