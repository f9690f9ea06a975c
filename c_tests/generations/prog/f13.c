/* SPDX-License-Identifier: MIT */
/* v1.3 and v1.4. */
#include "fails.h"
