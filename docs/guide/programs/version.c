/* SPDX-License-Identifier: MIT
 *
 * Which libwebsockets is this? Prints what the program was compiled for, what it runs
 * on, from which file, and whose it is. Its status is 0 for this project's library.
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <libwebsockets.h>
#include <dlfcn.h>
#include <stdio.h>

int main(void)
{
	Dl_info file;
	void *ours = dlsym(RTLD_DEFAULT, "lws_create_context_sized"); /* the original has none */

	printf("compiled for %s\n", LWS_LIBRARY_VERSION);
	printf("runs on %s\n", lws_get_library_version());
	if (dladdr(dlsym(RTLD_DEFAULT, "lws_get_library_version"), &file) && file.dli_fname)
		printf("from %s\n", file.dli_fname);
	printf("%s\n", ours ? "libwebsockets in Go" : "the original");
	return !ours;
}
