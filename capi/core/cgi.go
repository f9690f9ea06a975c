// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include "entry.h"
#include "lws_private.h"

// What programs know as a process. It is never given back to malloc.
struct lws_spawn_piped {
	lws_dll2_t list;
	struct lws *std[3];
};

static inline void lwsgo_reaped(lsp_cb_t cb, void *opaque, lws_usec_t *accounting, void *si, int killed)
{
	struct lwsgo_thread *t = &lwsgo_self;
	int was = t->outside;

	lwsgo_log_waiting();
	t->outside = t->depth;
	cb(opaque, accounting, si, killed);
	t->outside = was;
}
*/
import "C"

import (
	"sync"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/httpd"
	"libwebsockets/impl/role/child"
	"libwebsockets/impl/role/raw"
)

// processes are those that programs know, and the faces of others for reuse, oldest first.
var processes struct {
	mu   sync.Mutex
	of   map[*C.struct_lws_spawn_piped]*child.Process
	free []*child.Face
}

func newProcess() *child.Face {
	p := &processes
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.free) <= faceReserve {
		return (*child.Face)(C.lwsgo_keep(C.calloc(1, C.sizeof_struct_lws_spawn_piped)))
	}
	f := p.free[0]
	p.free = p.free[1:]
	*f = child.Face{}
	return f
}

func processGone(f *child.Face) {
	lsp := (*C.struct_lws_spawn_piped)(unsafe.Pointer(f))
	C.lws_dll2_remove(&lsp.list)
	p := &processes
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.of, lsp)
	p.free = append(p.free, f)
}

// processOf is the process that lsp is, with its thread's lock taken; nil: there is none
// (any more).
func processOf(lsp *C.struct_lws_spawn_piped, call string) *child.Process {
	processes.mu.Lock()
	p := processes.of[lsp]
	processes.mu.Unlock()
	if p == nil {
		engine.Errf("%s: %p is no process (any more)", call, lsp)
		return nil
	}
	p.Thread().Lock()
	return p
}

// searchPath is where execvp() looks for programs.
func searchPath() string {
	name := C.CString("PATH")
	defer C.free(unsafe.Pointer(name))
	if p := C.getenv(name); p != nil {
		return C.GoString(p)
	}
	return "/bin:/usr/bin"
}

// strings0 is a list of strings that NULL ends.
func strings0(p **C.char) (l []string) {
	for ; p != nil && *p != nil; p = next(p, 1) {
		l = append(l, str(*p))
	}
	return l
}

//export go_lws_spawn_piped
func go_lws_spawn_piped(i *C.struct_lws_spawn_piped_info) *C.struct_lws_spawn_piped {
	defer guard("lws_spawn_piped")
	if lacks("lws_spawn_piped", i == nil || i.exec_array == nil) {
		return nil
	}
	info := child.Info{
		Args: strings0((**C.char)(unsafe.Pointer(i.exec_array))), Env: strings0((**C.char)(unsafe.Pointer(i.env_array))),
		Path: searchPath(), Root: str(i.chroot_path), Dir: "/tmp", Opaque: i.opaque, Timeout: int64(i.timeout_us),
		Group: i.disable_ctrlc != 0, Role: raw.File,
	}
	if i.wd != nil {
		info.Dir = str(i.wd)
	}
	if i.protocol_name != nil {
		name := str(i.protocol_name)
		info.Protocol = &name
	}
	if i.opt_parent != nil {
		if info.Parent = conn(i.opt_parent, "lws_spawn_piped: opt_parent"); info.Parent == nil {
			return nil
		}
		info.Vhost = info.Parent.Vhost
	}
	if i.vh != nil {
		info.Vhost = vhost(i.vh)
	}
	if info.Vhost == nil {
		engine.Errf("lws_spawn_piped: there is no vhost")
		return nil
	}
	f := newProcess()
	if f == nil {
		return nil
	}
	lsp := (*C.struct_lws_spawn_piped)(unsafe.Pointer(f))
	plsp, cb, opaque := i.plsp, i.reap_cb, i.opaque
	info.Gone = func(p *child.Process) {
		if plsp != nil {
			*plsp = nil
		}
		processGone(p.F)
	}
	info.Thread = info.Vhost.Ctx.First()
	if l := info.Vhost.Ctx.Threads; i.tsi > 0 && int(i.tsi) < len(l) {
		info.Thread = l[i.tsi]
	}
	if info.Parent != nil {
		info.Thread = info.Parent.PT()
	}
	info.Thread.Lock()
	defer info.Thread.Unlock()
	var p *child.Process
	if cb != nil {
		info.Reaped = func(o *child.Outcome) {
			p.Thread().Outside(func() {
				C.lwsgo_reaped(cb, opaque, (*C.lws_usec_t)(unsafe.Pointer(&o.Accounting)), unsafe.Pointer(&o.SI), C.int(o.Killed))
			})
		}
	}
	if p = child.Start(f, info); p == nil {
		return nil
	}
	processes.mu.Lock()
	if processes.of == nil {
		processes.of = map[*C.struct_lws_spawn_piped]*child.Process{}
	}
	processes.of[lsp] = p
	processes.mu.Unlock()
	if i.owner != nil {
		C.lws_dll2_add_head(&lsp.list, i.owner)
	}
	return lsp
}

//export go_lws_spawn_piped_kill_child_process
func go_lws_spawn_piped_kill_child_process(lsp *C.struct_lws_spawn_piped) (ret C.int) {
	defer guardOr("lws_spawn_piped_kill_child_process", &ret, 1)
	p := processOf(lsp, "lws_spawn_piped_kill_child_process")
	if p == nil {
		return 1
	}
	defer p.Thread().Unlock()
	return b2i(!p.Kill())
}

//export go_lws_spawn_piped_destroy
func go_lws_spawn_piped_destroy(lsp **C.struct_lws_spawn_piped) {
	defer guard("lws_spawn_piped_destroy")
	if lsp == nil || *lsp == nil {
		return
	}
	if p := processOf(*lsp, "lws_spawn_piped_destroy"); p != nil {
		defer p.Thread().Unlock()
		p.Leave(-1)
	}
	*lsp = nil
}

//export go_lws_spawn_stdwsi_closed
func go_lws_spawn_stdwsi_closed(lsp *C.struct_lws_spawn_piped, wsi *C.struct_lws) {
	defer guard("lws_spawn_stdwsi_closed")
	if p := processOf(lsp, "lws_spawn_stdwsi_closed"); p != nil {
		defer p.Thread().Unlock()
		p.PipeClosed(engine.ConnOf((*engine.Face)(unsafe.Pointer(wsi))))
	}
}

//export go_lws_cgi
func go_lws_cgi(wsi *C.struct_lws, args **C.char, path, secs C.int, env *C.struct_lws_protocol_vhost_options) C.int {
	return onConn(wsi, "lws_cgi", -1, func(c *engine.Conn) C.int {
		r := httpd.CGIRequest{Args: strings0(args), Path: int(path), Timeout: int(secs), Env: headers(env)}
		if lacks("lws_cgi", len(r.Args) == 0) || !httpd.RunCGI(c, r) {
			return -1
		}
		return 0
	})
}

//export go_lws_cgi_write_split_stdout_headers
func go_lws_cgi_write_split_stdout_headers(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_cgi_write_split_stdout_headers", -1, func(c *engine.Conn) C.int {
		if g := httpd.CGIOf(c); g != nil {
			return C.int(g.Write())
		}
		return -1
	})
}

//export go_lws_cgi_kill
func go_lws_cgi_kill(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_cgi_kill", 0, func(c *engine.Conn) C.int {
		if g := httpd.CGIOf(c); g != nil {
			g.Kill()
		}
		return 0
	})
}

//export go_lws_cgi_get_stdwsi
func go_lws_cgi_get_stdwsi(wsi *C.struct_lws, ch C.enum_lws_enum_stdinouterr) *C.struct_lws {
	return onConn(wsi, "lws_cgi_get_stdwsi", nil, func(c *engine.Conn) *C.struct_lws {
		if g := httpd.CGIOf(c); g != nil {
			return face(g.Pipe(int(ch)))
		}
		return nil
	})
}

// go_lwsgo_cgi does what lws_callback_http_dummy() does for a CGI.
//
//export go_lwsgo_cgi
func go_lwsgo_cgi(wsi *C.struct_lws, reason C.int, in unsafe.Pointer) C.int {
	return onConn(wsi, "lws_callback_http_dummy", -1, func(c *engine.Conn) C.int {
		if g := httpd.CGIOf(c); g != nil {
			return C.int(g.Default(engine.Reason(reason), in))
		}
		return 0
	})
}
