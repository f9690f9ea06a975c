/* SPDX-License-Identifier: MIT */
/**
 * \file lws-dsh.h
 * Disordered shared heap: several queues ("kinds") that share one buffer. Each is first
 * in, first out; from several, things may be taken in any order.
 *
 * A heap is used by one thread at a time. What it costs: a head for each thing (48 bytes
 * with 4.1's interface, 56 with 4.3's), and its length rounded up to 8 bytes.
 */

/** \name Functions */
///@{
/** Makes a heap of \p buffer_size bytes with kinds 0 to \p count_kinds - 1. \p owner is a
 * list that it joins, or NULL: with 4.1's interface heaps on one list lend each other
 * room, with 4.3's they do not. NULL: no memory, or a size that is not possible (logged).
 */
LWS_VISIBLE LWS_EXTERN struct lws_dsh *
lws_dsh_create(lws_dll2_owner_t *owner, size_t buffer_size, int count_kinds);

/** Frees \p *pdsh and what is in it, and sets it to NULL. What others on the list had
 * borrowed moves to where there is room, and is dropped, with a notice in the log, where
 * there is none. */
LWS_VISIBLE LWS_EXTERN void
lws_dsh_destroy(struct lws_dsh **pdsh);

/** Puts a copy of \p src1, followed by \p src2 (which may be NULL: zeros then), at the
 * end of a kind. 0: done, 1: there is no room (logged), or no such kind. */
LWS_VISIBLE LWS_EXTERN int
lws_dsh_alloc_tail(struct lws_dsh *dsh, int kind, const void *src1,
		   size_t size1, const void *src2, size_t size2);

/** Takes \p *obj, which is from lws_dsh_get_head(), out of the heap, and sets it to NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_dsh_free(void **obj);

/** The first of a kind: it stays there, and \p *obj is valid, until lws_dsh_free(). 0: there
 * is one, 1: none. */
LWS_VISIBLE LWS_EXTERN int
lws_dsh_get_head(struct lws_dsh *dsh, int kind, void **obj, size_t *size);

/** Logs what is where in the heap, at LLL_INFO. */
LWS_VISIBLE LWS_EXTERN void
lws_dsh_describe(struct lws_dsh *dsh, const char *desc);

#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
/** How many bytes of the buffer a kind takes, heads included. */
LWS_VISIBLE LWS_EXTERN size_t
lws_dsh_get_size(struct lws_dsh *dsh, int kind);
#endif
///@}
