/* SPDX-License-Identifier: MIT */
/**
 * \file lws-fts.h
 * Full text search (LWS_WITH_FTS): an index of the words of many texts is made
 * once, in a file, and searched without being read as a whole.
 *
 * A word is letters, digits but '9', '_' and bytes above 127; capitals A to Z
 * count as small letters. A line of 200 bytes, or with 80 in a row without a
 * blank, is taken for no text. An index
 * is 4 GiB at most.
 */

struct lws_fts;
struct lws_fts_file;

/**
 * A file with matches. Behind the struct lie, with LWSFTS_F_QUERY_FILE_LINES,
 * for each match two uint32_t, the line (from 1) and the offset at which it
 * begins in the file; with LWSFTS_F_QUERY_QUOTE_LINE then a const char *, the
 * line escaped for JSON. Where the index or the file does not have them, they
 * are 0 and "". Behind these (matches_length bytes) lies the path, with a NUL.
 */
struct lws_fts_result_filepath {
	struct lws_fts_result_filepath *next;	/**< next result */
	int matches;				/**< how many matches */
	int matches_length;			/**< bytes of line data */
	int lines_in_file;			/**< lines of the file */
	int filepath_length;			/**< bytes of the path */
};

/** A completion of the needle. Its text follows the struct, with a NUL. */
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
	struct lws_fts_result_filepath *filepath_head;
				/**< files, those densest with it first */
	struct lws_fts_result_autocomplete *autocomplete_head;
				/**< words, those most used first */
	int duration_ms;			/**< how long it took */
	int effective_flags;			/**< flags really used */
};

/** \name Making an index
 * lws_fts_create(), for each text lws_fts_file_index() and lws_fts_fill(),
 * lws_fts_serialize(), lws_fts_destroy(). The words are in memory until then;
 * the lines of a text are written when the next one comes. Not for several
 * threads at once.
 */
///@{
/**
 * Begin an index.
 *
 * \param fd: an empty file, open for writing; it stays the program's
 *
 * Returns NULL where it cannot be written.
 */
LWS_VISIBLE LWS_EXTERN struct lws_fts *
lws_fts_create(int fd);

/** End it, also before it is complete, and set *trie to NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_fts_destroy(struct lws_fts **trie);

/**
 * Name a text.
 *
 * \param t: the index
 * \param filepath: the file, or any other name; 255 bytes of it are kept
 * \param filepath_len: its length; not used
 * \param priority: not used
 *
 * Returns its number for lws_fts_fill(), or -1.
 */
LWS_VISIBLE LWS_EXTERN int
lws_fts_file_index(struct lws_fts *t, const char *filepath, int filepath_len,
		   int priority);

/**
 * Index the next piece of a text: all of one text, then the next one.
 *
 * \param t: the index
 * \param file_index: the text
 * \param buf: the piece
 * \param len: its length in bytes
 *
 * Returns 0, or 1 where the index cannot be written or there is no such text.
 */
LWS_VISIBLE LWS_EXTERN int
lws_fts_fill(struct lws_fts *t, uint32_t file_index, const char *buf,
	     size_t len);

/** Complete the index. Returns 0, or 1 where it cannot be written. */
LWS_VISIBLE LWS_EXTERN int
lws_fts_serialize(struct lws_fts *t);

/** Open an index. Returns NULL, with a log line, where it is none. */
LWS_VISIBLE LWS_EXTERN struct lws_fts_file *
lws_fts_open(const char *filepath);
///@}

#define LWSFTS_F_QUERY_AUTOCOMPLETE	(1 << 0)	/**< list words */
#define LWSFTS_F_QUERY_FILES		(1 << 1)	/**< list files */
#define LWSFTS_F_QUERY_FILE_LINES	(1 << 2)	/**< with lines */
#define LWSFTS_F_QUERY_QUOTE_LINE	(1 << 3)	/**< and their text */

/** What to search for: zero it, then set what is wanted. */
struct lws_fts_search_params {
	const char *needle;		/**< the word, 30 bytes at most */
	const char *only_filepath;	/**< NULL, or the only file to look at */
	struct lwsac *results_head;	/**< owns the results: lwsac_free() it */
	int flags;			/**< LWSFTS_F_QUERY_ */
	int max_autocomplete;		/**< most words to list */
	int max_files;			/**< not used, as in the original */
	int max_lines;			/**< not used, as in the original */
};

/** \name Searching
 */
///@{
/**
 * Search.
 *
 * \param jtf: the index
 * \param ftsp: what to search for
 *
 * Returns the result, which is empty where nothing was found, or NULL where the
 * needle is NULL or too long, or memory is short. Where the index is broken, or a
 * file to be quoted is not there, a log line says so, and the result has what was
 * found before.
 */
LWS_VISIBLE LWS_EXTERN struct lws_fts_result *
lws_fts_search(struct lws_fts_file *jtf, struct lws_fts_search_params *ftsp);

/** Close an index. */
LWS_VISIBLE LWS_EXTERN void
lws_fts_close(struct lws_fts_file *jtf);
///@}
