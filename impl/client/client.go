// SPDX-License-Identifier: MIT

// Package client makes connections: it resolves names, tries addresses, goes
// through proxies, shakes hands as an HTTP/1.1 or WebSocket client, and reads
// answers. Everything here runs with the context's lock held unless it says
// otherwise.
package client

import (
	"strconv"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/raw"
	wire "libwebsockets/impl/wire/h1"
)

// Flags is lws_client_connect_info.ssl_connection: the LCCSCF_ bits.
type Flags int

// The bits that matter here, numbered as in lws-client.h.
const (
	UseSSL           Flags = 1 << 0
	MultipartForm    Flags = 1 << 10
	FormURLEncoded   Flags = 1 << 11
	NoFollowRedirect Flags = 1 << 12
	Pipeline         Flags = 1 << 16
	H2PriorKnowledge Flags = 1 << 18
	H2QuirkEndStream Flags = 1 << 5
	H2QuirkOverflow  Flags = 1 << 6
	H2ManualRxFlow   Flags = 1 << 9
	ConMon           Flags = 1 << 28
	TakeDowngrade    Flags = 1 << 29
	CacheCookies     Flags = 1 << 30
)

// tell has lws_is_ssl say what the connection is to be, before it is.
func (f Flags) tell(c *engine.Conn) { c.F.IsSSL = uint8(f & UseSSL) }

// Text is a string that may be absent.
type Text struct {
	S   string
	Has bool
}

// Info is what to connect to and how: struct lws_client_connect_info, copied.
type Info struct {
	Ctx   *engine.Context
	Vhost *engine.Vhost // nil: the context's first

	Address       string // a name, an address, or "+path" of a unix socket
	Port          int
	Flags         Flags
	Path          string
	Host          string
	TLSHost       string // whose certificate is expected, "": Host's
	Origin        Text
	Protocols     Text // subprotocols to offer
	LocalProtocol Text
	Method        Text // absent: WebSocket
	Iface         string
	ALPN          string
	Version       int // Sec-WebSocket-Version, 0 or -1: 13

	User, Opaque unsafe.Pointer
	Parent       *engine.Conn
	Retry        *engine.Retry
	KeepWarmSecs int
	ManualCredit int            // of a stream at first, with H2ManualRxFlow
	Priority     int            // SO_PRIORITY, 0: the system's
	LogCx        unsafe.Pointer // nil: the context's
	// Made is called before any callback of the new connection.
	Made func(c *engine.Conn)
	// Bound is the protocol that it is bound to, nil: the vhost's by name.
	Bound *engine.Protocol
	// Onward: the connection passes on what another one was asked for.
	Onward Onward
	// Identity gives the certificate and key that TLS shows, in DER; nil: the vhost's.
	Identity func() (cert, key []byte, err error)
}

// Onward is whose request a client connection passes on.
type Onward interface {
	// Fields appends the request's fields that go in front of the program's own.
	Fields(c *engine.Conn, b []byte) []byte
	// HasBody tells whether a body follows the head.
	HasBody() bool
	// MaySend is called when more of the body may be sent; false closes.
	MaySend(c *engine.Conn) bool
	// Began is called when the answer's head has come, and the connection has no timeout
	// any more.
	Began()
	// TimedOut is called before the connection is closed for a timeout.
	TimedOut()
	// Gone is called when the connection has ended.
	Gone(c *engine.Conn)
}

// OnwardOf is whose request c passes on, nil: its own.
func OnwardOf(c *engine.Conn) Onward {
	if s := StateOf(c); s != nil {
		return s.info.Onward
	}
	return nil
}

// Awaits tells whether the answer's head has yet to come, Complete whether all of the
// answer has.
func Awaits(c *engine.Conn) bool {
	return c.State() == engine.StateIssueBody || c.State() == engine.StateWaitingServerReply
}

// Complete tells whether all of the answer has come.
func Complete(c *engine.Conn) bool { s := StateOf(c); return s != nil && s.completed }

// Length tells how long the body of c's answer is as far as the client knows, -1: its
// end will tell.
func Length(c *engine.Conn) int64 {
	if s := StateOf(c); s.hasLength {
		return s.remain
	}
	return -1
}

// Bodyless tells whether the answer has no body whatever its head says.
func Bodyless(c *engine.Conn) bool { return StateOf(c).bodyless() }

// Sent notes that all of the request has been sent, or a part: the server has a time to
// take what waits.
func Sent(c *engine.Conn, all bool) {
	switch {
	case c.State() != engine.StateIssueBody:
	case all:
		SetBodyPending(c, false)
	case c.Buffered():
		c.SetTimeout(engine.TimeoutIssuePayload, c.Ctx.TimeoutSecs)
	default: // who is waited for is the other side
		c.SetTimeout(engine.NoPendingTimeout, 0)
	}
}

const (
	rawMethod    = "RAW"
	keepWarmSecs = 5
)

func (i *Info) ws() bool  { return !i.Method.Has }
func (i *Info) raw() bool { return i.Method.S == rawMethod }

// local is the name of the vhost's protocol that the connection is to be bound to.
func (i *Info) local() Text {
	if i.LocalProtocol.Has {
		return i.LocalProtocol
	}
	return i.Protocols
}

// vhost is the vhost that the connection is to use.
func (i *Info) vhost() *engine.Vhost {
	if i.Vhost != nil {
		return i.Vhost
	}
	l := i.Ctx.Vhosts()
	if i.Ctx.ABI.Client.DefaultVhost {
		if v := i.Ctx.VhostByName("default"); v != nil {
			return v
		}
	}
	if len(l) > 0 && l[0].Name == "system" {
		l = l[1:]
	}
	if len(l) == 0 {
		return nil
	}
	return l[0]
}

// thread is who is to serve the connection: its parent's, the caller, or who has the fewest.
func (i *Info) thread() *engine.Thread {
	if i.Parent != nil {
		return i.Parent.PT()
	}
	if pt := i.Ctx.Caller(); pt != nil {
		return pt
	}
	if pt := i.Ctx.Idlest(); pt != nil {
		return pt
	}
	return i.Ctx.First()
}

// Connect begins a client connection (lws_client_connect_via_info). It returns
// nil when that is not possible; then there was no CLIENT_CONNECTION_ERROR.
func Connect(i *Info) *engine.Conn {
	if i.Ctx.Destroying() || i.Ctx.Start() != nil {
		return nil
	}
	v := i.vhost()
	switch {
	case v == nil:
		engine.Errf("lws_client_connect_via_info: No vhost in the context")
		return nil
	case i.Address == "":
		engine.Errf("lws_client_connect_via_info: no address")
		return nil
	case i.Method.S == "MQTT":
		engine.Errf("lws_client_connect_via_info: method MQTT is not supported")
		return nil
	}
	r := Role
	if i.raw() {
		r = rawRole
		if raw.ForClient(i.local().S) == raw.Proxy {
			r = rawProxyRole
		}
	}
	c := engine.NewConn(i.thread(), v, r, true)
	if c == nil {
		return nil
	}
	defer c.Born()
	s := &State{info: *i, pipeline: i.Flags&Pipeline != 0}
	s.defaults()
	c.Data = s
	method := i.Method.S
	if method == "" {
		method = "WS"
	}
	c.Tag(engine.GroupClient, method+"/"+r.Name()+"/"+v.Name+"/"+i.Address)
	c.SetQuiet(true)
	if i.Retry != nil {
		c.SetRetry(*i.Retry)
	}
	c.F.OpaqueUser, c.F.LogCx = i.Opaque, i.LogCx
	if i.Made != nil {
		i.Made(c)
	}
	if !s.bind(c) {
		return nil
	}
	i.Flags.tell(c)
	if !s.begin(c) || c.Dead() {
		return nil
	}
	if !i.raw() || r == rawProxyRole { // whose program hears of it once more when it is connected
		c.Call(c.Role().Reasons(true).Adopt, nil, 0)
		if c.Dead() {
			return nil
		}
	}
	c.SetQuiet(false)
	s.made = true
	return c
}

// defaults fills in what the program left out.
func (s *State) defaults() {
	i := &s.info
	if i.Path == "" {
		i.Path = "/"
	}
	if i.Host == "" {
		i.Host = i.Address
	}
	i.Host = strings.TrimRight(i.Host, "\r\n") // some format a line: it would end the head
	if i.Version <= 0 {
		i.Version = 13
	}
	if i.KeepWarmSecs == 0 {
		i.KeepWarmSecs = keepWarmSecs
	}
	if i.ws() && i.ALPN == "" {
		i.ALPN = "http/1.1"
	}
}

// bind gives the new connection its protocol, memory and place in the family.
func (s *State) bind(c *engine.Conn) bool {
	i := &s.info
	if len(c.Vhost.Protocols) > 0 {
		c.SetProtocol(c.Vhost.Protocols[0])
	}
	if i.User != nil {
		c.SetUser(i.User)
	}
	local := i.local()
	if i.Bound != nil {
		if c.Bind(i.Bound); c.Dead() {
			return false
		}
	} else if c.Ctx.ABI.Before30 && !i.raw() {
		if i.Method.Has && c.Protocol != nil {
			c.Bind(c.Protocol)
		}
		if c.Dead() {
			return false
		}
	} else if local.Has {
		if p := c.Vhost.Protocol(local.S); p != nil {
			c.Bind(p)
		} else {
			engine.Infof("%s: unknown protocol %s", c, local.S)
		}
		if c.Dead() {
			return false
		}
	}
	if i.Parent != nil && !i.Parent.Dead() {
		c.SetParent(i.Parent)
	}
	if i.Method.Has && !c.EnsureUser() {
		fail(c, "OOM")
		return false
	}
	if !i.raw() {
		s.attachHeaders(c)
	}
	return true
}

// attachHeaders gives the connection a header store, with what it asks for in
// it where that leaves room for an answer.
func (s *State) attachHeaders(c *engine.Conn) {
	i := &s.info
	h := h1.AttachHeaders(c)
	h.Reset()
	room := c.Ctx.MaxHeaderData / 2
	for _, f := range [...]struct {
		t    wire.Token
		text string
	}{
		{wire.TokenClientPeerAddress, i.Address}, {wire.TokenClientURI, i.Path}, {wire.TokenClientHost, i.Host},
		{wire.TokenClientOrigin, i.Origin.S}, {wire.TokenClientSentProtocols, i.Protocols.S},
		{wire.TokenClientMethod, i.Method.S}, {wire.TokenClientIface, i.Iface}, {wire.TokenClientALPN, i.ALPN},
	} {
		if room -= len(f.text) + 1; room < 0 {
			return
		}
		_ = h.Set(f.t, []byte(f.text))
	}
}

// fail tells the program why the connection could not be made, and closes it.
func fail(c *engine.Conn, text string) {
	if c.Dead() {
		return
	}
	c.ConnectionError(text)
	if c.Dead() {
		return
	}
	c.SetBroken()
	c.Close(engine.CloseNoStatus)
}

// withoutPort cuts the port off a Host header's value.
func withoutPort(host string) string {
	if strings.HasPrefix(host, "[") {
		if n := strings.IndexByte(host, ']'); n > 0 {
			return host[1:n]
		}
	}
	if n := strings.IndexByte(host, ':'); n >= 0 && n == strings.LastIndexByte(host, ':') {
		return host[:n]
	}
	return host
}

type role struct{ name string }

var (
	_ engine.Polled    = role{}
	_ engine.Expirer   = role{}
	_ engine.Targeter  = role{}
	_ engine.Restarter = role{}
	_ engine.Carrier   = role{}
)

// Role is the role of HTTP client connections, and of WebSockets until they
// are established.
var Role engine.Role = role{"h1"}

// rawRole is what a raw connection has until it is connected.
var rawRole engine.Role = role{raw.Socket.Name()}

// rawProxyRole is rawRole for the side of a proxy.
var rawProxyRole engine.Role = role{raw.Proxy.Name()}

var reasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonClientHTTPWriteable,
	Close:     engine.ReasonClosedClientHTTP,
	Bind:      engine.ReasonClientHTTPBindProtocol,
	Unbind:    engine.ReasonClientHTTPDropProtocol,
}

func (r role) Name() string { return r.name }

func (r role) Reasons(client bool) *engine.Reasons {
	switch r.name {
	case raw.Socket.Name():
		return raw.Socket.Reasons(client)
	case raw.Proxy.Name():
		return raw.Proxy.Reasons(client)
	}
	return &reasons
}

func (role) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }

// Write sends b as it is: a request's body.
func (role) Write(c *engine.Conn, b engine.Payload, _ engine.WriteProtocol) int {
	if c.FD() < 0 || c.State() == engine.StateWaitingConnect {
		engine.Infof("%s: lws_write before the connection is made", c)
		return -1
	}
	if !c.Issue(b.Bytes()) {
		return -1
	}
	return len(b.Bytes())
}

// Writeable asks the program for more, where it may write now: a request's
// body, or after the answer's headers. Earlier requests are forgotten.
func (role) Writeable(c *engine.Conn) bool {
	if o := OnwardOf(c); o != nil && (Awaits(c) || c.State() == engine.StateEstablished) {
		return o.MaySend(c)
	}
	switch c.State() {
	case engine.StateIssueBody, engine.StateEstablished, engine.StateIdling:
		return c.Call(engine.ReasonClientHTTPWriteable, nil, 0) == 0
	case engine.StateUnconnected, engine.StateWaitingDNS, engine.StateWaitingConnect, engine.StateWaitingProxyReply, engine.StateTLSHandshake:
		if c.Role() == rawProxyRole {
			StateOf(c).asked = true
		}
	}
	return true
}

// Writable handles POLLOUT.
func (role) Writable(c *engine.Conn) bool {
	switch s := StateOf(c); c.State() {
	case engine.StateWaitingConnect:
		s.connectEvent(c)
	case engine.StateTLSHandshake:
		handshakeEvent(c)
	}
	return true
}

// Readable goes on with what the connection waits for.
func (role) Readable(c *engine.Conn) bool {
	s := StateOf(c)
	switch c.State() {
	case engine.StateTLSHandshake:
		handshakeEvent(c)
	case engine.StateWaitingProxyReply:
		return s.proxyReply(c)
	case engine.StateWaitingServerReply, engine.StateIssueBody:
		return s.reply(c)
	case engine.StateEstablished:
		return s.bodyReady(c)
	case engine.StateIdling:
		return idleRead(c)
	}
	return true
}

func handshakeEvent(c *engine.Conn) {
	if c.TLS != nil {
		c.TLS.Handshake(c)
	}
}

// TimedOut adds what the program would otherwise not learn.
func (role) TimedOut(c *engine.Conn, _ engine.TimeoutReason) {
	if o := OnwardOf(c); o != nil {
		o.TimedOut()
	}
	switch c.State() {
	case engine.StateTLSHandshake:
		c.ConnectionError("Timed out waiting SSL")
	case engine.StateWaitingServerReply, engine.StateIssueBody:
		missing := StateOf(c).missing(c)
		engine.Noticef("%s: %s in time from %s", c, missing, StateOf(c).info.target())
		if words := c.Ctx.ABI.Client.Errors.NoAnswer; words != "" && c.State() == engine.StateWaitingServerReply {
			c.ConnectionError(words)
		}
	}
}

// missing is what the peer has not sent.
func (s *State) missing(c *engine.Conn) string {
	switch {
	case c.State() == engine.StateIssueBody:
		return "the request's body was not complete"
	case c.Headers != nil && c.Headers.StatusCode() != 0:
		return "only a part of the answer's head came"
	}
	return "no answer came"
}

// Target is where the connection is to lead, for the log.
func (role) Target(c *engine.Conn) string {
	if s := StateOf(c); s != nil {
		return s.info.target()
	}
	return "its peer"
}

// target is where to connect.
func (i *Info) target() string {
	if strings.HasPrefix(i.Address, "+") {
		return i.Address[1:]
	}
	host := strings.Trim(i.Address, "[]")
	if strings.ContainsRune(host, ':') { // IPv6
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(i.Port)
}

// Restart goes to where lws_client_reset has said.
func (role) Restart(c *engine.Conn) bool {
	s := StateOf(c)
	if s == nil || s.resetTo == nil {
		return false
	}
	to := s.resetTo
	s.resetTo = nil
	s.lead(c, to.target, to.host)
	return true
}

// Owes: nothing is carried.
func (role) Owes(*engine.Conn) bool { return false }

// Ending tells the program of one that passes on a request that it is over, however it
// ends, as the reference does.
func (role) Ending(c *engine.Conn, _ engine.CloseStatus) {
	if s := StateOf(c); s != nil && s.info.Onward != nil && s.made && !s.info.ws() {
		c.Call(engine.ReasonCompletedClientHTTP, nil, 0)
	}
}

// Gone gives back what the connection holds.
func (role) Gone(c *engine.Conn) {
	if s := StateOf(c); s != nil {
		c.PT().DropTimer(&s.attempt)
		s.search.Cancel()
		s.leaveQueue(c)
		s.dropDecoding()
		if s.info.Onward != nil {
			s.info.Onward.Gone(c)
		}
	}
}
