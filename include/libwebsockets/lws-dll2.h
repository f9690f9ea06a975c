/* SPDX-License-Identifier: MIT */
/**
 * \file lws-dll2.h
 * Intrusive lists: walkers for singly-linked lists, and the doubly-linked
 * list "dll2". Nothing here allocates, and nothing locks: a list belongs to
 * one thread at a time.
 */

/** \name Singly-linked lists
 *
 * Each "start" opens a block which its matching "end" closes, with the body
 * of the loop between them; `break` and `continue` work as in a plain loop,
 * except that `continue` skips the step to the next item and so must not be
 * used.
 */
///@{

/** Walk from \p start, with \p it (of \p type) as the cursor. */
#define lws_start_foreach_ll(type, it, start) \
{ \
	type it = start; \
	while (it) {

/** Close lws_start_foreach_ll(); \p nxt is the member that links on. */
#define lws_end_foreach_ll(it, nxt) \
		it = it->nxt; \
	} \
}

/** As lws_start_foreach_ll(), but the body may free the current item. */
#define lws_start_foreach_ll_safe(type, it, start, nxt) \
{ \
	type it = start; \
	while (it) { \
		type next_##it = it->nxt;

/** Close lws_start_foreach_ll_safe(). */
#define lws_end_foreach_ll_safe(it) \
		it = next_##it; \
	} \
}

/**
 * Walk with a pointer to the pointer at each item (\p type has two stars), so
 * that the body can relink or cut the list where it stands.
 */
#define lws_start_foreach_llp(type, it, start) \
{ \
	type it = &(start); \
	while (*(it)) {

/** As lws_start_foreach_llp(), with the next position taken beforehand. */
#define lws_start_foreach_llp_safe(type, it, start, nxt) \
{ \
	type it = &(start); \
	type next; \
	while (*(it)) { \
		next = &((*(it))->nxt); \

/** Close lws_start_foreach_llp(). */
#define lws_end_foreach_llp(it, nxt) \
		it = &(*(it))->nxt; \
	} \
}

/** Close lws_start_foreach_llp_safe(). */
#define lws_end_foreach_llp_safe(it) \
		it = next; \
	} \
}

/** Put an object in front of the list; \p ___m_list is its link member. */
#define lws_ll_fwd_insert(___new_object, ___m_list, ___list_head) { \
		___new_object->___m_list = ___list_head; \
		___list_head = ___new_object; \
	}

/** Take \p ___target (a pointer to \p ___type) out; absent is harmless. */
#define lws_ll_fwd_remove(___type, ___m_list, ___target, ___list_head) { \
		lws_start_foreach_llp(___type **, ___ppss, ___list_head) { \
			if (*___ppss == ___target) { \
				*___ppss = ___target->___m_list; \
				break; \
			} \
		} lws_end_foreach_llp(___ppss, ___m_list); \
	}
///@}

struct lws_dll2;
struct lws_dll2_owner;

/**
 * The list node, a member of the listed object. All zero means "on no list".
 * lws_container_of() leads from the node back to the object.
 */
typedef struct lws_dll2 {
	struct lws_dll2		*prev;	/**< towards the head, or NULL */
	struct lws_dll2		*next;	/**< towards the tail, or NULL */
	struct lws_dll2_owner	*owner;	/**< the list we are on, or NULL */
} lws_dll2_t;

/** The list itself. All zero is an empty list. */
typedef struct lws_dll2_owner {
	struct lws_dll2		*tail;	/**< last node, or NULL */
	struct lws_dll2		*head;	/**< first node, or NULL */
	uint32_t		count;	/**< how many nodes are listed */
} lws_dll2_owner_t;

/** Nonzero when \p d is on no list. */
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
LWS_VISIBLE LWS_EXTERN int
lws_dll2_is_detached(const struct lws_dll2 *d);
#else
static LWS_INLINE int
lws_dll2_is_detached(const struct lws_dll2 *d) { return !d->owner; }
#endif

/** The list that \p d is on, or NULL. */
static LWS_INLINE const struct lws_dll2_owner *
lws_dll2_owner(const struct lws_dll2 *d) { return d->owner; }

/** First node of the list, NULL when it is empty. */
static LWS_INLINE struct lws_dll2 *
lws_dll2_get_head(struct lws_dll2_owner *owner) { return owner->head; }

/** Last node of the list, NULL when it is empty. */
static LWS_INLINE struct lws_dll2 *
lws_dll2_get_tail(struct lws_dll2_owner *owner) { return owner->tail; }

/** List \p d first. It must be detached, and must outlive its listing. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_add_head(struct lws_dll2 *d, struct lws_dll2_owner *owner);

/** List \p d last. It must be detached, and must outlive its listing. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_add_tail(struct lws_dll2 *d, struct lws_dll2_owner *owner);

/** Unlist \p d, which leaves it zeroed. Does nothing to a detached node. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_remove(struct lws_dll2 *d);

/** What lws_dll2_foreach_safe() calls; nonzero ends the walk. */
typedef int (*lws_dll2_foreach_cb_t)(struct lws_dll2 *d, void *user);

/**
 * Call \p cb for every node, head first.
 *
 * \param owner: the list
 * \param user: handed to \p cb untouched
 * \param cb: may remove and free the node it is given (no other); a nonzero
 *	      return ends the walk
 *
 * Returns 1 if \p cb ended the walk, 0 if it reached the end of the list.
 */
LWS_VISIBLE LWS_EXTERN int
lws_dll2_foreach_safe(struct lws_dll2_owner *owner, void *user,
		      int (*cb)(struct lws_dll2 *d, void *user));

/** Zero a node without unlinking it from anything: for initialization. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_clear(struct lws_dll2 *d);

/** Zero a list without touching the nodes that were on it. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_owner_clear(struct lws_dll2_owner *d);

/** List the detached \p d directly in front of the listed node \p after. */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_add_before(struct lws_dll2 *d, struct lws_dll2 *after);

/**
 * List \p d at its place in an ordered list.
 *
 * \param d: the detached node to list
 * \param own: the list, already in order
 * \param compare: called with a listed node first and \p d second
 *
 * \p d goes in front of the first listed node for which \p compare returns
 * zero or more, or last if there is none.
 */
LWS_VISIBLE LWS_EXTERN void
lws_dll2_add_sorted(lws_dll2_t *d, lws_dll2_owner_t *own,
		    int (*compare)(const lws_dll2_t *d, const lws_dll2_t *i));

/**
 * Find a listed object by a string it points to; use it through
 * lws_dll2_search_sz_pl().
 *
 * \param own: the list
 * \param name: the bytes to look for
 * \param namelen: how many
 * \param dll2_ofs: offset of the node in the object
 * \param ptr_ofs: offset of the `const char *` in the object; it may be NULL
 *
 * Returns the first object whose string is exactly the \p namelen bytes at
 * \p name, or NULL.
 */
LWS_VISIBLE LWS_EXTERN void *
_lws_dll2_search_sz_pl(lws_dll2_owner_t *own, const char *name, size_t namelen,
		       size_t dll2_ofs, size_t ptr_ofs);

/** Typed form: \p membd2list is the node member, \p membptr the string's. */
#define lws_dll2_search_sz_pl(own, name, namelen, type, membd2list, membptr) \
		((type *)_lws_dll2_search_sz_pl(own, name, namelen, \
				       offsetof(type, membd2list), \
				       offsetof(type, membptr)))

#if defined(_DEBUG)
/** Declared for source compatibility; not in the library. */
void
lws_dll2_describe(struct lws_dll2_owner *owner, const char *desc);
#else
/** Does nothing. */
#define lws_dll2_describe(x, y)
#endif

/** \name Walking a dll2 list */
///@{

/** Walk from \p ___start; \p ___tmp holds the next node over the body. */
#define lws_start_foreach_dll_safe(___type, ___it, ___tmp, ___start) \
{ \
	___type ___it = ___start; \
	while (___it) { \
		___type ___tmp = (___it)->next;

/** Close lws_start_foreach_dll_safe(). */
#define lws_end_foreach_dll_safe(___it, ___tmp) \
		___it = ___tmp; \
	} \
}

/** Walk from \p ___start; the body must leave the current node listed. */
#define lws_start_foreach_dll(___type, ___it, ___start) \
{ \
	___type ___it = ___start; \
	while (___it) {

/** Close lws_start_foreach_dll(). */
#define lws_end_foreach_dll(___it) \
		___it = (___it)->next; \
	} \
}
///@}
