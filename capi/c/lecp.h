/* SPDX-License-Identifier: MIT
 *
 * How the CBOR writer gets at the arguments of its call.
 */
#ifndef LWSGO_LECP_H
#define LWSGO_LECP_H

#include "entry.h"
#include <stdarg.h>

/* Kinds of numbers; what is left is a long long. */
enum { LWSGO_LEC_INT, LWSGO_LEC_LONG, LWSGO_LEC_DOUBLE = 4 };

struct lwsgo_lec_args {
	va_list ap;
};

LWSGO_HIDDEN uint64_t lwsgo_lec_number(struct lwsgo_lec_args *args, int kind);
LWSGO_HIDDEN void *lwsgo_lec_pointer(struct lwsgo_lec_args *args);

#endif
