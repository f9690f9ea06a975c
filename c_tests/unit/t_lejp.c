/* SPDX-License-Identifier: MIT
 *
 * lejp: every event, and all that a callback can see of the context.
 */
#include "unit.h"

static const char *const paths[] = {
	"a", "b[]", "b[].c", "x.*.y", "x.*", "*.z", "c[].*.d[]", "name", "d",
	"*.*.*.*", "e.f.*",
};

/* The same with something else between the pointers. */
static const struct {
	const char *path;
	int other;
} strided[] = { { "a.b", 1 }, { "b[]", 2 }, { "*", 3 } };

static const char *const inner_paths[] = { "k", "k[]", "*" };

enum mode { PLAIN, REFUSE, PUSH, CHANGE, STRIDE, MODES };
static int mode, calls, refuse_at;

static signed char callback(struct lejp_ctx *ctx, char reason);

static void
show_ctx(const char *who, struct lejp_ctx *ctx, char reason)
{
	char w[24];
	int n;

	printf("%s %d", who, reason);
	show("path", ctx->path, strlen(ctx->path));
	printf(" m%d/%d w%d sp%d ip%d np%d line%u pst%d pp%d out%d user%d i",
	       ctx->path_match, ctx->path_match_len, ctx->wildcount, ctx->sp,
	       ctx->ipos, ctx->npos, ctx->line, ctx->pst_sp,
	       ctx->pst[ctx->pst_sp].ppos, ctx->outer_array,
	       ctx->user == (void *)&mode);
	for (n = 0; n < LEJP_MAX_INDEX_DEPTH; n++)
		printf(" %u/%u", ctx->i[n], ctx->wild[n]);
	if (reason & LEJP_FLAG_CB_IS_VALUE)
		show("buf", ctx->buf, ctx->npos < sizeof(ctx->buf) ?
					      ctx->npos + 1u : 0);
	for (n = 0; n < 3; n++) {
		memset(w, '#', sizeof(w));
		printf(" %d", lejp_get_wildcard(ctx, n, w, 1 + (calls % 20)));
		show("w", w, sizeof(w));
	}
	putchar('\n');
}

static signed char
inner(struct lejp_ctx *ctx, char reason)
{
	calls++;
	show_ctx("inner", ctx, reason);
	if (reason == LEJPCB_OBJECT_END && calls % 3 == 0)
		printf("pop %d\n", lejp_parser_pop(ctx));
	return 0;
}

static signed char
changed(struct lejp_ctx *ctx, char reason)
{
	calls++;
	show_ctx("changed", ctx, reason);
	return 0;
}

static signed char
callback(struct lejp_ctx *ctx, char reason)
{
	calls++;
	show_ctx("cb", ctx, reason);
	switch (mode) {
	case REFUSE:
		return (signed char)(calls == refuse_at ? calls % 2 ? -1 : 1 : 0);
	case PUSH:
		if (reason == LEJPCB_OBJECT_START && ctx->sp && calls % 2)
			printf("push %d\n",
			       lejp_parser_push(ctx, &calls, inner_paths,
						ARRAY(inner_paths), inner));
		break;
	case CHANGE:
		if (reason == LEJPCB_PAIR_NAME && calls > 6)
			lejp_change_callback(ctx, changed);
		break;
	default:
		break;
	}
	return 0;
}

/* Text */

static char json[8192];
static size_t at;

static void
add(const char *s)
{
	if (at + strlen(s) < sizeof(json)) {
		strcpy(json + at, s);
		at += strlen(s);
	}
}

static void
add_space(void)
{
	static const char *const space[] = { "", "", "", " ", "\n", "\t\r\n",
					     "# c \"{\n", " #\n" };

	add(space[rnd(ARRAY(space))]);
}

static void
add_string(int key)
{
	static const char *const keys[] = { "a", "b", "c", "x", "y", "z", "d",
					    "name", "k", "e", "f", "", "a.b",
					    "\\u0041", "q\\n" };
	static const char *const values[] = {
		"v", "", "text with blank", "\\\"\\\\\\/\\b\\f\\n\\r\\t",
		"\\u0041\\u00e9\\u20AC\\ud83d\\uDE00", "\xc3\xa9", "#no comment",
		"{}[],:",
	};
	int n;

	add("\"");
	if (key) {
		add(keys[rnd(ARRAY(keys))]);
		for (n = rnd(200) ? 0 : (int)rnd(30); n > 0; n--)
			add("0123456789");
	} else {
		add(values[rnd(ARRAY(values))]);
		for (n = rnd(20) ? 0 : (int)rnd(60); n > 0; n--)
			add(n % 3 ? "0123456789" : "\\u20ac");
	}
	add("\"");
}

static void
add_value(int depth)
{
	static const char *const scalars[] = {
		"true", "false", "null", "0", "-1", "12345678901234567890",
		"123456789012345678901", "1.5", "-0.25", "1e5", "1E+10",
		"2.5e-3", "tru", "nul", "-", "1.", ".5", "1e", "1.2.3", "01",
		"--1", "1ee", "TRUE",
	};
	int n, k;

	add_space();
	switch (depth > 0 ? rnd(6) : rnd(2)) {
	case 0:
		add(scalars[rnd(rnd(6) ? 12 : ARRAY(scalars))]);
		break;
	case 1:
		add_string(0);
		break;
	case 2:
	case 3:
		add("[");
		n = (int)rnd(4);
		for (k = 0; k < n; k++) {
			if (k)
				add(",");
			add_value(depth - 1);
		}
		add_space();
		add("]");
		break;
	default:
		add("{");
		n = (int)rnd(5);
		for (k = 0; k < n; k++) {
			if (k)
				add(",");
			add_space();
			add_string(1);
			add_space();
			add(":");
			add_value(depth - 1);
			add_space();
		}
		add("}");
	}
	add_space();
}

static void
make_text(int round)
{
	static const char spoil[] = "{}[]\",:\\u0ab1 \n\x01#-.e\xff";
	size_t n;

	at = 0;
	json[0] = '\0';
	do {
		add_value(round % 7 ? 5 : 14);
	} while (!strchr("{[", json[strspn(json, " \t\r\n")]) && rnd(20) &&
		 (at = 0, json[0] = '\0', 1));
	if (rnd(4) == 0) /* damage */
		for (n = 1 + rnd(3); n && at; n--)
			json[rnd((uint32_t)at)] =
				spoil[rnd(sizeof(spoil) - 1 + 1)];
	if (rnd(4) == 0)
		add("rest");
}

static void
parse(void)
{
	struct lejp_ctx ctx;
	size_t pos = 0, n;
	int r = LEJP_CONTINUE, pieces = (int)rnd(3);

	memset(&ctx, 0, sizeof(ctx));
	calls = 0;
	refuse_at = 2 + (int)rnd(20);
	lejp_construct(&ctx, callback, &mode, paths, ARRAY(paths));
	if (mode == STRIDE) {
		ctx.pst[0].paths = &strided[0].path;
		ctx.pst[0].count_paths = ARRAY(strided);
		ctx.path_stride = sizeof(strided[0]);
	}
	show("json", json, at);
	putchar('\n');
	while (pos < at && r == LEJP_CONTINUE) {
		n = pieces == 0 ? at : pieces == 1 ? 1 : 1 + rnd(30);
		if (n > at - pos)
			n = at - pos;
		r = lejp_parse(&ctx, (const unsigned char *)json + pos, (int)n);
		pos += n;
	}
	printf("= %d at %zu: %s\n", r, pos, lejp_error_to_string(r));
	ctx.path_match = 0;
	lejp_check_path_match(&ctx);
	printf("match %d\n", ctx.path_match);
	lejp_destruct(&ctx);
}

void
unit_lejp(void)
{
	int n;

	for (n = -30; n < 5; n++)
		printf("%d %s\n", n, lejp_error_to_string(n));
	for (n = 0; n < 5000; n++) {
		mode = (int)rnd(MODES);
		make_text(n);
		parse();
	}
}
