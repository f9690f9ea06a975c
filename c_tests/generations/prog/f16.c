/* SPDX-License-Identifier: MIT */
/* v1.6. */
#include "fails.h"
