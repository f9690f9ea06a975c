// SPDX-License-Identifier: MIT

#include "textflag.h"

// func call(fn, arg unsafe.Pointer)
TEXT ·call(SB), NOSPLIT, $24-16
	MOVD	fn+0(FP), R0
	MOVD	R0, 8(RSP)
	MOVD	arg+8(FP), R0
	MOVD	R0, 16(RSP)
	CALL	runtime·asmcgocall(SB)
	RET
