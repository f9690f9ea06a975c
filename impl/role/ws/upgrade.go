// SPDX-License-Identifier: MIT

package ws

import (
	"bytes"
	"fmt"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/wire/deflate"
	wire "libwebsockets/impl/wire/h1"
	"libwebsockets/impl/wire/ws"
)

// pmdName is the one extension that is known.
const pmdName = "permessage-deflate"

// maxKey is how long a Sec-WebSocket-Key may be; a legal one has 24 bytes.
const maxKey = 128

// Upgrade turns a request into a WebSocket (RFC 6455 §4.2); false closes.
func Upgrade(c *engine.Conn) bool {
	if !connectionHasUpgrade(c) {
		engine.Errf("%s: malformed or absent conn hdr", c)
		return false
	}
	if !allowed(c) {
		return false
	}
	if done, ok := hooks.Passage(c); done {
		return ok
	}
	p, ok := chooseProtocol(c)
	if !ok {
		return false
	}
	c.Bind(p)
	if c.Dead() {
		return true
	}
	c.Vhost.Count.Upgrades.Add(1)
	if done, ok := authorise(c, p); done {
		return ok
	}
	s := start(c, nil, false)
	c.SetState(engine.StateEstablished)
	if !c.EnsureUser() {
		return false
	}
	if !permitted(c) {
		return false
	}
	if c.Dead() {
		return true
	}
	sent, ok := s.accept(c, c.Protocol.Name)
	if !ok {
		return false
	}
	if c.Dead() {
		return true
	}
	if c.Call(engine.ReasonEstablished, c.F.SSL, 0) != 0 {
		engine.Noticef("%s: user ESTABLISHED failed connection", c)
		return false
	}
	if c.Dead() {
		return true
	}
	c.Valid()
	h1.LogUpgrade(c, sent)
	h1.DetachHeaders(c)
	return true
}

// Hooks are what the role needs of the packages that build upon it.
type Hooks struct {
	// Passage leads a WebSocket that is asked for to another server; done false: it
	// is ours. ok false closes.
	Passage func(c *engine.Conn) (done, ok bool)
}

var hooks = Hooks{Passage: func(*engine.Conn) (done, ok bool) { return false, true }}

// Wire sets the hooks.
func Wire(h Hooks) { hooks = engine.Wired(h) }

// Open makes a request, which [Hooks].Passage has kept waiting and bound, a WebSocket
// of the subprotocol; false closes.
func Open(c *engine.Conn, subprotocol string) bool {
	c.Vhost.Count.Upgrades.Add(1)
	if c.Stream() {
		return openStream(c, subprotocol)
	}
	s := start(c, nil, false)
	c.SetState(engine.StateEstablished)
	sent, ok := s.accept(c, subprotocol)
	if !ok {
		return false
	}
	c.Valid()
	h1.LogUpgrade(c, sent)
	h1.DetachHeaders(c)
	return true
}

// version is the one version of the protocol that is spoken (RFC 6455 §4.4).
const version = "13"

// allowed checks method and versions of an upgrade (RFC 6455 §4.2.1); false: the
// request was answered, and the connection is to be closed.
func allowed(c *engine.Conn) bool {
	h := c.Headers
	_, method := h.Method()
	switch {
	case method != wire.TokenGetURI:
		return refuse(c, 405, "not a GET", wire.TokenHTTPAllow, "GET")
	case h.Minor() < 1:
		return refuse(c, 400, "not HTTP/1.1", wire.TokenUpgrade, "websocket")
	}
	return versionFits(c) || refuseVersion(c)
}

func versionFits(c *engine.Conn) bool { return string(c.Headers.Value(wire.TokenVersion)) == version }

// refuseVersion tells a client which version is spoken; one that names none, too,
// learns more by that than by 400.
func refuseVersion(c *engine.Conn) bool {
	why := fmt.Sprintf("Sec-WebSocket-Version %q", c.Headers.Value(wire.TokenVersion))
	return refuse(c, 426, why, wire.TokenVersion, version)
}

// refuse answers an upgrade with an error and a header that says what would do;
// false closes.
func refuse(c *engine.Conn, code uint, why string, name wire.Token, value string) bool {
	engine.Noticef("%s: WebSocket: upgrade by %s refused with %d: %s", c, c.Peer(), code, why)
	if !c.Stream() { // 426 is of HTTP/1.1; the reference says 1.0 in other refusals
		h1.StateOf(c).Version = min(c.Headers.Minor(), 1)
	}
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)-1], code)
	if ok {
		b, ok = h1.AddByToken(c, b, name, []byte(value))
	}
	if ok && code == 426 && !c.Stream() { // RFC 9110 §15.5.22
		b, ok = h1.AddByToken(c, b, wire.TokenUpgrade, []byte("websocket"))
	}
	if ok {
		b, ok = h1.AddContentLength(c, b, 0)
	}
	if ok && !c.Stream() {
		b, ok = h1.AddByToken(c, b, wire.TokenConnection, []byte("close"))
	}
	if ok {
		b, ok = h1.Finalize(c, b)
	}
	if !ok || c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders|engine.WriteH2StreamEnd) < 0 {
		return false
	}
	if c.Stream() {
		return h1.Completed(c) == 0
	}
	c.SetLinger() // more of the request may be under way
	return false
}

// authorise checks the credentials that the protocol's per-vhost options ask
// for; done tells that the request was answered.
func authorise(c *engine.Conn, p *engine.Protocol) (done, ok bool) {
	if pvo := c.Vhost.PVO(p.Name); pvo != nil {
		for i := range pvo.Options {
			if o := &pvo.Options[i]; o.Name == engine.OptionBasicAuth {
				return h1.Authorise(c, &o.Value)
			}
		}
	}
	return false, true
}

// permitted asks the program whether the WebSocket may be.
func permitted(c *engine.Conn) bool {
	h := c.Headers
	var offered unsafe.Pointer
	if h.Total(wire.TokenProtocol) > 0 {
		offered = unsafe.Pointer(&h.Value(wire.TokenProtocol)[0])
	}
	if c.Call(engine.ReasonFilterProtocolConnection, offered, 0) != 0 {
		engine.Warnf("%s: User code denied connection", c)
		return false
	}
	return true
}

// maxStreamProtocol is how long a stream's list of subprotocols may be.
const maxStreamProtocol = 64

// UpgradeStream makes an HTTP/2 stream a WebSocket (RFC 8441 §5); false closes.
func UpgradeStream(c *engine.Conn) bool {
	if !versionFits(c) {
		return refuseVersion(c)
	}
	if done, ok := hooks.Passage(c); done {
		return ok
	}
	p, ok := chooseProtocol(c)
	if !ok {
		return false
	}
	c.Bind(p)
	if c.Dead() {
		return true
	}
	c.Vhost.Count.Upgrades.Add(1)
	if done, ok := authorise(c, p); done {
		return ok
	}
	if !c.EnsureUser() || !permitted(c) {
		return false
	}
	return c.Dead() || openStream(c, c.Protocol.Name)
}

// openStream answers a stream's request for a WebSocket of the subprotocol; false closes.
func openStream(c *engine.Conn, subprotocol string) bool {
	h := c.Headers
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)-1], 200)
	if n := h.Total(wire.TokenProtocol); n > maxStreamProtocol {
		engine.Infof("%s: %d bytes of subprotocols (limit %d)", c, n, maxStreamProtocol)
		return false
	} else if ok && n > 0 && subprotocol != "" {
		b, ok = h1.AddByToken(c, b, wire.TokenProtocol, []byte(subprotocol))
	}
	if !ok || c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders) < 0 {
		return false
	}
	start(c, nil, false)
	c.SetState(engine.StateEstablished)
	if c.Call(engine.ReasonEstablished, nil, 1) != 0 { // the reference's len tells of the stream
		engine.Noticef("%s: user ESTABLISHED failed connection", c)
		return false
	}
	if !c.Dead() {
		h1.LogUpgrade(c, len(b))
		h1.DetachHeaders(c)
	}
	return true
}

var comma = []byte(",")

// maxConnection is how long a Connection header may be.
const maxConnection = 255

// connectionHasUpgrade looks for the token of RFC 6455 §4.2.1 item 4.
func connectionHasUpgrade(c *engine.Conn) bool {
	list := c.Headers.Joined(wire.TokenConnection)
	if len(list) > maxConnection {
		return false
	}
	for t, rest, on := []byte(nil), list, true; on; {
		t, rest, on = bytes.Cut(rest, comma)
		if bytes.EqualFold(bytes.TrimSpace(t), []byte("upgrade")) {
			return true
		}
	}
	return false
}

// chooseProtocol picks the first offered subprotocol that the vhost has, or
// its default when none is offered.
func chooseProtocol(c *engine.Conn) (*engine.Protocol, bool) {
	h, v := c.Headers, c.Vhost
	list := h.Joined(wire.TokenProtocol)
	if len(list) == 0 {
		if v.DefaultIndex >= len(v.Protocols) {
			engine.Noticef("%s: rejecting ws upg with no protocol", c)
			return nil, false
		}
		return v.Protocols[v.DefaultIndex], true
	}
	for name, rest, on := []byte(nil), list, true; on; {
		name, rest, on = bytes.Cut(rest, comma)
		if name = bytes.TrimSpace(name); len(name) == 0 {
			continue
		}
		if p := v.Protocol(string(name)); p != nil {
			return p, true
		}
	}
	engine.Noticef("%s: No supported protocol \"%s\"", c, string(list))
	return nil, false
}

// accept sends the 101 response.
func (s *State) accept(c *engine.Conn, subprotocol string) (sent int, ok bool) {
	h := c.Headers
	key := h.Value(wire.TokenKey)
	if h.Total(wire.TokenHost) == 0 || len(key) == 0 {
		engine.Noticef("%s: WebSocket: upgrade by %s has no Host or no Sec-WebSocket-Key", c, c.Peer())
		return 0, false
	}
	if len(key) >= maxKey {
		engine.Warnf("%s: Client key too long (%d, limit %d)", c, len(key), maxKey)
		return 0, false
	}
	acc := ws.AcceptKey(key)
	resp := c.PT().Resp
	b := append(resp[:0:len(resp)-1], "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n"+
		"Connection: Upgrade\r\nSec-WebSocket-Accept: "...)
	b = append(b, acc[:]...)
	if h.Total(wire.TokenProtocol) > 0 && subprotocol != "" {
		b = append(append(b, "\r\nSec-WebSocket-Protocol: "...), subprotocol...)
	}
	b = s.acceptExtension(c, b)
	b = append(b, '\r', '\n')
	if len(b) > len(resp)-64 { // append moved it: it did not fit
		engine.Errf("%s: the upgrade response does not fit %d bytes (pt_serv_buf_size)", c, len(resp))
		return 0, false
	}
	b, ok = h1.CallAddHeaders(c, b)
	if !ok {
		return 0, false
	}
	if b, ok = h1.Finalize(c, b); !ok {
		return 0, false
	}
	return len(b), c.Issue(b)
}

// acceptExtension negotiates permessage-deflate, if the vhost offers it.
func (s *State) acceptExtension(c *engine.Conn, b []byte) []byte {
	h := c.Headers
	if h.Total(wire.TokenExtensions) == 0 || !hasPMD(c.Vhost) {
		return b
	}
	resp, ok := deflate.Negotiate(string(h.Joined(wire.TokenExtensions)), deflate.Params{})
	if !ok {
		return b
	}
	name := append([]byte(pmdName), 0)
	if c.Call(engine.ReasonConfirmExtensionOkay, unsafe.Pointer(&name[0]), 0) != 0 {
		return b
	}
	// A program with a tiny receive buffer counts on getting no compression.
	if rx := c.Protocol.RxSize; rx != 0 && rx < 1<<rxPieceMin {
		engine.Noticef("%s: WebSocket: no permessage-deflate with %s: protocol %s has an rx_buffer_size of %d, below %d",
			c, c.Peer(), c.Protocol.Name, rx, 1<<rxPieceMin)
		return b
	}
	s.pmd = newPMD(&resp, false)
	s.dec.Init(ws.DecoderConfig{MustBeMasked: true, AllowRsv1: true})
	b = append(b, "\r\nSec-WebSocket-Extensions: "...)
	return resp.Append(b)
}

func hasPMD(v *engine.Vhost) bool {
	for _, e := range v.Exts {
		if e.Name == pmdName {
			return true
		}
	}
	return false
}
