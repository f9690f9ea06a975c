/* SPDX-License-Identifier: MIT */
/* v4.3's lines about a context, a vhost and a connection, at each level; emit() and log_cx come first. */
#ifndef G43_LOGS_H
#define G43_LOGS_H

/* What the call logs is of this level, has this prefix and this text; dumps have several lines. */
#define SAYS(level, prefix, text, ...)                                                                                \
	do {                                                                                                          \
		log_level = 0;                                                                                        \
		log_text[0] = '\0';                                                                                   \
		__VA_ARGS__;                                                                                          \
		MUST(log_level == level && strstr(log_text, prefix) && strstr(log_text, text));                       \
	} while (0)

static void
log_everything(struct lws *wsi)
{
	struct lws_context *cx = lws_get_context(wsi);
	struct lws_vhost *vh = lws_get_vhost(wsi);
	const char *c = "mine: ", *v = lws_vh_tag(vh), *w = lws_wsi_tag(wsi);
	const uint32_t flags = log_cx.lll_flags;

	MUST(lwsl_vhost_get_cx(vh) == &log_cx && lwsl_wsi_get_cx(wsi) == &log_cx);
	log_cx.lll_flags |= (1 << LLL_COUNT) - 1;
	SAYS(LLL_ERR, c, "one 1", lwsl_cx_err(cx, "one %d", 1));
	SAYS(LLL_WARN, c, "one 2", lwsl_cx_warn(cx, "one %d", 2));
	SAYS(LLL_NOTICE, c, "one 3", lwsl_cx_notice(cx, "one %d", 3));
	SAYS(LLL_INFO, c, "one 4", lwsl_cx_info(cx, "one %d", 4));
	SAYS(LLL_DEBUG, c, "one 5", lwsl_cx_debug(cx, "one %d", 5));
	SAYS(LLL_PARSER, c, "one 6", lwsl_cx_parser(cx, "one %d", 6));
	SAYS(LLL_HEADER, c, "one 7", lwsl_cx_header(cx, "one %d", 7));
	SAYS(LLL_EXT, c, "one 8", lwsl_cx_ext(cx, "one %d", 8));
	SAYS(LLL_CLIENT, c, "one 9", lwsl_cx_client(cx, "one %d", 9));
	SAYS(LLL_LATENCY, c, "one 10", lwsl_cx_latency(cx, "one %d", 10));
	SAYS(LLL_THREAD, c, "one 11", lwsl_cx_thread(cx, "one %d", 11));
	SAYS(LLL_USER, c, "one 12", lwsl_cx_user(cx, "one %d", 12));
	SAYS(LLL_ERR, v, "two 1", lwsl_vhost_err(vh, "two %d", 1));
	SAYS(LLL_WARN, v, "two 2", lwsl_vhost_warn(vh, "two %d", 2));
	SAYS(LLL_NOTICE, v, "two 3", lwsl_vhost_notice(vh, "two %d", 3));
	SAYS(LLL_INFO, v, "two 4", lwsl_vhost_info(vh, "two %d", 4));
	SAYS(LLL_DEBUG, v, "two 5", lwsl_vhost_debug(vh, "two %d", 5));
	SAYS(LLL_PARSER, v, "two 6", lwsl_vhost_parser(vh, "two %d", 6));
	SAYS(LLL_HEADER, v, "two 7", lwsl_vhost_header(vh, "two %d", 7));
	SAYS(LLL_EXT, v, "two 8", lwsl_vhost_ext(vh, "two %d", 8));
	SAYS(LLL_CLIENT, v, "two 9", lwsl_vhost_client(vh, "two %d", 9));
	SAYS(LLL_LATENCY, v, "two 10", lwsl_vhost_latency(vh, "two %d", 10));
	SAYS(LLL_THREAD, v, "two 11", lwsl_vhost_thread(vh, "two %d", 11));
	SAYS(LLL_USER, v, "two 12", lwsl_vhost_user(vh, "two %d", 12));
	SAYS(LLL_ERR, w, "six 1", lwsl_wsi_err(wsi, "six %d", 1));
	SAYS(LLL_WARN, w, "six 2", lwsl_wsi_warn(wsi, "six %d", 2));
	SAYS(LLL_NOTICE, w, "six 3", lwsl_wsi_notice(wsi, "six %d", 3));
	SAYS(LLL_INFO, w, "six 4", lwsl_wsi_info(wsi, "six %d", 4));
	SAYS(LLL_DEBUG, w, "six 5", lwsl_wsi_debug(wsi, "six %d", 5));
	SAYS(LLL_PARSER, w, "six 6", lwsl_wsi_parser(wsi, "six %d", 6));
	SAYS(LLL_HEADER, w, "six 7", lwsl_wsi_header(wsi, "six %d", 7));
	SAYS(LLL_EXT, w, "six 8", lwsl_wsi_ext(wsi, "six %d", 8));
	SAYS(LLL_CLIENT, w, "six 9", lwsl_wsi_client(wsi, "six %d", 9));
	SAYS(LLL_LATENCY, w, "six 10", lwsl_wsi_latency(wsi, "six %d", 10));
	SAYS(LLL_THREAD, w, "six 11", lwsl_wsi_thread(wsi, "six %d", 11));
	SAYS(LLL_USER, w, "six 12", lwsl_wsi_user(wsi, "six %d", 12));
	SAYS(LLL_ERR, c, "65 72 72", lwsl_hexdump_cx_err(cx, "err", 3));
	SAYS(LLL_WARN, c, "77 61 72", lwsl_hexdump_cx_warn(cx, "war", 3));
	SAYS(LLL_NOTICE, c, "6E 6F 74", lwsl_hexdump_cx_notice(cx, "not", 3));
	SAYS(LLL_INFO, c, "69 6E 66", lwsl_hexdump_cx_info(cx, "inf", 3));
	SAYS(LLL_DEBUG, c, "64 65 62", lwsl_hexdump_cx_debug(cx, "deb", 3));
	SAYS(LLL_ERR, v, "65 72 72", lwsl_hexdump_vhost_err(vh, "err", 3));
	SAYS(LLL_WARN, v, "77 61 72", lwsl_hexdump_vhost_warn(vh, "war", 3));
	SAYS(LLL_NOTICE, v, "6E 6F 74", lwsl_hexdump_vhost_notice(vh, "not", 3));
	SAYS(LLL_INFO, v, "69 6E 66", lwsl_hexdump_vhost_info(vh, "inf", 3));
	SAYS(LLL_DEBUG, v, "64 65 62", lwsl_hexdump_vhost_debug(vh, "deb", 3));
	SAYS(LLL_ERR, w, "65 72 72", lwsl_hexdump_wsi_err(wsi, "err", 3));
	SAYS(LLL_WARN, w, "77 61 72", lwsl_hexdump_wsi_warn(wsi, "war", 3));
	SAYS(LLL_NOTICE, w, "6E 6F 74", lwsl_hexdump_wsi_notice(wsi, "not", 3));
	SAYS(LLL_INFO, w, "69 6E 66", lwsl_hexdump_wsi_info(wsi, "inf", 3));
	SAYS(LLL_DEBUG, w, "64 65 62", lwsl_hexdump_wsi_debug(wsi, "deb", 3));
	/* what these are made of */
	SAYS(LLL_USER, c, "made", lwsl_cx(cx, LLL_USER, "made"));
	SAYS(LLL_USER, v, "made", lwsl_vhost(vh, LLL_USER, "made"));
	SAYS(LLL_USER, w, "made", lwsl_wsi(wsi, LLL_USER, "made"));
	SAYS(LLL_USER, c, "6D", lwsl_hexdump_context(cx, LLL_USER, "m", 1));
	SAYS(LLL_USER, v, "6D", lwsl_hexdump_vhost(vh, LLL_USER, "m", 1));
	SAYS(LLL_USER, w, "6D", lwsl_hexdump_wsi(wsi, LLL_USER, "m", 1));
	SAYS(LLL_USER, c, "f: made", _lws_log_cx(&log_cx, lws_log_prepend_context, cx, LLL_USER, "f", "made"));
	SAYS(LLL_USER, v, "f: made", _lws_log_cx(&log_cx, lws_log_prepend_vhost, vh, LLL_USER, "f", "made"));
	SAYS(LLL_USER, w, "6D", lwsl_hexdump_level_cx(&log_cx, lws_log_prepend_wsi, wsi, LLL_USER, "m", 1));
	log_cx.lll_flags = flags;
	SAYS(0, "", "", lwsl_wsi_debug(wsi, "nobody sees this"));
}

/* A log context that is a file, with times. */
static void
log_to_file(void)
{
	char name[] = "/tmp/generationXXXXXX", text[256];
	lws_log_cx_t file;
	FILE *f;
	size_t n;
	int fd = mkstemp(name);

	MUST(fd >= 0);
	close(fd);
	memset(&file, 0, sizeof(file));
	file.u.emit_cx = lws_log_emit_cx_file;
	file.refcount_cb = lws_log_use_cx_file;
	file.opaque = name;
	file.lll_flags = LLLF_LOG_CONTEXT_AWARE | LLLF_LOG_TIMESTAMP | LLLF_SECRECY_PII | LLLF_SECRECY_BEARER | LLL_WARN;
	lwsl_refcount_cx(&file, 1);
	MUST(file.refcount == 1);
	_lws_log_cx(&file, NULL, NULL, LLL_WARN, NULL, "in the file");
	_lws_log_cx(&file, NULL, NULL, LLL_NOTICE, NULL, "not so");
	lwsl_refcount_cx(&file, -1);
	f = fopen(name, "r");
	unlink(name);
	MUST(f && !file.refcount);
	n = fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	text[n] = '\0';
	MUST(n > 20 && text[0] == '[' && !strcmp(strchr(text, '\n') - 11, "in the file\n"));
}
#endif
