/* SPDX-License-Identifier: MIT
 *
 * plugins load DIR CLASS FILTER...   what lws_plugins_init finds
 * plugins globals SIZE DIR...        what lwsws_get_config_globals makes of configurations
 * plugins vhosts SIZE DIR...         the same for lwsws_get_config_vhosts
 * plugins serve DIR [NAME...]        serves the protocols of the plugins in DIR
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
logged(int level, const char *line)
{
	/* the words of the loader and names of functions differ */
	printf("log %d%s", level, level == LLL_NOTICE ? line : "\n");
}

static int
each(struct lws_plugin *p, void *user)
{
	printf("%s %s %s\n", (const char *)user, p->hdr->name, p->hdr->_class);
	return 1; /* is not looked at */
}

static int
load(int argc, char **argv)
{
	const char *dirs[] = { argv[2], "/nonexistent", argv[2], NULL };
	struct lws_plugin *list = NULL, *p;
	int n;

	lws_set_log_level(LLL_ERR | LLL_NOTICE, logged);
	for (n = 3; n + 1 < argc; n++) {
		const char *filter = strcmp(argv[n + 1], "-") ? argv[n + 1] : NULL;

		printf("class %s filter %s\n", argv[3], filter ? filter : "none");
		printf("init %d\n", lws_plugins_init(&list, dirs, argv[3], filter, each, "found"));
		for (p = list; p; p = p->list)
			printf("listed %s\n", p->hdr->name);
		printf("destroy %d", lws_plugins_destroy(&list, n % 2 ? each : NULL, "gone"));
		printf(" %d\n", !!list);
	}
	printf("nothing %d\n", lws_plugins_init(&list, NULL, argv[3], NULL, NULL, NULL));
	return 0;
}

/* ---- lwsws's configuration ---- */

static char *strings, *at;
static int size;

static void
print_text(const char *name, const char *s)
{
	if (s)
		printf("%s=%s%s\n", name, s,
		       s < strings || s >= at ? strcmp(name, "ciphers") ? " (not in the buffer)" : "" : "");
}

static void
print_list(const char *name, const struct lws_protocol_vhost_options *o, int depth)
{
	for (; o; o = o->next) {
		/* a protocol's own value is quirk 96 */
		printf("%s %s=%s\n", name, o->name, depth ? o->value : "");
		print_list("  option", o->options, depth + 1);
	}
}

static void
print_info(const struct lws_context_creation_info *i)
{
	const struct lws_http_mount *m;

	printf("port %d options %llx threads %u timeout %u keepalive %d uid %d gid %d nofile %d\n", i->port,
	       (unsigned long long)i->options, i->count_threads, i->timeout_secs, i->keepalive_timeout, i->uid, i->gid,
	       i->rlimit_nofile);
	printf("ssl options %ld %ld client %ld %ld\n", i->ssl_options_set, i->ssl_options_clear, i->ssl_client_options_set,
	       i->ssl_client_options_clear);
	print_text("vhost", i->vhost_name);
	print_text("iface", i->iface);
	print_text("user", i->username);
	print_text("group", i->groupname);
	print_text("server", i->server_string);
	print_text("alpn", i->alpn);
	print_text("perms", i->unix_socket_perms);
	print_text("key", i->ssl_private_key_filepath);
	print_text("cert", i->ssl_cert_filepath);
	print_text("ca", i->ssl_ca_filepath);
	print_text("log", i->log_filepath);
	print_text("ciphers", i->ssl_cipher_list);
	print_text("ciphers", i->tls1_3_plus_cipher_list);
	print_text("ciphers", i->client_ssl_cipher_list);
	print_text("ciphers", i->client_tls_1_3_plus_cipher_list);
	print_text("curve", i->ecdh_curve);
	print_text("client key", i->client_ssl_private_key_filepath);
	print_text("client cert", i->client_ssl_cert_filepath);
	print_text("client ca", i->client_ssl_ca_filepath);
	print_text("404", i->error_document_404);
	print_text("role", i->listen_accept_role);
	print_text("protocol", i->listen_accept_protocol);
	print_list("reject", i->reject_service_keywords, 1);
	print_list("header", i->headers, 1);
	print_list("pvo", i->pvo, 0);
	for (m = i->mounts; m; m = m->mount_next) {
		printf("mount %.*s -> %d %s def %s protocol %s\n", m->mountpoint_len, m->mountpoint, m->origin_protocol,
		       m->origin, m->def ? m->def : "none", m->protocol ? m->protocol : "none");
		printf("  auth %x cgi %d cache %d %d %d %d login %s\n", m->auth_mask, m->cgi_timeout, m->cache_max_age,
		       m->cache_reusable, m->cache_revalidate, m->cache_intermediaries,
		       m->basic_auth_login_file ? m->basic_auth_login_file : "none");
		print_list("  pmo", m->cgienv, 1);
		print_list("  type", m->extra_mimetypes, 1);
		print_list("  interpret", m->interpret, 1);
	}
}

static int
callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_INIT)
		print_list("init", in, 1);
	return 0;
}

static const struct lws_protocols protocols[] = { { "http", callback, 0, 0, 0, NULL, 0 },
						  { "chat", callback, 0, 0, 0, NULL, 0 },
						  { NULL, NULL, 0, 0, 0, NULL, 0 } };

static void
buffer(const char *bytes)
{
	size = atoi(bytes);
	strings = at = calloc(1, (size_t)size);
}

static int
globals(const char *bytes, const char *dir)
{
	struct lws_context_creation_info info;
	int r;

	memset(&info, 0, sizeof(info));
	lws_set_log_level(0, NULL);
	buffer(bytes);
	r = lwsws_get_config_globals(&info, dir, &at, &size);
	printf("result %d, moved %d\n", r, at > strings);
	if (!r)
		print_info(&info);
	return 0;
}

static int
vhosts(const char *bytes, const char *dir)
{
	struct lws_context_creation_info info;
	static const char *const names[] = { "a", "b", "default" };
	struct lws_context *cx;
	int n, r;

	memset(&info, 0, sizeof(info));
	lws_set_log_level(0, NULL);
	buffer(bytes);
	info.options = LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	info.gid = info.uid = -1;
	cx = lws_create_context(&info);
	if (!cx)
		return 1;
	info.protocols = protocols;
	info.server_string = "kept";
	info.timeout_secs = 9;
	r = lwsws_get_config_vhosts(cx, &info, dir, &at, &size);
	printf("result %d, moved %d\n", r, at > strings);
	if (!r)
		print_info(&info);
	for (n = 0; n < 3; n++) {
		struct lws_vhost *vh = lws_get_vhost_by_name(cx, names[n]);

		printf("%s: %s\n", names[n], vh ? lws_get_vhost_name(vh) : "none");
	}
	lws_service(cx, -1);
	lws_context_destroy(cx);
	return 0;
}

/* ---- serving ---- */

#if defined(LWS_WITH_PLUGINS)
static struct lws_context *context;

static void
stop(int sig)
{
	(void)sig;
	lws_cancel_service(context);
	context = NULL;
}

static int
serve(int argc, char **argv)
{
	static struct lws_protocol_vhost_options pvo[16];
	struct lws_context_creation_info info;
	const char *dirs[] = { argv[2], NULL };
	struct lws_context *cx;
	int n;

	memset(&info, 0, sizeof(info));
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	info.plugin_dirs = dirs;
	info.gid = info.uid = -1;
	info.iface = "127.0.0.1";
	for (n = 3; n < argc; n++) {
		pvo[n - 3].name = argv[n];
		pvo[n - 3].next = info.pvo;
		info.pvo = &pvo[n - 3];
	}
	context = cx = lws_create_context(&info);
	if (!cx)
		return 1;
	signal(SIGINT, stop);
	printf("PORT %d\n", lws_get_vhost_listen_port(lws_get_vhost_by_name(cx, "default")));
	fflush(stdout);
	while (context && lws_service(cx, 0) >= 0)
		;
	lws_context_destroy(cx);
	printf("end\n");
	return 0;
}
#endif

int
main(int argc, char **argv)
{
	int n;

	if (argc > 4 && !strcmp(argv[1], "load"))
		return load(argc, argv);
	if (argc > 3 && (!strcmp(argv[1], "globals") || !strcmp(argv[1], "vhosts"))) {
		for (n = 3; n < argc; n++) {
			printf("-- %d\n", n - 3);
			if (*argv[1] == 'g' ? globals(argv[2], argv[n]) : vhosts(argv[2], argv[n]))
				return 1;
			free(strings);
		}
		return 0;
	}
#if defined(LWS_WITH_PLUGINS)
	if (argc > 2 && !strcmp(argv[1], "serve"))
		return serve(argc, argv);
#endif
	return 2;
}
