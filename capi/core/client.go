// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include "lws_private.h"

static inline int resolve(const char *name, struct addrinfo **res)
{
	struct addrinfo hints;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	return getaddrinfo(name, NULL, &hints, res);
}
static inline const void *addr4(const struct addrinfo *a)
{
	return &((const struct sockaddr_in *)a->ai_addr)->sin_addr;
}
static inline const void *addr6(const struct addrinfo *a)
{
	return &((const struct sockaddr_in6 *)a->ai_addr)->sin6_addr;
}
static inline unsigned scope6(const struct addrinfo *a)
{
	return ((const struct sockaddr_in6 *)a->ai_addr)->sin6_scope_id;
}
*/
import "C"

import (
	"net/netip"
	"strconv"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
)

// Lookup resolves a name as every C program on this machine does.
func (*program) Lookup(name string) ([]netip.Addr, error) {
	cs := C.CString(name)
	defer C.free(unsafe.Pointer(cs))
	var res *C.struct_addrinfo
	if n := C.resolve(cs, &res); n != 0 {
		return nil, lookupError(n)
	}
	defer C.freeaddrinfo(res)
	var l []netip.Addr
	for a := res; a != nil; a = a.ai_next {
		switch a.ai_family {
		case C.AF_INET:
			l = append(l, netip.AddrFrom4(*(*[4]byte)(C.addr4(a))))
		case C.AF_INET6:
			ip := netip.AddrFrom16(*(*[16]byte)(C.addr6(a)))
			if s := C.scope6(a); s != 0 {
				ip = ip.WithZone(strconv.Itoa(int(s)))
			}
			l = append(l, ip)
		}
	}
	return l, nil
}

// lookupError is an EAI_ value.
type lookupError C.int

func (e lookupError) Error() string { return C.GoString(C.gai_strerror(C.int(e))) }

// NoSuchName tells whether somebody who knows has said that there is no such name.
func (e lookupError) NoSuchName() bool { return e == C.EAI_NONAME }

// Unreachable tells whether nobody answered that could have known.
func (e lookupError) Unreachable() bool { return e == C.EAI_AGAIN || e == C.EAI_SYSTEM }

// clientABI is how the program's ABI has clients behave.
func clientABI(a *C.struct_lwsgo_client_abi) engine.ClientABI {
	e := &a.errors
	return engine.ClientABI{
		Connecting:      a.connecting != 0,
		DefaultVhost:    a.default_vhost != 0,
		Redirects:       int(a.redirects),
		RegisteredCodes: a.registered_codes != 0,
		ResetByClose:    a.reset_by_close != 0,
		RetriesLookup:   a.retries_lookup != 0,
		SecureOrigin:    a.secure_origin != 0,
		UserAgent:       str(a.user_agent),
		Errors: engine.ClientErrors{
			Bind: str(e.bind), Certificate: str(e.certificate), NoAnswer: str(e.no_answer), NoName: str(e.no_name), Options: str(e.options),
			ProxyDenies: str(e.proxy_denies), ProxyFails: str(e.proxy_fails), Refused: str(e.refused), Socket: str(e.socket), TLS: str(e.tls),
		},
	}
}

func text(p *C.char) client.Text { return client.Text{S: str(p), Has: p != nil} }

//export go_lws_client_connect_via_info
func go_lws_client_connect_via_info(i *C.struct_lwsgo_connect) (ret *C.struct_lws) {
	defer guard("lws_client_connect_via_info")
	ctx := contextOf(i.context)
	if ctx == nil {
		engine.Errf("lws_client_connect_via_info: no context")
		return nil
	}
	info := &client.Info{
		Ctx: ctx, Vhost: vhostOf(i.vhost),
		Address: str(i.address), Port: int(i.port), Flags: client.Flags(i.ssl_connection),
		Path: str(i.path), Host: str(i.host), Origin: text(i.origin),
		Protocols: text(i.protocol), LocalProtocol: text(i.local_protocol_name), Method: text(i.method),
		Iface: str(i.iface), ALPN: str(i.alpn), Version: int(i.ietf_version_or_minus_one),
		ManualCredit: int(i.manual_initial_tx_credit),
		User:         i.userdata, Opaque: i.opaque_user_data, KeepWarmSecs: int(i.keep_warm_secs),
	}
	if i.parent_wsi != nil {
		info.Parent = conn(i.parent_wsi, "lws_client_connect_via_info: parent_wsi")
	}
	if r := i.retry_and_idle_policy; r != nil {
		info.Retry = &engine.Retry{
			PingSecs: uint16(r.secs_since_valid_ping), HangupSecs: uint16(r.secs_since_valid_hangup), C: unsafe.Pointer(r),
		}
	}
	if n := C.int(i.sys_tls_client_cert); n != 0 {
		cx := i.context // i is gone when it is needed
		info.Identity = func() (cert, key []byte, err error) { return systemIdentity(cx, n-1) }
	}
	pwsi := i.pwsi
	if pwsi != nil {
		info.Made = func(c *engine.Conn) { *pwsi = face(c) }
	}
	info.Priority, info.LogCx = int(i.priority), unsafe.Pointer(apart(i.log_cx))
	ctx.Lock()
	defer ctx.Unlock()
	c := client.Connect(info)
	if c == nil && pwsi != nil {
		*pwsi = nil
	}
	return face(c)
}

//export go_lws_client_reset
func go_lws_client_reset(pwsi **C.struct_lws, ssl C.int, address *C.char, port C.int, path, host *C.char, _ C.char) *C.struct_lws {
	defer guard("lws_client_reset")
	if pwsi == nil {
		return nil
	}
	c := conn(*pwsi, "lws_client_reset")
	if c == nil {
		return nil
	}
	c.Lock()
	defer c.Unlock()
	if !client.Reset(c, ssl != 0, str(address), int(port), str(path), str(host)) {
		if c.Dead() {
			*pwsi = nil
		}
		return nil
	}
	return *pwsi
}

//export go_lws_http_client_read
func go_lws_http_client_read(wsi *C.struct_lws, buf **C.char, n *C.int) C.int {
	return onConn(wsi, "lws_http_client_read", -1, func(c *engine.Conn) C.int {
		if buf == nil || *buf == nil || n == nil {
			return -1
		}
		used, answer := client.Read(c, cView(*buf, int(*n)))
		*buf = next(*buf, used)
		*n = 0
		return C.int(answer)
	})
}

//export go_lws_http_client_http_response
func go_lws_http_client_http_response(wsi *C.struct_lws) C.uint {
	return onConn(wsi, "lws_http_client_http_response", 0, func(c *engine.Conn) C.uint {
		return C.uint(client.Response(c))
	})
}

//export go_lws_http_is_redirected_to_get
func go_lws_http_is_redirected_to_get(wsi *C.struct_lws) C.int {
	return onConn(wsi, "lws_http_is_redirected_to_get", 0, func(c *engine.Conn) C.int {
		return b2i(client.RedirectedToGet(c))
	})
}

//export go_lws_client_http_body_pending
func go_lws_client_http_body_pending(wsi *C.struct_lws, more C.int) {
	withConn(wsi, "lws_client_http_body_pending", func(c *engine.Conn) {
		client.SetBodyPending(c, more != 0)
	})
}

//export go_lws_client_http_multipart
func go_lws_client_http_multipart(wsi *C.struct_lws, name, filename, ctype *C.char, p **C.char, end *C.char) C.int {
	return onConn(wsi, "lws_client_http_multipart", 1, func(c *engine.Conn) C.int {
		if p == nil || *p == nil {
			return 1
		}
		head := client.PartHead(c, text(name), text(filename), text(ctype))
		room := int(uintptr(unsafe.Pointer(end)) - uintptr(unsafe.Pointer(*p)))
		if head == nil || len(head) >= room {
			return 1
		}
		dst := cView(*p, room)
		dst[copy(dst, head)] = 0
		*p = next(*p, len(head))
		return 0
	})
}

//export go_lws_http_basic_auth_gen
func go_lws_http_basic_auth_gen(user, pw, buf *C.char, n C.size_t) (ret C.int) {
	defer guardOr("lws_http_basic_auth_gen", &ret, 1)
	if lacks("lws_http_basic_auth_gen", user == nil || pw == nil || buf == nil) {
		return 1
	}
	switch client.BasicAuth(cView(buf, int(min(n, openEnd))), str(user), str(pw)) {
	case nil:
		*next(buf, int(min(n, openEnd))-1) = 0 // where the reference puts one, too
		return 0
	case client.ErrAuthRoom:
		return 1
	}
	return 2
}

//export go_lws_set_proxy
func go_lws_set_proxy(v *C.struct_lws_vhost, proxy *C.char) C.int {
	return onVhost(v, "lws_set_proxy", -1, func(vh *engine.Vhost) C.int {
		if proxy == nil {
			return -1
		}
		if err := client.SetProxy(vh, str(proxy)); err != nil {
			engine.Errf("lws_set_proxy: %v", err)
			return -1
		}
		return 0
	})
}

//export go_lws_set_socks
func go_lws_set_socks(v *C.struct_lws_vhost, proxy *C.char) C.int {
	return onVhost(v, "lws_set_socks", -1, func(vh *engine.Vhost) C.int {
		if proxy == nil {
			return -1
		}
		if err := client.SetSocks(vh, str(proxy)); err != nil {
			engine.Errf("lws_set_socks: %v", err)
			return -1
		}
		return 0
	})
}

// initProxies gives a new vhost its proxies: the program's, or the environment's.
func initProxies(v *engine.Vhost) {
	for _, p := range [...]struct {
		given *string
		env   string
		set   func(*engine.Vhost, string) error
	}{
		{&v.HTTPProxy, "http_proxy", client.SetProxy},
		{&v.Socks, "socks_proxy", client.SetSocks},
	} {
		proxy := *p.given
		*p.given = ""
		if proxy == "" {
			proxy = getenv(p.env)
		}
		if proxy == "" {
			continue
		}
		if err := p.set(v, proxy); err != nil {
			engine.Errf("vhost %s: %v", v.Name, err)
		}
	}
}

// getenv asks libc: the program may have changed its environment.
func getenv(name string) string {
	cs := C.CString(name)
	defer C.free(unsafe.Pointer(cs))
	return str(C.getenv(cs))
}
