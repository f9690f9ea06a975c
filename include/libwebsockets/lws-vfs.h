/* SPDX-License-Identifier: MIT
 *
 * Files, through tables of functions that programs can put their own in front of. Part
 * of libwebsockets.h; include that.
 */

/* The table's members, by the names to use for them: a libc may have macros for the
 * plain ones. */
#define LWS_FOP_OPEN		open	/**< name of the member that opens */
#define LWS_FOP_CLOSE		close	/**< name of the member that closes */
#define LWS_FOP_SEEK_CUR	seek_cur	/**< name of the member that moves */
#define LWS_FOP_READ		read	/**< name of the member that reads */
#define LWS_FOP_WRITE		write	/**< name of the member that writes */

/** The bits of lws_fop_flags_t that are open()'s. */
#define LWS_FOP_FLAGS_MASK		   ((1 << 23) - 1)
/** In: the caller can use gzip. */
#define LWS_FOP_FLAG_COMPR_ACCEPTABLE_GZIP (1 << 24)
/** Out: what is read is gzip. */
#define LWS_FOP_FLAG_COMPR_IS_GZIP	   (1 << 25)
/** Out: mod_time is set. */
#define LWS_FOP_FLAG_MOD_TIME_VALID	   (1 << 26)
/** Out: this is not the file that the path names, but one inside it. */
#define LWS_FOP_FLAG_VIRTUAL		   (1 << 27)

struct lws_plat_file_ops;

/** An open file. A table's own struct begins with this. */
struct lws_fop_fd {
	lws_filefd_type fd;			/**< the descriptor, if there is one */
	const struct lws_plat_file_ops *fops;	/**< whose it is */
	void *filesystem_priv;			/**< for the table */
	lws_filepos_t pos;			/**< where the next read or write happens */
	lws_filepos_t len;			/**< size of the file */
	lws_fop_flags_t flags;			/**< LWS_FOP_FLAG_* */
	uint32_t mod_time;			/**< seconds since 1970 */
};

/** A pointer to an open file. */
typedef struct lws_fop_fd *lws_fop_fd_t;

/** A string in a path that says which table it is for, as ".zip/". */
struct lws_fops_index {
	const char *sig;	/**< the string; NULL: not used */
	uint8_t len;		/**< its length */
};

/** A table of file operations. All return 0 for success, negative for failure, unless
 * they say something else. */
struct lws_plat_file_ops {
	lws_fop_fd_t (*LWS_FOP_OPEN)(const struct lws_plat_file_ops *fops,
				     const char *filename, const char *vpath,
				     lws_fop_flags_t *flags);
	/**< open filename; vpath is where in it the part behind the signature begins.
	 * NULL on failure */
	int (*LWS_FOP_CLOSE)(lws_fop_fd_t *fop_fd);
	/**< close, free, and set to NULL */
	lws_fileofs_t (*LWS_FOP_SEEK_CUR)(lws_fop_fd_t fop_fd,
					  lws_fileofs_t offset_from_cur_pos);
	/**< move; returns the new position or negative */
	int (*LWS_FOP_READ)(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
			    uint8_t *buf, lws_filepos_t len);
	/**< read up to len bytes; *amount says how many, 0 at the end */
	int (*LWS_FOP_WRITE)(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
			     uint8_t *buf, lws_filepos_t len);
	/**< write; *amount says how many */

	struct lws_fops_index fi[3];
	/**< paths with one of these are for this table; none: it is the last resort */

	const struct lws_plat_file_ops *next;
	/**< the next table, or NULL; set by the library */
};

/** The context's first table: the system's files. It may be changed in place. */
LWS_VISIBLE LWS_EXTERN struct lws_plat_file_ops * LWS_WARN_UNUSED_RESULT
lws_get_fops(struct lws_context *context);

/** Replace the context's first table. The new one must live as long as the context. */
LWS_VISIBLE LWS_EXTERN void
lws_set_fops(struct lws_context *context, const struct lws_plat_file_ops *fops);

/** Where the next read or write happens. */
LWS_VISIBLE LWS_EXTERN lws_filepos_t LWS_WARN_UNUSED_RESULT
lws_vfs_tell(lws_fop_fd_t fop_fd);

/** Size of the file. */
LWS_VISIBLE LWS_EXTERN lws_filepos_t LWS_WARN_UNUSED_RESULT
lws_vfs_get_length(lws_fop_fd_t fop_fd);

/** When it was changed, seconds since 1970; 0 if not known. */
LWS_VISIBLE LWS_EXTERN uint32_t LWS_WARN_UNUSED_RESULT
lws_vfs_get_mod_time(lws_fop_fd_t fop_fd);

/** Go to `offset` from the start. @return the position, or negative */
LWS_VISIBLE LWS_EXTERN lws_fileofs_t
lws_vfs_file_seek_set(lws_fop_fd_t fop_fd, lws_fileofs_t offset);

/** Go to `offset` from the end. @return the position, or negative */
LWS_VISIBLE LWS_EXTERN lws_fileofs_t
lws_vfs_file_seek_end(lws_fop_fd_t fop_fd, lws_fileofs_t offset);

/** Files inside zip archives, for lws_context_creation_info.fops. */
extern struct lws_plat_file_ops fops_zip;

/**
 * Open a file with the table its path is for.
 *
 * @param fops	   first table to consider, lws_get_fops()
 * @param vfs_path path, which may go on inside an archive
 * @param flags	   LWS_O_* in, LWS_FOP_FLAG_* out
 * @return the file, to be closed with lws_vfs_file_close(), or NULL
 */
LWS_VISIBLE LWS_EXTERN lws_fop_fd_t LWS_WARN_UNUSED_RESULT
lws_vfs_file_open(const struct lws_plat_file_ops *fops, const char *vfs_path,
		  lws_fop_flags_t *flags);

/** Close a file and set the pointer to NULL; NULL there is fine. */
static LWS_INLINE int
lws_vfs_file_close(lws_fop_fd_t *fop_fd)
{
	lws_fop_fd_t f = *fop_fd;

	return f && f->fops ? f->fops->LWS_FOP_CLOSE(fop_fd) : 0;
}

/** Move by `offset`. @return the position, or negative */
static LWS_INLINE lws_fileofs_t
lws_vfs_file_seek_cur(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	return fop_fd->fops->LWS_FOP_SEEK_CUR(fop_fd, offset);
}

/** Read up to len bytes; *amount says how many. @return 0, or negative */
static LWS_INLINE int LWS_WARN_UNUSED_RESULT
lws_vfs_file_read(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
		  uint8_t *buf, lws_filepos_t len)
{
	return fop_fd->fops->LWS_FOP_READ(fop_fd, amount, buf, len);
}

/** Write len bytes; *amount says how many were. @return 0, or negative */
static LWS_INLINE int LWS_WARN_UNUSED_RESULT
lws_vfs_file_write(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
		   uint8_t *buf, lws_filepos_t len)
{
	return fop_fd->fops->LWS_FOP_WRITE(fop_fd, amount, buf, len);
}

/* The system's files, for tables that add something to them. */

/** open(). `vpath` is ignored. */
LWS_VISIBLE LWS_EXTERN lws_fop_fd_t
_lws_plat_file_open(const struct lws_plat_file_ops *fops, const char *filename,
		    const char *vpath, lws_fop_flags_t *flags);
/** close(). */
LWS_VISIBLE LWS_EXTERN int
_lws_plat_file_close(lws_fop_fd_t *fop_fd);
/** lseek() from the current position. */
LWS_VISIBLE LWS_EXTERN lws_fileofs_t
_lws_plat_file_seek_cur(lws_fop_fd_t fop_fd, lws_fileofs_t offset);
/** read(). */
LWS_VISIBLE LWS_EXTERN int
_lws_plat_file_read(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
		    uint8_t *buf, lws_filepos_t len);
/** write(). */
LWS_VISIBLE LWS_EXTERN int
_lws_plat_file_write(lws_fop_fd_t fop_fd, lws_filepos_t *amount,
		     uint8_t *buf, lws_filepos_t len);

/**
 * Read a whole file.
 *
 * @param buf	 set to its content with a NUL behind it; free() it
 * @param amount set to its size
 * @return 0, nonzero on failure
 */
LWS_VISIBLE LWS_EXTERN int
lws_alloc_vfs_file(struct lws_context *context, const char *filename,
		   uint8_t **buf, lws_filepos_t *amount);
