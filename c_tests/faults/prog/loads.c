/* SPDX-License-Identifier: MIT
 *
 * loads LIBRARY: loads, uses and unloads the library three times, from a
 * thread of its own in the second round.
 */
#include "common.h"
#include <dlfcn.h>

static const char *library;

static void *
use(void *arg)
{
	struct lws_context_creation_info info;
	struct lws_context *(*create)(const struct lws_context_creation_info *);
	void (*destroy)(struct lws_context *);
	int (*service_)(struct lws_context *, int);
	struct lws_context *cx;
	void *so = dlopen(library, RTLD_NOW | RTLD_LOCAL);

	(void)arg;
	if (!so) {
		BAD("dlopen: %s", dlerror());
		return NULL;
	}
	*(void **)&create = dlsym(so, "lws_create_context");
	*(void **)&destroy = dlsym(so, "lws_context_destroy");
	*(void **)&service_ = dlsym(so, "lws_service");
	memset(&info, 0, sizeof(info));
	info.port = 0;
	info.iface = "127.0.0.1";
	info.gid = (gid_t)-1;
	info.uid = (uid_t)-1;
	info.options = LWS_SERVER_OPTION_DISABLE_IPV6;
	cx = create(&info);
	if (!cx)
		BAD("no context");
	else {
		service_(cx, -1);
		destroy(cx);
	}
	if (dlclose(so))
		BAD("dlclose: %s", dlerror());
	printf("ROUND\n");
	return NULL;
}

int
main(int argc, char **argv)
{
	pthread_t th;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return 2;
	library = argv[1];
	use(NULL);
	pthread_create(&th, NULL, use, NULL);
	pthread_join(th, NULL);
	use(NULL);
	printf("DONE\n");
	return 0;
}
