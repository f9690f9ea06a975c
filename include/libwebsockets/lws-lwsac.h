/* SPDX-License-Identifier: MIT */
/**
 * \file lws-lwsac.h
 * "lwsac": many small allocations out of large chunks, all freed in one go.
 * An lwsac is named by a pointer to its first chunk, NULL while it is empty.
 * Nothing here locks.
 */

struct lwsac;

/** Content of a file kept by lwsac_cached_file(); NULL at first. */
typedef unsigned char * lwsac_cached_file_t;

/** The object of type \p T whose member \p M is at \p P. */
#define lws_list_ptr_container(P,T,M) ((T *)((char *)(P) - offsetof(T, M)))

/** A link: the address of a member that holds the address of the next one. */
typedef void * lws_list_ptr;

/** Returns below, at or above zero as \p a goes before, with or after \p b. */
typedef int (*lws_list_ptr_sort_func_t)(lws_list_ptr a, lws_list_ptr b);

/** Step \p _lp on to the next link. */
#define lws_list_ptr_advance(_lp) _lp = *((void **)_lp)

/**
 * Put a link into a list.
 *
 * \param phead: the head of the list
 * \param add: the link member of the new object
 * \param sort: order of the list, or NULL to put it first
 */
LWS_VISIBLE LWS_EXTERN void
lws_list_ptr_insert(lws_list_ptr *phead, lws_list_ptr *add,
		    lws_list_ptr_sort_func_t sort);

/**
 * Allocate out of the newest chunk, or a new one.
 *
 * \param head: the lwsac, set when this is its first use
 * \param ensure: bytes wanted
 * \param chunk_size: least size of a new chunk; 0 for the default of 4000
 *
 * Returns memory aligned for a pointer, not zeroed, good until the lwsac is
 * freed as a whole; NULL without memory.
 */
LWS_VISIBLE LWS_EXTERN void *
lwsac_use(struct lwsac **head, size_t ensure, size_t chunk_size);

/** The same, but with a look for room in the older chunks first. */
LWS_VISIBLE LWS_EXTERN void *
lwsac_use_backfill(struct lwsac **head, size_t ensure, size_t chunk_size);

/** As lwsac_use(), with the memory zeroed. */
LWS_VISIBLE LWS_EXTERN void *
lwsac_use_zero(struct lwsac **head, size_t ensure, size_t chunk_size);

/** Older name. */
#define lwsac_use_zeroed lwsac_use_zero

/** Free everything at once, whatever refers to it, and set the head to NULL. */
LWS_VISIBLE LWS_EXTERN void
lwsac_free(struct lwsac **head);

/**
 * Free it when the last reference goes: now if there is none (the head then
 * becomes NULL).
 */
LWS_VISIBLE LWS_EXTERN void
lwsac_detach(struct lwsac **head);

/** Count one more reference. */
LWS_VISIBLE LWS_EXTERN void
lwsac_reference(struct lwsac *head);

/** Count one less; frees a detached lwsac with the last one. */
LWS_VISIBLE LWS_EXTERN void
lwsac_unreference(struct lwsac **head);

/**
 * Make the last allocation longer where it is.
 *
 * Returns 0 with \p amount more bytes, zeroed, directly behind it, or 1 if the
 * chunk has no room.
 */
LWS_VISIBLE LWS_EXTERN int
#if LWS_LIBRARY_VERSION_NUMBER >= 4003000
lwsac_extend(struct lwsac *head, size_t amount);
#else
lwsac_extend(struct lwsac *head, int amount);
#endif

/** Keep a cached file's content from being freed while it is in use. */
LWS_VISIBLE LWS_EXTERN void
lwsac_use_cached_file_start(lwsac_cached_file_t cache);

/** Undo one lwsac_use_cached_file_start(); frees content since replaced. */
LWS_VISIBLE LWS_EXTERN void
lwsac_use_cached_file_end(lwsac_cached_file_t *cache);

/** Give the content up: it is freed now, or with the end of its last use. */
LWS_VISIBLE LWS_EXTERN void
lwsac_use_cached_file_detach(lwsac_cached_file_t *cache);

/**
 * Keep a file in memory, and up to date: call this before every use. At most
 * every 5 seconds it looks whether the file's time has changed.
 *
 * \param filepath: the file
 * \param cache: NULL the first time; set to the content, followed by a NUL
 * \param len: set to its length in bytes when it was read anew
 *
 * Returns 0, or 1 if the file could not be read.
 */
LWS_VISIBLE LWS_EXTERN int
lwsac_cached_file(const char *filepath, lwsac_cached_file_t *cache,
		  size_t *len);

/** Bytes of overhead in the first chunk (\p first nonzero) or a later one. */
LWS_VISIBLE LWS_EXTERN size_t
lwsac_sizeof(int first);

/** Offset from the beginning of a chunk to its first unused byte. */
LWS_VISIBLE LWS_EXTERN size_t
lwsac_get_tail_pos(struct lwsac *lac);

/** The chunk allocated after this one, or NULL. */
LWS_VISIBLE LWS_EXTERN struct lwsac *
lwsac_get_next(struct lwsac *lac);

/** \p length rounded up to the alignment of allocations. */
LWS_VISIBLE LWS_EXTERN size_t
lwsac_align(size_t length);

/** Log size and number of chunks, at debug level. */
LWS_VISIBLE LWS_EXTERN void
lwsac_info(struct lwsac *head);

/** Bytes of all its chunks; 0 for NULL. */
LWS_VISIBLE LWS_EXTERN uint64_t
lwsac_total_alloc(struct lwsac *head);

/** How many of those bytes are headers and room not used yet. */
LWS_VISIBLE LWS_EXTERN uint64_t
lwsac_total_overhead(struct lwsac *head);

/**
 * Look for bytes that are there already, to share instead of store again.
 *
 * \param head: the lwsac
 * \param find: the bytes
 * \param len: how many
 * \param nul: nonzero if a NUL must follow them
 *
 * Returns where they are, or NULL.
 */
LWS_VISIBLE LWS_EXTERN uint8_t *
lwsac_scan_extant(struct lwsac *head, uint8_t *find, size_t len, int nul);
