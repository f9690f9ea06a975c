// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <link.h>
extern const char __ehdr_start[] __attribute__((visibility("hidden"))); // the linker's

typedef ElfW(Ehdr) lwsgo_elf_head;
typedef ElfW(Phdr) lwsgo_elf_segment;

static inline const lwsgo_elf_head *lwsgo_ehdr(void) { return (const lwsgo_elf_head *)__ehdr_start; }
*/
import "C"

import (
	"encoding/binary"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of the library's file the kernel maps 16 pages or more for each that is needed, and a start needs
// some of nearly everywhere: 4 MB, where a server that serves needs 2. When nothing
// happens they are unmapped; what is needed again comes from the page cache, where they stay.

// A page of /proc/self/pagemap.
const (
	pagePresent = 1 << 63
	pageOfFile  = 1 << 61
)

// unmapFile unmaps what is only read of the library's file. A page that was written to nevertheless is
// no longer the file's, as one where a debugger has set a breakpoint: it stays.
func unmapFile() {
	pagemap, err := os.Open("/proc/self/pagemap")
	if err != nil {
		return
	}
	defer pagemap.Close()
	head := C.lwsgo_ehdr()
	start := unsafe.Pointer(head)
	for i := range uintptr(head.e_phnum) {
		p := (*C.lwsgo_elf_segment)(unsafe.Add(start, uintptr(head.e_phoff)+i*uintptr(head.e_phentsize)))
		if p.p_type == C.PT_LOAD && p.p_flags&C.PF_W == 0 {
			unmapSegment(pagemap, unsafe.Add(start, uintptr(p.p_vaddr)), uintptr(p.p_filesz))
		}
	}
}

func unmapSegment(pagemap *os.File, start unsafe.Pointer, size uintptr) {
	page := uintptr(os.Getpagesize())
	start = unsafe.Add(start, -int(uintptr(start)%page))
	entries := make([]byte, (size+page-1)/page*8)
	if _, err := pagemap.ReadAt(entries, int64(uintptr(start)/page*8)); err != nil {
		return
	}
	var first, n uintptr
	flush := func() {
		if n > 0 {
			_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Add(start, first*page)), n*page), unix.MADV_DONTNEED)
		}
		n = 0
	}
	for i := range uintptr(len(entries) / 8) {
		if e := binary.NativeEndian.Uint64(entries[8*i:]); e&pagePresent == 0 || e&pageOfFile == 0 {
			flush()
			continue
		}
		if n == 0 {
			first = i
		}
		n++
	}
	flush()
}
