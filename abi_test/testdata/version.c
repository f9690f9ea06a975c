/* SPDX-License-Identifier: MIT
 *
 * Built with what pkg-config says of an installed copy: prints the version
 * the library calls itself, and fails if the header says another.
 */
#include <libwebsockets.h>

int
main(void)
{
	puts(lws_get_library_version());
	return strncmp(lws_get_library_version(), LWS_LIBRARY_VERSION,
		       strlen(LWS_LIBRARY_VERSION)) != 0;
}
