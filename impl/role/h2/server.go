// SPDX-License-Identifier: MIT

package h2

import (
	"encoding/base64"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/ws"
	fields "libwebsockets/impl/wire/h1"
	wire "libwebsockets/impl/wire/h2"
)

// Accept makes a connection on which ALPN settled for h2 speak it.
func Accept(c *engine.Conn) bool {
	h1.DetachHeaders(c)
	c.Vhost.Count.H2ALPN.Add(1)
	start(c, false)
	return true
}

// Options that matter here, numbered as in lws-context-vhost.h.
const (
	optPriorKnowledge engine.Option = 1 << 34
	optLongPoll       engine.Option = 1 << 32
)

// Binder makes accepted plain sockets HTTP/2 connections, where the vhost
// expects nothing else (RFC 9113 §3.3): a listen.Binder.
type Binder struct{ h1.Binder }

// Accepts takes plain sockets of such a vhost.
func (Binder) Accepts(v *engine.Vhost, how engine.AdoptFlags) bool {
	return h1.Binder{}.Accepts(v, how) && how&engine.AdoptAllowSSL == 0 && v.Options.Has(optPriorKnowledge)
}

// Bind makes the connection await the preface.
func (Binder) Bind(c *engine.Conn, how engine.AdoptFlags, named bool) {
	h1.Binder{}.Bind(c, how, named)
	start(c, false)
}

// Upgrade goes on in HTTP/2 with a request that asks for it (RFC 7540 §3.2);
// the request becomes stream 1. false closes.
func Upgrade(c *engine.Conn) bool {
	text := strings.TrimRight(string(c.Headers.Value(fields.TokenHTTP2Settings)), "=")
	if text == "" {
		engine.Infof("%s: missing http2_settings", c)
		return false
	}
	payload, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		engine.Infof("%s: HTTP2-Settings: %v", c, err)
		return false
	}
	n := start(c, false)
	if err := n.apply(payload); err != nil {
		engine.Infof("%s: HTTP2-Settings: %v", c, err)
		return false
	}
	n.Settled = func(n *Net) bool { // until then the headers stay c's, which gives them back whenever it ends
		st := n.accept(1)
		if st == nil {
			return false
		}
		n.last = 1
		h1.DetachHeaders(st.c)
		st.c.Headers, c.Headers = c.Headers, nil
		st.headSeen, st.peerEnded = true, true
		st.act()
		return true
	}
	return c.Issue([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"))
}

// accept makes the stream of a request that begins; nil: it is not possible.
func (n *Net) accept(id uint32) *Stream {
	v := n.c.Vhost
	if v.Destroying() || len(v.Protocols) == 0 {
		return nil
	}
	c := engine.NewConn(n.c.PT(), v, StreamRole, false)
	if c == nil {
		return nil
	}
	v.Count.H2Streams.Add(1)
	c.TagStream(n.c, id)
	st := n.add(c, id)
	h1.BeginStream(c)
	c.SetProtocol(v.Protocols[0])
	c.CallProtocol(v.Protocols[0], engine.ReasonWSICreate, nil, nil, 0)
	if c.Dead() {
		return nil
	}
	c.SetState(engine.StateHeaders)
	if !c.EnsureUser() {
		st.resetDone = true
		st.kill()
		return nil
	}
	n.c.Valid()
	h1.AttachHeaders(c)
	if v.HTTP2Settings[0] != 0 {
		st.grant(streamWindow)
	} else { // the settings have
		n.est += streamWindow
	}
	if v.Options.Has(optLongPoll) {
		Immortal(c)
	}
	return st
}

var serverReasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonHTTPWriteable,
	Close:     engine.ReasonClosedHTTP,
	Bind:      engine.ReasonHTTPBindProtocol,
	Unbind:    engine.ReasonHTTPDropProtocol,
}

var clientReasons = engine.Reasons{
	Adopt:     engine.ReasonServerNewClientInstantiated,
	Writeable: engine.ReasonClientHTTPWriteable,
	Close:     engine.ReasonClosedClientHTTP,
	Bind:      engine.ReasonClientHTTPBindProtocol,
	Unbind:    engine.ReasonClientHTTPDropProtocol,
}

func reasonsOf(client bool) *engine.Reasons {
	if client {
		return &clientReasons
	}
	return &serverReasons
}

// roleStream is the role of a server's streams that are HTTP transactions.
type roleStream struct{}

var _ engine.Receiver = roleStream{}

// StreamRole is the one value of the role.
var StreamRole engine.Role = roleStream{}

func (roleStream) Name() string                        { return "h2" }
func (roleStream) Reasons(client bool) *engine.Reasons { return reasonsOf(client) }

// CloseVia sends what is left of a small answer.
func (roleStream) CloseVia(c *engine.Conn, _ engine.CloseStatus) bool {
	if s := h1.StateOf(c); s != nil && s.PendingBody != nil {
		h1.StreamWriteable(c)
	}
	return false
}

// Gone gives back what the transaction holds.
func (roleStream) Gone(c *engine.Conn) { h1.Role.Gone(c) }

// Write sends heads and bodies.
func (roleStream) Write(c *engine.Conn, b engine.Payload, wp engine.WriteProtocol) int {
	return StreamOf(c).Write(b.Bytes(), wp)
}

// Readable goes on with data that came before the request was acted on.
func (r roleStream) Readable(c *engine.Conn) bool {
	st := StreamOf(c)
	k := c.Kept()
	c.Consume(len(k))
	st.goOn(len(k) == 0 || r.StreamBody(c, k))
	st.credit()
	return true
}

// StreamHead puts the request off to the end of the turn, as the reference does.
func (roleStream) StreamHead(c *engine.Conn) bool {
	c.SetState(engine.StateDeferringAction)
	c.AskWriteable()
	return true
}

// StreamBody hands out a piece of the request's body.
func (roleStream) StreamBody(c *engine.Conn, b []byte) bool { return h1.StreamBody(c, b) }

// StreamEnd ends the request's body.
func (roleStream) StreamEnd(c *engine.Conn) bool { return h1.StreamEnd(c) }

// breach ends the stream because of an error of the peer.
func (st *Stream) breach(e *wire.Error) {
	if st.c.Dead() {
		return
	}
	engine.Infof("%s: %v", st.c, e)
	st.n.rst(st.id, e.Code)
	st.resetDone = true
	st.kill()
}

// Writeable acts on a request that was put off, goes on with what is being
// sent, or asks the program. false closes.
func (roleStream) Writeable(c *engine.Conn) bool {
	st := StreamOf(c)
	if c.State() == engine.StateDeferringAction {
		st.act()
		st.n.leaveOver()
		return true
	}
	file := c.State() == engine.StateIssuingFile
	if done, ok := h1.StreamWriteable(c); done {
		return ok && (c.Dead() || !file || !st.ending)
	}
	if !st.MayCall() {
		return true
	}
	return c.Call(engine.ReasonHTTPWriteable, nil, 0) == 0
}

// act serves the request in c.Headers.
func (st *Stream) act() {
	c := st.c
	c.SetState(engine.StateEstablished)
	ok := h1.Serve(c)
	if c.Dead() || c.Role() != StreamRole && ok {
		return
	}
	s := h1.StateOf(c)
	if (!ok || st.ending) && (s == nil || s.PendingBody == nil) {
		c.Close(engine.CloseNoStatus)
		return
	}
	if len(c.Kept()) > 0 {
		c.Resume()
	} else {
		st.goOn(true)
	}
}

// Extended opens a WebSocket on a stream that asks for one (RFC 8441 §5).
func Extended(c *engine.Conn) (done, ok bool) {
	st, h := StreamOf(c), c.Headers
	if st == nil || st.n.our[wire.EnableConnectProtocol] == 0 ||
		string(h.Value(fields.TokenHTTPColonMethod)) != "CONNECT" ||
		string(h.Value(fields.TokenColonProtocol)) != "websocket" {
		return false, true
	}
	Immortal(c)
	if !ws.UpgradeStream(c) {
		h1.DetachHeaders(c)
		return true, false
	}
	return true, true
}
