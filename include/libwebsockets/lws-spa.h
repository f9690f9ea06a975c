/* SPDX-License-Identifier: MIT
 *
 * Parsing forms: application/x-www-form-urlencoded, and multipart/form-data
 * (RFC 7578) with uploads. Part of libwebsockets.h; include that.
 *
 * Create a parser at the first HTTP_BODY, give it every piece, finalize it at
 * BODY_COMPLETION, read the values, destroy it.
 */

/** What an upload callback is told. */
enum lws_spa_fileupload_states {
	LWS_UFS_CONTENT,	/**< a piece of the file */
	LWS_UFS_FINAL_CONTENT,	/**< its last piece, possibly empty */
	LWS_UFS_OPEN,		/**< a file begins */
	LWS_UFS_CLOSE		/**< the parser goes: release everything */
};

/**
 * Called for uploaded files.
 *
 * @param data	   opt_data
 * @param name	   the form field
 * @param filename as the client named it: do not trust it
 * @param buf, len the piece
 * @return 0, or negative to give up
 */
typedef int (*lws_spa_fileupload_cb)(void *data, const char *name,
				     const char *filename, char *buf, int len,
				     enum lws_spa_fileupload_states state);

struct lws_spa;

/**
 * Make a parser for a request, whose Content-Type decides the format.
 *
 * @param param_names  fields to keep; the array must outlive the parser
 * @param count_params how many
 * @param max_storage  bytes for all values together, and for one upload piece; 0: 512.
 *			lws_spa_process() fails where a value does not fit
 * @param opt_cb       called for files; or NULL
 * @param opt_data     its `data`
 * @return the parser, or NULL
 */
LWS_VISIBLE LWS_EXTERN struct lws_spa *
lws_spa_create(struct lws *wsi, const char * const *param_names,
	       int count_params, int max_storage, lws_spa_fileupload_cb opt_cb,
	       void *opt_data);

/** The arguments of lws_spa_create() and more; zero it first. */
typedef struct lws_spa_create_info {
	const char * const *param_names; /**< fields to keep */
	int count_params;		/**< how many */
	int max_storage;		/**< bytes for all values together, with ac for the
					 * longest, and for one upload piece; 0: 512 */
	lws_spa_fileupload_cb opt_cb;	/**< or NULL */
	void *opt_data;			/**< its `data` */
	size_t param_names_stride;	/**< bytes from one name pointer to the next, for names
					 * inside structs; 0: a plain array */
	struct lwsac **ac;		/**< allocate everything here; NULL: heap. Freed by
					 * lws_spa_destroy() */
	size_t ac_chunk_size;		/**< the lwsac's chunk size; 0: default */
} lws_spa_create_info_t;

/** lws_spa_create() with all there is to say. */
LWS_VISIBLE LWS_EXTERN struct lws_spa *
lws_spa_create_via_info(struct lws *wsi, const lws_spa_create_info_t *info);

/**
 * Parse a piece of the body.
 *
 * @return 0, or negative if it is malformed, too big, or the callback gave up
 */
LWS_VISIBLE LWS_EXTERN int
lws_spa_process(struct lws_spa *spa, const char *in, int len);

/** The body is complete: completes the last field. @return 0 */
LWS_VISIBLE LWS_EXTERN int
lws_spa_finalize(struct lws_spa *spa);

/** Length in bytes of field n's value, by its place in param_names; 0 if missing. */
LWS_VISIBLE LWS_EXTERN int
lws_spa_get_length(struct lws_spa *spa, int n);

/** Field n's value, decoded and NUL-terminated; NULL if missing. Lives as long as the
 * parser. */
LWS_VISIBLE LWS_EXTERN const char *
lws_spa_get_string(struct lws_spa *spa, int n);

/** Free the parser. @return 0 */
LWS_VISIBLE LWS_EXTERN int
lws_spa_destroy(struct lws_spa *spa);
