/* SPDX-License-Identifier: MIT */
/* v1.7 to v2.4, by the header. */
#define VIA_INFO
#include "fails.h"
