/* SPDX-License-Identifier: MIT */
/**
 * \file lws-fts.h
 * Full-text search in indexed files. The functions are not in the library.
 */

struct lws_fts;
struct lws_fts_file;

/** A file with matches. Its path follows the struct, and then the lines. */
struct lws_fts_result_filepath {
	struct lws_fts_result_filepath *next;	/**< next result */
	int matches;				/**< how many matches */
	int matches_length;			/**< bytes of line data */
	int lines_in_file;			/**< lines of the file */
	int filepath_length;			/**< bytes of the path */
};

/** A completion of the needle. Its text follows the struct. */
struct lws_fts_result_autocomplete {
	struct lws_fts_result_autocomplete *next; /**< next result */
	int instances;				/**< uses of this word */
	int agg_instances;			/**< and of longer ones */
	int ac_length;				/**< bytes of the text */
	char elided;				/**< 1: some were left out */
	char has_children;			/**< 1: longer ones exist */
};

/** Result of a search. */
struct lws_fts_result {
	struct lws_fts_result_filepath *filepath_head;	/**< files */
	struct lws_fts_result_autocomplete *autocomplete_head; /**< words */
	int duration_ms;			/**< how long it took */
	int effective_flags;			/**< flags really used */
};

/** \name Making an index
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_fts *
lws_fts_create(int fd);

LWS_VISIBLE LWS_EXTERN void
lws_fts_destroy(struct lws_fts **trie);

LWS_VISIBLE LWS_EXTERN int
lws_fts_file_index(struct lws_fts *t, const char *filepath, int filepath_len,
		   int priority);

LWS_VISIBLE LWS_EXTERN int
lws_fts_fill(struct lws_fts *t, uint32_t file_index, const char *buf,
	     size_t len);

LWS_VISIBLE LWS_EXTERN int
lws_fts_serialize(struct lws_fts *t);

LWS_VISIBLE LWS_EXTERN struct lws_fts_file *
lws_fts_open(const char *filepath);
///@}

#define LWSFTS_F_QUERY_AUTOCOMPLETE	(1 << 0)	/**< list words */
#define LWSFTS_F_QUERY_FILES		(1 << 1)	/**< list files */
#define LWSFTS_F_QUERY_FILE_LINES	(1 << 2)	/**< with lines */
#define LWSFTS_F_QUERY_QUOTE_LINE	(1 << 3)	/**< and their text */

/** What to search for. */
struct lws_fts_search_params {
	const char *needle;		/**< the word */
	const char *only_filepath;	/**< NULL, or the only file to look at */
	struct lwsac *results_head;	/**< owns the results */
	int flags;			/**< LWSFTS_F_QUERY_ */
	int max_autocomplete;		/**< most words to list */
	int max_files;			/**< most files to list */
	int max_lines;			/**< most lines of each */
};

/** \name Searching
 * Declared for source compatibility; not in the library.
 */
///@{
LWS_VISIBLE LWS_EXTERN struct lws_fts_result *
lws_fts_search(struct lws_fts_file *jtf, struct lws_fts_search_params *ftsp);

LWS_VISIBLE LWS_EXTERN void
lws_fts_close(struct lws_fts_file *jtf);
///@}
