/* SPDX-License-Identifier: MIT
 *
 * Loading plugins. C because of reasons 5 and 6: dlopen() and the program's
 * functions do the work, and programs load plugins before they make a context.
 */
#define _GNU_SOURCE
#include "abi.h"
#include "lws_private.h"
#include "entry.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Shorter names are no plugins: of the file, and of the symbol. */
#define FILE_NAME_MIN 7
#define SYMBOL_MIN 6
#define SYMBOL_MAX 63
#define PATH_ROOM 255

struct search {
	struct lws_context *cx; /* whose list it is, or NULL */
	struct lws_plugin **list;
	const char *class_name;
	const char *filter;
	each_plugin_cb_t each;
	void *user;
};

/* "libprotocol_lws_mirror.so" has lws_mirror, "libwebsockets-evlib_uv.so" has
 * evlib_uv: what is between the first '_' or '-' and the first '.' after it. */
static int
symbol_of(const char *file, char *symbol)
{
	const char *p = file + strcspn(file, "_-");
	size_t n;

	if (!*p)
		return 0;
	n = strcspn(++p, ".");
	if (n > SYMBOL_MAX)
		n = SYMBOL_MAX;
	memcpy(symbol, p, n);
	symbol[n] = '\0';
	return 1;
}

/* How loud it is that a file is no plugin. */
static int
complaint(void)
{
	return lwsgo_plain.plugins_go_on ? LLL_INFO : LLL_ERR;
}

static int
listed(const struct lws_plugin *p, const char *name)
{
	while (p && strcmp(p->hdr->name, name))
		p = p->list;
	return !!p;
}

static const lws_plugin_header_t *
header_of(const struct search *s, void *dl, const char *path, const char *symbol)
{
	const lws_plugin_header_t *h = dlsym(dl, symbol);

	if (!h) {
		_lws_log(complaint(),
			 "lws_plugins_init: Failed to get export '%s' from %s: "
			 "%s\n", symbol, path, dlerror());
		return NULL;
	}
	if (h->api_magic != LWS_PLUGIN_API_MAGIC || !lwsgo_plugin_fits(h)) {
		_lws_log(complaint(),
			 "lws_plugins_init: plugin %s has outdated api %d (vs "
			 "%d)\n", path, (int)h->api_magic, LWS_PLUGIN_API_MAGIC);
		return NULL;
	}
	if (strcmp(h->_class, s->class_name) ||
	    (lwsgo_plain.plugins_go_on && listed(*s->list, h->name)))
		return NULL;
	return h;
}

/* A plugin of v2.0 to v4.0, which has two functions instead of a header: the
 * header is made from what the first of them says. */
struct older {
	struct lws_plugin plugin;
	lws_plugin_protocol_t made;
	char name[SYMBOL_MAX + 1]; /* "protocol_lws_mirror" */
};

/* The function "init_NAME" or "destroy_NAME". */
static void *
older_function(void *dl, const char *which, const char *name)
{
	char symbol[sizeof("destroy_") + SYMBOL_MAX];

	lws_snprintf(symbol, sizeof(symbol), "%s_%s", which, name);
	return dlsym(dl, symbol);
}

static lws_plugin_init_func
older_init(const struct search *s, void *dl, const char *file, char *name)
{
	if (!s->cx || strncmp(file, "lib", 3))
		return NULL;
	lws_snprintf(name, SYMBOL_MAX + 1, "%.*s", (int)strcspn(file + 3, "."), file + 3);
	return (lws_plugin_init_func)(intptr_t)older_function(dl, "init", name);
}

static struct lws_plugin *
load_older(const struct search *s, const char *name, lws_plugin_init_func init)
{
	struct lws_plugin_capability caps = { .api_magic = LWS_PLUGIN_API_MAGIC };
	struct older *o;

	if (init(s->cx, &caps)) {
		lwsl_err("lws_plugins_init: init_%s fails\n", name);
		return NULL;
	}
	o = lws_realloc(NULL, sizeof(*o), __func__);
	if (!o)
		return NULL;
	memset(o, 0, sizeof(*o));
	lws_strncpy(o->name, name, sizeof(o->name));
	o->made.hdr.name = o->name;
	o->made.hdr._class = s->class_name;
	o->made.hdr.api_magic = LWS_PLUGIN_API_MAGIC;
	o->made.protocols = caps.protocols;
	o->made.count_protocols = caps.protocols ? caps.count_protocols : 0;
	o->made.extensions = caps.extensions;
	o->made.count_extensions = caps.extensions ? caps.count_extensions : 0;
	o->plugin.hdr = &o->made.hdr;
	return &o->plugin;
}

static void
destroy_older(struct lws_context *cx, struct lws_plugin *p)
{
	struct older *o = lws_container_of(p, struct older, plugin);
	lws_plugin_destroy_func destroy;

	if (!cx || p->hdr != &o->made.hdr)
		return;
	destroy = (lws_plugin_destroy_func)(intptr_t)
			older_function(p->u.l, "destroy", o->name);
	if (destroy && destroy(cx))
		lwsl_err("lws_plugins_destroy: destroy_%s fails\n", o->name);
}

static int
load(const struct search *s, const char *path, const char *symbol)
{
	struct lws_plugin *p;
	const lws_plugin_header_t *h;
	lws_plugin_init_func init;
	char name[SYMBOL_MAX + 1];
	void *dl;

	if (strlen(symbol) < SYMBOL_MIN)
		return 1;
	dl = dlopen(path, RTLD_NOW);
	if (!dl) {
		_lws_log(complaint(), "lws_plugins_init: Error loading DSO: %s\n",
			 dlerror());
		return 1;
	}
	init = dlsym(dl, symbol) ? NULL :
		older_init(s, dl, strrchr(path, '/') + 1, name);
	if (init) {
		p = load_older(s, name, init);
	} else {
		h = header_of(s, dl, path, symbol);
		p = h ? lws_realloc(NULL, sizeof(*p), __func__) : NULL;
		if (p)
			p->hdr = h;
	}
	if (!p) {
		dlclose(dl);
		return !init; /* the older loader went on with the next file */
	}
	p->list = *s->list;
	p->u.l = dl;
	*s->list = p;
	if (s->each)
		s->each(p, s->user);
	return 0;
}

/* Ends the folder at the first file that cannot be loaded, or at the one that was looked
 * for, as the ABI's reference does. */
static int
consider(const char *dir, void *user, struct lws_dir_entry *e)
{
	const struct search *s = user;
	char path[PATH_ROOM], symbol[SYMBOL_MAX + 1];

	if (strlen(e->name) < FILE_NAME_MIN || !symbol_of(e->name, symbol) ||
	    (s->filter && strcmp(symbol, s->filter)))
		return 0;
	lws_snprintf(path, sizeof(path), "%s/%s", dir, e->name);
	if (lwsgo_plain.plugins_go_on)
		return !load(s, path, symbol) && s->filter;
	lwsl_notice("   %s\n", path);
	return load(s, path, symbol);
}

/* The folders that the loader is told of come first. 0: what was looked for was found
 * among them, where that ends the search of a folder. */
static int
search_environment(const struct search *s)
{
	const char *p = getenv("LD_LIBRARY_PATH");
	char dir[PATH_ROOM];
	int ret = 1;
	size_t n;

	for (; p && *p; p += n + !!p[n]) {
		n = strcspn(p, ":;");
		if (!n || n >= sizeof(dir))
			continue;
		memcpy(dir, p, n);
		dir[n] = '\0';
		if (!lws_dir(dir, (void *)s, consider))
			ret = 0;
	}
	return ret;
}

static int
search(const struct search *s, const char *const *d)
{
	int ret = lwsgo_plain.plugins_go_on && search_environment(s);

	for (; d && *d; d++)
		if (!lws_dir(*d, (void *)s, consider))
			ret = 0;
	return ret;
}

LWS_VISIBLE int
lws_plugins_init(struct lws_plugin **pplugin, const char *const *d,
		 const char *_class, const char *filter, each_plugin_cb_t each,
		 void *each_user)
{
	struct search s = { NULL, pplugin, _class, filter, each, each_user };

	return search(&s, d);
}

const struct lws_protocols *
lwsgo_plugin_protocols(const struct lws_plugin *p, int *count)
{
	const lws_plugin_protocol_t *has = (const void *)p->hdr;

	*count = has->count_protocols;
	return has->protocols;
}

void
lwsgo_plugins_load(struct lws_context *cx, const char *const *d)
{
	struct search s = { cx, &cx->plugins, "lws_protocol_plugin", NULL, NULL, NULL };

	search(&s, d);
}

LWS_VISIBLE int
lws_plugins_destroy(struct lws_plugin **pplugin, each_plugin_cb_t each,
		    void *each_user)
{
	LWS_NEEDS(pplugin, 1);
	struct lws_plugin *p = *pplugin, *next;

	for (; p; p = next) {
		next = p->list;
		if (each)
			each(p, each_user);
		dlclose(p->u.l);
		lwsgo_free(p);
	}
	*pplugin = NULL;
	return 0;
}

static int
unloading(struct lws_plugin *p, void *cx)
{
	destroy_older(cx, p);
	return 0;
}

void
lwsgo_plugins_unload(struct lws_context *cx)
{
	lws_plugins_destroy(&cx->plugins, unloading, cx);
}
