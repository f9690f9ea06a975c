/* SPDX-License-Identifier: MIT
 *
 * Lists, rings, buflists and lwsac: random walks over their operations.
 */
#include "unit.h"
#include <sys/stat.h>
#include <unistd.h>
#include <utime.h>

struct member {
	const char *name;
	int value;
	lws_dll2_t list;
};

static struct member members[12];

static int
by_value(const lws_dll2_t *d, const lws_dll2_t *i)
{
	const struct member *a = lws_container_of(d, struct member, list),
			    *b = lws_container_of(i, struct member, list);

	return a->value - b->value;
}

static int
visit(struct lws_dll2 *d, void *user)
{
	struct member *m = lws_container_of(d, struct member, list);

	printf(" v%d", m->value);
	if (m->value % 4 == 3)
		lws_dll2_remove(d);
	return m->value == *(int *)user;
}

static void
show_list(lws_dll2_owner_t *o)
{
	lws_dll2_t *p, *last = NULL;
	int back = 1;

	printf(" n=%u:", o->count);
	for (p = o->head; p; p = p->next) {
		printf(" %d", (int)(lws_container_of(p, struct member, list) -
				    members));
		back &= p->prev == last && p->owner == o;
		last = p;
	}
	printf(" %d%d\n", back, o->tail == last);
}

static const char *const member_names[] = { "a", "ab", "abc", NULL, "", "b" };

static void
dll2_step(lws_dll2_owner_t *o)
{
	struct member *m = &members[rnd(ARRAY(members))],
		      *k = &members[rnd(ARRAY(members))];
	int user = (int)rnd(6);
	void *hit;

	switch (rnd(8)) {
	case 0:
	case 1:
		if (m->list.owner)
			lws_dll2_remove(&m->list);
		else
			lws_dll2_add_head(&m->list, o);
		break;
	case 2:
		if (!m->list.owner)
			lws_dll2_add_tail(&m->list, o);
		break;
	case 3:
		if (!m->list.owner && k->list.owner)
			lws_dll2_add_before(&m->list, &k->list);
		break;
	case 4:
		if (!m->list.owner)
			lws_dll2_add_sorted(&m->list, o, by_value);
		break;
	case 5:
		lws_dll2_remove(&m->list);
		break;
	case 6:
		printf(" each %d", lws_dll2_foreach_safe(o, &user, visit));
		break;
	default:
		hit = lws_dll2_search_sz_pl(o, "abc", (size_t)user % 4,
					    struct member, list, name);
		printf(" found %d",
		       hit ? (int)((struct member *)hit - members) : -1);
	}
}

/* Objects with a name, found by it. */
static void
named_search(void)
{
	static const char *const names[] = { "a", "ab", "abc", "b", "", NULL, "abcd" };
	struct named {
		int before;
		lws_dll2_t list;
		const char *name;
	} objects[8];
	char name[8];
	int n, k;

	for (n = 0; n < 1500; n++) {
		lws_dll2_owner_t own;
		const struct named *hit;
		size_t len;

		lws_dll2_owner_clear(&own);
		memset(objects, 0, sizeof(objects));
		for (k = 0; k < (int)rnd(9); k++) {
			objects[k].name = names[rnd(ARRAY(names))];
			lws_dll2_add_tail(&objects[k].list, &own);
		}
		len = rnd_text(name, 4, "abcd");
		if (len && !rnd(4))
			len--;
		hit = _lws_dll2_search_sz_pl(&own, name, len, offsetof(struct named, list),
					     offsetof(struct named, name));
		printf("search %s %d: %d\n", name, (int)len, hit ? (int)(hit - objects) : -1);
	}
}

void
unit_dll2(void)
{
	lws_dll2_owner_t owner;
	size_t i;
	int n;

	named_search();
	lws_dll2_owner_clear(&owner);
	for (i = 0; i < ARRAY(members); i++) {
		members[i].value = (int)rnd(6);
		members[i].name = member_names[i % ARRAY(member_names)];
		lws_dll2_clear(&members[i].list);
	}
	for (n = 0; n < 5000; n++) {
		dll2_step(&owner);
		show_list(&owner);
	}
}

static void
destroyed(void *element)
{
	printf(" -%02x", *(uint8_t *)element);
}

static void
ring_step(struct lws_ring *r, size_t el, uint32_t *tail)
{
	uint8_t buf[256];
	void *start = NULL;
	const void *e;
	size_t bytes = 0, k;

	switch (rnd(6)) {
	case 0:
	case 1:
		rnd_bytes(buf, sizeof(buf));
		printf(" insert %zu", lws_ring_insert(r, buf, rnd(5)));
		break;
	case 2:
		memset(buf, '#', sizeof(buf));
		k = lws_ring_consume(r, tail, buf, rnd(5));
		printf(" consume %zu", k);
		show("d", buf, k * el);
		break;
	case 3:
		printf(" skip %zu", lws_ring_consume(r, tail, NULL, rnd(3)));
		break;
	case 4:
		if (!lws_ring_next_linear_insert_range(r, &start, &bytes)) {
			printf(" range %zu", bytes);
			rnd_bytes(start, bytes);
			lws_ring_bump_head(r, bytes - bytes % el);
		}
		break;
	default:
		if (tail)
			lws_ring_update_oldest_tail(r, *tail);
		e = lws_ring_get_element(r, tail);
		if (e)
			show("e", e, el);
	}
	printf(" free %zu waiting %zu/%zu oldest %u\n",
	       lws_ring_get_count_free_elements(r),
	       lws_ring_get_count_waiting_elements(r, tail),
	       lws_ring_get_count_waiting_elements(r, NULL),
	       lws_ring_get_oldest_tail(r));
}

static void
ring_line(int level, const char *line)
{
	/* all but the pointer */
	printf("%d %s", level, strrchr(line, ':') ? strrchr(line, ':') : line);
}

void
unit_ring(void)
{
	struct lws_ring *r;
	size_t el, count;
	uint32_t tail;
	int n, k;

	lws_set_log_level(LLL_NOTICE, ring_line);
	for (n = 0; n < 200; n++) {
		el = 1 + rnd(12);
		count = rnd(12);
		r = lws_ring_create(el, count, n % 2 ? destroyed : NULL);
		printf("ring %zu x %zu %d\n", el, count, !!r);
		if (!r)
			continue;
		tail = 0;
		for (k = 0; k < 60; k++)
			ring_step(r, el, n % 3 ? &tail : NULL);
		lws_ring_dump(r, n % 3 ? &tail : NULL);
		lws_ring_destroy(r);
		printf(" gone\n");
	}
}

static void
buflist_line(int level, const char *line)
{
	printf("%d %s", level, line);
}

static void
buflist_step(struct lws_buflist **b)
{
	uint8_t buf[512], *p;
	size_t l, ofs;
	int r;

	switch (rnd(5)) {
	case 0:
	case 1:
		l = 1 + rnd(200);
		rnd_bytes(buf, l);
		printf("append %d", lws_buflist_append_segment(b, buf, l));
		break;
	case 2:
		l = lws_buflist_next_segment_len(b, &p);
		printf("next %zu %d", l, !!p);
		show("p", p, l < 20 ? l : 20);
		if (l)
			printf(" use %zu",
			       lws_buflist_use_segment(b, 1 + rnd((uint32_t)l)));
		break;
	case 3:
		memset(buf, '#', sizeof(buf));
		ofs = rnd(300);
		l = rnd(400);
		r = lws_buflist_linear_copy(b, ofs, buf, l);
		printf("copy %zu %zu %d", ofs, l, r);
		show("buf", buf, (size_t)r + 1);
		break;
	default:
		if (!rnd(20))
			lws_buflist_destroy_all_segments(b);
		lws_buflist_describe(b, (void *)16, "unit");
	}
	printf(" total %zu\n", lws_buflist_total_len(b));
}

void
unit_buflist(void)
{
	struct lws_buflist *b = NULL;
	int n, r = 0;

	lws_set_log_level(LLL_NOTICE, buflist_line);
	for (n = 0; n < 3000; n++)
		buflist_step(&b);
	lws_buflist_destroy_all_segments(&b);
	printf("%d\n", !!b);

	lws_set_log_level(0, NULL);
	for (n = 0; r >= 0 && n < 3000; n++) /* the limit of its length */
		r = lws_buflist_append_segment(&b, (const uint8_t *)"x", 1);
	printf("limit %d %d %zu\n", n, r, lws_buflist_total_len(&b));
	lws_buflist_destroy_all_segments(&b);
}

static void
lwsac_step(struct lwsac **head, uint8_t **base)
{
	size_t n = 1 + rnd(120), chunk = rnd(3) ? 0 : 8 * rnd(40);
	uint8_t *p;

	switch (rnd(6)) {
	case 0:
	case 1:
		p = lwsac_use(head, n, chunk);
		break;
	case 2:
		p = lwsac_use_backfill(head, n, chunk);
		break;
	case 3:
		p = lwsac_use_zero(head, n, chunk);
		show("z", p, n);
		break;
	default:
		if (*head)
			printf("extend %d", lwsac_extend(*head, (int)rnd(50)));
		return;
	}
	memset(p, (int)rnd(4) + 'a', n);
	*base = p;
	printf("use %zu %zu", n, chunk);
}

void
unit_lwsac(void)
{
	struct lwsac *head, *c;
	uint8_t *last, *hit;
	int n, k;

	for (n = 0; n < 70; n++)
		printf("align %d %zu\n", n, lwsac_align((size_t)n));
	printf("sizeof %zu %zu\n", lwsac_sizeof(0), lwsac_sizeof(1));
	for (n = 0; n < 60; n++) {
		head = NULL;
		last = NULL;
		for (k = 0; k < 40; k++) {
			lwsac_step(&head, &last);
			printf(" alloc %llu",
			       (unsigned long long)lwsac_total_alloc(head));
			printf(" over %llu:",
			       (unsigned long long)lwsac_total_overhead(head));
			for (c = head; c; c = lwsac_get_next(c)) {
				printf(" %zu", lwsac_get_tail_pos(c));
				if (last > (uint8_t *)c &&
				    last < (uint8_t *)c + lwsac_get_tail_pos(c))
					printf("@%zu",
					       (size_t)(last - (uint8_t *)c));
			}
			hit = lwsac_scan_extant(head, (uint8_t *)"bbbc", 3, 0);
			for (c = head; hit && c; c = lwsac_get_next(c))
				if (hit > (uint8_t *)c &&
				    hit < (uint8_t *)c + lwsac_get_tail_pos(c))
					printf(" hit %zu",
					       (size_t)(hit - (uint8_t *)c));
			putchar('\n');
		}
		if (n % 3 == 0 && head) {
			lwsac_reference(head);
			lwsac_reference(head);
			c = head;
			lwsac_detach(&c);
			printf("detached %d", !!c);
			lwsac_unreference(&c);
			printf(" %d", !!c);
			lwsac_unreference(&c);
			printf(" %d\n", !!c);
		} else if (n % 3 == 1) {
			lwsac_detach(&head);
			printf("freed %d\n", !!head);
		} else {
			lwsac_free(&head);
		}
	}
}

static void
put_file(const char *path, const char *text, time_t mtime)
{
	struct utimbuf t = { mtime, mtime };

	if (lws_plat_write_file(path, (void *)text, (int)strlen(text)))
		exit(3);
	utime(path, &t);
}

void
unit_cached_file(void)
{
	char path[] = "/tmp/unit_cached_XXXXXX";
	lwsac_cached_file_t c = NULL, old;
	size_t len = 0;
	int fd = mkstemp(path);

	if (fd < 0)
		exit(3);
	close(fd);
	lws_set_log_level(0, NULL);
	printf("missing %d", lwsac_cached_file("/tmp/unit_no_such/x", &c, &len));
	printf(" %d %zu\n", !!c, len);
	put_file(path, "first", 1000);
	printf("load %d", lwsac_cached_file(path, &c, &len));
	printf(" %zu %s\n", len, (char *)c);
	old = c;
	put_file(path, "second one", 2000);
	printf("fresh %d", lwsac_cached_file(path, &c, &len));
	printf(" %d %s\n", c == old, (char *)c);
	lwsac_use_cached_file_start(c);
	/* checked too long ago: the public layout puts the time just before */
	((time_t *)(void *)c)[-1] -= 10;
	printf("changed %d", lwsac_cached_file(path, &c, &len));
	printf(" %d %zu %s | %s\n", c == old, len, (char *)c, (char *)old);
	lwsac_use_cached_file_end(&old);
	printf("old %d\n", !!old);
	((time_t *)(void *)c)[-1] -= 10;
	old = c;
	printf("same %d", lwsac_cached_file(path, &c, &len));
	printf(" %d\n", c == old);
	lwsac_use_cached_file_detach(&c);
	printf("gone %d\n", !!c);
	lwsac_use_cached_file_end(&c);
	unlink(path);
}
