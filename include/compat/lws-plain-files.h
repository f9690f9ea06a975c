/* SPDX-License-Identifier: MIT
 *
 * The file operations of v1.5 to v2.1: on plain descriptors, with the
 * connection as first argument. Do not include this file, but
 * compat/1.5/libwebsockets.h or compat/1.6/libwebsockets.h.
 */
#ifndef LWS_PLAIN_FILES_H
#define LWS_PLAIN_FILES_H

#include <libwebsockets/../libwebsockets.h>
#include <fcntl.h> /* these were included by the headers of the time */
#include <netdb.h>
#include <stdarg.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct lws_plain_file_ops - how files are reached. A program may replace
 * members before it serves; the library's own file serving uses them too, and
 * then wsi has a context and nothing else.
 */
struct lws_plain_file_ops {
	/** opens; *filelen is set to the size. LWS_INVALID_FILE: it cannot */
	lws_filefd_type (*open)(struct lws *wsi, const char *filename,
				unsigned long *filelen, int flags);
	/** closes; 0 for success */
	int (*close)(struct lws *wsi, lws_filefd_type fd);
	/** moves on; the new position, or (unsigned long)-1 */
	unsigned long (*seek_cur)(struct lws *wsi, lws_filefd_type fd,
				  long offset_from_cur_pos);
	/** reads up to len bytes, *amount are read; 0 for success */
	int (*read)(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
		    unsigned char *buf, unsigned long len);
	/** writes up to len bytes, *amount are written; 0 for success */
	int (*write)(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
		     unsigned char *buf, unsigned long len);
};

/**
 * lws_get_plain_fops() - the context's operations on plain descriptors
 * \param context: the context
 *
 * Returns the table that is used from now on, the context's to keep; NULL when
 * memory is out.
 */
LWS_VISIBLE LWS_EXTERN struct lws_plain_file_ops *
lws_get_plain_fops(struct lws_context *context);

/** lws_plat_file_open() - open through the context's operations */
static LWS_INLINE lws_filefd_type
lws_plat_file_open(struct lws *wsi, const char *filename,
		   unsigned long *filelen, int flags)
{
	return lws_get_plain_fops(lws_get_context(wsi))
		->open(wsi, filename, filelen, flags);
}

/** lws_plat_file_close() - close through the context's operations */
static LWS_INLINE int
lws_plat_file_close(struct lws *wsi, lws_filefd_type fd)
{
	return lws_get_plain_fops(lws_get_context(wsi))->close(wsi, fd);
}

/** lws_plat_file_seek_cur() - seek through the context's operations */
static LWS_INLINE unsigned long
lws_plat_file_seek_cur(struct lws *wsi, lws_filefd_type fd, long offset)
{
	return lws_get_plain_fops(lws_get_context(wsi))
		->seek_cur(wsi, fd, offset);
}

/** lws_plat_file_read() - read through the context's operations */
static LWS_INLINE int
lws_plat_file_read(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
		   unsigned char *buf, unsigned long len)
{
	return lws_get_plain_fops(lws_get_context(wsi))
		->read(wsi, fd, amount, buf, len);
}

/** lws_plat_file_write() - write through the context's operations */
static LWS_INLINE int
lws_plat_file_write(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
		    unsigned char *buf, unsigned long len)
{
	return lws_get_plain_fops(lws_get_context(wsi))
		->write(wsi, fd, amount, buf, len);
}

#ifdef __cplusplus
}
#endif
#endif
