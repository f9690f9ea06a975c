/* SPDX-License-Identifier: MIT
 *
 * struct same: JSON texts of all kinds into structs and back; prints what came of them.
 * struct pieces: serializes into buffers of each size.
 * struct parse N: the JSON at stdin, N bytes at a time, and the struct as JSON again.
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY(a) (sizeof(a) / sizeof((a)[0]))

struct leaf {
	lws_dll2_t list;
	int n;
	char s[8];
	const char *p;
};
struct inner {
	const char *name;
	long v;
};
struct child {
	struct inner *inner;
	const char *name;
	signed char small;
	lws_dll2_owner_t leaves;
};
struct top {
	lws_dll2_owner_t leaves;
	struct child *child;
	const char *str, *str2;
	void *blob;
	long long i64;
	unsigned long u64;
	uint64_t b64;
	int i32;
	unsigned int u32;
	int b32;
	short i16;
	unsigned short u16;
	signed char i8;
	unsigned char u8;
	char b8;
	char text[10], room[600];
	char guard;
};
struct other {
	char name[12];
	int x;
};
struct deep {
	lws_dll2_t list;
	lws_dll2_owner_t more;
	int x;
};

static const lws_struct_map_t leaf_map[] = {
	LSM_SIGNED(struct leaf, n, "n"),
	LSM_CARRAY(struct leaf, s, "s"),
	LSM_STRING_PTR(struct leaf, p, "p"),
};
static const lws_struct_map_t inner_map[] = {
	LSM_STRING_PTR(struct inner, name, "name"),
	LSM_SIGNED(struct inner, v, "v"),
};
static const lws_struct_map_t child_map[] = {
	LSM_STRING_PTR(struct child, name, "name"),
	LSM_CHILD_PTR(struct child, inner, struct inner, NULL, inner_map, "inner"),
	LSM_SIGNED(struct child, small, "small"),
	LSM_LIST(struct child, leaves, struct leaf, list, NULL, leaf_map, "list"),
};
static const lws_struct_map_t top_map[] = {
	LSM_SIGNED(struct top, i8, "i8"),
	LSM_SIGNED(struct top, i32, "i32"),
	LSM_SIGNED(struct top, i64, "i64"),
	LSM_UNSIGNED(struct top, u8, "u8"),
	LSM_UNSIGNED(struct top, u32, "u32"),
	LSM_UNSIGNED(struct top, u64, "u64"),
	LSM_BOOLEAN(struct top, b8, "b8"),
	LSM_BOOLEAN(struct top, b32, "b32"),
	LSM_BOOLEAN(struct top, b64, "b64"),
	LSM_CARRAY(struct top, text, "text"),
	LSM_CARRAY(struct top, room, "room"),
	LSM_STRING_PTR(struct top, str, "str"),
	LSM_STRING_PTR(struct top, str2, "str2"),
	LSM_BLOB_PTR(struct top, blob, "blob"),
	LSM_CHILD_PTR(struct top, child, struct child, NULL, child_map, "child"),
	LSM_LIST(struct top, leaves, struct leaf, list, NULL, leaf_map, "leaves"),
#ifdef OWN /* the original writes 8 bytes there */
	LSM_SIGNED(struct top, i16, "i16"),
	LSM_UNSIGNED(struct top, u16, "u16"),
#endif
};
static const lws_struct_map_t other_map[] = {
	LSM_CARRAY(struct other, name, "name"),
	LSM_SIGNED(struct other, x, "x"),
};
static lws_struct_map_t deep_map[] = {
	LSM_SIGNED(struct deep, x, "deep"),
	LSM_LIST(struct deep, more, struct deep, list, NULL, other_map, "more"),
};
static const lws_struct_map_t schemas[] = {
	LSM_SCHEMA(struct top, NULL, top_map, "the-top"),
	LSM_SCHEMA(struct other, NULL, other_map, "other"),
	LSM_SCHEMA(struct deep, NULL, deep_map, "deep"),
};

static uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);

static uint32_t
rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 20) % n;
}

/* Text */

static char json[16384];
static size_t at;
static int long_ones;

static void
add(const char *s)
{
	size_t n = strlen(s);

	if (at + n < sizeof(json)) {
		memcpy(json + at, s, n + 1);
		at += n;
	}
}

static const char *
any(const char *const *list, size_t n)
{
	return list[rnd((uint32_t)n)];
}
#define ANY(list) any(list, ARRAY(list))

static const char *const numbers[] = {
	"0", "1", "-1", "127", "128", "-128", "-129", "255", "256", "32768", "65536", "2147483647", "2147483648",
	"-2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775807", "9223372036854775808",
	"-9223372036854775808", "-9223372036854775809", "18446744073709551615", "99999999999999999999", "007", "-0",
};
static const char *const strings[] = {
	"\"\"", "\"v\"", "\"exactly10c\"", "\"exactly9c\"", "\"seven77\"", "\"more than ten characters\"", "\"12\"",
	"\" -42x\"", "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"", "\"\\u0041\\u00e9\\u20AC\"", "\"\xc3\xa9\"", "\"\\u0000x\"", "\"#no\"",
};
static const char *const others[] = { "true", "false", "null", "1.5", "-2.25" };

static void
scalar(int text)
{
	static const char ten[] = "0123456789";
	int n;

	if (text == 1 && !long_ones && !rnd(20)) { /* comes in pieces */
		long_ones = 1;
		add("\"");
		for (n = 20 + (int)rnd(60); n; n--)
			add(n % 3 ? ten : "\\u20ac\\n");
		add("\"");
		return;
	}
	switch (rnd(8)) {
	case 0:
		add(ANY(others));
		break;
	case 1:
		add(text ? ANY(numbers) : ANY(strings));
		break;
	default:
		add(text ? ANY(strings) : ANY(numbers));
	}
}

static void
blank(void)
{
	static const char *const blanks[] = { "", "", "", " ", "\n\t", " # comment\n" };

	add(ANY(blanks));
}

static void
name(const char *s)
{
	blank();
	add("\"");
	add(s);
	add("\"");
	blank();
	add(":");
	blank();
}

static void
leaves(void)
{
	uint32_t n = rnd(4), k;

	add("[");
	while (n--) {
		add("{");
		for (k = 1 + rnd(3); k; k--) {
			static const char *const names[] = { "n", "s", "p", "q", "nn" };
			const char *which = ANY(names);

			name(which);
			scalar(*which != 'n');
			add(k > 1 ? "," : "");
		}
		add(n ? "}," : "}");
	}
	add("]");
}

static void
child(void)
{
	uint32_t k;

	add("{");
	for (k = 1 + rnd(4); k; k--) {
		switch (rnd(5)) {
		case 0:
			name("name");
			scalar(1);
			break;
		case 1:
			name("small");
			scalar(0);
			break;
		case 2:
			name("inner");
			add("{");
			name(rnd(2) ? "v" : "name");
			scalar(0);
			add("}");
			break;
		case 3:
			name("list");
			leaves();
			break;
		default:
			name("unknown");
			scalar(1);
		}
		add(k > 1 ? "," : "");
	}
	add("}");
}

static void
text(void)
{
	static const char *const first[] = {
		"\"schema\":\"the-top\"", "\"schema\" :\"the-top\"", "\"schema\":\"other\"", "\"schema\":\"no such\"",
		"\"schema\":5", "\"schema\":\"the-to\"",
	};
	static const char *const numeric[] = { "i8", "i32", "i64", "u8", "u32", "u64", "b8", "b32", "b64", "x" };
	static const char *const texts[] = { "text", "room", "str", "str2", "blob", "name", "i", "unknown" };
	const char *head = rnd(4) ? first[0] : ANY(first), *which;
	uint32_t k;

	at = 0;
	long_ones = 0;
	add("{");
	if (rnd(8))
		add(head);
	else {
		head = ANY(numeric);
		name(head);
		scalar(0);
	}
	for (k = rnd(8); k; k--) {
		add(",");
		/* objects and arrays that it does not know end the original's parse */
		switch (rnd(6) + 2 * (*head == 'x' || (*head == '"' && head != first[0] && head != first[1]))) {
		case 0:
			name("leaves");
			leaves();
			break;
		case 1:
			name("child");
			child();
			break;
		case 2:
			which = ANY(texts);
			name(which);
			scalar(*which == 'b' ? 2 : 1); /* the next text begins with a blob's */
			break;
		default:
			name(ANY(numeric));
			scalar(rnd(9) ? 0 : 2);
		}
	}
	blank();
	add("}");
	if (!rnd(6))
		json[at = rnd((uint32_t)at)] = '\0';
}

/* What came of it */

static int told;

static int
tell(void *obj, void *arg)
{
	told += obj && arg == &told;
	return 1;
}

static void
show(const char *tag, const char *s)
{
	printf(" %s=", tag);
	if (!s)
		printf("NULL");
	for (; s && *s; s++)
		if (*s >= ' ' && *s < 127)
			putchar(*s);
		else
			printf("\\%02x", (unsigned char)*s);
}

static void
show_leaves(lws_dll2_owner_t *o)
{
	printf(" [%u", o->count);
	lws_start_foreach_dll(struct lws_dll2 *, d, o->head) {
		struct leaf *l = lws_container_of(d, struct leaf, list);

		printf(" {%d", l->n);
		show("s", l->s);
		show("p", l->p);
		printf("}%s", d->owner == o ? "" : "?");
	} lws_end_foreach_dll(d);
	printf("]");
}

static void
show_top(struct top *t)
{
	printf(" %d %d %lld %u %u %lu %d %d %llu g%d", t->i8, t->i32, t->i64, t->u8, t->u32, t->u64, t->b8, t->b32,
	       (unsigned long long)t->b64, t->guard);
	show("text", t->text);
	show("room", t->room);
	show("str", t->str);
	show("str2", t->str2);
	show_leaves(&t->leaves);
	if (t->child) {
		show(" child", t->child->name);
		printf(" %d", t->child->small);
		show_leaves(&t->child->leaves);
		if (t->child->inner) {
			show("inner", t->child->inner->name);
			printf(" %ld", t->child->inner->v);
		}
	}
}

static void
serialize(const lws_struct_map_t *map, int flags, void *obj, size_t more)
{
	static uint8_t out[65536];
	lws_struct_serialize_t *js = lws_struct_json_serialize_create(map, 1, flags, obj);
	size_t w = 99;
	int r = js ? (int)lws_struct_json_serialize(js, out, sizeof(out) - more, &w) : -1;

	printf("%d %zu %zu %s\n", r, w, strlen((char *)out), (char *)out);
	lws_struct_json_serialize_destroy(&js);
	if (js)
		printf("not NULL\n");
}

static int
parse(lws_struct_args_t *a, const char *s, size_t len, size_t piece)
{
	struct lejp_ctx ctx;
	int r = LEJP_CONTINUE;

	memset(&ctx, 0, sizeof(ctx));
	memset(a, 0, sizeof(*a));
	a->map_st[0] = schemas;
	a->map_entries_st[0] = ARRAY(schemas);
	a->ac_block_size = 512;
	a->cb = tell;
	a->cb_arg = &told;
	told = 0;
	if (lws_struct_json_init_parse(&ctx, NULL, a))
		printf("init failed\n");
	while (len && r == LEJP_CONTINUE) {
		size_t n = len < piece ? len : piece;

		r = lejp_parse(&ctx, (const unsigned char *)s, (int)n);
		s += n;
		len -= n;
	}
	lejp_destruct(&ctx);
	return r;
}

static void
same(void)
{
	lws_struct_args_t a;
	int n, r;

	for (n = 0; n < 4000; n++) {
		text();
		r = parse(&a, json, at, n % 3 ? sizeof(json) : 1 + rnd(9));
		printf("%d: %d dest %d/%zu %d told %d", n, r, !!a.dest, a.dest_len, a.top_schema_index, told);
		if (a.dest && a.top_schema_index == 0) {
			show_top(a.dest);
			printf("\n");
			serialize(schemas, n & 3, a.dest, 0);
			serialize(schemas, (n >> 2) & 3, a.dest, 60000);
		} else if (a.dest && a.top_schema_index == 1) {
			show("name", ((struct other *)a.dest)->name);
			printf(" %d\n", ((struct other *)a.dest)->x);
			serialize(&schemas[1], n & 3, a.dest, 0);
		} else
			printf("\n");
		lwsac_free(&a.ac);
	}
}

/* Pieces of each size make the same text. */
static void
pieces(void)
{
	static uint8_t whole[65536], part[65536], all[65536];
	lws_struct_serialize_t *js;
	lws_struct_args_t a;
	size_t len, w, size, to;
	int n, r, flags, calls;

	for (n = 0; n < 60; n++) {
		do {
			text();
			parse(&a, json, at, sizeof(json));
			if (!a.dest || a.top_schema_index)
				lwsac_free(&a.ac);
		} while (!a.ac);
		flags = n & 3;
		js = lws_struct_json_serialize_create(schemas, 1, flags, a.dest);
		r = (int)lws_struct_json_serialize(js, whole, sizeof(whole), &len);
		if (r != LSJS_RESULT_FINISH || strlen((char *)whole) != len)
			printf("whole: %d %zu\n", r, len);
		if (lws_struct_json_serialize(js, part, sizeof(part), &w) != LSJS_RESULT_FINISH || w)
			printf("goes on behind the end\n");
		lws_struct_json_serialize_destroy(&js);
		for (size = 0; size < len + 3; size += size < 150 ? 1 : 37) {
			js = lws_struct_json_serialize_create(schemas, 1, flags, a.dest);
			for (to = 0, calls = 0;; to += w, calls++) {
				memset(part, 0x55, size + 1);
				r = (int)lws_struct_json_serialize(js, part, size, &w);
				if (part[size] != 0x55 || (size && w >= size) || (r != LSJS_RESULT_ERROR && part[w]))
					printf("beyond %zu\n", size);
				if (r != LSJS_RESULT_CONTINUE || to + w > sizeof(all))
					break;
				memcpy(all + to, part, w);
			}
			lws_struct_json_serialize_destroy(&js);
			if (size < 2) {
				if (r != LSJS_RESULT_ERROR)
					printf("size %zu: %d\n", size, r);
				continue;
			}
			memcpy(all + to, part, w);
			if (r != LSJS_RESULT_FINISH || to + w != len || memcmp(all, whole, len))
				printf("size %zu: %d, %zu of %zu\n", size, r, to + w, len);
			if (calls > (int)(len / (size - 1)) + 1)
				printf("size %zu: %d calls for %zu\n", size, calls, len);
		}
		lwsac_free(&a.ac);
	}
	printf("done\n");
}

int
main(int argc, char **argv)
{
	lws_struct_args_t a;
	int r;

	deep_map[1].child_map = deep_map;
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	if (argc > 1 && !strcmp(argv[1], "same"))
		same();
	else if (argc > 1 && !strcmp(argv[1], "pieces"))
		pieces();
	else if (argc > 2 && !strcmp(argv[1], "parse")) {
		size_t n, cap = 1 << 16, len = 0;
		char *in = malloc(cap);

		while ((n = fread(in + len, 1, cap - len, stdin)) > 0)
			if ((len += n) == cap)
				in = realloc(in, cap *= 2);
		r = parse(&a, in, len, (size_t)atoi(argv[2]));
		printf("%d %llu ", r, (unsigned long long)lwsac_total_alloc(a.ac));
		if (a.ac_chunks)
			printf("chunks ");
		if (a.dest)
			serialize(&schemas[a.top_schema_index], 2, a.dest, 0);
		lwsac_free(&a.ac);
		free(in);
	} else
		return 2;
	return 0;
}
