/* SPDX-License-Identifier: MIT
 *
 * dsh random: heaps of all sizes, filled, read and emptied at random; each answer is
 * printed. dsh lend: several on one list. dsh bad: what no program should do, ours alone.
 */
#include "work.h"

static uint8_t bytes[2000];

static void
look(struct lws_dsh *dsh, int kinds)
{
	uint32_t sum;
	size_t len, n;
	void *p;
	int k;

	for (k = 0; k < kinds; k++) {
		int none = lws_dsh_get_head(dsh, k, &p, &len);

		sum = 0;
		for (n = 0; n < len; n++)
			sum = sum * 31 + ((uint8_t *)p)[n];
		printf(" %d:%zu:%x", none, len, (unsigned int)sum);
#if V43
		printf(":%zu", lws_dsh_get_size(dsh, k));
#endif
	}
	putchar('\n');
}

/* One step with one of them. */
static void
step(struct lws_dsh *dsh, int kinds, uint32_t most)
{
	int k = (int)rnd((uint32_t)kinds), n;
	size_t a, b, len;
	void *p;

	if (rnd(5) < 3) {
		a = rnd(most);
		b = rnd(3) ? 0 : rnd(most / 2);
		for (n = 0; n < 8; n++)
			bytes[rnd(sizeof(bytes))] = (uint8_t)rnd(256);
		printf("alloc %d %zu %zu: %d", k, a, b,
		       lws_dsh_alloc_tail(dsh, k, bytes, a, b ? bytes + 700 : NULL, b));
	} else {
		for (n = (int)rnd(4); n >= 0; n--) {
			if (lws_dsh_get_head(dsh, k, &p, &len))
				break;
			printf("free %d %zu", k, len);
			lws_dsh_free(&p);
			printf(" %d,", !p);
		}
	}
	look(dsh, kinds);
}

static void
alone(size_t size, int kinds, uint32_t most)
{
	struct lws_dsh *dsh = lws_dsh_create(NULL, size, kinds);
	int n;

	printf("heap of %zu: %d\n", size, !!dsh);
	if (!dsh)
		return;
	for (n = 0; n < 200; n++)
		step(dsh, kinds, most);
	lws_dsh_destroy(&dsh);
	printf("destroyed %d\n", !dsh);
}

static void
lend(void)
{
	lws_dll2_owner_t owner;
	struct lws_dsh *d[4];
	int n;

	lws_dll2_owner_clear(&owner);
	for (n = 0; n < 4; n++)
		d[n] = lws_dsh_create(&owner, 1000 + rnd(4) * 8, 2 + (n == 3));
	for (n = 0; n < 600; n++) {
		int i = (int)rnd(4);

		printf("%d ", i);
		step(d[i], 2, 300);
	}
	/* emptied first: the original does not survive moving what was lent */
	for (n = 0; n < 4; n++) {
		size_t len;
		void *p;
		int k;

		for (k = 0; k < 2; k++)
			while (!lws_dsh_get_head(d[n], k, &p, &len))
				lws_dsh_free(&p);
	}
	for (n = 0; n < 4; n++)
		lws_dsh_destroy(&d[n]);
	printf("left %d\n", (int)owner.count);
}

/* What was lent moves, in its place, or is dropped. */
static void
moves(void)
{
	lws_dll2_owner_t owner;
	struct lws_dsh *a, *b, *c;
	size_t len;
	void *p;

	lws_dll2_owner_clear(&owner);
	a = lws_dsh_create(&owner, 1000, 1);
	b = lws_dsh_create(&owner, 1000, 1);
	memset(bytes, 'x', sizeof(bytes));
	lws_dsh_alloc_tail(a, 0, "first.", 6, NULL, 0);
	lws_dsh_alloc_tail(a, 0, bytes, 800, NULL, 0);
	printf("lent: %d\n", lws_dsh_alloc_tail(a, 0, "second", 6, bytes, 300));
	printf("lent: %d\n", lws_dsh_alloc_tail(a, 0, "third.", 6, NULL, 0));
	c = lws_dsh_create(&owner, 1000, 1);
	lws_dsh_alloc_tail(b, 0, "own...", 6, NULL, 0);
	lws_dsh_destroy(&b);
	while (!lws_dsh_get_head(a, 0, &p, &len)) {
		printf("%zu %.6s\n", len, (char *)p);
		lws_dsh_free(&p);
	}
	lws_dsh_alloc_tail(c, 0, bytes, 900, NULL, 0);
	printf("lent: %d\n", lws_dsh_alloc_tail(c, 0, "borrowed", 8, NULL, 0));
	lws_dsh_alloc_tail(a, 0, bytes, 820, NULL, 0);
	lws_dsh_destroy(&a); /* the other is full: it is dropped */
	while (!lws_dsh_get_head(c, 0, &p, &len)) {
		printf("%zu %.6s\n", len, (char *)p);
		lws_dsh_free(&p);
	}
	lws_dsh_destroy(&c);
}

#ifdef OURS
static void
bad(void)
{
	struct lws_dsh *dsh = NULL;
	void *p = NULL, *q;
	size_t len;
	int n;

	printf("%d\n", !!lws_dsh_create(NULL, 0, 1));
	printf("%d\n", !!lws_dsh_create(NULL, 100, 0));
	printf("%d\n", !!lws_dsh_create(NULL, 100, -5));
	printf("%d\n", !!lws_dsh_create(NULL, 100, 1 << 30));
	printf("%d\n", !!lws_dsh_create(NULL, SIZE_MAX, 1));
	printf("%d\n", !!lws_dsh_create(NULL, SIZE_MAX - 100, 1));
	lws_dsh_destroy(&dsh);
	lws_dsh_destroy(NULL);
	lws_dsh_free(NULL);
	lws_dsh_free(&p);
	lws_dsh_describe(NULL, NULL);
	printf("%d\n", lws_dsh_get_head(NULL, 0, &p, &len));
	printf("%d\n", lws_dsh_alloc_tail(NULL, 0, "a", 1, NULL, 0));
	dsh = lws_dsh_create(NULL, 1000, 2);
	for (n = -2; n < 5; n++)
		printf("%d %d %d\n", n, lws_dsh_alloc_tail(dsh, n, "a", 1, NULL, 0),
		       lws_dsh_get_head(dsh, n, &p, &len));
	printf("%d\n", lws_dsh_alloc_tail(dsh, 0, NULL, 5, NULL, 0));
	printf("%d\n", lws_dsh_alloc_tail(dsh, 0, "a", SIZE_MAX - 4, NULL, 0));
	printf("%d\n", lws_dsh_alloc_tail(dsh, 0, "a", 1, NULL, SIZE_MAX - 4));
	printf("%d\n", lws_dsh_alloc_tail(dsh, 0, "a", 1, NULL, 20));
	lws_dsh_describe(dsh, NULL);
	lws_dsh_get_head(dsh, 0, &p, &len);
	q = p;
	lws_dsh_free(&p);
	lws_dsh_free(&q); /* the second time */
#if V43
	printf("%zu %zu %zu\n", lws_dsh_get_size(dsh, 0), lws_dsh_get_size(dsh, -1),
	       lws_dsh_get_size(dsh, 2));
#endif
	lws_dsh_destroy(&dsh);
}
#endif

int
main(int argc, char **argv)
{
	uint32_t n;

	lws_set_log_level(LLL_ERR | LLL_NOTICE, to_stdout);
	if (argc > 1 && !strcmp(argv[1], "random"))
		for (n = 0; n < 60; n++)
			alone((100 + rnd(200) + rnd(2) * rnd(6000)) & ~UINT32_C(7), 1 + (int)rnd(4), 8 + rnd(600));
	else if (argc > 1 && !strcmp(argv[1], "lend"))
		for (n = 0; n < 20; n++)
			lend();
	else if (argc > 1 && !strcmp(argv[1], "moves"))
		moves();
#ifdef OURS
	else if (argc > 1 && !strcmp(argv[1], "bad"))
		bad();
#endif
	printf("done\n");
	return 0;
}
