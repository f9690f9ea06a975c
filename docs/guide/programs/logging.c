/* SPDX-License-Identifier: MIT
 *
 * A log of one's own: lines with a level in words, to a file, and the worst of them
 * counted.
 *
 *	logging FILE
 */

#ifndef _DEBUG
#define _DEBUG /* lwsl_info() and what is below it are compiled in */
#endif
#include <libwebsockets.h>
#include <stdio.h>
#include <string.h>

static FILE *file;
static int errors;

static void emit(int level, const char *line) /* line ends with a newline */
{
	const char *word = level & LLL_ERR ? "error" : level & LLL_WARN ? "warning" :
			   level & LLL_USER ? "mine" : "info";

	errors += !!(level & LLL_ERR);
	fprintf(file, "%s: %s", word, line);
	fflush(file);
}

static int callback_nothing(struct lws *wsi, enum lws_callback_reasons reason,
			    void *user, void *in, size_t len)
{
	(void)wsi;
	(void)user;
	(void)in;
	(void)len;
	if (reason == LWS_CALLBACK_PROTOCOL_INIT)
		lwsl_user("the protocol begins\n");
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "nothing", callback_nothing, 0, 0, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info info;
	struct lws_context *context;

	if (argc != 2 || !(file = fopen(argv[1], "w")))
		return 2;
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, emit); /* for the whole process */
	lwsl_user("hello from %s\n", "the program");
	lwsl_info("not enabled, not written\n");
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER | LLL_INFO, NULL); /* NULL: the same emitter */
	lwsl_info("now it is\n");
	lws_set_log_level(LLL_ERR | LLL_WARN | LLL_USER, NULL);
	lwsl_hexdump_level(LLL_USER, "some bytes\1\2", 12);

	memset(&info, 0, sizeof info);
	info.port = CONTEXT_PORT_NO_LISTEN;
	info.protocols = protocols;
	context = lws_create_context(&info);
	if (!context)
		return 1;
	lws_service(context, -1);
	lws_context_destroy(context);
	lwsl_err("an example of an error\n");
	fclose(file);
	return errors == 1 ? 0 : 1;
}
