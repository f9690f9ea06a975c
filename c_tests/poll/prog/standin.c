/* SPDX-License-Identifier: MIT
 *
 * standin: callbacks without a connection that make further ones. Each looks at
 * what its wsi says before and after.
 */
#include "poll.h"

#define OUTER LWS_CALLBACK_USER
#define INNER (LWS_CALLBACK_USER + 1)

static int outer, inner;

static void
same(struct lws *wsi, const char *name, const char *when)
{
	const struct lws_protocols *p = lws_get_protocol(wsi);

	if (!p || strcmp(p->name, name))
		printf("BAD %s: %s %s\n", name, when, p ? p->name : "none");
}

static int
call(struct lws *wsi, enum lws_callback_reasons reason, const char *name)
{
	struct lws_vhost *vh = lws_get_vhost(wsi);

	switch ((int)reason) {
	case LWS_CALLBACK_PROTOCOL_INIT:
	case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
	case OUTER:
		outer++;
		same(wsi, name, "before");
		lws_set_opaque_user_data(wsi, (void *)name);
		if (lws_callback_vhost_protocols_vhost(vh, INNER, NULL, 0))
			puts("BAD the inner call fails");
		same(wsi, name, "after");
		if (lws_get_vhost(wsi) != vh ||
		    lws_get_opaque_user_data(wsi) != name)
			puts("BAD another stand-in");
		break;
	case INNER:
		inner++;
		same(wsi, name, "inside");
		break;
	default:
		break;
	}
	return 0;
}

static int
first(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
      size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	return call(wsi, reason, "first");
}

static int
second(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
       size_t len)
{
	(void)user;
	(void)in;
	(void)len;
	return call(wsi, reason, "second");
}

int
main(void)
{
	struct lws_protocols protocols[] = {
		{ .name = "first", .callback = first },
		{ .name = "second", .callback = second }, { 0 }
	};
	struct lws_context_creation_info info = { .protocols = protocols };

	if (begin(&info))
		return 2;
	lws_cancel_service(context);
	lws_service(context, -1);
	lws_callback_vhost_protocols_vhost(
		lws_get_vhost_by_name(context, "default"), OUTER, NULL, 0);
	if (outer != 6 || inner != 12)
		printf("BAD %d outer and %d inner calls\n", outer, inner);
	lws_context_destroy(context);
	puts("DONE");
	return 0;
}
