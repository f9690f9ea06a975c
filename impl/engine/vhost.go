// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"unsafe"
)

// VhostSettings is what a vhost was told, by its info or later. A forked
// child's vhost gets them whole.
type VhostSettings struct {
	Name      string
	Iface     string
	HasIface  bool
	Port      int
	Options   Option
	PVOs      []PVO
	Headers   []PVO
	Mounts    []*Mount
	Exts      []Extension
	Error404  string
	BindIface bool
	UnixPerms string
	LogFile   string

	AcceptRole     string // of accepted connections, "" or one that is not known: as others
	AcceptProtocol string

	HTTPProxy     string
	HTTPProxyPort int
	HTTPProxyAuth string // base64 of user:password

	Socks         string
	SocksPort     int
	SocksUser     string
	SocksPassword string

	KeepaliveSecs int
	HeaderSecs    int // for a request's headers to come
	ConnectSecs   int
	KATime        int
	KAProbes      int
	FastOpen      int
	KAInterval    int
	Retry         Retry

	DefaultIndex int // protocol for upgrades that name none
	RawIndex     int // protocol for raw connections

	HTTP2Settings [7]uint32 // http2_settings, [0] tells that they count

	Precompressed bool // files may be served from what lies compressed beside them
	Compress      bool // answers may be compressed on their way
	Ours          bool // the program is compiled with our headers: the role raw-proxy is there

	finalize func(*Vhost)
	released func()
}

// Vhost is one virtual host: a port, a name, protocols and mounts.
type Vhost struct {
	VhostSettings

	life      lifecycle
	Ctx       *Context
	F         *VhostFace
	Protocols []*Protocol
	Socket    os.FileInfo             // of its unix socket, where it has made one
	listeners atomic.Pointer[[]*Conn] // a list is never changed, another takes its place
	TLS       VhostTLS
	Log       *AccessLog // nil: none
	Count     Counters

	privs      []unsafe.Pointer // by protocol; atomic
	bound      atomic.Int64     // connections bound to it, and calls of no connection where there are threads
	started    bool
	destroying bool
	gone       atomic.Bool
	fake       *Face // a stand-in that no call uses, nil: none
}

// NewVhost makes a vhost of ctx; it does not listen yet. The lock is held.
func NewVhost(ctx *Context, f *VhostFace, info *Info) *Vhost {
	v := &Vhost{Ctx: ctx, F: f, VhostSettings: VhostSettings{
		Name: info.VhostName, Iface: info.Iface, HasIface: info.HasIface,
		Port: info.Port, Options: info.Options,
		PVOs: info.PVOs, Headers: info.Headers, Mounts: info.Mounts,
		Exts: info.Extensions, Error404: info.Error404, Precompressed: info.Precompressed, Compress: info.Compress, Ours: info.Ours,
		BindIface: info.BindIface, UnixPerms: info.UnixPerms,
		AcceptRole: info.AcceptRole, AcceptProtocol: info.AcceptProtocol,
		HTTPProxy: info.HTTPProxy, HTTPProxyPort: info.HTTPProxyPort,
		Socks: info.Socks, SocksPort: info.SocksPort,
		KeepaliveSecs: or(info.KeepaliveSecs, 5),
		HeaderSecs:    or(info.HeaderSecs, 10),
		ConnectSecs:   or(info.ConnectSecs, 20),
		FastOpen:      info.FastOpen,
		KATime:        info.KATime, KAProbes: info.KAProbes, KAInterval: info.KAInterval,
		Retry:         ctx.DefaultRetry,
		HTTP2Settings: info.HTTP2Settings,
		finalize:      info.Finalize,
		released:      info.Released,
	}, privs: make([]unsafe.Pointer, len(info.Protocols))}
	if v.Name == "" {
		v.Name = "default"
	}
	if info.RetryPolicy != nil {
		v.Retry = *info.RetryPolicy
	}
	for i := range info.Protocols {
		p := info.Protocols[i]
		p.Index, p.members = i, make([]members, len(ctx.Threads))
		v.Protocols = append(v.Protocols, &p)
	}
	v.noteOnward()
	f.Context = unsafe.Pointer(ctx.F)
	f.Slot, f.Home = vhosts.put(v), unsafe.Pointer(v)
	f.Port = int32(v.Port)
	f.Name = Prog.CString(v.Name)
	if v.HasIface {
		f.Iface = Prog.CString(v.Iface)
	}
	f.User = info.User
	ctx.changeVhosts(func(l []*Vhost) []*Vhost { return append(l, v) })
	name := v.Name
	if v.HasIface { // twice, as the original has it
		name += "|" + v.Iface
	}
	what := fmt.Sprintf("%s|%s|%d", name, v.Iface, v.Port)
	v.life.begin(ctx, GroupVhost, &what)
	return v
}

// Start runs PROTOCOL_INIT, if the context is past it already.
func (v *Vhost) Start() error {
	if !v.Ctx.protocolDone {
		return nil
	}
	was := v.started
	if err := v.initProtocols(); err != nil {
		return err
	}
	if v.started && !was {
		v.Ctx.ready([]*Vhost{v}, false)
	}
	return nil
}

// noteOnward has requests' targets kept where a mount passes them on, and tells of those
// that look as if they were to lead somewhere.
func (v *Vhost) noteOnward() {
	for _, m := range v.Mounts {
		if m.Onward() {
			v.Ctx.passesOn.Store(true)
		} else if m.Proxies && m.Kind <= MountHTTPS && m.Protocol == "" && strings.ContainsAny(m.Origin, ":.") && !strings.Contains(m.Origin, "/") {
			Warnf("vhost %s: mount %s: the origin '%s' needs a / behind the server", v.Name, m.Mountpoint, m.Origin)
		}
	}
}

// PassesOn tells whether a vhost has mounts that lead to other servers.
func (ctx *Context) PassesOn() bool { return ctx.passesOn.Load() }

// NoDefault as DefaultIndex: an upgrade has to name a protocol.
const NoDefault = 255

// PVO finds the per-vhost options of a protocol, nil when there are none.
func (v *Vhost) PVO(protocol string) *PVO {
	for i := range v.PVOs {
		if v.PVOs[i].Name == protocol {
			return &v.PVOs[i]
		}
	}
	return nil
}

// Protocol finds a protocol of the vhost by name, which may be "".
func (v *Vhost) Protocol(name string) *Protocol {
	for _, p := range v.Protocols {
		if p.Name == name && !p.Unnamed {
			return p
		}
	}
	return nil
}

// ProtocolByC finds a protocol by the struct that programs see.
func (v *Vhost) ProtocolByC(p unsafe.Pointer) *Protocol {
	for _, q := range v.Protocols {
		if q.C == p {
			return q
		}
	}
	return nil
}

// Listeners are the connections of its listening sockets. The list stays as it is.
func (v *Vhost) Listeners() []*Conn {
	if l := v.listeners.Load(); l != nil {
		return *l
	}
	return nil
}

// AddListener and DropListener change it.
func (v *Vhost) AddListener(c *Conn) {
	v.changeListeners(func(l []*Conn) []*Conn { return append(l, c) })
}

func (v *Vhost) DropListener(c *Conn) {
	v.changeListeners(func(l []*Conn) []*Conn { return slices.DeleteFunc(l, func(o *Conn) bool { return o == c }) })
}

func (v *Vhost) changeListeners(change func([]*Conn) []*Conn) {
	v.Ctx.shared.Lock()
	defer v.Ctx.shared.Unlock()
	l := change(slices.Clone(v.Listeners()))
	v.listeners.Store(&l)
}

// callFake runs a callback of p that belongs to no connection. The caller has the lock
// of pt.
func (v *Vhost) callFake(pt *Thread, p *Protocol, r Reason, in unsafe.Pointer, n uintptr) int {
	return v.callFakeUser(pt, p, r, nil, in, n)
}

func (v *Vhost) callFakeUser(pt *Thread, p *Protocol, r Reason, user, in unsafe.Pointer, n uintptr) int {
	if p.Callback == nil {
		return 0
	}
	if r != ReasonProtocolDestroy && len(v.Ctx.Threads) > 1 { // it stays while another thread calls it
		if v.gone.Load() {
			return 0
		}
		v.bound.Add(1)
		defer func() {
			v.bound.Add(-1)
			v.maybeFinish(pt)
		}()
	}
	f := v.takeFake(pt)
	if f == nil {
		return -1
	}
	f.Protocol = p.C
	whole := pt.Drop()
	unlocked()
	ret := Prog.Call(p, f, r, user, in, n)
	pt.Retake(whole)
	v.giveFake(f)
	return ret
}

// takeFake gives a call its own stand-in for a connection: the callback may make
// further calls, and other threads may make some meanwhile.
func (v *Vhost) takeFake(pt *Thread) *Face {
	v.Ctx.shared.Lock()
	f := v.fake
	v.fake = nil
	v.Ctx.shared.Unlock()
	if f == nil {
		if f = Prog.NewFace(); f == nil {
			Errf("no memory for a callback")
			return nil
		}
	}
	*f = Face{Context: unsafe.Pointer(v.Ctx.F), Vhost: unsafe.Pointer(v.F), FD: -1, TSI: uint8(pt.Index)}
	return f
}

func (v *Vhost) giveFake(f *Face) {
	v.Ctx.shared.Lock()
	defer v.Ctx.shared.Unlock()
	if v.fake != nil || v.gone.Load() {
		f.free()
		return
	}
	v.fake = f
}

// CallProtocol runs reason for one of the vhost's protocols, with no connection. The
// vhost's lock is held, as with those that follow.
func (v *Vhost) CallProtocol(p *Protocol, r Reason) { v.callFake(v.Ctx.First(), p, r, nil, 0) }

// CallProtocols runs reason for the vhost's protocols, with no connection,
// until one answers with something else than 0.
func (v *Vhost) CallProtocols(r Reason, in unsafe.Pointer, n uintptr) int {
	for _, p := range v.Protocols {
		if ret := v.callFake(v.Ctx.First(), p, r, in, n); ret != 0 {
			return ret
		}
	}
	return 0
}

// CallFirst runs reason for the vhost's first protocol, with no connection.
func (v *Vhost) CallFirst(r Reason, in unsafe.Pointer, n uintptr) int {
	if len(v.Protocols) == 0 {
		return 0
	}
	return v.callFake(v.Ctx.First(), v.Protocols[0], r, in, n)
}

// CallFirstUser is CallFirst with a user pointer.
func (v *Vhost) CallFirstUser(r Reason, user, in unsafe.Pointer, n uintptr) int {
	if len(v.Protocols) == 0 {
		return 0
	}
	return v.callFakeUser(v.Ctx.First(), v.Protocols[0], r, user, in, n)
}

func (v *Vhost) initProtocols() error {
	if v.started || v.Options.Has(OptSkipProtocolInit) {
		return nil
	}
	v.started = true
	for i, p := range v.Protocols {
		if p.Unnamed {
			continue
		}
		var in unsafe.Pointer
		pvo := v.PVO(p.Name)
		if pvo == nil && len(v.PVOs) > 0 && v.Ctx.ABI.OnlyWithPVO {
			continue
		}
		if pvo != nil {
			for _, o := range pvo.Options {
				switch o.Name {
				case "default":
					v.DefaultIndex = i
				case "raw":
					v.RawIndex = i
				}
			}
			in = pvo.OptionsC
		}
		if v.callFake(v.Ctx.First(), p, ReasonProtocolInit, in, 0) != 0 {
			v.freePriv(p)
			Errf("lws_protocol_init_vhost: protocol %s failed init", p.Name)
			return fmt.Errorf("protocol %s failed init", p.Name)
		}
	}
	return nil
}

// Priv is the vhost's private memory of a protocol, nil when none was made.
// No lock is needed.
func (v *Vhost) Priv(p *Protocol) unsafe.Pointer { return atomic.LoadPointer(&v.privs[p.Index]) }

// MakePriv allocates a protocol's private memory, zeroed; it is freed with the vhost.
func (v *Vhost) MakePriv(p *Protocol, n uintptr) unsafe.Pointer {
	if n == 0 {
		n = 1
	}
	m := Prog.Alloc(n)
	if m != nil {
		atomic.StorePointer(&v.privs[p.Index], m)
	}
	return m
}

func (v *Vhost) freePriv(p *Protocol) {
	Prog.Free(atomic.SwapPointer(&v.privs[p.Index], nil))
}

// Destroy closes the vhost's listener and connections; the vhost itself goes
// when the last of them is gone. Within a service turn the connections stay until
// its end: the call may come from the callback of one. The lock is held.
func (v *Vhost) Destroy() {
	if v.destroying {
		return
	}
	v.destroying = true
	v.handOverListeners()
	for _, pt := range v.Ctx.Threads { // each closes its own
		if pt.inTurn() || !pt.Mine() {
			pt.dying = append(pt.dying, v)
			if !pt.inTurn() {
				pt.kick()
			}
			continue
		}
		pt.closeAllOf(v)
		pt.reap()
	}
	v.maybeFinish(v.Ctx.First())
}

func (pt *Thread) closeAllOf(v *Vhost) {
	pt.closeOf(v)
	for _, c := range pt.all() { // streams, and what has no socket yet
		if c.Vhost == v {
			c.close(CloseNoStatusContextDestroy)
		}
	}
}

// closeDying ends the connections of vhosts that were destroyed within the turn.
func (pt *Thread) closeDying() {
	for len(pt.dying) > 0 {
		v := pt.dying[0]
		pt.dying = pt.dying[1:]
		guard("lws_vhost_destroy", func() { pt.closeAllOf(v) })
	}
}

// handOverListeners lets another vhost of the same port keep the listening sockets.
func (v *Vhost) handOverListeners() {
	for _, o := range v.Ctx.Vhosts() {
		if o == v || o.destroying || !o.SharesListener(v) {
			continue
		}
		l := v.Listeners()
		v.changeListeners(func([]*Conn) []*Conn { return nil })
		o.changeListeners(func(has []*Conn) []*Conn { return append(has, l...) })
		for _, c := range l {
			Noticef("lws_vhost_destroy1: listen skt from %s to %s", v.Name, o.Name)
			c.BindVhost(o)
		}
		v.maybeFinish(v.Ctx.First())
		return
	}
	v.changeListeners(func([]*Conn) []*Conn { return nil }) // they go with the other connections
}

// SharesListener tells whether both vhosts listen on the same port and interface.
func (v *Vhost) SharesListener(o *Vhost) bool {
	return v.Port == o.Port && v.HasIface == o.HasIface && v.Iface == o.Iface
}

// removeSocket takes the unix socket's name away, unless somebody else listens there by
// now: who takes over does so before this one ends.
func (v *Vhost) removeSocket() {
	if !v.Options.Has(OptUnixSock) || v.Iface == "" || v.Iface[0] == '@' {
		return
	}
	if st, err := os.Lstat(v.Iface); err == nil && v.Socket != nil && !os.SameFile(st, v.Socket) {
		return
	}
	_ = os.Remove(v.Iface)
}

// maybeFinish ends a vhost that nobody uses any more. The lock of pt is held.
func (v *Vhost) maybeFinish(pt *Thread) {
	if !v.destroying || v.bound.Load() != 0 || v.gone.Load() {
		return
	}
	pt.wholly(func() {
		if v.bound.Load() == 0 {
			v.finish(pt)
		}
	})
}

// finish tells the protocols and frees the vhost. The locks of all threads are held.
func (v *Vhost) finish(pt *Thread) {
	if v.gone.Swap(true) {
		return
	}
	v.destroying = true
	if v.started {
		for _, p := range v.Protocols {
			v.callFake(pt, p, ReasonProtocolDestroy, nil, 0)
		}
	}
	v.Ctx.changeVhosts(func(l []*Vhost) []*Vhost { return slices.DeleteFunc(l, func(o *Vhost) bool { return o == v }) })
	for _, p := range v.Protocols {
		v.freePriv(p)
	}
	if v.finalize != nil {
		v.Ctx.Unlock()
		unlocked()
		v.finalize(v)
		v.Ctx.Lock()
	}
	v.removeSocket()
	if v.TLS != nil {
		v.TLS.Close()
	}
	v.Log.close()
	v.Log = nil
	vhosts.del(v.F.Slot)
	v.F.Slot = 0
	Prog.Free(v.F.Name)
	Prog.Free(v.F.Iface)
	v.F.Name, v.F.Iface = nil, nil
	v.Ctx.shared.Lock()
	fake := v.fake
	v.fake = nil
	v.Ctx.shared.Unlock()
	if fake != nil {
		fake.free()
	}
	if v.released != nil {
		v.released()
	}
	v.life.end(v.Ctx)
}

// Destroying tells whether the vhost is on its way out.
func (v *Vhost) Destroying() bool { return v.destroying }
