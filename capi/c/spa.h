/* SPDX-License-Identifier: MIT
 *
 * What stands behind the opaque struct lws_spa: what programs read of it without
 * entering Go. The Go object that does the work is found by its address.
 */
#ifndef LWSGO_SPA_H
#define LWSGO_SPA_H

#include "lwsgo.h"

struct lws_spa {
	char **params;	  /* value of each wanted parameter, or NULL */
	int *lengths;	  /* and the bytes that came for it */
	char *storage;	  /* where the values lie, unless in a lwsac */
	lws_spa_create_info_t i; /* as given; opt_data may be no pointer, so Go
				  * must not hold it */
	char name[32];	  /* of the file at hand, for its callbacks */
	char filename[256];
};

#endif
