/* SPDX-License-Identifier: MIT */
/**
 * \file lws-ring.h
 * Ring buffers of equal-sized elements with one producer and any number of
 * consumers. The ring has one head, where elements are added; every consumer
 * keeps a "tail" of its own, an opaque uint32_t which starts as
 * lws_ring_get_oldest_tail(). Space comes free as the oldest of the tails
 * moves on. Where a tail may be NULL there is only one consumer, and the
 * ring's own oldest tail stands in.
 *
 * Nothing here locks: with more than one thread the caller does.
 */

struct lws_ring;

/**
 * Make a ring.
 *
 * \param element_len: bytes in one element
 * \param count: slots to allocate; the ring can hold count - 1 elements
 * \param destroy_element: called on each element that goes out of the ring,
 *			   with its address inside it; NULL if elements own
 *			   nothing
 *
 * Returns the ring, which lws_ring_destroy() frees, or NULL without memory.
 */
LWS_VISIBLE LWS_EXTERN struct lws_ring *
lws_ring_create(size_t element_len, size_t count,
		void (*destroy_element)(void *element));

/** Free the ring, after destroy_element for whatever is still in it. */
LWS_VISIBLE LWS_EXTERN void
lws_ring_destroy(struct lws_ring *ring);

/** How many elements can be inserted now, as the oldest tail stands. */
LWS_VISIBLE LWS_EXTERN size_t
lws_ring_get_count_free_elements(struct lws_ring *ring);

/** How many elements wait for the consumer of \p tail (may be NULL). */
LWS_VISIBLE LWS_EXTERN size_t
lws_ring_get_count_waiting_elements(struct lws_ring *ring, uint32_t *tail);

/**
 * Copy elements in at the head.
 *
 * \param ring: the ring
 * \param src: consecutive elements to copy; what they own passes to the ring
 * \param max_count: how many there are
 *
 * Returns how many fitted, which can be fewer than \p max_count.
 */
LWS_VISIBLE LWS_EXTERN size_t
lws_ring_insert(struct lws_ring *ring, const void *src, size_t max_count);

/**
 * Move a tail on, perhaps copying what it passes.
 *
 * \param ring: the ring
 * \param tail: the consumer's tail, which is changed; NULL consumes from the
 *		oldest tail and frees (destroy_element) what was consumed
 * \param dest: room for \p max_count elements, or NULL to copy nothing
 * \param max_count: the most elements to consume
 *
 * Returns how many were consumed. With a tail of your own, space is not freed
 * until lws_ring_update_oldest_tail().
 */
LWS_VISIBLE LWS_EXTERN size_t
lws_ring_consume(struct lws_ring *ring, uint32_t *tail, void *dest,
		 size_t max_count);

/**
 * Look at the next element for \p tail (may be NULL) where it lies.
 *
 * Returns NULL if none waits, else a pointer into the ring, good until the
 * oldest tail passes that element.
 */
LWS_VISIBLE LWS_EXTERN const void *
lws_ring_get_element(struct lws_ring *ring, uint32_t *tail);

/**
 * Say which tail is now the oldest one. Calls destroy_element for every
 * element between the former oldest tail and \p tail.
 */
LWS_VISIBLE LWS_EXTERN void
lws_ring_update_oldest_tail(struct lws_ring *ring, uint32_t tail);

/** The position of the oldest tail: where a new consumer begins. */
LWS_VISIBLE LWS_EXTERN uint32_t
lws_ring_get_oldest_tail(struct lws_ring *ring);

/**
 * Find where to write elements in place, without a copy.
 *
 * \param ring: the ring
 * \param start: set to the first free byte
 * \param bytes: set to how many bytes can be written there in one run; the
 *		 run ends where the buffer wraps, so more may be free after it
 *
 * Returns 0, or 1 with nothing set when the ring is full. After writing, call
 * lws_ring_bump_head().
 */
LWS_VISIBLE LWS_EXTERN int
lws_ring_next_linear_insert_range(struct lws_ring *ring, void **start,
				  size_t *bytes);

/**
 * Take in what was written at lws_ring_next_linear_insert_range().
 *
 * \param ring: the ring
 * \param bytes: a multiple of the element size, no more than was offered
 */
LWS_VISIBLE LWS_EXTERN void
lws_ring_bump_head(struct lws_ring *ring, size_t bytes);

/** Log the state of the ring, seen from \p tail (may be NULL), as a notice. */
LWS_VISIBLE LWS_EXTERN void
lws_ring_dump(struct lws_ring *ring, uint32_t *tail);

/**
 * Consume for one of several consumers; if its tail was the oldest, find the
 * new oldest one and free what all of them have passed.
 *
 * \param ___ring: the ring
 * \param ___type: type of the objects that hold a tail
 * \param ___ptail: pointer to the tail of the consumer
 * \param ___count: how many elements it consumes
 * \param ___list_head: head of the singly-linked list of those objects
 * \param ___mtail: name of the tail member in \p ___type
 * \param ___mlist: name of the link member in \p ___type
 */
#define lws_ring_consume_and_update_oldest_tail(___ring, ___type, ___ptail, \
		___count, ___list_head, ___mtail, ___mlist) { \
	int ___n, ___m; \
	\
	___n = lws_ring_get_oldest_tail(___ring) == *(___ptail); \
	lws_ring_consume(___ring, ___ptail, NULL, ___count); \
	if (___n) { \
		uint32_t ___oldest; \
		___n = 0; \
		___oldest = *(___ptail); \
		lws_start_foreach_llp(___type **, ___ppss, ___list_head) { \
			___m = (int)lws_ring_get_count_waiting_elements( \
					___ring, &(*___ppss)->___mtail); \
			if (___m >= ___n) { \
				___n = ___m; \
				___oldest = (*___ppss)->___mtail; \
			} \
		} lws_end_foreach_llp(___ppss, ___mlist); \
		\
		lws_ring_update_oldest_tail(___ring, ___oldest); \
	} \
}

/** The same for the only consumer: consume, and free what it passed. */
#define lws_ring_consume_single_tail(___ring, ___ptail, ___count) { \
	lws_ring_consume(___ring, ___ptail, NULL, ___count); \
	lws_ring_update_oldest_tail(___ring, *(___ptail)); \
}
