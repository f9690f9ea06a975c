/* SPDX-License-Identifier: MIT
 *
 * What libwebsockets.so.19 exports and others have in a header. C because of
 * reason 3.
 */
#include "entry.h"

int
lws_dll2_is_detached(const struct lws_dll2 *d)
{
	return !d->owner;
}
