/* SPDX-License-Identifier: MIT
 *
 * JSON as the chat needs it: one object, whose members are strings. What clients send is
 * not trusted: bad UTF-8, halves of surrogate pairs, control characters and anything
 * nested are refused, by a text that says why.
 */
#include "cluster.h"
#include <ctype.h>

struct text {
	const unsigned char *p, *end;
};

static void skip(struct text *t)
{
	while (t->p < t->end && (*t->p == ' ' || *t->p == '\t' || *t->p == '\n' || *t->p == '\r'))
		t->p++;
}

static int take(struct text *t, int c)
{
	skip(t);
	if (t->p == t->end || *t->p != c)
		return 0;
	t->p++;
	return 1;
}

/* How many bytes a code point has in UTF-8, 0 when it is none. */
static unsigned utf8(const unsigned char *p, const unsigned char *end)
{
	unsigned n = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf5 ? 4 : 0, i;

	if (!n || (size_t)(end - p) < n)
		return 0;
	for (i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((*p == 0xe0 && p[1] < 0xa0) || (*p == 0xed && p[1] > 0x9f) || /* too long; surrogates */
	    (*p == 0xf0 && p[1] < 0x90) || (*p == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static int hex4(struct text *t)
{
	int v = 0, i, c;

	if (t->end - t->p < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		c = *t->p++;
		if (!isxdigit(c))
			return -1;
		v = v << 4 | (c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return v;
}

/* The code point of \uXXXX, or of two that are a pair; -1 when it is none. */
static int32_t escaped(struct text *t)
{
	int32_t high = hex4(t), low;

	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || t->end - t->p < 6 || t->p[0] != '\\' || t->p[1] != 'u')
		return -1;
	t->p += 2;
	low = hex4(t);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

static unsigned encode(unsigned char *to, int32_t c)
{
	if (c < 0x80) {
		to[0] = (unsigned char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (unsigned char)(0xc0 | c >> 6);
		to[1] = (unsigned char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (unsigned char)(0xe0 | c >> 12);
		to[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (unsigned char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (unsigned char)(0xf0 | c >> 18);
	to[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (unsigned char)(0x80 | (c & 0x3f));
	return 4;
}

/* A string, behind its first quote. One that nobody wants has no room to go to. */
static const char *string(struct text *t, char *to, size_t size, size_t *len)
{
	static const char from[] = "\"\\/bfnrt", is[] = "\"\\/\b\f\n\r\t";
	unsigned char point[4];
	const char *e;
	int32_t c;
	unsigned n;

	for (*len = 0; t->p < t->end && *t->p != '"'; *len += n) {
		if (*t->p == '\\') {
			if (++t->p == t->end)
				break;
			if (*t->p == 'u') {
				t->p++;
				c = escaped(t);
			} else {
				e = *t->p ? strchr(from, *t->p) : NULL;
				c = e ? is[e - from] : -1;
				t->p++;
			}
			if (c < 0)
				return "a bad escape";
			n = encode(point, c);
		} else {
			n = utf8(t->p, t->end);
			if (!n)
				return "not UTF-8";
			memcpy(point, t->p, n);
			t->p += n;
		}
		if (point[0] < 0x20 && point[0] != '\n' && point[0] != '\t')
			return "a control character";
		if (!to)
			continue;
		if (*len + n >= size)
			return "too long";
		memcpy(to + *len, point, n);
	}
	if (to)
		to[*len] = 0;
	return take(t, '"') ? NULL : "a string without an end";
}

/* json_read: fills in the members that there are; NULL, or why not. */
const char *json_read(const char *in, size_t len, struct member *m, unsigned n)
{
	struct text t = { (const unsigned char *)in, (const unsigned char *)in + len };
	char name[16];
	const char *why;
	size_t used;
	unsigned i;

	if (!take(&t, '{'))
		return "not an object";
	if (!take(&t, '}')) {
		do {
			if (!take(&t, '"'))
				return "a member without a name";
			why = string(&t, name, sizeof name, &used);
			if (why)
				return why;
			if (!take(&t, ':') || !take(&t, '"'))
				return "a member that is no string";
			for (i = 0; i < n && strcmp(m[i].name, name); i++)
				;
			if (i < n && m[i].seen++)
				return "a member twice";
			why = i < n ? string(&t, m[i].to, m[i].size, &m[i].len) : string(&t, NULL, 0, &used);
			if (why)
				return why;
		} while (take(&t, ','));
		if (!take(&t, '}'))
			return "an object without an end";
	}
	skip(&t);
	return t.p == t.end ? NULL : "text behind the object";
}

/* json_write: the text as it stands between quotes; needs twice its length. */
size_t json_write(char *to, const char *from, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (from[i] == '"' || from[i] == '\\')
			to[n++] = '\\';
		if (from[i] == '\n' || from[i] == '\t') {
			to[n++] = '\\';
			to[n++] = from[i] == '\n' ? 'n' : 't';
		} else
			to[n++] = from[i];
	}
	return n;
}

/* word_ok: what can be a part of a key in Redis, whatever stands beside it. */
int word_ok(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

	return n && !s[n];
}

static int number(const char **s, const char *end, uint64_t *v)
{
	const char *from = *s;

	for (*v = 0; *s < end && **s >= '0' && **s <= '9'; (*s)++) {
		if (*v > (UINT64_MAX - 9) / 10)
			return -1;
		*v = *v * 10 + (uint64_t)(**s - '0');
	}
	return *s == from ? -1 : 0;
}

int sid_read(const char *s, size_t len, struct sid *id)
{
	const char *end = s + len;

	id->n = 0;
	if (number(&s, end, &id->ms))
		return -1;
	if (s == end)
		return 0;
	return *s++ == '-' && !number(&s, end, &id->n) && s == end ? 0 : -1;
}

int sid_cmp(struct sid a, struct sid b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	return a.n < b.n ? -1 : a.n > b.n;
}
