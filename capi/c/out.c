/* SPDX-License-Identifier: MIT
 *
 * How Go calls the program.  Between the entry into Go and this call the
 * thread's stack has frames that only Go understands.  For debuggers,
 * profilers and backtrace() the caller of the program's function is therefore
 * the C function that entered Go.
 * C because of reason 1 (threads between C and Go).
 */
#include "entry.h"
#include <unwind.h>

#ifdef __x86_64__

/* An exception must not leave over Go's frames: it finds no handler. */
LWSGO_HIDDEN _Unwind_Reason_Code
lwsgo_no_exceptions(int version, _Unwind_Action actions,
		    _Unwind_Exception_Class class,
		    struct _Unwind_Exception *exception,
		    struct _Unwind_Context *context)
{
	(void)version, (void)class, (void)exception, (void)context;
	return actions & _UA_SEARCH_PHASE ? _URC_FATAL_PHASE1_ERROR :
					    _URC_CONTINUE_UNWIND;
}

/* The frame is made to look as if the entry's function had called: its return
 * address and frame pointer lie where the unwinder is told to find them. What
 * else that function had in registers is not known here. */
static __attribute__((noinline)) int
call_from(const struct lwsgo_place *at, void *fn, void *a, uintptr_t b, void *c,
	  void *d, uintptr_t e)
{
	/* Read before: a sanitizer's call at the read would lose registers. */
	void *from = at->pc, *its = at->frame;
	register uintptr_t r8 __asm__("r8") = e;
	register void *r9 __asm__("r9") = fn;
	register void *pc __asm__("r10") = from;
	register void *frame __asm__("r11") = its;
	uintptr_t r;

	__asm__ volatile(
		".cfi_personality 0x1b, lwsgo_no_exceptions\n\t"
		"movq %%rsp, %%rbx\n\t"
		"movq %%rbp, %%r12\n\t"
		"subq $128, %%rsp\n\t"
		"andq $-16, %%rsp\n\t"
		"pushq %[pc]\n\t"
		"pushq %[frame]\n\t"
		"movq %%rsp, %%rbp\n\t"
		".cfi_remember_state\n\t"
		".cfi_def_cfa 6, 16\n\t"
		".cfi_offset 16, -8\n\t"
		".cfi_offset 6, -16\n\t"
		".cfi_undefined 3\n\t"
		".cfi_undefined 12\n\t"
		".cfi_undefined 13\n\t"
		".cfi_undefined 14\n\t"
		".cfi_undefined 15\n\t"
		"call *%[fn]\n\t"
		"movq %%rbx, %%rsp\n\t"
		"movq %%r12, %%rbp\n\t"
		".cfi_restore_state"
		: "=a"(r), "+D"(a), "+S"(b), "+d"(c), "+c"(d), "+r"(r8),
		  [fn] "+r"(r9), [pc] "+r"(pc), [frame] "+r"(frame)
		:
		: "rbx", "r12", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3",
		  "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
		  "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
	return (int)r;
}

int
lwsgo_out(void *fn, void *a, uintptr_t b, void *c, void *d, uintptr_t e)
{
	const struct lwsgo_thread *t = &lwsgo_self;

	if (LWSGO_LIKELY(t->depth && t->depth <= LWSGO_PLACES))
		return call_from(&t->places[t->depth - 1], fn, a, b, c, d, e);
	return ((int (*)(void *, uintptr_t, void *, void *, uintptr_t))fn)(
		a, b, c, d, e);
}

#else

int
lwsgo_out(void *fn, void *a, uintptr_t b, void *c, void *d, uintptr_t e)
{
	return ((int (*)(void *, uintptr_t, void *, void *, uintptr_t))fn)(
		a, b, c, d, e);
}

#endif
