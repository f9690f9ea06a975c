/* SPDX-License-Identifier: MIT */
/**
 * \file lws-struct.h
 * C structs from JSON and to JSON (LWS_WITH_STRUCT_JSON). The program describes
 * each struct by a map, an array of one LSM_ entry for each member:
 *
 * - reading: a zeroed lws_struct_args_t names the maps of the structs that may
 *   come (map_st[0], map_entries_st[0]), of LSM_SCHEMA entries;
 *   lws_struct_json_init_parse(), then lejp_parse(). What is made lies in
 *   lws_struct_args.ac, the outermost struct is dest, its entry
 *   top_schema_index; lwsac_free(&args.ac) frees it all, also after an error.
 * - writing: lws_struct_json_serialize_create(), lws_struct_json_serialize()
 *   until it has finished, lws_struct_json_serialize_destroy().
 *
 * In JSON the outermost struct is an object with a member "schema" that names
 * it, in front of the others; without it, the first name that comes decides,
 * by the first struct that has it. Names that a map does not have are passed
 * over with all that is in them. Members that do not come are zero.
 *
 * A number that does not fit is cut to the member's size (1, 2, 4 or 8 bytes);
 * beyond 64 bits it is the largest; one with a point and null leave the member
 * alone. Text for a char array is cut to fit, with a NUL.
 *
 * The functions for sqlite3 are not in the library.
 */

/** Type of a mapped member. */
typedef enum {
	LSMT_SIGNED,			/**< signed integer */
	LSMT_UNSIGNED,			/**< unsigned integer */
	LSMT_BOOLEAN,			/**< truth value */
	LSMT_STRING_CHAR_ARRAY,		/**< text in a char array */
	LSMT_STRING_PTR,		/**< pointer to text */
	LSMT_LIST,			/**< lws_dll2_owner of child structs */
	LSMT_CHILD_PTR,			/**< pointer to one child struct */
	LSMT_SCHEMA,			/**< a whole struct, by name */
	LSMT_BLOB_PTR,			/**< pointer to bytes */
} lws_struct_map_type_eum;

/** A piece of a string that comes in several. */
typedef struct lejp_collation {
	struct lws_dll2 chunks;		/**< place among the pieces */
	int len;			/**< bytes in buf */
	char buf[LEJP_STRING_CHUNK + 1]; /**< the piece */
} lejp_collation_t;

/** Description of one member. */
typedef struct lws_struct_map {
	const char *colname;			/**< name in JSON or table */
	const struct lws_struct_map *child_map;	/**< map of the child struct */
	lejp_callback lejp_cb;			/**< parser of the child */
	size_t ofs;				/**< offset of the member */
	size_t aux;				/**< its or the child's size */
	size_t ofs_clist;			/**< offset of the child's node */
	size_t child_map_size;			/**< entries in child_map */
	lws_struct_map_type_eum type;		/**< type of the member */
} lws_struct_map_t;

/** Called for each value that was put into a member: \p obj is the outermost
 * struct. What it returns is not looked at. */
typedef int (*lws_struct_args_cb)(void *obj, void *cb_arg);

/** Arguments of a parse: zero it, then set what is marked with (in). */
typedef struct lws_struct_args {
	const lws_struct_map_t *map_st[LEJP_MAX_PARSING_STACK_DEPTH];
						/**< (in) [0]: LSM_SCHEMA entries */
	lws_struct_args_cb cb;			/**< (in) told of values, or NULL */
	struct lwsac *ac;			/**< where results are put */
	void *cb_arg;				/**< (in) handed to cb */
	void *dest;				/**< the outermost struct, or NULL */
	size_t dest_len;			/**< its size in bytes */
	size_t toplevel_dll2_ofs;		/**< offset of its list node */
	size_t map_entries_st[LEJP_MAX_PARSING_STACK_DEPTH];
						/**< (in) entries in each map_st */
	size_t ac_block_size;			/**< (in) chunk size for ac */
	int subtype;				/**< for the program */

	int top_schema_index;			/**< dest's place in map_st[0] */

	struct lwsac *ac_chunks;		/**< holds string pieces */
	struct lws_dll2_owner chunks_owner;	/**< lists them */
	size_t chunks_length;			/**< bytes in all of them */
} lws_struct_args_t;

/** \name Entries of a map
 * \p type is the struct, \p name its member, \p qname the name outside.
 */
///@{
#define LSM_SIGNED(type, name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, name), \
		sizeof ((type *)0)->name, \
		0, \
		0, \
		LSMT_SIGNED \
	}

#define LSM_UNSIGNED(type, name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, name), \
		sizeof ((type *)0)->name, \
		0, \
		0, \
		LSMT_UNSIGNED \
	}

#define LSM_BOOLEAN(type, name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, name), \
		sizeof ((type *)0)->name, \
		0, \
		0, \
		LSMT_BOOLEAN \
	}

#define LSM_CARRAY(type, name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, name), \
		sizeof (((type *)0)->name), \
		0, \
		0, \
		LSMT_STRING_CHAR_ARRAY \
	}

#define LSM_STRING_PTR(type, name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, name), \
		sizeof (((type *)0)->name), \
		0, \
		0, \
		LSMT_STRING_PTR \
	}

/** A list \p pname in \p ptype, of \p ctype whose node is \p cname. */
#define LSM_LIST(ptype, pname, ctype, cname, lejp_cb, cmap, qname) \
	{ \
		qname, \
		cmap, \
		lejp_cb, \
		offsetof(ptype, pname), \
		sizeof (ctype), \
		offsetof(ctype, cname), \
		LWS_ARRAY_SIZE(cmap), \
		LSMT_LIST \
	}

/** A pointer \p pname in \p ptype, to one \p ctype. */
#define LSM_CHILD_PTR(ptype, pname, ctype, lejp_cb, cmap, qname) \
	{ \
		qname, \
		cmap, \
		lejp_cb, \
		offsetof(ptype, pname), \
		sizeof (ctype), \
		0, \
		LWS_ARRAY_SIZE(cmap), \
		LSMT_CHILD_PTR \
	}

/** The struct \p ctype as a whole. */
#define LSM_SCHEMA(ctype, lejp_cb, map, schema_name) \
	{ \
		schema_name, \
		map, \
		lejp_cb, \
		0, \
		sizeof (ctype), \
		0, \
		LWS_ARRAY_SIZE(map), \
		LSMT_SCHEMA \
	}

/** The same for one with a list node \p cdll2mem. */
#define LSM_SCHEMA_DLL2(ctype, cdll2mem, lejp_cb, map, schema_name) \
	{ \
		schema_name, \
		map, \
		lejp_cb, \
		offsetof(ctype, cdll2mem), \
		sizeof (ctype), \
		0, \
		LWS_ARRAY_SIZE(map), \
		LSMT_SCHEMA \
	}

#define LSM_BLOB_PTR(type, blobptr_name, qname) \
	{ \
		qname, \
		NULL, \
		NULL, \
		offsetof(type, blobptr_name), \
		sizeof (((type *)0)->blobptr_name), \
		0, \
		0, \
		LSMT_BLOB_PTR \
	}
///@}

/** One level of a serialization. */
typedef struct lws_struct_serialize_st {
	const struct lws_dll2 *dllpos;		/**< place in a list */
	const lws_struct_map_t *map;		/**< the map in use */
	const char *obj;			/**< the struct */
	size_t map_entries;			/**< entries in map */
	size_t map_entry;			/**< the next of them */
	size_t size;				/**< size of the struct */
	char subsequent;			/**< not the first: a comma */
	char idt;				/**< indentation */
} lws_struct_serialize_st_t;

/** Flags of a serialization. */
enum {
	LSSERJ_FLAG_PRETTY	= (1 << 0),	/**< lines and indentation */
	LSSERJ_FLAG_OMIT_SCHEMA	= (1 << 1)	/**< leave the schema name out */
};

/** A serialization in progress. */
typedef struct lws_struct_serialize {
	lws_struct_serialize_st_t st[LEJP_MAX_PARSING_STACK_DEPTH];
						/**< nesting */
	size_t offset;				/**< place in a string */
	size_t remaining;			/**< what is left of it */
	int sp;					/**< level in st */
	int flags;				/**< LSSERJ_FLAG_ */
} lws_struct_serialize_t;

/** Result of a step of serialization. */
typedef enum {
	LSJS_RESULT_CONTINUE,			/**< the buffer is full: call again */
	LSJS_RESULT_FINISH,			/**< complete */
	LSJS_RESULT_ERROR			/**< failed */
} lws_struct_json_serialize_result_t;

/**
 * Make a parser ready for a JSON text with structs. It is used with lejp_parse()
 * and ended with lejp_destruct(); nothing has to be freed but args.ac.
 *
 * \param ctx: the parser, need not be initialized
 * \param cb: gets the events of the outermost level; NULL: lws_struct_schema_only_lejp_cb
 * \param user: the lws_struct_args_t
 *
 * Returns 0, or 1 where one of them is NULL. lejp_parse() ends with
 * LEJP_REJECT_CALLBACK where memory is short, or where structs lie in structs
 * deeper than LEJP_MAX_PARSING_STACK_DEPTH.
 */
LWS_VISIBLE LWS_EXTERN int
lws_struct_json_init_parse(struct lejp_ctx *ctx, lejp_callback cb,
			   void *user);

/** The callback of the outermost level: finds out which struct comes, and makes it. */
LWS_VISIBLE LWS_EXTERN signed char
lws_struct_schema_only_lejp_cb(struct lejp_ctx *ctx, char reason);

/**
 * The callback of all others: fills in the members. A map's own callback
 * (lejp_cb) can see the events first and then call this.
 */
LWS_VISIBLE LWS_EXTERN signed char
lws_struct_default_lejp_cb(struct lejp_ctx *ctx, char reason);

/**
 * Begin to write a struct as JSON. The struct must stay as it is until the end.
 *
 * \param map: the entry of the struct (LSM_SCHEMA)
 * \param map_entries: entries of \p map; the first is used
 * \param flags: LSSERJ_FLAG_
 * \param ptoplevel: the struct
 *
 * Returns NULL where memory is short or an argument NULL.
 */
LWS_VISIBLE LWS_EXTERN lws_struct_serialize_t *
lws_struct_json_serialize_create(const lws_struct_map_t *map,
				 size_t map_entries, int flags,
				 const void *ptoplevel);

/** Free it, at any time, and set *pjs to NULL. */
LWS_VISIBLE LWS_EXTERN void
lws_struct_json_serialize_destroy(lws_struct_serialize_t **pjs);

/**
 * Write the next piece. NULL pointers, empty lists and blobs are left out.
 *
 * \param js: the serialization
 * \param buf: where to write
 * \param len: its size, 2 at least; a NUL is put behind what is written
 * \param written: set to the bytes written, without the NUL
 *
 * Returns an lws_struct_json_serialize_result_t: the pieces make one text,
 * wherever they end.
 */
LWS_VISIBLE LWS_EXTERN lws_struct_json_serialize_result_t
lws_struct_json_serialize(lws_struct_serialize_t *js, uint8_t *buf,
			  size_t len, size_t *written);

/** \name Structs in sqlite3
 * Declared for source compatibility; not in the library.
 */
///@{
typedef struct sqlite3 sqlite3;

LWS_VISIBLE LWS_EXTERN int
lws_struct_sq3_serialize(sqlite3 *pdb, const lws_struct_map_t *schema,
			 lws_dll2_owner_t *owner, uint32_t manual_idx);

LWS_VISIBLE LWS_EXTERN int
lws_struct_sq3_deserialize(sqlite3 *pdb, const char *filter, const char *order,
			   const lws_struct_map_t *schema, lws_dll2_owner_t *o,
			   struct lwsac **ac, int start, int limit);

LWS_VISIBLE LWS_EXTERN int
lws_struct_sq3_create_table(sqlite3 *pdb, const lws_struct_map_t *schema);

LWS_VISIBLE LWS_EXTERN int
lws_struct_sq3_open(struct lws_context *context, const char *sqlite3_path,
		    char create_if_missing, sqlite3 **pdb);

LWS_VISIBLE LWS_EXTERN int
lws_struct_sq3_close(sqlite3 **pdb);
///@}
