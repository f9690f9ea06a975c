// SPDX-License-Identifier: MIT

#include "textflag.h"

// func call(fn, arg unsafe.Pointer)
TEXT ·call(SB), NOSPLIT, $24-16
	MOVQ	fn+0(FP), AX
	MOVQ	AX, 0(SP)
	MOVQ	arg+8(FP), AX
	MOVQ	AX, 8(SP)
	CALL	runtime·asmcgocall(SB)
	RET
