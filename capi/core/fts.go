// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "fts.h"
*/
import "C"

import (
	"errors"
	"io"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/fts"
)

// fdFile is a program's descriptor.
type fdFile int

func (f fdFile) Write(b []byte) (n int, err error) {
	for n < len(b) {
		k, err := syscall.Write(int(f), b[n:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || k == 0 {
			return n, errors.Join(io.ErrShortWrite, err)
		}
		n += k
	}
	return n, nil
}

func (f fdFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := syscall.Pwrite(int(f), b, at)
	for err == syscall.EINTR {
		n, err = syscall.Pwrite(int(f), b, at)
	}
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, err
}

func (f fdFile) ReadAt(b []byte, at int64) (n int, err error) {
	for n < len(b) {
		k, err := syscall.Pread(int(f), b[n:], at+int64(n))
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		if k == 0 {
			return n, io.EOF
		}
		n += k
	}
	return n, nil
}

// ftsIndex is an index that is being made.
type ftsIndex struct {
	*fts.Index
	files int
	spent time.Duration
}

// indexes finds the Go object of a C handle.
var indexes = struct {
	sync.Mutex
	m map[*C.struct_lws_fts]*ftsIndex
}{m: map[*C.struct_lws_fts]*ftsIndex{}}

func indexOf(t *C.struct_lws_fts) *ftsIndex {
	indexes.Lock()
	defer indexes.Unlock()
	x := indexes.m[t]
	if x == nil {
		gone("full text index", unsafe.Pointer(t))
	}
	return x
}

//export go_lws_fts_create
func go_lws_fts_create(fd C.int) *C.struct_lws_fts {
	defer guard("lws_fts_create")
	x, err := fts.NewIndex(fdFile(fd))
	if err != nil {
		engine.Errf("lws_fts_create: trie header write failed: %v", err)
		return nil
	}
	t := (*C.struct_lws_fts)(C.calloc(1, 8))
	indexes.Lock()
	defer indexes.Unlock()
	indexes.m[t] = &ftsIndex{Index: x}
	return t
}

//export go_lws_fts_destroy
func go_lws_fts_destroy(t **C.struct_lws_fts) {
	defer guard("lws_fts_destroy")
	if lacks("lws_fts_destroy", t == nil) || indexOf(*t) == nil {
		return
	}
	indexes.Lock()
	defer indexes.Unlock()
	delete(indexes.m, *t)
	C.free(unsafe.Pointer(*t))
	*t = nil
}

//export go_lws_fts_file_index
func go_lws_fts_file_index(t *C.struct_lws_fts, path *C.char, length, priority C.int) (ret C.int) {
	defer guardOr("lws_fts_file_index", &ret, -1)
	x := indexOf(t)
	if x == nil || lacks("lws_fts_file_index", path == nil) {
		return -1
	}
	x.files++
	return C.int(x.AddInput(str(path)))
}

//export go_lws_fts_fill
func go_lws_fts_fill(t *C.struct_lws_fts, n C.uint32_t, buf *C.char, size C.size_t) (ret C.int) {
	defer guardOr("lws_fts_fill", &ret, 1)
	x := indexOf(t)
	if x == nil || lacks("lws_fts_fill", buf == nil && size > 0) {
		return 1
	}
	begin := time.Now()
	if err := x.Fill(uint32(n), cView(buf, int(size))); err != nil {
		engine.Errf("lws_fts_fill: %v", err)
		return 1
	}
	x.spent += time.Since(begin)
	return 0
}

//export go_lws_fts_serialize
func go_lws_fts_serialize(t *C.struct_lws_fts) (ret C.int) {
	defer guardOr("lws_fts_serialize", &ret, 1)
	x := indexOf(t)
	if x == nil {
		return 1
	}
	begin := time.Now()
	memory, inputs := x.Memory()
	if err := x.Finish(); err != nil {
		engine.Errf("lws_fts_serialize: %v", err)
		return 1
	}
	engine.Noticef("lws_fts_serialize: index %d files (%dMiB) cpu time %dms, alloc: %dKiB + %dKiB, serialize: %dms, file: %dKiB",
		x.files, x.RawInput>>20, x.spent.Milliseconds(), memory>>10, inputs>>10, time.Since(begin).Milliseconds(), x.Size()>>10)
	return 0
}

// openIndex reads the head of an index.
func openIndex(fd int) (*fts.Reader, error) {
	var s syscall.Stat_t
	if err := syscall.Fstat(fd, &s); err != nil {
		return nil, err
	}
	return fts.Open(fdFile(fd), s.Size)
}

//export go_lws_fts_open
func go_lws_fts_open(path *C.char) (f *C.struct_lws_fts_file) {
	defer guard("lws_fts_open")
	if lacks("lws_fts_open", path == nil) {
		return nil
	}
	fd, err := syscall.Open(str(path), syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		engine.Errf("lws_fts_open: unable to open %s: %v", str(path), err)
		return nil
	}
	if _, err = openIndex(fd); err != nil {
		engine.Errf("lws_fts_open: %s: %v", str(path), err)
	} else {
		f = C.lwsgo_fts_opened(C.int(fd))
	}
	if f == nil {
		syscall.Close(fd)
	}
	return f
}

//export go_lws_fts_close
func go_lws_fts_close(f *C.struct_lws_fts_file) {
	defer guard("lws_fts_close")
	fd := C.lwsgo_fts_fd(f, 1)
	if fd < 0 {
		gone("open full text index", unsafe.Pointer(f))
		return
	}
	syscall.Close(int(fd))
}

//export go_lws_fts_search
func go_lws_fts_search(f *C.struct_lws_fts_file, p *C.struct_lws_fts_search_params) *C.struct_lws_fts_result {
	defer guard("lws_fts_search")
	if lacks("lws_fts_search", p == nil) {
		return nil
	}
	p.results_head = nil
	fd := C.lwsgo_fts_fd(f, 0)
	if fd < 0 {
		gone("open full text index", unsafe.Pointer(f))
		return nil
	}
	if p.needle == nil {
		return nil
	}
	r, err := openIndex(int(fd))
	if err != nil {
		engine.Errf("lws_fts_search: %v", err)
		return nil
	}
	found, err := r.Search(&fts.Params{
		Needle: str(p.needle), Flags: int(p.flags), MaxAutocomplete: int(p.max_autocomplete),
		Only: p.only_filepath != nil, OnlyPath: str(p.only_filepath),
	})
	if errors.Is(err, fts.ErrNeedle) {
		return nil
	}
	if err != nil {
		engine.Errf("lws_fts_search: %v", err)
	}
	return ftsResult(p, found)
}

// ftsResult puts what was found into the program's lwsac.
func ftsResult(p *C.struct_lws_fts_search_params, found *fts.Result) *C.struct_lws_fts_result {
	use := func(n int) unsafe.Pointer {
		q := C.lwsac_use_zero(&p.results_head, C.size_t(n), 0)
		if q == nil {
			engine.Errf("lws_fts_search: no memory for %d bytes of results", n)
		}
		return q
	}
	text := func(at unsafe.Pointer, s string) { copy(unsafe.Slice((*byte)(at), len(s)), s) }
	r := (*C.struct_lws_fts_result)(use(C.sizeof_struct_lws_fts_result))
	if r == nil {
		return nil
	}
	r.effective_flags = p.flags
	r.duration_ms = C.int(found.Duration.Milliseconds())
	last := &r.filepath_head
	for i := range found.Paths {
		f := &found.Paths[i]
		lines := 0
		if p.flags&fts.FileLines != 0 {
			lines = 8
			if p.flags&fts.QuoteLine != 0 {
				lines += C.sizeof_uintptr_t
			}
		}
		q := use(C.sizeof_struct_lws_fts_result_filepath + lines*len(f.Found) + len(f.Path) + 1)
		if q == nil {
			return r
		}
		fp := (*C.struct_lws_fts_result_filepath)(q)
		fp.matches = C.int(f.Matches)
		fp.matches_length = C.int(lines * len(f.Found))
		fp.lines_in_file = C.int(f.Lines)
		fp.filepath_length = C.int(len(f.Path))
		at := unsafe.Add(q, C.sizeof_struct_lws_fts_result_filepath)
		for _, l := range f.Found {
			*(*uint32)(at), *(*uint32)(unsafe.Add(at, 4)) = l.Number, l.Offset
			if lines > 8 {
				s := use(len(l.Quote) + 1)
				if s == nil {
					return r
				}
				text(s, l.Quote)
				*(*unsafe.Pointer)(unsafe.Add(at, 8)) = s
			}
			at = unsafe.Add(at, lines)
		}
		text(at, f.Path)
		*last, last = fp, &fp.next
	}
	next := &r.autocomplete_head
	for i := range found.Completions {
		c := &found.Completions[i]
		q := use(C.sizeof_struct_lws_fts_result_autocomplete + len(c.Text) + 1)
		if q == nil {
			return r
		}
		ac := (*C.struct_lws_fts_result_autocomplete)(q)
		ac.instances, ac.agg_instances = C.int(c.Instances), C.int(c.Below)
		ac.ac_length = C.int(len(c.Text))
		ac.elided, ac.has_children = C.char(b2i(c.Elided)), C.char(b2i(c.More))
		text(unsafe.Add(q, C.sizeof_struct_lws_fts_result_autocomplete), c.Text)
		*next, next = ac, &ac.next
	}
	return r
}
