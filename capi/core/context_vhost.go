// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include "lws_private.h"
#include "log.h"

void lwsgo_init_fops(struct lws_context *cx, const struct lws_plat_file_ops *more);

static inline void lwsgo_finalize(void (*fn)(struct lws_vhost *, void *), struct lws_vhost *v, void *arg)
{
	lwsgo_log_emit();
	fn(v, arg);
}
static inline void lwsgo_refused(lws_peer_limits_notify_t fn, struct lws_context *cx, int fd, void *sa)
{
	lwsgo_log_emit();
	fn(cx, fd, sa);
}
static inline void lwsgo_reload(lws_reload_func cb) { cb(); }
static inline unsigned mount_bits(const struct lwsgo_mount *m)
{
	return (m->cache_reusable ? 1u : 0) | (m->cache_revalidate ? 2u : 0) | (m->cache_intermediaries ? 4u : 0);
}
static inline const char *http_only(void) { return "http-only"; }
extern int lws_callback_http_dummy(struct lws *, enum lws_callback_reasons, void *, void *, size_t);
static inline void *lwsgo_dummy_callback(void) { return (void *)lws_callback_http_dummy; }
*/
import "C"

import (
	"math"
	"sync"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/listen"
	wire "libwebsockets/impl/wire/h1"
)

func str(p *C.char) string {
	if p == nil {
		return ""
	}
	return C.GoString(p)
}

// pvos copies a list of per-vhost options. Values stay with the program, they
// may be pointers of any type; but for the one that the engine reads.
func pvos(p *C.struct_lws_protocol_vhost_options) []engine.PVO {
	var l []engine.PVO
	for ; p != nil; p = p.next {
		o := engine.PVO{
			Name: str(p.name), Options: pvos(p.options), OptionsC: unsafe.Pointer(p.options),
		}
		if o.Name == engine.OptionBasicAuth {
			o.Value = str(p.value)
		}
		l = append(l, o)
	}
	return l
}

// headers copies a list of name and value pairs.
func headers(p *C.struct_lws_protocol_vhost_options) []engine.PVO {
	var l []engine.PVO
	for ; p != nil; p = p.next {
		l = append(l, engine.PVO{Name: str(p.name), Value: str(p.value)})
	}
	return l
}

// tokenLimits copies how long header values may be.
func tokenLimits(i *C.struct_lwsgo_info) *wire.TokenLimits {
	if i.token_limit == nil {
		return nil
	}
	t := &wire.TokenLimits{}
	copy(t[:], unsafe.Slice((*uint16)(i.token_limit), i.count_token_limits))
	if i.abi.dss_header != 0 { // it has the number there that is another's here
		t[wire.TokenDSSSignature] = t[wire.TokenClientSentProtocols]
	}
	return t
}

func mounts(m *C.struct_lwsgo_mount, ours bool) []*engine.Mount {
	var l []*engine.Mount
	for ; m != nil; m = m.mount_next {
		bits := C.mount_bits(m)
		point := str(m.mountpoint)
		if n := int(m.mountpoint_len); n < len(point) {
			point = point[:n]
		}
		e := &engine.Mount{
			Mountpoint: point, Origin: str(m.origin), Def: str(m.def), HasDef: m.def != nil,
			Protocol: str(m.protocol), PMO: unsafe.Pointer(m.cgienv),
			ExtraMimetypes: headers(m.extra_mimetypes), Interpret: headers(m.interpret),
			CacheMaxAge: int(m.cache_max_age), AuthMask: uint32(m.auth_mask),
			CacheReusable: bits&1 != 0, CacheRevalid: bits&2 != 0, CacheInterm: bits&4 != 0,
			Kind: engine.MountKind(m.origin_protocol), Proxies: ours,
			AuthFile: str(m.basic_auth_login_file), HasAuthFile: m.basic_auth_login_file != nil,
		}
		if ours && e.Kind == engine.MountCGI {
			e.CGI = &engine.MountedCGI{Env: headers(m.cgienv), Timeout: int(m.cgi_timeout)}
		}
		l = append(l, e)
	}
	return l
}

// copyProtocols copies the program's protocol table to C memory of the vhost,
// which is what lws_get_protocol gives out.
func copyProtocols(v *C.struct_lws_vhost, info *C.struct_lwsgo_info, plugged []*C.struct_lws_protocols) []engine.Protocol {
	var src []*C.struct_lws_protocols
	switch {
	case info.protocols != nil:
		for p := info.protocols; p.callback != nil; p = next(p, 1) {
			src = append(src, p)
		}
	case info.pprotocols != nil:
		for pp := info.pprotocols; *pp != nil; pp = next(pp, 1) {
			src = append(src, *pp)
		}
	}
	own := max(len(src), 1)
	n := own + len(plugged)
	mem := (*C.struct_lws_protocols)(C.lwsgo_zalloc(C.size_t(n+1)*C.sizeof_struct_lws_protocols, allocReason))
	v.protocols, v.count_protocols = mem, C.int(n)
	out := unsafe.Slice(mem, n+1)
	for i, p := range src {
		out[i] = *p
	}
	if len(src) == 0 {
		out[0].name = C.http_only()
		out[0].callback = (*C.lws_callback_function)(C.lwsgo_dummy_callback())
	}
	for i, p := range plugged {
		out[own+i] = *p
	}
	list := make([]engine.Protocol, 0, n)
	for i := range out[:n] {
		p := &out[i]
		list = append(list, engine.Protocol{
			Name: str(p.name), Unnamed: p.name == nil, Callback: unsafe.Pointer(p.callback), Size: uintptr(p.per_session_data_size),
			RxSize: int(p.rx_buffer_size), C: unsafe.Pointer(p),
		})
	}
	return list
}

// plugged are the protocols of plugins that a vhost has: those that its
// options name, or all when it has no options and is the only one.
func plugged(cx *C.struct_lws_context, info *C.struct_lwsgo_info, explicit bool) []*C.struct_lws_protocols {
	var l []*C.struct_lws_protocols
	for p := cx.plugins; p != nil; p = p.list {
		var n C.int
		first := C.lwsgo_plugin_protocols(p, &n)
		for i := range int(n) {
			q := next(first, i)
			if info.pvo == nil && !explicit || C.lws_pvo_search(info.pvo, q.name) != nil {
				l = append(l, q)
			}
		}
	}
	return l
}

func next[T any](p *T, n int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), uintptr(n)*unsafe.Sizeof(*p)))
}

func extensions(e *C.struct_lws_extension) []engine.Extension {
	var l []engine.Extension
	for ; e != nil && e.callback != nil; e = next(e, 1) {
		l = append(l, engine.Extension{Name: str(e.name), Offer: str(e.client_offer)})
	}
	return l
}

// infoFrom copies what the engine needs.
func infoFrom(i *C.struct_lwsgo_info) *engine.Info {
	info := &engine.Info{
		Port: int(i.port), Iface: str(i.iface), HasIface: i.iface != nil, VhostName: str(i.vhost_name),
		Extensions: extensions(i.extensions), PVOs: pvos(i.pvo), Headers: headers(i.headers),
		RejectKeywords: headers(i.reject_service_keywords), Mounts: mounts(i.mounts, i.ours != 0),
		ServerString: str(i.server_string), Error404: str(i.error_document_404), Precompressed: i.http_precompressed != 0,
		Ours: i.ours != 0, Compress: i.ours != 0 && i.http_no_compression == 0,
		HTTPProxy: str(i.http_proxy_address), HTTPProxyPort: int(i.http_proxy_port),
		Options: engine.Option(i.options), User: i.user, UID: int(i.uid), GID: int(i.gid),
		KeepaliveSecs: int(i.keepalive_timeout), HeaderSecs: int(i.timeout_secs_ah_idle), TimeoutSecs: int(i.timeout_secs), ConnectSecs: int(i.connect_timeout_secs),
		UDPLossTx: int(i.udp_loss_sim_tx_pc), UDPLossRx: int(i.udp_loss_sim_rx_pc),
		KATime: int(i.ka_time), KAProbes: int(i.ka_probes), KAInterval: int(i.ka_interval),
		MaxHeaderData: int(i.max_http_header_data), TokenLimits: tokenLimits(i), ServBufSize: int(i.pt_serv_buf_size),
		FDLimit: int(i.fd_limit_per_thread), RlimitNofile: int(i.rlimit_nofile), BindIface: i.bind_iface != 0,
		UnixPerms: str(i.unix_socket_perms), AcceptRole: str(i.listen_accept_role), AcceptProtocol: str(i.listen_accept_protocol),
		Socks: str(i.socks_proxy_address), SocksPort: int(i.socks_proxy_port), MinRxRate: int(i.http_min_rx_rate), FastOpen: int(i.fo_listen_queue),
		ABI: abiOf(i.abi),
	}
	for n, v := range i.http2_settings {
		info.HTTP2Settings[n] = uint32(v)
	}
	if info.MaxHeaderData == 0 {
		info.MaxHeaderData = int(i.max_http_header_data2)
	}
	if r := i.retry_and_idle_policy; r != nil {
		info.RetryPolicy = &engine.Retry{
			PingSecs: uint16(r.secs_since_valid_ping), HangupSecs: uint16(r.secs_since_valid_hangup), C: unsafe.Pointer(r),
		}
	}
	info.Peers = engine.PeerLimits{Heads: int(i.ip_limit_ah), Conns: int(i.ip_limit_wsi)}
	if fn := i.pl_notify_cb; fn != nil {
		info.PeerRefused = func(f *engine.ContextFace, fd int, addr unsafe.Pointer) {
			C.lwsgo_refused(fn, (*C.struct_lws_context)(unsafe.Pointer(f)), C.int(fd), addr)
		}
	}
	if s := uint16(i.ws_ping_pong_interval); s != 0 && info.RetryPolicy == nil {
		info.RetryPolicy = &engine.Retry{PingSecs: s, HangupSecs: s + 10}
	}
	return info
}

// abiOf is how the program's ABI behaves.
func abiOf(a *C.struct_lwsgo_abi) engine.ABI {
	u := &C.lwsgo_layouts.udp
	return engine.ABI{
		Name:            str(a.name),
		AgesLater:       a.ages_later != 0,
		AnswersBody:     a.answers_body != 0,
		AllMethodsMount: a.all_methods_mount != 0,
		Before30:        a.before30 != 0,
		Client:          clientABI(&a.client),
		DSSHeader:       a.dss_header != 0,
		FamilySockets:   a.family_sockets != 0,
		Lifecycle:       a.lifecycle != 0,
		Joints:          wire.Joints{Args: byte(a.args_joint), Cookies: byte(a.cookie_joint), SetCookies: byte(a.set_cookie_joint)},
		OnlyWithPVO:     a.only_with_pvo != 0,
		OwnSockets:      int(a.own_sockets),
		SessionCache:    a.session_cache != 0,
		UDPBindsAgain:   a.udp_binds_again != 0,
		UDPWriteTells:   a.udp_write_tells != 0,
		UnixPeer:        str(a.unix_peer),
		VhostsEndEarly:  a.vhosts_end_early != 0,
		PollAnswers:     a.poll_answers != 0,
		TasksPartFirst:  a.tasks_part_first != 0,
		WholeToHTTPS:    a.whole_to_https != 0,
		TimeoutSecs:     int(a.timeout_secs),
		UDP:             engine.UDPLayout{Size: uintptr(u.size), Addr: uintptr(u.sa), Room: uintptr(u.room), Len: uintptr(u.salen)},
	}
}

// ownABI is how the library behaves for programs of its own ABI.
var ownABI = sync.OnceValue(func() engine.ABI { return abiOf(C.lwsgo_own_abi()) })

// limit is a limit in Go's terms, 0 is none in both.
func limit(n C.size_t) int { return int(min(n, math.MaxInt)) }

//export go_lws_create_context
func go_lws_create_context(i *C.struct_lwsgo_info) (ret *C.struct_lws_context) {
	defer guard("lws_create_context")
	info := infoFrom(i)
	announce(i, info)
	var loopWanted C.int
	loop := C.lwsgo_loop_find(i.options, &loopWanted)
	if loopWanted != 0 && loop == nil {
		return nil
	}
	become, err := wanted(i)
	if err != nil {
		engine.Errf("lws_create_context: %v", err)
		return nil
	}
	info.UID, info.GID = become.uid, become.gid
	cx := newContextFace()
	if cx == nil {
		engine.Errf("No memory for websocket context")
		return nil
	}
	cx.threads = 1
	if i.ours != 0 { // LWS_MAX_SMP is 1 in the original's header: arrays of the program's may be as long
		cx.threads = C.int(min(max(i.count_threads, 1), C.LWSGO_THREADS))
	}
	procsFor(int(cx.threads))
	if i.log_cx != nil { // from the first line on
		cx.log_cx = apart(i.log_cx)
		C.lwsl_refcount_cx(i.log_cx, 1)
	}
	ctx, err := engine.NewContext((*engine.ContextFace)(unsafe.Pointer(cx)), threadFaces(cx), info)
	if err != nil {
		engine.Errf("lws_create_context: %v", err)
		C.lwsl_refcount_cx(cx.log_cx, -1)
		cx.log_cx = nil
		return nil
	}
	cx.abi = i.abi
	setupTLS(ctx, i)
	if loop != nil {
		ctx.Looped = true
		cx.external = engine.ExternalNo
		ctx.OnRelease = func() { C.lwsgo_loop_close(cx) }
		if C.lwsgo_loop_open(cx, loop, i) != 0 {
			engine.Errf("lws_create_context: the context cannot enter the event loop (foreign_loops[0])")
			ctx.Lock()
			ctx.Destroy()
			ctx.Unlock()
			return nil
		}
	} else if i.custom_loop != nil && !enterCustomLoop(ctx, cx, i) {
		engine.Errf("lws_create_context: the program's event loop (event_lib_custom) refuses the context")
		ctx.Lock()
		ctx.Destroy()
		ctx.Unlock()
		forget(cx)
		return nil
	}
	C.lwsgo_init_fops(cx, i.fops)
	if i.vhost_name != nil {
		cx.name = C.CString(info.VhostName)
	}
	if i.http_nsc_filepath != nil {
		ctx.Cookies = &client.Jar{
			Path: str(i.http_nsc_filepath), MaxBytes: limit(i.http_nsc_heap_max_footprint),
			MaxItems: limit(i.http_nsc_heap_max_items), MaxCookie: limit(i.http_nsc_heap_max_payload),
		}
	}
	if i.plugin_dirs != nil {
		C.lwsgo_plugins_load(cx, i.plugin_dirs)
	}
	C.lwsgo_system_init(cx, i)
	if info.ABI.VhostsEndEarly {
		ctx.OnEmpty = func() { C.lwsgo_system_ends(cx) }
	}
	ctx.EndSequencers = func() { C.lwsgo_seq_end(cx) }
	cx.uid, cx.gid = C.int(become.uid), C.int(become.gid)
	cx.pcontext = i.pcontext
	cx.baggage = i.external_baggage_free_on_destroy
	ctx.Lock()
	if !info.Options.Has(engine.OptExplicitVhosts) {
		if createVhost(ctx, i, info) == nil {
			engine.Errf("Failed to create default vhost")
			ctx.Destroy()
			ctx.Unlock()
			forget(cx)
			return nil
		}
	}
	if info.Options.Has(engine.OptExplicitVhosts) {
		ctx.Become = become.take // in lws_finalize_startup
		ctx.Unlock()
		return cx
	}
	ctx.Unlock()
	if err := become.take(); err != nil {
		engine.Errf("lws_create_context: %v", err)
		ctx.Lock()
		ctx.Destroy()
		ctx.Unlock()
		forget(cx)
		return nil
	}
	return cx
}

// threadFaces are what C has of the context's service threads.
func threadFaces(cx *C.struct_lws_context) []*engine.ThreadFace {
	var l []*engine.ThreadFace
	for i := range int(cx.threads) {
		l = append(l, (*engine.ThreadFace)(unsafe.Pointer(&cx.pt[i])))
	}
	return l
}

// createVhost makes a vhost and its listener. The lock is held.
func createVhost(ctx *engine.Context, i *C.struct_lwsgo_info, info *engine.Info) *C.struct_lws_vhost {
	cv := newVhostFace()
	if cv == nil {
		engine.Errf("lws_create_vhost: no memory for vhost %s", info.VhostName)
		return nil
	}
	cx := (*C.struct_lws_context)(unsafe.Pointer(ctx.F))
	info.Protocols = copyProtocols(cv, i, plugged(cx, i, ctx.Options.Has(engine.OptExplicitVhosts)))
	if fn := i.finalize; fn != nil {
		arg := i.finalize_arg
		info.Finalize = func(*engine.Vhost) { C.lwsgo_finalize(fn, cv, arg) }
	}
	info.Released = func() { releaseVhost(cv) }
	cv.log_cx = apart(i.log_cx)
	v := engine.NewVhost(ctx, (*engine.VhostFace)(unsafe.Pointer(cv)), info)
	initProxies(v)
	if len(ctx.Vhosts()) == 1 {
		v.AnnounceWake(true)
	}
	var err error
	if i.ours != 0 && i.log_filepath != nil {
		err = v.OpenLog(str(i.log_filepath))
	}
	if err == nil {
		err = initTLS(v, i)
	}
	if err == nil {
		err = listen.Open(v)
	}
	if err == nil {
		err = v.Start()
	}
	if err != nil {
		engine.Errf("vhost %s: not made: %v", v.Name, err)
		v.Destroy()
		return nil
	}
	return cv
}

// releaseVhost gives back what C holds of a vhost that is gone.
func releaseVhost(cv *C.struct_lws_vhost) {
	C.lwsgo_free(unsafe.Pointer(cv.protocols))
	C.free(unsafe.Pointer(cv.tag))
	cv.protocols, cv.tag = nil, nil
	freeMu.Lock()
	freeVH = append(freeVH, cv)
	freeMu.Unlock()
}

//export go_lws_create_vhost
func go_lws_create_vhost(cx *C.struct_lws_context, i *C.struct_lwsgo_info) *C.struct_lws_vhost {
	defer guard("lws_create_vhost")
	ctx := contextOf(cx)
	if ctx == nil {
		engine.Errf("lws_create_vhost: no context")
		return nil
	}
	ctx.Lock()
	defer ctx.Unlock()
	return createVhost(ctx, i, infoFrom(i))
}

//export go_lws_context_destroy
func go_lws_context_destroy(cx *C.struct_lws_context) {
	defer guard("lws_context_destroy")
	ctx := contextOf(cx)
	if ctx == nil {
		return
	}
	ctx.Lock()
	// It may have gone by another thread while this one waited for the lock.
	gone := !ctx.Gone() && ctx.Destroy()
	ctx.Unlock()
	if gone {
		forget(cx)
	}
}

// forget does what is left when a context is gone.
func forget(cx *C.struct_lws_context) {
	C.lwsgo_system_destroy(cx)
	C.lwsgo_timed_forget(cx)
	C.lwsgo_plugins_unload(cx)
	if cx.pcontext != nil {
		*cx.pcontext = nil
		cx.pcontext = nil
	}
	C.free(cx.baggage)
	C.free(unsafe.Pointer(cx.name))
	cx.baggage, cx.name = nil, nil
	freeMu.Lock()
	freeCX = append(freeCX, cx)
	freeMu.Unlock()
}

//export go_lws_vhost_destroy
func go_lws_vhost_destroy(v *C.struct_lws_vhost) {
	withVhost(v, "lws_vhost_destroy", (*engine.Vhost).Destroy)
}

//export go_lws_get_vhost_by_name
func go_lws_get_vhost_by_name(cx *C.struct_lws_context, name *C.char) *C.struct_lws_vhost {
	defer guard("lws_get_vhost_by_name")
	ctx := context(cx)
	if ctx == nil || name == nil {
		return nil
	}
	v := ctx.VhostByName(str(name))
	if v == nil {
		return nil
	}
	return (*C.struct_lws_vhost)(unsafe.Pointer(v.F))
}

//export go_lws_vhost_name_to_protocol
func go_lws_vhost_name_to_protocol(v *C.struct_lws_vhost, name *C.char) *C.struct_lws_protocols {
	defer guard("lws_vhost_name_to_protocol")
	vh := vhost(v)
	if vh == nil || name == nil {
		return nil
	}
	if p := vh.Protocol(str(name)); p != nil {
		return (*C.struct_lws_protocols)(p.C)
	}
	return nil
}

// privProtocol finds the vhost's protocol that prot means: its own entry, or
// the program's entry of the same name.
func privProtocol(vh *engine.Vhost, prot *C.struct_lws_protocols) *engine.Protocol {
	if vh == nil || prot == nil {
		return nil
	}
	if p := vh.ProtocolByC(unsafe.Pointer(prot)); p != nil {
		return p
	}
	if prot.name == nil {
		return nil
	}
	return vh.Protocol(str(prot.name))
}

//export go_lws_protocol_vh_priv_zalloc
func go_lws_protocol_vh_priv_zalloc(v *C.struct_lws_vhost, prot *C.struct_lws_protocols, size C.int) unsafe.Pointer {
	defer guard("lws_protocol_vh_priv_zalloc")
	vh := vhost(v)
	p := privProtocol(vh, prot)
	if p == nil || size < 0 {
		engine.Errf("lws_protocol_vh_priv_zalloc: unknown protocol or size %d", int(size))
		return nil
	}
	vh.Lock()
	defer vh.Unlock()
	return vh.MakePriv(p, uintptr(size))
}

//export go_lws_protocol_vh_priv_get
func go_lws_protocol_vh_priv_get(v *C.struct_lws_vhost, prot *C.struct_lws_protocols) unsafe.Pointer {
	defer guard("lws_protocol_vh_priv_get")
	vh := vhost(v)
	p := privProtocol(vh, prot)
	if p == nil {
		return nil
	}
	return vh.Priv(p)
}

//export go_lws_adjust_protocol_psds
func go_lws_adjust_protocol_psds(wsi *C.struct_lws, size C.size_t) unsafe.Pointer {
	return onConn(wsi, "lws_adjust_protocol_psds", nil, func(c *engine.Conn) unsafe.Pointer {
		if !c.Resize(uintptr(size)) {
			return nil
		}
		(*C.struct_lws_protocols)(c.Protocol.C).per_session_data_size = size
		return c.F.User
	})
}

//export go_lws_context_deprecate
func go_lws_context_deprecate(cx *C.struct_lws_context, cb C.lws_reload_func) {
	withContext(cx, "lws_context_deprecate", func(ctx *engine.Context) {
		var closed func()
		if cb != nil {
			closed = func() { C.lwsgo_reload(cb) }
		}
		ctx.Deprecate(closed)
		cx.deprecated = 1
	})
}

//export go_lws_protocol_init
func go_lws_protocol_init(cx *C.struct_lws_context) C.int {
	return onContext(cx, "lws_protocol_init", 1, func(ctx *engine.Context) C.int {
		return b2i(ctx.Start() != nil)
	})
}

// hostnames keeps the C strings that lws_canonical_hostname has given out.
var hostnames = map[string]*C.char{}

//export go_lws_canonical_hostname
func go_lws_canonical_hostname(cx *C.struct_lws_context) *C.char {
	defer guard("lws_canonical_hostname")
	ctx := context(cx)
	if ctx == nil {
		return nil
	}
	freeMu.Lock()
	defer freeMu.Unlock()
	s := hostnames[ctx.Hostname]
	if s == nil {
		s = lasting(ctx.Hostname)
		hostnames[ctx.Hostname] = s
	}
	return s
}

// announce logs what the reference logs first.
func announce(i *C.struct_lwsgo_info, info *engine.Info) {
	version := str(C.lws_get_library_version())
	if !info.ABI.Lifecycle {
		engine.Noticef("LWS: %s, loglevel %d", version, engine.Prog.LogLevel())
		return
	}
	name := info.VhostName
	if name != "" {
		name += ": "
	}
	engine.LogInto(unsafe.Pointer(i.log_cx), engine.LogNotice, "%slws_create_context: LWS: %s, NET CLI SRV H1 H2 WS ConMon IPV6-on", name, version)
}
