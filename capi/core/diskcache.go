// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"errors"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/diskcache"
	"libwebsockets/impl/engine"
)

// diskCache is struct lws_diskcache_scan, which C does not look into.
type diskCache struct {
	base *C.char // NULL: there is none
	diskcache.State
}

func cacheOf(lds *C.struct_lws_diskcache_scan) *diskCache { return (*diskCache)(unsafe.Pointer(lds)) }

//export go_lwsgo_diskcache_create
func go_lwsgo_diskcache_create(base *C.char, limit C.uint64_t) *C.struct_lws_diskcache_scan {
	defer guard("lws_diskcache_create")
	d := (*diskCache)(C.lwsgo_zalloc(C.size_t(unsafe.Sizeof(diskCache{})), allocReason))
	if d == nil {
		engine.Errf("lws_diskcache_create: no memory")
		return nil
	}
	if base != nil {
		d.base = (*C.char)(new(program).CString(str(base)))
	}
	d.Limit = uint64(limit)
	return (*C.struct_lws_diskcache_scan)(unsafe.Pointer(d))
}

//export go_lwsgo_diskcache_destroy
func go_lwsgo_diskcache_destroy(lds *C.struct_lws_diskcache_scan) {
	defer guard("lws_diskcache_destroy")
	d := cacheOf(lds)
	C.lwsgo_free(unsafe.Pointer(d.base))
	C.lwsgo_free(unsafe.Pointer(d))
}

//export go_lws_diskcache_prepare
func go_lws_diskcache_prepare(base *C.char, mode C.int, uid C.uint32_t) (ret C.int) {
	defer guardOr("lws_diskcache_prepare", &ret, 1)
	diskcache.Prepare(str(base), uint32(mode), int(int32(uid)), func(dir string, err error) {
		engine.Errf("lws_diskcache_prepare: %s: unable to chown %d: %v", dir, int32(uid), err)
	})
	return 0
}

//export go_lws_diskcache_query
func go_lws_diskcache_query(lds *C.struct_lws_diskcache_scan, bot C.int, hash *C.char, fd *C.int, cache *C.char, n C.int, extant *C.size_t) (ret C.int) {
	defer guardOr("lws_diskcache_query", &ret, diskcache.NoCache)
	d := cacheOf(lds)
	if d.base == nil {
		return diskcache.NoCache
	}
	f, err := d.Query(str(d.base), str(hash), bot != 0, int(n)-1)
	if errors.Is(err, diskcache.ErrName) {
		engine.Errf("lws_diskcache_query: %v", err)
	} else if err != nil {
		engine.Noticef("lws_diskcache_query: Problem creating cache %s: %v", f.Path, err)
	}
	out := cView(cache, int(n))
	out[copy(out[:n-1], f.Path)] = 0
	*fd = C.int(f.FD)
	if f.Kind == diskcache.Exists {
		*extant = C.size_t(f.Size)
	}
	return C.int(f.Kind)
}

//export go_lws_diskcache_finalize_name
func go_lws_diskcache_finalize_name(cache *C.char) (ret C.int) {
	defer guardOr("lws_diskcache_finalize_name", &ret, 1)
	if lacks("lws_diskcache_finalize_name", cache == nil) {
		return 1
	}
	from := str(cache)
	to := diskcache.Final(from)
	if to == "" {
		return 1
	}
	cView(cache, len(to)+1)[len(to)] = 0
	if err := unix.Rename(from, to); err != nil {
		engine.Errf("lws_diskcache_finalize_name: problem renaming %s to %s: %v", from, to, err)
		return 1
	}
	return 0
}

//export go_lws_diskcache_trim
func go_lws_diskcache_trim(lds *C.struct_lws_diskcache_scan) (ret C.int) {
	defer guardOr("lws_diskcache_trim", &ret, -1)
	d := cacheOf(lds)
	base := str(d.base)
	if d.base == nil {
		engine.Errf("lws_diskcache_trim: the cache has no folder")
		return -1
	}
	r, err := d.Trim(base, time.Now().Unix())
	if err != nil {
		engine.Errf("lws_diskcache_trim: Unable to walk repo dir '%s': %v", base, err)
		return -1
	}
	for _, err := range r.Failed {
		engine.Noticef("lws_diskcache_trim: Failed to unlink: %v", err)
	}
	if r.Files > 0 {
		engine.Noticef("lws_diskcache_trim: %s: trimmed %d files totalling %dKib, leaving %dMiB", base, r.Files, r.Bytes>>10, r.Sum>>20)
	}
	if r.Complete {
		engine.Infof("lws_diskcache_trim: cache %s: %dKiB / %dKiB, next scan %ds", base, r.Sum>>10, r.Limit>>10, d.Wait())
	}
	return 0
}

//export go_lws_diskcache_secs_to_idle
func go_lws_diskcache_secs_to_idle(lds *C.struct_lws_diskcache_scan) C.int {
	defer guard("lws_diskcache_secs_to_idle")
	return C.int(cacheOf(lds).Wait())
}
