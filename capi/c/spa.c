/* SPDX-License-Identifier: MIT
 *
 * Entries of lws-spa.h.
 * C because of reasons 1 (the way into Go) and 5 (reading results is less work
 * than a crossing).
 */
#include "entry.h"
#include "spa.h"

LWS_ENTRY(struct lws_spa *, NULL, lws_spa_create_via_info,
	  (struct lws *wsi, const lws_spa_create_info_t *i), (wsi, i))

struct lws_spa *
lws_spa_create(struct lws *wsi, const char * const *param_names,
	       int count_params, int max_storage,
	       lws_spa_fileupload_cb opt_cb, void *opt_data)
{
	lws_spa_create_info_t i = {
		.param_names = param_names,
		.count_params = count_params,
		.max_storage = max_storage,
		.opt_cb = opt_cb,
		.opt_data = opt_data,
	};

	return lws_spa_create_via_info(wsi, &i);
}

extern int go_lws_spa_process(struct lws_spa *spa, const char *in, int len);

int
lws_spa_process(struct lws_spa *spa, const char *in, int len)
{
	int r;

	if (!spa) {
		lwsl_err("%s: NULL spa\n", __func__);
		return -1;
	}
	if (!lwsgo_enter(__func__))
		return -1;
	r = go_lws_spa_process(spa, in, len);
	lwsgo_leave();

	return r;
}

LWS_ENTRY(int, -1, lws_spa_finalize, (struct lws_spa *spa), (spa))

LWS_ENTRY(int, -1, lws_spa_destroy, (struct lws_spa *spa), (spa))

int
lws_spa_get_length(struct lws_spa *spa, int n)
{
	LWS_NEEDS(spa, 0);
	if (n < 0 || n >= spa->i.count_params)
		return 0;

	return spa->lengths[n];
}

const char *
lws_spa_get_string(struct lws_spa *spa, int n)
{
	LWS_NEEDS(spa, NULL);
	if (n < 0 || n >= spa->i.count_params)
		return NULL;

	return spa->params[n];
}
