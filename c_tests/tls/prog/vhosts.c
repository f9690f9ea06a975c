/* SPDX-License-Identifier: MIT
 *
 * Makes contexts with vhosts whose TLS settings come from the arguments, and
 * prints what comes of it: the vhosts, and every callback about certificates
 * with the vhost and protocol that it is made for.
 *
 *   vhosts context NAME=VALUE... vhost NAME=VALUE... vhost ... context ...
 *
 * A vhost starts from the settings before it. Between vhosts, "serve" lets the
 * loop turn, and from "refuse" on every protocol answers 1 when it is told a
 * certificate's age.
 */
#define LWS_NO_SIZED_CALLS
#include <libwebsockets.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refusing;

static int
told(int entry, struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	const char *what = NULL, *of = "-";

	switch (reason) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_CLIENT_VERIFY_CERTS:
		what = "LOAD_EXTRA_CLIENT_VERIFY_CERTS";
		break;
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		what = "LOAD_EXTRA_SERVER_VERIFY_CERTS";
		of = lws_get_vhost_name(in);
		break;
	case LWS_CALLBACK_OPENSSL_CONTEXT_REQUIRES_PRIVATE_KEY:
		what = "CONTEXT_REQUIRES_PRIVATE_KEY";
		break;
	case LWS_CALLBACK_VHOST_CERT_AGING:
		what = "VHOST_CERT_AGING";
		of = lws_get_vhost_name(((struct lws_acme_cert_aging_args *)in)->vh);
		break;
	case LWS_CALLBACK_PROTOCOL_INIT:
		what = "PROTOCOL_INIT";
		break;
	case LWS_CALLBACK_PROTOCOL_DESTROY:
		what = "PROTOCOL_DESTROY";
		break;
	default:
		return 0;
	}
	/* how many days are left is quirk 30 */
	printf("%s/%d %s of=%s user=%d len=%d\n", lws_get_vhost_name(lws_get_vhost(wsi)), entry, what, of, !!user,
	       reason == LWS_CALLBACK_VHOST_CERT_AGING ? !!len : (int)len);
	return refusing && reason == LWS_CALLBACK_VHOST_CERT_AGING;
}

static int
first(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	return told(0, wsi, reason, user, in, len);
}

static int
second(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	return told(1, wsi, reason, user, in, len);
}

static const struct lws_protocols protocols[] = { { "one", first, 0, 0, 0, NULL, 0 },
						  { "two", second, 0, 0, 0, NULL, 0 },
						  { NULL, NULL, 0, 0, 0, NULL, 0 } };

/* A file's content: there are two of certificates and two of keys at most. */
static void *
content(int which, const char *path, unsigned int *len)
{
	static char room[4][8192];
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		abort();
	*len = (unsigned int)read(fd, room[which], sizeof(room[which]));
	close(fd);
	return room[which];
}

static void
set(struct lws_context_creation_info *i, const char *name, const char *value)
{
	if (!strcmp(name, "name"))
		i->vhost_name = value;
	else if (!strcmp(name, "port"))
		i->port = atoi(value);
	else if (!strcmp(name, "options"))
		i->options |= strtoull(value, NULL, 0);
	else if (!strcmp(name, "cert"))
		i->ssl_cert_filepath = value;
	else if (!strcmp(name, "key"))
		i->ssl_private_key_filepath = value;
	else if (!strcmp(name, "ca"))
		i->ssl_ca_filepath = value;
	else if (!strcmp(name, "ccert"))
		i->client_ssl_cert_filepath = value;
	else if (!strcmp(name, "ckey"))
		i->client_ssl_private_key_filepath = value;
	else if (!strcmp(name, "cca"))
		i->client_ssl_ca_filepath = value;
	else if (!strcmp(name, "ciphers"))
		i->ssl_cipher_list = value;
	else if (!strcmp(name, "curve"))
		i->ecdh_curve = value;
	else if (!strcmp(name, "certmem"))
		i->server_ssl_cert_mem = content(0, value, &i->server_ssl_cert_mem_len);
	else if (!strcmp(name, "keymem"))
		i->server_ssl_private_key_mem = content(1, value, &i->server_ssl_private_key_mem_len);
	else if (!strcmp(name, "ccertmem"))
		i->client_ssl_cert_mem = content(2, value, &i->client_ssl_cert_mem_len);
	else if (!strcmp(name, "ckeymem"))
		i->client_ssl_key_mem = content(3, value, &i->client_ssl_key_mem_len);
	else
		abort();
}

int
main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *cx;
	int n = 1, made, k;

	lws_set_log_level(0, NULL);
	for (made = 0; n < argc; made++) {
		if (strcmp(argv[n], "context"))
			return 2;
		printf("-- %d\n", made);
		memset(&info, 0, sizeof(info));
		info.gid = info.uid = -1;
		info.protocols = protocols;
		info.iface = "127.0.0.1";
		refusing = 0;
		for (n++; n < argc && strchr(argv[n], '='); n++) {
			char *eq = strchr(argv[n], '=');

			*eq = 0;
			set(&info, argv[n], eq + 1);
		}
		cx = lws_create_context(&info);
		printf("context %d\n", !!cx);
		while (n < argc && strcmp(argv[n], "context")) {
			if (cx && !strcmp(argv[n], "serve"))
				for (k = 0; k < 3; k++)
					lws_service(cx, -1);
			else if (!strcmp(argv[n], "refuse"))
				refusing = 1;
			if (strcmp(argv[n++], "vhost"))
				continue;
			info.options &= LWS_SERVER_OPTION_EXPLICIT_VHOSTS | LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
			for (; n < argc && strchr(argv[n], '='); n++) {
				char *eq = strchr(argv[n], '=');

				*eq = 0;
				set(&info, argv[n], eq + 1);
			}
			if (cx) {
				struct lws_vhost *v = lws_create_vhost(cx, &info);

				printf("vhost %s\n", v ? lws_get_vhost_name(v) : "none");
			}
		}
		fflush(stdout);
		if (cx)
			lws_context_destroy(cx);
		fflush(stdout);
	}
	return 0;
}
