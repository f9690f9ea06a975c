/* SPDX-License-Identifier: MIT
 *
 * The platform's file operations, and choosing between file systems.
 * C because of reason 5: each is one system call or a few field reads.
 */
#define _GNU_SOURCE
#include <libwebsockets.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "abi.h"
#include "vfs.h"
#include "entry.h"

lws_filepos_t
lws_vfs_tell(lws_fop_fd_t fop_fd)
{
	LWS_NEEDS(fop_fd, 0);
	return fop_fd->pos;
}

lws_filepos_t
lws_vfs_get_length(lws_fop_fd_t fop_fd)
{
	LWS_NEEDS(fop_fd, 0);
	return fop_fd->len;
}

uint32_t
lws_vfs_get_mod_time(lws_fop_fd_t fop_fd)
{
	LWS_NEEDS(fop_fd, 0);
	return fop_fd->mod_time;
}

lws_fileofs_t
lws_vfs_file_seek_set(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	LWS_NEEDS(fop_fd, -1);
	return fop_fd->fops->LWS_FOP_SEEK_CUR(
		fop_fd, offset - (lws_fileofs_t)fop_fd->pos);
}

lws_fileofs_t
lws_vfs_file_seek_end(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	LWS_NEEDS(fop_fd, -1);
	return fop_fd->fops->LWS_FOP_SEEK_CUR(
		fop_fd, (lws_fileofs_t)fop_fd->len +
				(lws_fileofs_t)fop_fd->pos + offset);
}

/* Does the part of path that ends at slash end in one of f's signatures
 * (like ".zip/")? */
static int
signed_by(const struct lws_plat_file_ops *f, const char *path,
	  const char *slash)
{
	size_t n, len;

	for (n = 0; n < LWS_ARRAY_SIZE(f->fi) && f->fi[n].sig; n++) {
		len = f->fi[n].len;
		if (slash >= path + len &&
		    !strncmp(slash - (len - 1), f->fi[n].sig, len - 1))
			return 1;
	}
	return 0;
}

/*
 * The file system path lies in: the first in the chain is the platform's,
 * taken where no other one claims it.  *vpath is then the path inside.
 */
static const struct lws_plat_file_ops *
select_fops(const struct lws_plat_file_ops *platform, const char *path,
	    const char **vpath)
{
	const struct lws_plat_file_ops *f;
	const char *p;

	*vpath = NULL;
	if (!platform->next || !path)
		return platform;
	for (p = strchr(path, '/'); p; p = strchr(p + 1, '/'))
		for (f = platform->next; f; f = f->next)
			if (signed_by(f, path, p)) {
				*vpath = p + 1;
				return f;
			}
	return platform;
}

lws_fop_fd_t
lws_vfs_file_open(const struct lws_plat_file_ops *fops, const char *vfs_path,
		  lws_fop_flags_t *flags)
{
	LWS_NEEDS(fops && vfs_path && flags, NULL);
	const char *vpath;
	const struct lws_plat_file_ops *f = select_fops(fops, vfs_path, &vpath);

	return f->LWS_FOP_OPEN(fops, vfs_path, vpath, flags);
}

/* What lwsgo_file_open() has opened, so that it needs no second fstat(). */
static __thread struct {
	lws_fop_fd_t f;
	struct lwsgo_file_stat st;
} opened;

lws_fop_fd_t
lwsgo_file_open(const struct lws_plat_file_ops *fops, const char *name,
		lws_fop_flags_t *flags)
{
	opened.f = NULL;
	return lws_vfs_file_open(fops, name, flags);
}

int
lwsgo_file_stat(lws_fop_fd_t f, struct lwsgo_file_stat *st)
{
	struct stat s;

	if (opened.f == f) {
		*st = opened.st;
		return 0;
	}
	if (fstat(f->fd, &s))
		return -1;
	st->mode = s.st_mode;
	st->mtime = (long)s.st_mtime;
	return 0;
}

size_t
lwsgo_fd_send(int fd, off_t *pos, int socket, size_t n)
{
	static const struct timespec none;
	sigset_t pipe, was, due;
	ssize_t r;

	/* sendfile() has no MSG_NOSIGNAL: a SIGPIPE of ours must not reach a
	 * program that wants its own. */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &was);
	r = sendfile(socket, fd, pos, n);
	if (r < 0 && errno == EPIPE && !sigismember(&was, SIGPIPE) &&
	    !sigpending(&due) && sigismember(&due, SIGPIPE))
		sigtimedwait(&pipe, NULL, &none);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	return r > 0 ? (size_t)r : 0;
}

size_t
lwsgo_file_send(lws_fop_fd_t f, int socket, size_t n)
{
	if (f->fops->LWS_FOP_READ != _lws_plat_file_read ||
	    (f->flags & LWS_FOP_FLAG_VIRTUAL))
		return 0;
	n = lwsgo_fd_send(f->fd, NULL, socket, n);
	f->pos += n;
	return n;
}

lws_fop_fd_t
_lws_plat_file_open(const struct lws_plat_file_ops *fops, const char *filename,
		    const char *vpath, lws_fop_flags_t *flags)
{
	LWS_NEEDS(filename && flags, NULL);
	int fd = lws_open(filename, (int)(*flags & LWS_FOP_FLAGS_MASK), 0664);
	lws_fop_fd_t f = NULL;
	struct stat s;

	(void)vpath;
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &s))
		f = calloc(1, sizeof(*f));
	if (!f) {
		close(fd);
		return NULL;
	}
	f->fops = fops;
	f->flags = *flags;
	f->fd = fd;
	f->len = (lws_filepos_t)s.st_size;
	opened.f = f;
	opened.st.mode = s.st_mode;
	opened.st.mtime = (long)s.st_mtime;
	return f;
}

int
_lws_plat_file_close(lws_fop_fd_t *fop_fd)
{
	LWS_NEEDS(fop_fd && *fop_fd, -1);
	int fd = (*fop_fd)->fd;

	if (opened.f == *fop_fd)
		opened.f = NULL;
	free(*fop_fd);
	*fop_fd = NULL;
	return close(fd);
}

/* Stays within the file; what is returned is the new position, or -1. */
lws_fileofs_t
_lws_plat_file_seek_cur(lws_fop_fd_t fop_fd, lws_fileofs_t offset)
{
	LWS_NEEDS(fop_fd, -1);
	lws_fileofs_t pos = (lws_fileofs_t)fop_fd->pos, r;
	lws_fileofs_t left = (lws_fileofs_t)fop_fd->len - pos;

	if (offset > 0 && offset > left)
		offset = left;
	if (pos + offset < 0)
		offset = -pos;
	r = lseek(fop_fd->fd, offset, SEEK_CUR);
	if (r >= 0)
		fop_fd->pos = (lws_filepos_t)r;
	else
		lwsl_err("error seeking from cur %ld, offset %ld\n", (long)pos,
			 (long)offset);
	return r;
}

static int
moved(lws_fop_fd_t fop_fd, lws_filepos_t *amount, ssize_t n)
{
	*amount = n < 0 ? 0 : (lws_filepos_t)n;
	fop_fd->pos += *amount;
	return n < 0 ? -1 : 0;
}

int
_lws_plat_file_read(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf,
		    lws_filepos_t len)
{
	LWS_NEEDS(fop_fd && amount, -1);
	return moved(fop_fd, amount, read(fop_fd->fd, buf, len));
}

int
_lws_plat_file_write(lws_fop_fd_t fop_fd, lws_filepos_t *amount, uint8_t *buf,
		     lws_filepos_t len)
{
	LWS_NEEDS(fop_fd && amount, -1);
	return moved(fop_fd, amount, write(fop_fd->fd, buf, len));
}

int
lws_plat_write_file(const char *filename, void *buf, lwsgo_len len)
{
	int fd = lws_open(filename, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ssize_t n;

	if (fd == -1)
		return 1;
	n = write(fd, buf, (size_t)len);
	close(fd);
	return n != (ssize_t)len;
}

int
lws_plat_read_file(const char *filename, void *buf, lwsgo_len len)
{
	int fd = lws_open(filename, O_RDONLY);
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read(fd, buf, (size_t)len);
	close(fd);
	return (int)n;
}

/* fd is left at its beginning, ready to be read back. */
int
lws_plat_write_cert(struct lws_vhost *vhost, int is_key, int fd, void *buf,
		    lwsgo_len len)
{
	ssize_t n = write(fd, buf, (size_t)len);

	(void)vhost;
	(void)is_key;
	if (fsync(fd) || lseek(fd, 0, SEEK_SET) < 0)
		return 1;
	return n != (ssize_t)len;
}

int
lws_plat_recommended_rsa_bits(void)
{
	return 4096;
}
