/* SPDX-License-Identifier: MIT
 *
 * File operations of v1.5 to v2.1, on plain descriptors, which a program may
 * replace (include/compat/1.6): today's operations then pass on to them.
 * C because of reasons 3 and 5.
 */
#define LWS_NO_SIZED_CALLS
#include "lws_private.h"
#include <libwebsockets/../compat/lws-plain-files.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static lws_filefd_type
plain_open(struct lws *wsi, const char *filename, unsigned long *filelen,
	   int flags)
{
	struct stat s;
	int fd;

	(void)wsi;
	fd = lws_open(filename, flags, 0664);
	if (fd < 0)
		return LWS_INVALID_FILE;
	if (fstat(fd, &s)) {
		close(fd);
		return LWS_INVALID_FILE;
	}
	*filelen = (unsigned long)s.st_size;
	return fd;
}

static int
plain_close(struct lws *wsi, lws_filefd_type fd)
{
	(void)wsi;
	return close(fd);
}

static unsigned long
plain_seek_cur(struct lws *wsi, lws_filefd_type fd, long offset)
{
	(void)wsi;
	return (unsigned long)lseek(fd, offset, SEEK_CUR);
}

static int
plain_read(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
	   unsigned char *buf, unsigned long len)
{
	ssize_t n = read(fd, buf, len);

	(void)wsi;
	*amount = n < 0 ? 0 : (unsigned long)n;
	return n < 0 ? -1 : 0;
}

static int
plain_write(struct lws *wsi, lws_filefd_type fd, unsigned long *amount,
	    unsigned char *buf, unsigned long len)
{
	ssize_t n = write(fd, buf, len);

	(void)wsi;
	*amount = n < 0 ? 0 : (unsigned long)n;
	return n < 0 ? -1 : 0;
}

/* What belongs to a context that has asked for its plain operations. The
 * connection that a file is for is not known here: the program gets one that
 * has a context and nothing else. */
struct plain {
	struct lws_plain_file_ops ops;
	struct lws nobody;
};

static struct plain *
plain_of(const struct lws_plat_file_ops *fops)
{
	return lws_container_of(fops, struct lws_context, plat_fops)->plain;
}

static lws_fop_fd_t
pass_open(const struct lws_plat_file_ops *fops, const char *filename,
	  const char *vpath, lws_fop_flags_t *flags)
{
	struct plain *p = plain_of(fops);
	lws_fop_fd_t f = calloc(1, sizeof(*f));
	unsigned long len = 0;

	(void)vpath;
	if (!f)
		return NULL;
	f->fd = p->ops.open(&p->nobody, filename, &len,
			    (int)(*flags & LWS_FOP_FLAGS_MASK));
	if (f->fd == LWS_INVALID_FILE) {
		free(f);
		return NULL;
	}
	f->fops = fops;
	f->flags = *flags;
	f->len = len;
	return f;
}

static int
pass_close(lws_fop_fd_t *fop_fd)
{
	struct plain *p = plain_of((*fop_fd)->fops);
	int n = p->ops.close(&p->nobody, (*fop_fd)->fd);

	free(*fop_fd);
	*fop_fd = NULL;
	return n;
}

static lws_fileofs_t
pass_seek_cur(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	struct plain *p = plain_of(fop_fd->fops);
	unsigned long n = p->ops.seek_cur(&p->nobody, fop_fd->fd, (long)offset);

	if (n == (unsigned long)-1)
		return -1;
	fop_fd->pos = n;
	return (lws_fileofs_t)n;
}

static int
pass_read(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf,
	  lws_filepos_t len)
{
	struct plain *p = plain_of(fop_fd->fops);
	unsigned long n = 0;
	int r = p->ops.read(&p->nobody, fop_fd->fd, &n, buf, len);

	fop_fd->pos += n;
	*amount = n;
	return r;
}

static int
pass_write(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf,
	   lws_filepos_t len)
{
	struct plain *p = plain_of(fop_fd->fops);
	unsigned long n = 0;
	int r = p->ops.write(&p->nobody, fop_fd->fd, &n, buf, len);

	fop_fd->pos += n;
	*amount = n;
	return r;
}

LWS_VISIBLE struct lws_plain_file_ops *
lws_get_plain_fops(struct lws_context *context)
{
	struct plain *p = context->plain;

	if (p)
		return &p->ops;
	p = lwsgo_keep(calloc(1, sizeof(*p)));
	if (!p)
		return NULL;
	p->nobody.context = context;
	p->nobody.fd = -1;
	p->ops.open = plain_open;
	p->ops.close = plain_close;
	p->ops.seek_cur = plain_seek_cur;
	p->ops.read = plain_read;
	p->ops.write = plain_write;
	context->plain = p;
	context->fops = &context->plat_fops;
	context->plat_fops.LWS_FOP_OPEN = pass_open;
	context->plat_fops.LWS_FOP_CLOSE = pass_close;
	context->plat_fops.LWS_FOP_SEEK_CUR = pass_seek_cur;
	context->plat_fops.LWS_FOP_READ = pass_read;
	context->plat_fops.LWS_FOP_WRITE = pass_write;
	return &p->ops;
}
