/* SPDX-License-Identifier: MIT */
/*
 * Which member of lws_context_creation_info counts where (members.h), for what answers
 * and callbacks are made of.
 */
#include "members.h"
#include "site.h"

/* ---- what answers are made of ---- */

static struct lws_protocol_vhost_options of_context = {NULL, NULL, "x-of:", "context"},
                                         of_own = {NULL, NULL, "x-of:", "own"},
                                         no_bots = {NULL, NULL, "bot", "no bots: context"},
                                         no_bots_own = {NULL, NULL, "own-bot", "no bots: own"};
static struct lws_http_mount mount_context = {MOUNT_AT("/m"), .origin = "elsewhere/context",
                                              .origin_protocol = LWSMPRO_REDIR_HTTP},
                             mount_own = {MOUNT_AT("/m"), .origin = "elsewhere/own",
                                          .origin_protocol = LWSMPRO_REDIR_HTTP};

static void answers(struct lws_context_creation_info *i, const char *of)
{
	bool own = !strcmp(of, "own");

	rig.dummy = true;
	i->server_string = own ? "server-own" : "server-context";
	i->headers = own ? &of_own : &of_context;
	i->error_document_404 = own ? "/404-own" : "/404-context";
	i->reject_service_keywords = own ? &no_bots_own : &no_bots;
	i->mounts = own ? &mount_own : &mount_context;
}

static void ask_answers(peer *p)
{
	ask_for(p, GET("/none"));
	ask_for(p, GET("/m/x"));
	ask_for(p, "GET /none HTTP/1.1\r\nHost: trace.test\r\nUser-Agent: bot\r\n\r\n");
	ask_for(p, "GET /none HTTP/1.1\r\nHost: trace.test\r\nUser-Agent: own-bot\r\n\r\n");
}

BOTH(answers, ask_answers, NULL)

/* ---- how long heads may be ---- */

static struct lws_token_limits short_agent;

static void heads(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	rig.dummy = true;
	i->max_http_header_data = 300;
	i->max_http_header_pool = 1;
	i->max_http_header_pool2 = 1;
	short_agent.token_limit[WSI_TOKEN_HTTP_CONTENT_TYPE] = 10;
	i->token_limits = &short_agent;
}

static void ask_head(peer *p, size_t n, const char *header)
{
	char request[4096];
	size_t at = (size_t)snprintf(request, sizeof request, "GET /none HTTP/1.1\r\nHost: trace.test\r\n%s: ", header);

	memset(request + at, 'a', n);
	strcpy(request + at + n, "\r\n\r\n");
	if (p_connect(p)) { /* how a head is refused is quirk 21 */
		p_put(p, request);
		p_head_quiet(p);
	}
	p_close(p);
}

/* A value that is longer than its limit is cut. */
static int on_heads(event *e)
{
	if (e->reason == LWS_CALLBACK_HTTP)
		say(e->conn, "  content-type %d", lws_hdr_total_length(e->wsi, WSI_TOKEN_HTTP_CONTENT_TYPE));
	return PASS;
}

static void ask_heads(peer *p)
{
	ask_head(p, 50, "Accept");
	ask_head(p, 600, "Accept");
	ask_head(p, 30, "Content-Type");
}

BOTH(heads, ask_heads, on_heads)

/* The older member of the same, which counts where the newer is 0. */
static void heads2(struct lws_context_creation_info *i, const char *of)
{
	rig.dummy = true;
	i->max_http_header_data2 = strcmp(of, "own") ? 300 : 2000;
}

static void ask_heads2(peer *p)
{
	ask_head(p, 50, "Accept");
	ask_head(p, 600, "Accept");
}

BOTH(heads2, ask_heads2, NULL)

/* ---- protocols, what is given to them, and the end ---- */

static struct lws_protocol_vhost_options option_context = {NULL, NULL, "of", "context"},
                                         option_own = {NULL, NULL, "of", "own"},
                                         pvo_context = {NULL, &option_context, "chat", ""},
                                         pvo_own = {NULL, &option_own, "chat", ""};

static void finalized(struct lws_vhost *vh, void *arg)
{
	say(GLOBAL, "finalize %s: %s", lws_get_vhost_name(vh), (char *)arg);
}

static void programs(struct lws_context_creation_info *i, const char *of)
{
	i->user = (void *)(uintptr_t)of;
	i->finalize = finalized;
	i->finalize_arg = (void *)(uintptr_t)of;
	i->pvo = strcmp(of, "own") ? &pvo_context : &pvo_own;
	i->vhost_name = NULL;
}

static int on_programs(event *e)
{
	const struct lws_protocol_vhost_options *o = e->in;

	if (e->reason == LWS_CALLBACK_PROTOCOL_INIT)
		say(GLOBAL, "  of vhost %s: %s %s", lws_get_vhost_name(lws_get_vhost(e->wsi)),
		    o ? o->name : "no options", o ? o->value : "");
	return PASS;
}

static void ask_chat(peer *p)
{
	if (p_connect(p))
		p_upgrade(p, "chat", NULL);
	p_close(p);
}

BOTH(programs, ask_chat, on_programs)

/* The same by pointers, and a table that is left out. */
static const struct lws_protocols *const pointers[] = {&member_protocols[0], NULL};

static void tables(struct lws_context_creation_info *i, const char *of)
{
	i->protocols = NULL;
	i->pprotocols = strcmp(of, "own") ? NULL : (const struct lws_protocols **)(uintptr_t)pointers;
}

static void ask_tables(peer *p)
{
	ask_for(p, GET("/none"));
	ask_chat(p);
}

static void tables_of(bool explicit)
{
	rig.dummy = members.early_own = true;
	rig.info.options |= explicit ? LWS_SERVER_OPTION_EXPLICIT_VHOSTS : 0;
	if (server(NULL, NULL))
		members_ask(tables, ask_tables, explicit);
}

static void tables_explicit(void)
{
	tables_of(true);
}

static void tables_default(void)
{
	tables_of(false);
}

/* ---- whom connections are handed to ---- */

static void roles(struct lws_context_creation_info *i, const char *of)
{
	(void)of;
	i->options |= LWS_SERVER_OPTION_ADOPT_APPLY_LISTEN_ACCEPT_CONFIG;
	i->listen_accept_role = "raw-skt";
	i->listen_accept_protocol = "chat";
}

static void ask_role(peer *p)
{
	if (p_connect(p)) {
		p_put(p, GET("/none"));
		p_rest(p);
	}
	p_close(p);
}

/* An answer of both, then the end. */
static int on_roles(event *e)
{
	if (e->reason == LWS_CALLBACK_RAW_RX || e->reason == LWS_CALLBACK_HTTP) {
		put(e, "HTTP/1.1 200 OK\r\n\r\n", 19, LWS_WRITE_RAW);
		return -1;
	}
	return PASS;
}

BOTH(roles, ask_role, on_roles)

/* ---- proxies of clients ---- */

static void proxied(peer *p)
{
	if (p_accept(p) && p_head(p))
		p_put(p, "HTTP/1.0 403 No\r\n\r\n");
	p_close(p);
}

static void proxy(bool of_context, bool of_vhost, bool environment)
{
	struct lws_context_creation_info i = {0};
	struct lws_client_connect_info c;
	struct lws_vhost *vh;
	char text[64];

	peer_listen("peer0", proxied);
	snprintf(text, sizeof text, "127.0.0.1:%d", rig.port);
	if (environment)
		setenv("http_proxy", text, 1);
	rig.info.options |= LWS_SERVER_OPTION_EXPLICIT_VHOSTS;
	if (of_context) {
		rig.info.http_proxy_address = "127.0.0.1";
		rig.info.http_proxy_port = (unsigned)rig.port;
	}
	if (!no_server(member_protocols, NULL))
		return;
	i.port = CONTEXT_PORT_NO_LISTEN;
	i.protocols = member_protocols;
	i.vhost_name = "clients";
	if (of_vhost) {
		i.http_proxy_address = "127.0.0.1";
		i.http_proxy_port = (unsigned)rig.port;
	}
	vh = lws_create_vhost(rig.ctx, &i);
	c = client_info("/", "chat");
	c.vhost = vh;
	client("cli0", &c);
	finish();
}

static void proxy_context(void)
{
	proxy(true, false, false);
}

static void proxy_vhost(void)
{
	proxy(false, true, false);
}

static void proxy_environment(void)
{
	proxy(false, false, true);
}

static const scenario sc_members[] = {
    BOTH_LISTED("settings-answers", answers),
    BOTH_LISTED("settings-heads", heads),
    BOTH_LISTED("settings-heads2", heads2),
    BOTH_LISTED("settings-programs", programs),
    BOTH_LISTED("settings-tables", tables),
    BOTH_LISTED("settings-roles", roles),
    {"settings-proxy-context", proxy_context},
    {"settings-proxy-vhost", proxy_vhost},
    {"settings-proxy-environment", proxy_environment},
    {NULL, NULL},
};

SCENARIOS(sc_members)
