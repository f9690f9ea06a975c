#include "trace.h"
const scenario sc_raw[] = {{NULL, NULL}};
