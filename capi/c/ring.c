/* SPDX-License-Identifier: MIT
 *
 * Ring buffers of fixed-size elements with one or many tails.
 * C because of reason 5 (pointer work smaller than a crossing).
 *
 * Positions are byte offsets into buf. One element's space always stays
 * free, so head == tail means empty.
 */
#include "entry.h"
#include <libwebsockets.h>

struct lws_ring {
	uint8_t *buf;
	void (*destroy_element)(void *element);
	uint32_t buflen;
	uint32_t element_len;
	uint32_t head;
	uint32_t oldest_tail;
};

struct lws_ring *
lws_ring_create(size_t element_len, size_t count,
		void (*destroy_element)(void *element))
{
	struct lws_ring *ring = lws_realloc(NULL, sizeof(*ring), __func__);

	if (!ring)
		return NULL;
	ring->buflen = (uint32_t)(count * element_len);
	ring->element_len = (uint32_t)element_len;
	ring->head = 0;
	ring->oldest_tail = 0;
	ring->destroy_element = destroy_element;
	ring->buf = lws_realloc(NULL, ring->buflen, __func__);
	if (!ring->buf) {
		lws_realloc(ring, 0, __func__);
		return NULL;
	}
	return ring;
}

void
lws_ring_destroy(struct lws_ring *ring)
{
	LWS_NEEDS_VOID(ring);
	lws_ring_update_oldest_tail(ring, ring->head);
	lws_realloc(ring->buf, 0, __func__);
	lws_realloc(ring, 0, __func__);
}

/* Bytes from tail up to head. */
static uint32_t
waiting_bytes(const struct lws_ring *ring, uint32_t tail)
{
	return ring->head >= tail ? ring->head - tail :
				    ring->buflen - tail + ring->head;
}

static uint32_t
free_bytes(const struct lws_ring *ring)
{
	uint32_t gone = waiting_bytes(ring, ring->oldest_tail) +
			ring->element_len;
	uint32_t room = ring->buflen > gone ? ring->buflen - gone : 0;

	/* The reference never hands out a single free byte: a ring of
	 * one-byte elements is full with one more to go. */
	return room < 2 ? 0 : room - room % ring->element_len;
}

size_t
lws_ring_get_count_free_elements(struct lws_ring *ring)
{
	LWS_NEEDS(ring, 0);
	return free_bytes(ring) / ring->element_len;
}

size_t
lws_ring_get_count_waiting_elements(struct lws_ring *ring, uint32_t *tail)
{
	LWS_NEEDS(ring, 0);
	return waiting_bytes(ring, tail ? *tail : ring->oldest_tail) /
	       ring->element_len;
}

int
lws_ring_next_linear_insert_range(struct lws_ring *ring, void **start,
				  size_t *bytes)
{
	LWS_NEEDS(ring && start && bytes, 1);
	uint32_t n = free_bytes(ring);

	if (!n)
		return 1;
	if (n > ring->buflen - ring->head)
		n = ring->buflen - ring->head;
	*start = ring->buf + ring->head;
	*bytes = n;
	return 0;
}

void
lws_ring_bump_head(struct lws_ring *ring, size_t bytes)
{
	LWS_NEEDS_VOID(ring);
	ring->head = (ring->head + (uint32_t)bytes) % ring->buflen;
}

/* How many bytes max_count elements are, at most limit. */
static uint32_t
limited(const struct lws_ring *ring, uint32_t limit, size_t max_count)
{
	size_t want = max_count * ring->element_len;

	return want < limit ? (uint32_t)want : limit;
}

size_t
lws_ring_insert(struct lws_ring *ring, const void *src, size_t max_count)
{
	LWS_NEEDS(ring, 0);
	uint32_t n = limited(ring, free_bytes(ring), max_count);
	uint32_t to_end = ring->buflen - ring->head;
	uint32_t first = n < to_end ? n : to_end;

	memcpy(ring->buf + ring->head, src, first);
	memcpy(ring->buf, (const uint8_t *)src + first, n - first);
	lws_ring_bump_head(ring, n);
	return n / ring->element_len;
}

size_t
lws_ring_consume(struct lws_ring *ring, uint32_t *tail, void *dest,
		 size_t max_count)
{
	LWS_NEEDS(ring, 0);
	uint32_t from = tail ? *tail : ring->oldest_tail;
	uint32_t held = waiting_bytes(ring, from);
	uint32_t n = limited(ring, held - held % ring->element_len, max_count);
	uint32_t to_end = ring->buflen - from;
	uint32_t first = n < to_end ? n : to_end;

	if (dest) {
		memcpy(dest, ring->buf + from, first);
		memcpy((uint8_t *)dest + first, ring->buf, n - first);
	}
	from = (from + n) % ring->buflen;
	if (tail)
		*tail = from;
	else
		lws_ring_update_oldest_tail(ring, from);
	return n / ring->element_len;
}

const void *
lws_ring_get_element(struct lws_ring *ring, uint32_t *tail)
{
	LWS_NEEDS(ring, NULL);
	uint32_t at = tail ? *tail : ring->oldest_tail;

	return at == ring->head ? NULL : ring->buf + at;
}

void
lws_ring_update_oldest_tail(struct lws_ring *ring, uint32_t tail)
{
	LWS_NEEDS_VOID(ring);
	while (ring->destroy_element && ring->oldest_tail != tail) {
		ring->destroy_element(ring->buf + ring->oldest_tail);
		ring->oldest_tail = (ring->oldest_tail + ring->element_len) %
				    ring->buflen;
	}
	ring->oldest_tail = tail;
}

uint32_t
lws_ring_get_oldest_tail(struct lws_ring *ring)
{
	LWS_NEEDS(ring, 0);
	return ring->oldest_tail;
}

void
lws_ring_dump(struct lws_ring *ring, uint32_t *tail)
{
	LWS_NEEDS_VOID(ring);
	uint32_t at = tail ? *tail : ring->oldest_tail;

	lwsl_notice("ring %p: buflen %u, elem_len %u, head %u, oldest_tail %u\n"
		    "     free_elems: %u; for tail %u, waiting elements: %u\n",
		    (void *)ring, ring->buflen, ring->element_len, ring->head,
		    ring->oldest_tail, free_bytes(ring) / ring->element_len,
		    at, waiting_bytes(ring, at) / ring->element_len);
}
