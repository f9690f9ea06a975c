/* SPDX-License-Identifier: MIT
 *
 * What serving files asks of the platform's file operations.
 */
#ifndef VFS_H
#define VFS_H

#include "lwsgo.h"

struct lwsgo_file_stat {
	unsigned int mode; /* of struct stat */
	long mtime;
};

/* lws_vfs_file_open() of a file that lwsgo_file_stat() is asked for next */
lws_fop_fd_t
lwsgo_file_open(const struct lws_plat_file_ops *fops, const char *name,
		lws_fop_flags_t *flags);

/* 0: st tells of the real file behind f */
int
lwsgo_file_stat(lws_fop_fd_t f, struct lwsgo_file_stat *st);

/* Sends up to n bytes from f's position to a socket, without waiting; how many
 * were sent.  0: none now, or the program reads such files itself. */
size_t
lwsgo_file_send(lws_fop_fd_t f, int socket, size_t n);

/* The same of a descriptor, from *pos on. */
size_t
lwsgo_fd_send(int fd, off_t *pos, int socket, size_t n);

#endif
