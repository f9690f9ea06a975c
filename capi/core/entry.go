// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include "lws_private.h"
*/
import "C"

import (
	"runtime"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
)

// How an export begins: its guard, for no panic may reach C; the lookup of what
// it was given, for the pointer may be stale; the lock.

// onConn is an export that is about one connection: it fails with failed when
// wsi is none (any more), else it answers as do does, which has the lock.
func onConn[T any](wsi *C.struct_lws, what string, failed T, do func(c *engine.Conn) T) (ret T) {
	defer guardOr(what, &ret, failed)
	c := conn(wsi, what)
	if c == nil {
		return failed
	}
	c.Lock()
	defer c.Unlock()
	return do(c)
}

// withConn is onConn for exports that answer nothing.
func withConn(wsi *C.struct_lws, what string, do func(c *engine.Conn)) {
	defer guard(what)
	if c := conn(wsi, what); c != nil {
		c.Lock()
		defer c.Unlock()
		do(c)
	}
}

// onContext is onConn for a context.
func onContext[T any](cx *C.struct_lws_context, what string, failed T, do func(ctx *engine.Context) T) (ret T) {
	defer guardOr(what, &ret, failed)
	ctx := context(cx)
	if ctx == nil {
		return failed
	}
	ctx.Lock()
	defer ctx.Unlock()
	return do(ctx)
}

// withContext is withConn for a context.
func withContext(cx *C.struct_lws_context, what string, do func(ctx *engine.Context)) {
	defer guard(what)
	if ctx := context(cx); ctx != nil {
		ctx.Lock()
		defer ctx.Unlock()
		do(ctx)
	}
}

// onVhost is onConn for a vhost.
func onVhost[T any](v *C.struct_lws_vhost, what string, failed T, do func(vh *engine.Vhost) T) (ret T) {
	defer guardOr(what, &ret, failed)
	vh := vhost(v)
	if vh == nil {
		return failed
	}
	vh.Lock()
	defer vh.Unlock()
	return do(vh)
}

// withVhost is withConn for a vhost.
func withVhost(v *C.struct_lws_vhost, what string, do func(vh *engine.Vhost)) {
	defer guard(what)
	if vh := vhost(v); vh != nil {
		vh.Lock()
		defer vh.Unlock()
		do(vh)
	}
}

// guard is the first statement of each other export that fails with its
// result's zero value, or has none: a panic ends there and is logged.
func guard(what string) {
	if r := recover(); r != nil {
		caught(what, r)
	}
}

// guardOr is guard for the others: the call fails with failed.
func guardOr[T any](what string, ret *T, failed T) {
	if r := recover(); r != nil {
		caught(what, r)
		*ret = failed
	}
}

func caught(what string, r any) {
	engine.Errf("%s: internal error: %v", what, r)
}

// lacks tells, and logs, that the program did not give what a call needs.
func lacks(what string, missing bool) bool {
	if missing {
		engine.Errf("%s: an argument is NULL", what)
	}
	return missing
}

// gone logs that what an exported function was given is not there (any more).
func gone(what string, p unsafe.Pointer) {
	call := "?"
	for skip := 2; call == "?"; skip++ { // the nearest export above
		pc, _, _, ok := runtime.Caller(skip)
		if !ok {
			break
		}
		name := runtime.FuncForPC(pc).Name()
		if i := strings.Index(name, ".go_"); i >= 0 && !strings.Contains(name[i+1:], ".") {
			call = name[i+len(".go_"):]
		}
	}
	engine.Errf("%s: %p is no %s (any more)", call, p, what)
}

// contextOf is nil for what is no context.
func contextOf(cx *C.struct_lws_context) *engine.Context {
	return engine.ContextOf((*engine.ContextFace)(unsafe.Pointer(cx)))
}

// vhostOf is nil for what is no vhost.
func vhostOf(v *C.struct_lws_vhost) *engine.Vhost {
	return engine.VhostOf((*engine.VhostFace)(unsafe.Pointer(v)))
}

// context is contextOf for the exports that cannot do without.
func context(cx *C.struct_lws_context) *engine.Context {
	ctx := contextOf(cx)
	if ctx == nil {
		gone("context", unsafe.Pointer(cx))
	}
	return ctx
}

// vhost is vhostOf for the exports that cannot do without.
func vhost(v *C.struct_lws_vhost) *engine.Vhost {
	vh := vhostOf(v)
	if vh == nil {
		gone("vhost", unsafe.Pointer(v))
	}
	return vh
}

// conn finds the connection behind wsi; what names the call for the log.
func conn(wsi *C.struct_lws, what string) *engine.Conn {
	c := engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi)))
	if c == nil {
		engine.Errf("%s: %p is no connection (any more)", what, wsi)
	}
	return c
}
