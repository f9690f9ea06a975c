/* SPDX-License-Identifier: MIT
 *
 * Small functions that so.19 has and so.17 has not: generators, wildcards, addresses,
 * lists, maps, dates.
 */
#include "unit.h"

#if V43
#include <arpa/inet.h>

void
unit_xos(void)
{
	lws_xos_t x;
	int n, k;

	for (n = 0; n < 50; n++) {
		uint64_t seed = n < 4 ? (uint64_t)n : (uint64_t)rnd(UINT32_MAX) << 31 ^ rnd(UINT32_MAX);

		lws_xos_init(&x, seed);
		printf("%llx:", (unsigned long long)seed);
		for (k = 0; k < 40; k++)
			printf(" %llx", (unsigned long long)lws_xos(&x));
		for (k = -10; k < 120; k += 5)
			printf(" %d", lws_xos_percent(&x, k));
		putchar('\n');
	}
}

/* With more than one '*', text behind one that comes again, and nothing for one to stand
 * for, 4.3.5 is wrong (row 209 of docs/quirks.md), and it looks at what is behind an empty
 * text. */
void
unit_wildcard(void)
{
	char card[12], text[12];
	int n;

	for (n = 0; n < 20000; n++) {
		size_t c = rnd_text(card, sizeof(card) - 2, "ab"), t = rnd_text(text, sizeof(text) - 2, "ab");

		if (n % 3 == 1)
			card[c++] = '*';
		if (n % 3 == 2) {
			card[0] = '*';
			strcpy(card + 1, "c");
			c = 2;
			text[t++] = "cb"[rnd(2)];
		}
		if (t && !(n % 3 == 1 && t == c - 1))
			printf("%.*s %.*s %d\n", (int)c, card, (int)t, text, lws_strcmp_wildcard(card, c, text, t));
	}
}

static int
matches(const char *card, const char *text)
{
	if (*card == '*')
		return matches(card + 1, text) || (*text && matches(card, text + 1));
	return *card ? *card == *text && matches(card + 1, text + 1) : !*text;
}

void
unit_wildcards(void)
{
	char card[12], text[12];
	int n;

	for (n = 0; n < 40000; n++) {
		size_t c = rnd_text(card, sizeof(card) - 1, "ab*"), t = rnd_text(text, sizeof(text) - 1, "ab");

		if (!!lws_strcmp_wildcard(card, c, text, t) == matches(card, text))
			printf("%s %s %d\n", card, text, matches(card, text));
	}
	printf("done\n");
}

void
unit_hex(void)
{
	uint8_t b[20];
	char to[50];
	size_t n, len;

	for (n = 0; n < 2000; n++) {
		rnd_bytes(b, sizeof(b));
		memset(to, '#', sizeof(to));
		len = 1 + rnd(sizeof(to) - 1);
		lws_hex_from_byte_array(b, rnd(sizeof(b)), to, len);
		show("hex", to, sizeof(to));
		putchar('\n');
	}
}

void
unit_on_net(void)
{
	static const char *const addresses[] = {
		"10.0.0.1", "10.0.255.1", "192.168.7.9", "0.0.0.0", "255.255.255.255",
		"::1", "fe80::1", "2001:db8::1", "::ffff:10.0.0.1", "::",
	};
	lws_sockaddr46 a, b;
	size_t n, m;
	int bits;

	for (n = 0; n < ARRAY(addresses); n++)
		for (m = 0; m < ARRAY(addresses); m++) {
			memset(&a, 0, sizeof(a));
			memset(&b, 0, sizeof(b));
			printf("%d %d", lws_sa46_parse_numeric_address(addresses[n], &a),
			       lws_sa46_parse_numeric_address(addresses[m], &b));
			for (bits = 0; bits <= 32; bits++)
				printf(" %d", lws_sa46_on_net(&a, &b, bits));
			putchar('\n');
		}
}

struct number {
	lws_dll2_t list;
	int value;
	int id;
};

static int
order(void *priv, const lws_dll2_t *a, const lws_dll2_t *b)
{
	const struct number *x = lws_container_of(a, struct number, list), *y = lws_container_of(b, struct number, list);

	return (x->value - y->value) * *(int *)priv;
}

void
unit_sorted(void)
{
	struct number all[12];
	lws_dll2_owner_t own;
	int n, k, sign;

	for (n = 0; n < 500; n++) {
		memset(&own, 0, sizeof(own));
		memset(all, 0, sizeof(all));
		sign = n % 2 ? 1 : -1;
		for (k = 0; k < (int)ARRAY(all); k++) {
			all[k].value = (int)rnd(6);
			all[k].id = k;
			printf(" %d", lws_dll2_is_detached(&all[k].list));
			lws_dll2_add_sorted_priv(&all[k].list, &own, &sign, order);
			printf("%d", lws_dll2_is_detached(&all[k].list));
		}
		lws_start_foreach_dll(struct lws_dll2 *, d, own.head) {
			struct number *i = lws_container_of(d, struct number, list);

			printf(" %d:%d", i->value, i->id);
		} lws_end_foreach_dll(d);
		putchar('\n');
	}
}

void
unit_buflist_use(void)
{
	struct lws_buflist *b = NULL;
	uint8_t buf[64], f, l;
	size_t n;
	int k, r;

	for (k = 0; k < 5000; k++) {
		if (rnd(3)) {
			n = 1 + rnd(sizeof(buf) - 1);
			rnd_bytes(buf, n);
			printf("+%zu %d", n, lws_buflist_append_segment(&b, buf, n) >= 0);
		} else if (b) {
			memset(buf, '#', sizeof(buf));
			f = l = 9;
			n = 1 + rnd(sizeof(buf) - 1);
			r = k % 2 ? lws_buflist_fragment_use(&b, buf, n, (char *)&f, (char *)&l) :
				    lws_buflist_linear_use(&b, buf, n);
			printf("-%zu %d %d %d", n, r, f, l);
			show("b", buf, sizeof(buf));
		}
		printf(" %zu\n", lws_buflist_total_len(&b));
	}
	f = l = 9;
	lws_buflist_destroy_all_segments(&b);
	r = lws_buflist_fragment_use(&b, buf, 4, (char *)&f, (char *)&l);
	printf("%d %d %d\n", r, f, l);
}

/* The forms of RFC 9110 §5.6.7. */
void
unit_dates(void)
{
	static const char *const forms[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
	};
	time_t t = 784111777;
	char b[40];
	size_t n;

	if (lws_http_date_render_from_unix(b, sizeof(b), &t) || strcmp(b, forms[0]))
		printf("%s\n", b);
	for (n = 0; n < ARRAY(forms); n++) {
		t = 0;
		if (lws_http_date_parse_unix(forms[n], strlen(forms[n]), &t) || t != 784111777)
			printf("%s: %lld\n", forms[n], (long long)t);
	}
	printf("done\n");
}

static lws_map_hash_t
length_hash(const lws_map_key_t key, size_t kl)
{
	(void)key;
	return (lws_map_hash_t)kl;
}

static int
any_case(const lws_map_key_t a, size_t al, const lws_map_value_t b, size_t bl)
{
	return al != bl || strncasecmp(a, b, al);
}

static void
map(const lws_map_info_t *info)
{
	lws_map_t *m = lws_map_create(info);
	struct lws_map_item *i;
	char key[6], value[12];
	size_t k, v;
	int n;

	for (n = 0; n < 3000; n++) {
		k = rnd_text(key, sizeof(key) - 1, "abAB");
		i = lws_map_item_lookup(m, (lws_map_key_t)key, k);
		printf("%s %d", key, !!i);
		if (i) {
			show("key", lws_map_item_key(i), lws_map_item_key_len(i));
			show("value", lws_map_item_value(i), lws_map_item_value_len(i));
			if (!rnd(3))
				lws_map_item_destroy(i);
		} else {
			v = rnd_text(value, sizeof(value) - 1, "vwxyz");
			i = lws_map_item_create(m, (lws_map_key_t)key, k, (lws_map_value_t)value, v);
			printf(" made %d %zu", !!i, lws_map_item_value_len(i));
		}
		putchar('\n');
	}
	i = lws_map_item_create_ks(m, "twice", "1", 1);
	i = lws_map_item_create_ks(m, "twice", "22", 2);
	i = lws_map_item_lookup_ks(m, "twice");
	printf("twice %zu\n", lws_map_item_value_len(i));
	lws_map_destroy(&m);
	printf("%d\n", !m);
}

void
unit_map(void)
{
	struct lwsac *ac = NULL;
	lws_map_info_t info = { 0 };

	map(&info);
	info.modulo = 3;
	info._hash = length_hash;
	info._compare = any_case;
	map(&info);
	memset(&info, 0, sizeof(info));
	info._alloc = lws_map_alloc_lwsac;
	info._free = lws_map_free_lwsac;
	info.opaque = &ac;
	info.aux = (void *)(intptr_t)512;
	map(&info);
	printf("%d\n", lwsac_total_alloc(ac) > 0);
	lwsac_free(&ac);
}

void
unit_date(void)
{
	static const char *const texts[] = {
		"Sun, 06 Nov 1994 08:49:37 GMT", "Tue, 01 Jan 2030 00:00:00 GMT", "Thu, 29 Feb 2024 23:59:59 GMT",
		"", "Sun", "06 Nov 1994 08:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT",
	};
	char b[40];
	time_t t;
	size_t n;
	int r;

	for (n = 0; n < ARRAY(texts); n++) {
		t = 7;
		r = lws_http_date_parse_unix(texts[n], strlen(texts[n]), &t);
		printf("%s: %d %lld\n", texts[n], r, (long long)t);
	}
	for (n = 0; n < 3000; n++) {
		time_t at = (time_t)((uint64_t)rnd(0x7fffffff) + (n % 2 ? 0x7fffffffu : 0));

		memset(b, '#', sizeof(b));
		r = lws_http_date_render_from_unix(b, n % 7 ? sizeof(b) : rnd(28), &at);
		printf("%lld %d", (long long)at, r);
		if (r)
			putchar('\n');
		else {
			/* the name of the day is wrong (row 209 of docs/quirks.md) */
			show("text", b + 3, sizeof(b) - 3);
			t = 7;
			r = lws_http_date_parse_unix(b, strlen(b), &t);
			printf(" %d %d\n", r, t == at);
		}
	}
}
#endif
