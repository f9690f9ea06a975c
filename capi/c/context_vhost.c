/* SPDX-License-Identifier: MIT
 *
 * Creating and destroying contexts and vhosts: the wrappers, and what C keeps
 * of a context. C because of reason 1; the default file operations are
 * function pointers that a program may copy and replace (reason 3).
 */
#define LWS_NO_SIZED_CALLS
#include "abi.h"
#include "face.h"
#include "lws_private.h"
#include "others.h"
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>

LWS_ENTRY_VOID(lws_vhost_destroy, (struct lws_vhost * vh), (vh))
LWS_ENTRY(struct lws_vhost *, NULL, lws_get_vhost_by_name,
	  (struct lws_context * context, const char *name), (context, name))
LWS_ENTRY(const struct lws_protocols *, NULL, lws_vhost_name_to_protocol,
	  (struct lws_vhost * vh, const char *name), (vh, name))
LWS_ENTRY(void *, NULL, lws_protocol_vh_priv_zalloc,
	  (struct lws_vhost * vhost, const struct lws_protocols *prot, int size),
	  (vhost, prot, size))
LWS_ENTRY(void *, NULL, lws_protocol_vh_priv_get,
	  (struct lws_vhost * vhost, const struct lws_protocols *prot),
	  (vhost, prot))
LWS_ENTRY(int, 1, lws_finalize_startup, (struct lws_context * context),
	  (context))
LWS_ENTRY(void *, NULL, lws_adjust_protocol_psds,
	  (struct lws * wsi, size_t new_size), (wsi, new_size))
LWS_ENTRY_VOID(lws_context_deprecate,
	       (struct lws_context * context, lws_reload_func cb),
	       (context, cb))
LWS_ENTRY(int, 0, lws_json_dump_vhost,
	  (const struct lws_vhost *vh, char *buf, int len), (vh, buf, len))
LWS_ENTRY(int, 0, lws_json_dump_context,
	  (const struct lws_context *context, char *buf, int len, int hide_vhosts),
	  (context, buf, len, hide_vhosts))
LWS_ENTRY(int, 1, lws_protocol_init, (struct lws_context * context), (context))
LWS_ENTRY(const char *, NULL, lws_canonical_hostname,
	  (struct lws_context * context), (context))

extern struct lws_context *go_lws_create_context(const struct lwsgo_info *n);
extern struct lws_vhost *go_lws_create_vhost(struct lws_context *context,
					     const struct lwsgo_info *n);
extern void go_lws_context_destroy(struct lws_context *context);

/* ret is where the program called from. */
static struct lws_context *
create_context(const struct lws_context_creation_info *info, size_t size,
	       const void *ret)
{
	struct lwsgo_info n;
	struct lws_context *cx;

	if (!lwsgo_meant("lws_create_context", ret) ||
	    !lwsgo_enter("lws_create_context"))
		return NULL;
	signal(SIGPIPE, SIG_IGN); /* as the original: programs rely on it */
	lwsgo_info_of(&n, info, size);
	cx = go_lws_create_context(&n);
	lwsgo_leave();
	/* The first wait ends at once: what is to be done first is, whoever waits. */
	lws_cancel_service(cx);
	return cx;
}

LWS_VISIBLE struct lws_context *
lws_create_context_sized(const struct lws_context_creation_info *info,
			 size_t size)
{
	LWS_NEEDS(info, NULL);
	return create_context(info, size, __builtin_return_address(0));
}

static struct lws_vhost *
create_vhost(struct lws_context *context,
	     const struct lws_context_creation_info *info, size_t size,
	     const void *ret)
{
	struct lwsgo_info n;
	struct lws_vhost *vh;

	if (!lwsgo_meant("lws_create_vhost", ret) ||
	    !lwsgo_enter("lws_create_vhost"))
		return NULL;
	lwsgo_info_of(&n, info, size);
	vh = go_lws_create_vhost(context, &n);
	lwsgo_leave();
	return vh;
}

LWS_VISIBLE struct lws_vhost *
lws_create_vhost_sized(struct lws_context *context,
		       const struct lws_context_creation_info *info, size_t size)
{
	LWS_NEEDS(info, NULL);
	return create_vhost(context, info, size, __builtin_return_address(0));
}

LWS_VISIBLE void
lws_context_destroy(struct lws_context *context)
{
	if (!context)
		return;
	if (!lwsgo_is_context(context)) {
		lwsl_err("lws_context_destroy: %p is no context of this library\n",
			 (void *)context);
		return;
	}
	if (__atomic_load_n(&context->dead, __ATOMIC_SEQ_CST))
		return;
	__atomic_store_n(&context->ending, 1, __ATOMIC_SEQ_CST);
	/* Programs do call it in their SIGINT handler. */
	if (lwsgo_interrupted()) {
		__atomic_store_n(&context->leaving, 1, __ATOMIC_SEQ_CST);
		lwsgo_kick(context);
		return;
	}
	if (!lwsgo_enter("lws_context_destroy"))
		return;
	if (!context->abi->vhosts_end_early) /* others call it by themselves */
		lwsgo_system_ends(context);
	go_lws_context_destroy(context);
	lwsgo_leave();
	lwsgo_system_ended(context);
}

LWS_VISIBLE struct lws_context *
lws_create_context(const struct lws_context_creation_info *info)
{
	LWS_NEEDS(info, NULL);
	return create_context(info, LWSGO_INFO_ORIGINAL,
			      __builtin_return_address(0));
}

LWS_VISIBLE struct lws_vhost *
lws_create_vhost(struct lws_context *context,
		 const struct lws_context_creation_info *info)
{
	LWS_NEEDS(info, NULL);
	return create_vhost(context, info, LWSGO_INFO_ORIGINAL,
			    __builtin_return_address(0));
}

LWS_VISIBLE void
lws_context_destroy2(struct lws_context *context)
{
	lws_context_destroy(context);
}

LWS_VISIBLE void
lws_vhost_destroy1(struct lws_vhost *vh)
{
	lws_vhost_destroy(vh);
}

/* Gives the context its platform file operations, the program's behind them. */
__attribute__((visibility("hidden"))) void
lwsgo_init_fops(struct lws_context *cx, const struct lws_plat_file_ops *more)
{
	cx->plat_fops.LWS_FOP_OPEN = _lws_plat_file_open;
	cx->plat_fops.LWS_FOP_CLOSE = _lws_plat_file_close;
	cx->plat_fops.LWS_FOP_SEEK_CUR = _lws_plat_file_seek_cur;
	cx->plat_fops.LWS_FOP_READ = _lws_plat_file_read;
	cx->plat_fops.LWS_FOP_WRITE = _lws_plat_file_write;
	cx->plat_fops.fi[0].sig = NULL;
	cx->plat_fops.next = more;
	cx->fops = &cx->plat_fops;
}
