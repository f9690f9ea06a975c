/* SPDX-License-Identifier: MIT
 *
 * Taking URIs apart and percent encoding, of lws-misc.h and lws-http.h.
 * C because of reason 1 (the way into Go).
 */
#include "entry.h"

extern void go_lwsgo_parse_uri(char *p, const char **prot, const char **ads,
			       int *port, const char **path);

int
lws_parse_uri(char *p, const char **prot, const char **ads, int *port,
	      const char **path)
{
	LWS_NEEDS(p && prot && ads && path, -1);
	if (!lwsgo_enter(__func__))
		return -1;
	*path = "/"; /* what a URI without a path has */
	go_lwsgo_parse_uri(p, prot, ads, port, path);
	lwsgo_leave();
	return 0;
}

LWS_ENTRY(const char *, NULL, lws_urlencode,
	  (char *escaped, const char *string, int len), (escaped, string, len))

LWS_ENTRY(int, -1, lws_urldecode,
	  (char *string, const char *escaped, int len), (string, escaped, len))
