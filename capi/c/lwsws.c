/* SPDX-License-Identifier: MIT
 *
 * Wrappers of lwsws's configuration. C because of reasons 1 and 3: what the
 * files say goes into the program's struct.
 */
#include "abi.h"
#include "face.h"

extern int go_lwsws_get_config_globals(struct lwsgo_info *n, const char *d,
				       char **config_strings, int *len);
extern int go_lwsws_get_config_vhosts(struct lws_context *context,
				      struct lwsgo_info *n, const char *d,
				      char **config_strings, int *len);

LWS_VISIBLE int
lwsws_get_config_globals_sized(struct lws_context_creation_info *info,
			       const char *d, char **config_strings, int *len,
			       size_t size)
{
	struct lwsgo_info n;
	int r;

	LWS_NEEDS(info, 1);
	if (!lwsgo_enter("lwsws_get_config_globals"))
		return 1;
	lwsgo_info_of(&n, info, size);
	r = go_lwsws_get_config_globals(&n, d, config_strings, len);
	lwsgo_leave();
	lwsgo_info_to(info, &n, size);
	return r;
}

LWS_VISIBLE int
lwsws_get_config_globals(struct lws_context_creation_info *info, const char *d,
			 char **config_strings, int *len)
{
	return lwsws_get_config_globals_sized(info, d, config_strings, len,
					      LWSGO_INFO_ORIGINAL);
}

LWS_VISIBLE int
lwsws_get_config_vhosts(struct lws_context *context,
			struct lws_context_creation_info *info, const char *d,
			char **config_strings, int *len)
{
	struct lwsgo_info n;
	int r;

	LWS_NEEDS(info, 1);
	if (!lwsgo_enter("lwsws_get_config_vhosts"))
		return 1;
	lwsgo_info_of(&n, info, LWSGO_INFO_ORIGINAL);
	r = go_lwsws_get_config_vhosts(context, &n, d, config_strings, len);
	lwsgo_leave();
	lwsgo_info_to(info, &n, LWSGO_INFO_ORIGINAL);
	return r;
}
