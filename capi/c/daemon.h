/* SPDX-License-Identifier: MIT */
#ifndef LWSGO_DAEMON_H
#define LWSGO_DAEMON_H

#include <sys/types.h>

/* The daemon's pid if lws_daemonize() made this process one, otherwise 0. */
__attribute__((visibility("hidden"))) pid_t lwsgo_daemon_pid(void);

#endif
