/* SPDX-License-Identifier: MIT
 *
 * A TLS server of so.19 whose log has only errors, but whose vhost has a log context of its
 * own, which wants informations: sni vhost|none CERT KEY. It prints PORT, and the lines about
 * server names.
 */
#include "../../harness/prog/term.h"
#include <stdio.h>
#include <string.h>

static void
emit(struct lws_log_cx *cx, int level, const char *line, size_t len)
{
	const char *text = strstr(line, "SNI ");

	if (text && level == LLL_INFO)
		printf("to the %s's: %.*s\n", (const char *)cx->opaque, (int)(line + len - text - (line[len - 1] == '\n')), text);
}

static void
process(int level, const char *line)
{
	(void)level;
	if (strstr(line, "SNI "))
		printf("to the process': %s", line);
}

static lws_log_cx_t own = { .u.emit_cx = emit, .lll_flags = LLLF_LOG_CONTEXT_AWARE | LLL_ERR | LLL_INFO };

static const struct lws_protocols protocols[] = {
	{ "http", lws_callback_http_dummy, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_vhost *vh;

	if (argc < 4)
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(&info, 0, sizeof(info));
	own.opaque = argv[1];
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DISABLE_IPV6 | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info.protocols = protocols;
	lws_set_log_level(LLL_ERR, process);
	signal(SIGTERM, on_term);
	context = lws_create_context(&info);
	if (!context)
		return 1;
	info.log_cx = strcmp(argv[1], "vhost") ? NULL : &own;
	info.vhost_name = "localhost";
	info.iface = "127.0.0.1";
	info.ssl_cert_filepath = argv[2];
	info.ssl_private_key_filepath = argv[3];
	vh = lws_create_vhost(context, &info);
	if (!vh)
		return 1;
	printf("PORT %d\n", lws_get_vhost_listen_port(vh));
	while (!stopping && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	puts("DONE");
	return 0;
}
