/* SPDX-License-Identifier: MIT
 *
 * Loading plugins. C because of reasons 5 and 6: dlopen() and the program's
 * functions do the work, and programs load plugins before they make a context.
 */
#define _GNU_SOURCE
#include "lws_private.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* Shorter names are no plugins: of the file, and of the symbol. */
#define FILE_NAME_MIN 7
#define SYMBOL_MIN 6
#define SYMBOL_MAX 63
#define PATH_ROOM 255

struct search {
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

static const lws_plugin_header_t *
header_of(void *dl, const char *path, const char *symbol, const char *class_name)
{
	const lws_plugin_header_t *h = dlsym(dl, symbol);

	if (!h) {
		lwsl_err("lws_plugins_init: Failed to get export '%s' from %s: "
			 "%s\n", symbol, path, dlerror());
		return NULL;
	}
	if (h->api_magic != LWS_PLUGIN_API_MAGIC) {
		lwsl_err("lws_plugins_init: plugin %s has outdated api %d (vs "
			 "%d)\n", path, (int)h->api_magic, LWS_PLUGIN_API_MAGIC);
		return NULL;
	}
	return strcmp(h->_class, class_name) ? NULL : h;
}

static int
load(const struct search *s, const char *path, const char *symbol)
{
	struct lws_plugin *p;
	const lws_plugin_header_t *h;
	void *dl;

	if (strlen(symbol) < SYMBOL_MIN)
		return 1;
	dl = dlopen(path, RTLD_NOW);
	if (!dl) {
		lwsl_err("lws_plugins_init: Error loading DSO: %s\n", dlerror());
		return 1;
	}
	h = header_of(dl, path, symbol, s->class_name);
	p = h ? lws_realloc(NULL, sizeof(*p), __func__) : NULL;
	if (!p) {
		dlclose(dl);
		return 1;
	}
	p->list = *s->list;
	p->hdr = h;
	p->u.l = dl;
	*s->list = p;
	if (s->each)
		s->each(p, s->user);
	return 0;
}

/* As in the reference, the first file that cannot be loaded ends the folder. */
static int
consider(const char *dir, void *user, struct lws_dir_entry *e)
{
	const struct search *s = user;
	char path[PATH_ROOM], symbol[SYMBOL_MAX + 1];

	if (strlen(e->name) < FILE_NAME_MIN || !symbol_of(e->name, symbol) ||
	    (s->filter && strcmp(symbol, s->filter)))
		return 0;
	lws_snprintf(path, sizeof(path), "%s/%s", dir, e->name);
	lwsl_notice("   %s\n", path);
	return load(s, path, symbol);
}

LWS_VISIBLE int
lws_plugins_init(struct lws_plugin **pplugin, const char *const *d,
		 const char *_class, const char *filter, each_plugin_cb_t each,
		 void *each_user)
{
	struct search s = { pplugin, _class, filter, each, each_user };

	for (; d && *d; d++)
		lws_dir(*d, &s, consider);
	return 0;
}

LWS_VISIBLE int
lws_plugins_destroy(struct lws_plugin **pplugin, each_plugin_cb_t each,
		    void *each_user)
{
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
