/* SPDX-License-Identifier: MIT
 *
 * What serving files asks of the platform's file operations.
 */
#ifndef VFS_H
#define VFS_H

#include <libwebsockets.h>

struct lwsgo_file_stat {
	unsigned int mode; /* of struct stat */
	long mtime;
};

/* 0: st tells of the real file behind f */
int
lwsgo_file_stat(lws_fop_fd_t f, struct lwsgo_file_stat *st);

/* Sends up to n bytes from f's position to a socket, without waiting; how many
 * were sent.  0: none now, or the program reads such files itself. */
size_t
lwsgo_file_send(lws_fop_fd_t f, int socket, size_t n);

#endif
