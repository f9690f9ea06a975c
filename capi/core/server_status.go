// SPDX-License-Identifier: MIT

package main

// #include "lwsgo.h"
// #include "lws_private.h"
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
	"unsafe"

	"libwebsockets/impl/engine"
)

// object is one of JSON, whose members keep their order.
type object []byte

// add appends a member; numbers are strings, as the pages that show them expect it.
func (o *object) add(name string, value any) {
	switch v := value.(type) {
	case object:
		o.raw(name, string(append(v, '}')))
	default:
		o.raw(name, quoted(fmt.Sprint(value)))
	}
}

func (o *object) raw(name, value string) {
	sep := ",\n"
	if len(*o) == 0 {
		sep = "{"
	}
	*o = append(*o, sep+quoted(name)+":"+value...)
}

func (o object) String() string { return string(append(o, '}')) }

// quoted is s as a string of JSON (RFC 8259 §7). encoding/json would do it, and be 300 KB.
func quoted(s string) string {
	b := []byte{'"'}
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r < ' ':
			b = fmt.Appendf(b, "\\u%04x", r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}

func list(l []string) string { return "[" + strings.Join(l, ",\n") + "]" }

// counters appends what a vhost, or all of them together, have counted.
func (o *object) counters(t engine.Traffic, vhosts ...*engine.Vhost) {
	o.add("rx", t.Rx)
	o.add("tx", t.Tx)
	for _, c := range []struct {
		name string
		of   func(*engine.Counters) uint64
	}{
		{"h1_conn", func(c *engine.Counters) uint64 { return c.H1Conns.Load() }},
		{"h1_trans", func(c *engine.Counters) uint64 { return c.H1Requests.Load() }},
		{"h2_trans", func(c *engine.Counters) uint64 { return c.H2Requests.Load() }},
		{"ws_upg", func(c *engine.Counters) uint64 { return c.Upgrades.Load() }},
		{"rejected", func(c *engine.Counters) uint64 { return c.Rejected.Load() }},
		{"h2_upg", func(*engine.Counters) uint64 { return 0 }}, // h2c is not offered
		{"h2_alpn", func(c *engine.Counters) uint64 { return c.H2ALPN.Load() }},
		{"h2_subs", func(c *engine.Counters) uint64 { return c.H2Streams.Load() }},
	} {
		n := uint64(0)
		for _, v := range vhosts {
			n += c.of(&v.Count)
		}
		o.add(c.name, n)
	}
}

func vhostStatus(v *engine.Vhost, t engine.Traffic) string {
	var o object
	o.add("name", v.Name)
	o.add("port", v.Port)
	o.add("use_ssl", b2i(v.Secured()))
	o.add("sts", b2i(v.Options.Has(engine.OptSTS)))
	o.counters(t, v)
	var l []string
	for _, m := range v.Mounts {
		var e object
		e.add("mountpoint", m.Mountpoint)
		e.add("origin", mountKinds[min(int(m.Kind), len(mountKinds)-1)]+m.Origin)
		e.add("cache_max_age", m.CacheMaxAge)
		e.add("cache_reuse", b2i(m.CacheReusable))
		e.add("cache_revalidate", b2i(m.CacheRevalid))
		e.add("cache_intermediaries", b2i(m.CacheInterm))
		if m.HasDef {
			e.add("default", m.Def)
		}
		l = append(l, e.String())
	}
	if l != nil {
		o.raw("mounts", list(l))
	}
	l = nil
	for _, p := range v.Protocols {
		var ok, e object
		ok.add("status", "ok")
		e.add(p.Name, ok)
		l = append(l, e.String())
	}
	o.raw("ws-protocols", list(l))
	return o.String()
}

func contextStatus(ctx *engine.Context, cx *C.struct_lws_context, hide bool) string {
	var o, c, pt object
	s := ctx.Status()
	o.add("version", C.GoString(C.lws_get_library_version()))
	o.add("uptime", 0) // as there
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		for i, f := range strings.Fields(string(b))[:3] {
			o.add(fmt.Sprint("l", i+1), f)
		}
	}
	if b, err := os.ReadFile("/proc/self/statm"); err == nil {
		o.add("statm", strings.TrimSpace(string(b)))
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	o.raw("heap", fmt.Sprint(m.HeapAlloc))

	c.add("context_uptime", (engine.Now()-ctx.Born)/1_000_000)
	c.add("cgi_spawned", ctx.CGIs.Load())
	c.add("pt_fd_max", ctx.FDLimit)
	c.add("ah_pool_max", ctx.FDLimit) // each connection may have one
	c.add("deprecated", C.lws_context_is_deprecated(cx))
	c.add("wsi_alive", s.Conns)
	pt.add("fds_count", s.Polled)
	pt.add("ah_pool_inuse", s.Headers)
	pt.add("ah_wait_list", s.Waiting)
	c.raw("pt", list([]string{pt.String()}))
	var l []string
	var all engine.Traffic
	for _, v := range ctx.Vhosts() {
		t := s.Traffic[v]
		all.Rx += t.Rx
		all.Tx += t.Tx
		if !hide {
			l = append(l, vhostStatus(v, t))
		}
	}
	c.raw("vhosts", list(l))
	c.add("listen_wsi", s.Listening)
	c.counters(all, ctx.Vhosts()...)
	c.add("cgi_alive", ctx.Companions())
	o.raw("contexts", list([]string{c.String()}))
	return o.String()
}

// fill copies as much of s as buf, of n bytes, has room for, and a NUL behind it.
func fill(buf *C.char, n C.int, s string) C.int {
	b := unsafe.Slice((*byte)(unsafe.Pointer(buf)), n)
	k := copy(b[:n-1], s)
	b[k] = 0
	return C.int(k)
}

//export go_lws_json_dump_vhost
func go_lws_json_dump_vhost(vh *C.struct_lws_vhost, buf *C.char, n C.int) C.int {
	return onVhost(vh, "lws_json_dump_vhost", 0, func(v *engine.Vhost) C.int {
		if buf == nil || n < 100 { // as there
			return 0
		}
		return fill(buf, n, vhostStatus(v, v.Ctx.Status().Traffic[v]))
	})
}

//export go_lws_json_dump_context
func go_lws_json_dump_context(cx *C.struct_lws_context, buf *C.char, n, hide C.int) C.int {
	return onContext(cx, "lws_json_dump_context", 0, func(ctx *engine.Context) C.int {
		if buf == nil || n < 1 {
			return 0
		}
		return fill(buf, n, contextStatus(ctx, cx, hide != 0))
	})
}
