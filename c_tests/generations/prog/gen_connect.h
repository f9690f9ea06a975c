/* SPDX-License-Identifier: MIT */
/* A client's connection, and the loop, of the programs from v2.0 on. Included behind gen_echo.h. */
#ifndef GEN_CONNECT_H
#define GEN_CONNECT_H

/* Serves until the end; a client connects first, to vhost or, NULL, the context's own. 1: it cannot. */
static int
gen_serve(struct lws_context *context, struct lws_vhost *vhost, int server)
{
	struct lws_client_connect_info i;

	memset(&i, 0, sizeof(i));
	i.context = context;
	i.vhost = vhost;
	i.address = i.host = i.origin = "127.0.0.1";
	i.port = gen_port;
	i.path = "/";
	i.protocol = "gen";
	i.ietf_version_or_minus_one = -1;
	if (!server)
		client_wsi = lws_client_connect_via_info(&i);
	if (!server && !client_wsi)
		return 1;
	while (!gen_stop && lws_service(context, 50) >= 0)
		;
	return 0;
}
#endif
