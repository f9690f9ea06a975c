/* SPDX-License-Identifier: MIT
 *
 * Escaping, base64, hashes, tokens, expansion, addresses, URIs.
 */
#include "unit.h"
#include <arpa/inet.h>

#define ROUNDS 5000

void
unit_purify(void)
{
	char in[80], out[512];
	int n, len, used;
	size_t i, l;

	for (n = 0; n < ROUNDS; n++) {
		if (n % 3)
			l = rnd_text(in, 60, "ab'\"\\\t\n\r\x01\x80\xff./:$%");
		else {
			l = rnd(60);
			rnd_bytes(in, l);
			in[l] = '\0';
		}
		show("in", in, strlen(in));
		len = (int)rnd(100) - 2;
		memset(out, '#', sizeof(out));
		printf(" sql %d %d", len, lws_sql_purify(out, in, len) == out);
		show("out", out, 120);
		printf(" len %d", lws_json_purify_len(in));

		/* short escapes can overrun the reference's buffer */
		for (i = 0; in[i]; i++)
			if (strchr("\t\n\r\\", in[i]))
				len = 400;
		memset(out, '#', sizeof(out));
		used = -5;
		lws_json_purify(out, in, len, n % 4 ? &used : NULL);
		printf(" json %d %d", len, used);
		show("out", out, sizeof(out));

		lws_filename_purify_inplace(in);
		show("file", in, strlen(in));
		putchar('\n');
	}
	memset(out, '#', sizeof(out));
	lws_json_purify(out, NULL, 20, &used);
	show("null", out, 4);
	putchar('\n');
}

/* Where a text fills its buffer 4.3.5 writes its NUL behind it (docs/quirks.md 208). */
static void
full(char *out, int room, int len)
{
	if (V43 && len == room)
		out[len] = '#';
}

static void
base64_stateful(void)
{
	static const char letters[] = "ABCDabcd0189+/-_==\r\n .";
	char in[130];
	uint8_t out[100];
	struct lws_b64state s;
	size_t il, ol, pos, len;
	int n, r, room;

	for (n = 0; n < ROUNDS; n++) {
		len = rnd_text(in, 120, letters);
		lws_b64_decode_state_init(&s);
		show("in", in, len);
		for (pos = 0; pos < len;) {
			il = rnd(50);
			if (il > len - pos)
				il = len - pos;
			ol = 1 + rnd(90);
			memset(out, '#', sizeof(out));
			room = (int)ol;
			printf(" [%zu %zu", il, ol);
			r = lws_b64_decode_stateful(&s, in + pos, &il, out, &ol,
						    pos + il == len);
			full((char *)out, room, (int)ol);
			printf(" -> %d %zu %zu done %zu len %zu i %d c %d]", r,
			       il, ol, s.done, s.len, s.i, s.c);
			show("out", out, sizeof(out));
			pos += il;
			if (!il && rnd(3))
				break;
		}
		putchar('\n');
	}
}

void
unit_base64(void)
{
	static const char letters[] = "ABCDabcd0189+/-_==";
	char in[100], out[200];
	unsigned char md[20];
	int n, l, size, r;

	for (n = 0; n < ROUNDS; n++) {
		l = (int)rnd(90);
		rnd_bytes(in, sizeof(in));
		size = (int)rnd(140);
		memset(out, '#', sizeof(out));
		r = n % 2 ? lws_b64_encode_string(in, l, out, size) :
			    lws_b64_encode_string_url(in, l, out, size);
		printf("enc %d %d %d", l, size, r);
		show("out", out, sizeof(out));
		lws_SHA1((unsigned char *)in, (size_t)l, md);
		show("sha1", md, sizeof(md));
		putchar('\n');

		rnd_text(in, 90, n % 3 ? letters : "AB\r\n =Zz\x80\xff");
		if (!(n % 50))
			in[0] = '\0';
		size = 1 + (int)rnd(120);
		memset(out, '#', sizeof(out));
		r = lws_b64_decode_string(in, out, size);
		show("dec", in, strlen(in));
		printf(" %d %d", size, r);
		full(out, size, r);
		show("out", out, sizeof(out));
		memset(out, '#', sizeof(out));
		l = (int)rnd(100) - 3;
		r = lws_b64_decode_string_len(in, l, out, size);
		printf(" %d %d", l, r);
		full(out, size, r);
		show("out", out, sizeof(out));
		putchar('\n');
	}
	base64_stateful();
}

static void
tokenize_all(const char *text, size_t len, int flags)
{
	struct lws_tokenize ts;
	char copy[12];
	lws_tokenize_elem e;
	int n = 0;

	show("text", text, strlen(text));
	printf(" flags %x", (unsigned int)flags);
	lws_tokenize_init(&ts, text, flags);
	printf(" %zx", ts.len);
	ts.len = len ? len : strlen(text);
	if (!len && flags % 2) /* the NUL ends it */
		ts.len = 0x7fffffff;
	do {
		e = lws_tokenize(&ts);
		printf(" %d(", e);
		if (ts.token) {
			show("t", ts.token, ts.token_len);
			strcpy(copy, "#");
			printf(" %d", lws_tokenize_cstr(&ts, copy, sizeof(copy)));
			show("c", copy, strlen(copy));
		}
		/* behind a NUL the reference would read on, we would not */
		printf(" %zu %d)", ts.token_len, ts.delim);
		if (ts.start >= text + strlen(text))
			break;
		printf(" %d %d", (int)(ts.start - text),
		       (int)(ts.len & 0xffff));
	} while (e > 0 && ++n < 100);
	putchar('\n');
}

void
unit_tokenize(void)
{
	static const char *const alphabets[] = {
		"ab1 =,\".-", "abc123=:,;\"./-_# \t\r\n\f", "1.2 ,",
		"a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \"", "a=\"1,", "#\n a",
		"(),/:;<=>?@[\\]{}a-1",
	};
	static const char *const texts[] = {
		"", "a=b", "Accept: text/html, */*;q=0.8", "1.2.3.4", "12.5",
		"\"unterminated", "a = \"b c\" , d", "h\xc3\xa9llo w\xc3\xb6rld",
		"\xc3", "\xf5", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"# comment", "a # c\nb", "1=2", "a,,b", ",a", "a,",
	};
	char text[80];
	size_t n;
	int flags;

	for (n = 0; n < ARRAY(texts); n++)
		for (flags = 0; flags < 512; flags += 1 + (int)rnd(6))
			tokenize_all(texts[n], 0, flags);
	for (n = 0; n < ROUNDS; n++) {
		rnd_text(text, 60, alphabets[rnd(ARRAY(alphabets))]);
		tokenize_all(text, strlen(text) && !rnd(3) ?
				     1 + rnd((uint32_t)strlen(text)) : 0,
			     (int)rnd(512));
	}
}

/* A value that comes in as many pieces as the room wants. */
static int
expand(void *priv, const char *name, char *out, size_t *pos, size_t olen,
       size_t *exp_ofs)
{
	static const char value[] = "the value that a name stands for";
	size_t left = sizeof(value) - 1 - *exp_ofs, room = olen - *pos;

	printf(" <%s %zu %zu %zu %d>", name, *pos, olen, *exp_ofs,
	       priv == (void *)7);
	if (name[0] == 'u')
		return LSTRX_FATAL_NAME_UNKNOWN;
	if (name[0] == 'e')
		return LSTRX_DONE;
	if (left >= room) { /* keeps space for a NUL */
		if (out)
			memcpy(out + *pos, value + *exp_ofs, room);
		*pos += room;
		*exp_ofs += room;
		return LSTRX_FILLED_OUT;
	}
	if (out)
		memcpy(out + *pos, value + *exp_ofs, left);
	*pos += left;
	return LSTRX_DONE;
}

void
unit_strexp(void)
{
	static const char *const parts[] = {
		"$", "{", "}", "a", "${v}", "${u}", "${empty}", "text", "$$",
		"${a_name_that_is_thirty_one_long_}", "${a_name_of_thirty_one_l_exactly}",
		"${nearly", "\x80",
	};
	lws_strexp_t exp;
	char text[512], out[100];
	size_t len, pos, ui, uo, olen;
	int n, k, r;

	for (n = 0; n < ROUNDS; n++) {
		text[0] = '\0';
		for (k = (int)rnd(8); k >= 0; k--)
			strcat(text, parts[rnd(n % 4 ? 8 : ARRAY(parts))]);
		len = strlen(text);
		show("in", text, len);
		olen = 1 + rnd(90);
		lws_strexp_init(&exp, (void *)7, expand,
				n % 5 ? out : NULL, olen);
		memset(out, '#', sizeof(out));
		for (pos = 0, k = 0; k < 100; k++) {
			ui = uo = 999;
			r = lws_strexp_expand(&exp, text + pos, len - pos, &ui,
					      &uo);
			printf(" %d %zu %zu state %d pos %zu", r, ui, uo,
			       exp.state, exp.pos);
			show("out", out, sizeof(out));
			if (r != LSTRX_FILLED_OUT)
				break;
			pos += ui;
			olen = 1 + rnd(90);
			memset(out, '#', sizeof(out));
			lws_strexp_reset_out(&exp, n % 5 ? out : NULL, olen);
		}
		putchar('\n');
	}
}

static void
parse_address(const char *text, size_t room)
{
	uint8_t a[24];
	char out[64];
	lws_sockaddr46 sa, sb;
	int n, r;

	memset(a, '#', sizeof(a));
	r = lws_parse_numeric_address(text, a, room);
	show("ads", text, strlen(text));
	printf(" %zu %d", room, r);
	/* with too many parts the reference writes two bytes too far */
	show("a", a, room < 16 ? room : 16);
	memset(&sa, '#', sizeof(sa));
	memset(&sb, 0, sizeof(sb));
	r = lws_sa46_parse_numeric_address(text, &sa);
	printf(" sa %d", r);
	show("sa", &sa, sizeof(sa));
	if (!r) {
		n = lws_sa46_write_numeric_address(&sa, out, sizeof(out));
		printf(" %d %s", n, out);
		printf(" cmp %d", lws_sa46_compare_ads(&sa, &sa));
		printf(" %d", !!lws_sa46_compare_ads(&sa, &sb));
	}
	putchar('\n');
}

void
unit_address(void)
{
	static const char *const texts[] = {
		"1.2.3.4", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5",
		"::", "::1", "1::", "2001:db8::1", "2001:db8:85a3::8a2e:370:7334",
		"::ffff:1.2.3.4", "::ffff:1.2.3", ":::", "1:::2", "1::2::3",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7::",
		"::2:3:4:5:6:7:8", "fe80::1%eth0", "", "1", ":", "1234567",
		"g::1", "12345::", "1.2.3.4 ", " 1.2.3.4", "1 . 2.3.4",
		"1..2.3", "\"1.2.3.4\"", "a=b.c.d", "1.2.3.-4", "0x1.2.3.4",
		"001.2.3.4", "::FFFF:10.0.0.1", "::ffff:1:2", "1:2:3:4:5:6:7",
		"\xc3\xa9.2.3.4.5", "\xff.2.3.4.5", "_1.2.3.4",
	};
	static const size_t rooms[] = { 16, 4, 3, 15, 20 };
	char text[64], out[64];
	uint8_t a[16];
	lws_sockaddr46 sa, sb;
	size_t i, k;
	int n, r, size;

	lws_set_log_level(0, NULL);
	for (i = 0; i < ARRAY(texts); i++)
		for (k = 0; k < ARRAY(rooms); k++)
			parse_address(texts[i], rooms[k]);
	for (n = 0; n < ROUNDS; n++) {
		rnd_text(text, 24, n % 2 ? "12f::" : "12.5.");
		parse_address(text, 16);
	}
	for (n = 0; n < ROUNDS; n++) {
		for (i = 0; i < 16; i++)
			a[i] = (uint8_t)(rnd(3) ? 0 : rnd(2) ? 255 : rnd(256));
		if (!(n % 4)) {
			memset(a, 0, 10);
			a[10] = a[11] = 255;
		}
		memset(out, '#', sizeof(out));
		size = n % 5 ? 16 : n % 2 ? 4 : (int)rnd(20);
		i = rnd(60);
		r = lws_write_numeric_address(a, size, out, i);
		printf("write %d %zu %d", size, i, r);
		show("out", out, sizeof(out));
		putchar('\n');
	}
	for (n = 0; n < 1000; n++) {
		rnd_bytes(&sa, sizeof(sa));
		sb = sa;
		sa.sa4.sin_family = rnd(3) ? AF_INET6 : AF_INET;
		sb.sa4.sin_family = rnd(5) ? sa.sa4.sin_family : AF_UNIX;
		((uint8_t *)&sb)[rnd(sizeof(sb) - 2) + 2] ^= (uint8_t)rnd(2);
		r = lws_sa46_compare_ads(&sa, &sb);
		printf("compare %d\n", (r > 0) - (r < 0));
		sa.sa4.sin_family = AF_UNIX;
		printf("%d\n", lws_sa46_write_numeric_address(&sa, out, 64));
	}
}

static void
parse_uri(char *p)
{
	const char *prot, *ads, *path;
	size_t len = strlen(p);
	int port = -7, r;

	show("uri", p, len);
	r = lws_parse_uri(p, &prot, &ads, &port, &path);
	printf(" %d prot %s ads %s port %d path %s", r, prot, ads, port, path);
	show("left", p, len);
	printf(" %d\n", (int)(ads - p));
}

void
unit_uri(void)
{
	static const char *const texts[] = {
		"", "http://a", "https://a:81/b", "ws://[::1]:7/x?y", "wss://a/",
		"a", "a:80", "a/b", "://", "http://", "http:///x", "+unix:/p",
		"http://+/sock:/path", "[::1]", "http://[::1", "x://y:z/w",
		"http://a:", "http://a:-5/x", "http://a: 77/x", "foo:/bar",
		"http://u:p@h:9/", "ftp://a/b://c",
	};
	static const char *const parts[] = { "http", "ws", "s", "://", ":", "/",
					     "[", "]", "+", "80", "host", "?",
					     "%41", "." };
	char text[200], out[200];
	size_t i;
	int n, k, len;

	for (i = 0; i < ARRAY(texts); i++) {
		strcpy(text, texts[i]);
		parse_uri(text);
	}
	for (n = 0; n < ROUNDS; n++) {
		text[0] = '\0';
		for (k = (int)rnd(12); k >= 0; k--)
			strcat(text, parts[rnd(ARRAY(parts))]);
		parse_uri(text);
	}
	for (n = 0; n < ROUNDS; n++) {
		rnd_text(text, 60, n % 2 ? "ab09 %2fF+" : "aZ9 ~_-.\x80\xff/?");
		show("in", text, strlen(text));
		memset(out, '#', sizeof(out));
		len = (int)rnd(100) - 2;
		lws_urlencode(out, text, len);
		printf(" %d", len);
		show("enc", out, sizeof(out));
		memset(out, '#', sizeof(out));
		len = (int)rnd(80) - 2;
		printf(" dec %d %d", len, lws_urldecode(out, text, len));
		show("dec", out, sizeof(out));
		putchar('\n');
	}
}

/* Null pointers that the reference survives. */
void
unit_null(void)
{
	uint8_t *p = (uint8_t *)1, md[20];
	struct lws_buflist *b = NULL;
	struct lwsac *ac = NULL;
	lwsac_cached_file_t cf = NULL;
	lws_dll2_t d = { NULL, NULL, NULL };
	char out[8] = "#######";
	size_t l;

	l = lws_buflist_next_segment_len(&b, &p);
	printf("buflist %zu %d\n", l, !!p);
	printf("%zu %zu %d\n", lws_buflist_next_segment_len(&b, NULL),
	       lws_buflist_total_len(&b),
	       lws_buflist_linear_copy(&b, 3, NULL, 0));
	lws_buflist_destroy_all_segments(&b);
	lws_dll2_remove(&d);
	lwsac_free(&ac);
	lwsac_unreference(&ac);
	lwsac_detach(&ac);
	lwsac_info(NULL);
	lwsac_use_cached_file_end(NULL);
	lwsac_use_cached_file_end(&cf);
	printf("lwsac %d %d %d\n", (int)lwsac_total_alloc(NULL),
	       (int)lwsac_total_overhead(NULL),
	       !!lwsac_scan_extant(NULL, md, 1, 0));
	printf("pvo %d\n", !!lws_pvo_search(NULL, "x"));
	lws_json_purify(out, NULL, 8, NULL);
	show("json", out, 8);
	printf(" snprintf %d\n", lws_snprintf(NULL, 0, "%d", 5));
	lws_SHA1(NULL, 0, md);
	show("sha1", md, 20);
	printf(" b64 %d", lws_b64_encode_string(NULL, 0, out, 8));
	show("out", out, 8);
	putchar('\n');
}
