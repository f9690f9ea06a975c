/* SPDX-License-Identifier: MIT */
/* The program's own poll() drives the library (quirk 13). */
#include "extpoll.h"

#include <poll.h>

static struct pollfd fds[16];
int ext_announced, ext_count;

bool ext_event(event *e)
{
	struct lws_pollargs *a = e->in;

	switch (e->reason) {
	case LWS_CALLBACK_ADD_POLL_FD:
		fds[ext_count].fd = a->fd;
		fds[ext_count++].events = (short)a->events;
		ext_announced++;
		return true;
	case LWS_CALLBACK_DEL_POLL_FD:
		for (int i = 0; i < ext_count; i++)
			if (fds[i].fd == a->fd)
				fds[i--] = fds[--ext_count];
		return true;
	case LWS_CALLBACK_CHANGE_MODE_POLL_FD:
		for (int i = 0; i < ext_count; i++)
			if (fds[i].fd == a->fd)
				fds[i].events = (short)a->events;
		return true;
	default:
		return false;
	}
}

bool ext_serve(void)
{
	int calm = 0;

	while (peers_running() || labels_live() > 0) {
		int n = poll(fds, (nfds_t)ext_count, 50);

		calm = n > 0 ? 0 : calm + 1;
		if (calm > 200)
			return false;
		for (int i = 0; n > 0 && i < ext_count; i++)
			if (fds[i].revents && lws_service_fd(rig.ctx, (struct lws_pollfd *)&fds[i]) < 0)
				say(GLOBAL, "lws_service_fd negative");
		while (!lws_service_adjust_timeout(rig.ctx, 1, 0))
			lws_service_tsi(rig.ctx, -1, 0);
	}
	return true;
}
