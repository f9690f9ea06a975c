/* SPDX-License-Identifier: MIT */
/* v1.3 and v1.4. */
#define CONTEXT struct libwebsocket_context *context __attribute__((unused)),
#include "fails.h"
