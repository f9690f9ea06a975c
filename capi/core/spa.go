// SPDX-License-Identifier: MIT

package main

/*
#include <stdlib.h>
#include "spa.h"
#include "lws_private.h"

static inline void
lwsgo_spa_set_info(struct lws_spa *spa, const lws_spa_create_info_t *i)
{
	spa->i = *i;
}

static inline int
lwsgo_spa_file(struct lws_spa *spa, char *buf, int len, int state)
{
	return spa->i.opt_cb(spa->i.opt_data, spa->name, spa->filename, buf, len,
			     (enum lws_spa_fileupload_states)state);
}
*/
import "C"

import (
	"errors"
	"sync"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/form"
	"libwebsockets/impl/wire/h1"
)

// spaDefaultStorage is the storage when the program asks for 0 bytes.
const spaDefaultStorage = 512

var errSpaCallback = errors.New("spa: the program's callback refused")

// spa is one form being read. Its memory that programs see is C's.
type spa struct {
	c         *C.struct_lws_spa
	ac        **C.struct_lwsac // the program's allocator, or nil
	conn      *engine.Conn     // for the log
	names     []string
	storage   int
	params    form.Params
	decoder   form.Decoder
	finalized bool
}

// spas finds the Go object of a C handle. A handle that was destroyed, or is no
// handle, is not there. The handle is not read: programs free its lwsac first.
var spas = struct {
	sync.Mutex
	m map[*C.struct_lws_spa]*spa
}{m: map[*C.struct_lws_spa]*spa{}}

func spaOf(c *C.struct_lws_spa) *spa {
	spas.Lock()
	defer spas.Unlock()
	return spas.m[c]
}

//export go_lws_spa_create_via_info
func go_lws_spa_create_via_info(wsi *C.struct_lws, i *C.lws_spa_create_info_t) *C.struct_lws_spa {
	defer guard("lws_spa_create_via_info")
	if lacks("lws_spa_create_via_info", i == nil) || i.count_params < 0 || i.max_storage < 0 {
		return nil
	}
	s := &spa{ac: i.ac, names: spaNames(i), storage: int(i.max_storage)}
	s.conn = engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi)))
	if s.storage == 0 {
		s.storage = spaDefaultStorage
	}
	if !s.alloc(i) {
		s.free()
		return nil
	}
	s.params = form.Params{Lookup: s.lookup, Stored: s.stored, Reuse: s.ac != nil}
	if i.opt_cb != nil {
		s.params.File = s.file
	}
	s.params.Init(cView(s.c.storage, s.storage))
	s.decoder = form.NewDecoder(connHeader(unsafe.Pointer(wsi), h1.TokenHTTPContentType), &s.params)
	spas.Lock()
	spas.m[s.c] = s
	spas.Unlock()
	return s.c
}

// spaNames copies the wanted names, which lie in a plain array or in structs.
func spaNames(i *C.lws_spa_create_info_t) []string {
	stride := uintptr(i.param_names_stride)
	if stride == 0 {
		stride = unsafe.Sizeof(uintptr(0))
	}
	names := make([]string, i.count_params)
	for n := range names {
		p := *(**C.char)(unsafe.Add(unsafe.Pointer(i.param_names), uintptr(n)*stride))
		names[n] = string(cBytes(p))
	}
	return names
}

// alloc gets zeroed memory from the program's lwsac or from the heap.
func (s *spa) alloc(i *C.lws_spa_create_info_t) bool {
	get := func(n C.size_t) unsafe.Pointer {
		if s.ac != nil {
			return C.lwsac_use_zero(s.ac, n, i.ac_chunk_size)
		}
		return C.lwsgo_zalloc(max(n, 1), allocReason)
	}
	if s.c = (*C.struct_lws_spa)(get(C.sizeof_struct_lws_spa)); s.c == nil {
		return false
	}
	C.lwsgo_spa_set_info(s.c, i)
	count := C.size_t(len(s.names))
	s.c.storage = (*C.char)(get(C.size_t(s.storage)))
	s.c.params = (**C.char)(get(count * C.size_t(unsafe.Sizeof(uintptr(0)))))
	s.c.lengths = (*C.int)(get(count * C.sizeof_int))
	return s.c.storage != nil && s.c.params != nil && s.c.lengths != nil
}

// free gives the memory back; a lwsac goes as a whole.
func (s *spa) free() {
	if s.ac != nil {
		C.lwsac_free(s.ac)
		return
	}
	if s.c != nil {
		C.lwsgo_free(unsafe.Pointer(s.c.lengths))
		C.lwsgo_free(unsafe.Pointer(s.c.params))
		C.lwsgo_free(unsafe.Pointer(s.c.storage))
		C.lwsgo_free(unsafe.Pointer(s.c))
	}
}

func (s *spa) lookup(name []byte) int {
	for i, n := range s.names {
		if n == string(name) {
			return i
		}
	}
	return -1
}

// stored notes a value. The first value of a repeated parameter is the one that
// programs see, with a lwsac the last; the length is that of all together.
func (s *spa) stored(i int, value []byte) error {
	slot := &unsafe.Slice(s.c.params, len(s.names))[i]
	if s.ac != nil {
		p := C.lwsac_use(s.ac, C.size_t(len(value)+1), s.c.i.ac_chunk_size)
		if p == nil {
			return form.ErrStorage
		}
		dst := cView((*C.char)(p), len(value)+1)
		dst[copy(dst, value)] = 0
		*slot = (*C.char)(p)
	} else if *slot == nil {
		*slot = (*C.char)(unsafe.Pointer(unsafe.SliceData(value)))
	}
	unsafe.Slice(s.c.lengths, len(s.names))[i] += C.int(len(value))
	return nil
}

// file passes a file on to the program. data is C memory.
func (s *spa) file(name, filename, data []byte, state form.State) error {
	s.setNames(name, filename)
	buf := (*C.char)(unsafe.Pointer(unsafe.SliceData(data)))
	if C.lwsgo_spa_file(s.c, buf, C.int(len(data)), C.int(state)) < 0 {
		return errSpaCallback
	}
	return nil
}

func (s *spa) setNames(name, filename []byte) {
	dst := cView(&s.c.name[0], len(s.c.name))
	dst[copy(dst[:len(dst)-1], name)] = 0
	dst = cView(&s.c.filename[0], len(s.c.filename))
	dst[copy(dst[:len(dst)-1], filename)] = 0
}

// finalize ends the last value and tells the program's callback so. A form that is
// cut short or was refused keeps what it has.
func (s *spa) finalize() {
	if s.finalized {
		return
	}
	s.finalized = true
	_ = s.decoder.Close()
	if s.c.i.opt_cb != nil {
		part := s.decoder.Current()
		s.setNames(part.Name, part.Filename)
		C.lwsgo_spa_file(s.c, nil, 0, C.int(form.Close))
	}
}

//export go_lws_spa_process
func go_lws_spa_process(c *C.struct_lws_spa, in *C.char, n C.int) (ret C.int) {
	defer guardOr("lws_spa_process", &ret, -1)
	s := spaOf(c)
	if s == nil {
		return -1
	}
	if s.finalized {
		return 0
	}
	if err := s.decoder.Write(cView(in, int(n))); err != nil {
		engine.Noticef("%v: lws_spa_process: field '%s': %v (max_storage %d)", s.conn, s.decoder.Current().Name, err, s.storage)
		return -1
	}
	return 0
}

//export go_lws_spa_finalize
func go_lws_spa_finalize(c *C.struct_lws_spa) (ret C.int) {
	defer guardOr("lws_spa_finalize", &ret, -1)
	if s := spaOf(c); s != nil {
		s.finalize()
	}
	return 0
}

//export go_lws_spa_destroy
func go_lws_spa_destroy(c *C.struct_lws_spa) (ret C.int) {
	defer guardOr("lws_spa_destroy", &ret, -1)
	if lacks("lws_spa_destroy", c == nil) {
		return -1
	}
	s := spaOf(c)
	if s == nil {
		return 0
	}
	s.finalize()
	spas.Lock()
	delete(spas.m, c)
	spas.Unlock()
	s.free()
	return 0
}
