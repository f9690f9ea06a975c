// SPDX-License-Identifier: MIT

package client

import (
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/h2"
	wire "libwebsockets/impl/wire/h1"
)

// On HTTP/2 the connection that was made carries the transactions of several
// client connections, its own first request included: as with the reference
// that goes on as a connection of its own, which inherits the program's data.

// endpoint is what a network connection leads to, and who waits for it.
type endpoint struct {
	State        // what was asked for, and the followers
	first *State // the request that the connection was made for
}

// isHTTP2 tells whether c, which is up, is to speak HTTP/2.
func (s *State) isHTTP2(c *engine.Conn) bool {
	if s.info.raw() {
		return false
	}
	if c.TLS != nil {
		return c.TLS.ALPN() == "h2"
	}
	return s.info.Flags&H2PriorKnowledge != 0
}

// startHTTP2 makes the connection a network connection; false closes.
func (s *State) startHTTP2(c *engine.Conn) bool {
	e := &endpoint{first: s}
	e.info, e.active, e.followers, e.pipeline, e.hostName = s.info, s.active, s.followers, s.pipeline, s.hostName
	s.active, s.followers = false, nil
	c.SetTimeout(engine.TimeoutSentClientHandshake, c.Ctx.TimeoutSecs)
	return h2.Connect(c, e, s.info.Flags&H2QuirkOverflow != 0)
}

// endpointOf is what is known of where c leads.
func endpointOf(c *engine.Conn) *State {
	if s := StateOf(c); s != nil {
		return s
	}
	if n := h2.NetOf(c); n != nil {
		if e, ok := n.Owner.(*endpoint); ok {
			return &e.State
		}
	}
	return nil
}

// Settled opens the streams of those who waited.
func (e *endpoint) Settled(n *h2.Net) bool {
	c := n.Conn()
	st := engine.NewConn(c.PT(), c.Vhost, StreamRole, true)
	if st == nil {
		return false
	}
	st.TagLike(c)
	s := e.first
	e.first = nil
	c.SetErrorTold() // the program hears of its connection by the stream
	st.Data = s
	n.Open(st)
	st.SetProtocol(c.Vhost.Protocols[0])
	st.CallProtocol(st.Protocol, engine.ReasonWSICreate, nil, nil, 0)
	if st.Dead() || c.Dead() {
		return !c.Dead()
	}
	st.Inherit(c)
	st.Monitor, c.Monitor = c.Monitor, new(engine.Monitor)
	st.Headers, c.Headers = c.Headers, nil
	begin(st)
	q := e.followers
	e.followers = nil
	for _, f := range q {
		if fs := StateOf(f); fs != nil && !f.Dead() {
			fs.leader = nil
			n.Open(f)
			f.SetRole(StreamRole)
			begin(f)
		}
	}
	return true
}

// Gone lets those who wait begin anew.
func (e *endpoint) Gone(n *h2.Net) {
	e.leaveQueue(n.Conn())
	if s := e.first; s != nil {
		e.first = nil
		n.Conn().ConnectionError("h2: closed before the server's SETTINGS")
	}
}

// maxMoves bounds how often a request that was never sent goes elsewhere.
const maxMoves = 5

// Unsent has the request begin anew: a server that goes away has not seen it
// (RFC 9113 §6.8).
func (e *endpoint) Unsent(n *h2.Net, c *engine.Conn) bool {
	s := StateOf(c)
	if s == nil || c.State() != engine.StateIssueHandshake || s.moves == maxMoves {
		return false
	}
	s.moves++
	engine.Infof("%s: %s takes no more streams, the request goes elsewhere", c, n.Conn())
	h2.StreamOf(c).Leave()
	c.SetRole(Role)
	c.SetState(engine.StateUnconnected)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	c.PT().Later(func() {
		if !c.Dead() && !c.Closing() && c.State() == engine.StateUnconnected {
			s.begin(c)
		}
	})
	return true
}

// begin has the stream's request sent.
func begin(c *engine.Conn) {
	c.SetState(engine.StateIssueHandshake)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	c.AskWriteable()
}

// share makes c a stream of a network connection that is up.
func share(c *engine.Conn, n *h2.Net) {
	engine.Infof("%s: becomes a stream of %s", c, n.Conn())
	n.Open(c)
	c.SetRole(StreamRole)
	begin(c)
}

type streamRole struct{ role }

var (
	_ engine.Receiver = streamRole{}
	_ engine.Expirer  = streamRole{}
)

// StreamRole is the role of a client's streams, until they become WebSockets.
var StreamRole engine.Role = streamRole{role{"h2"}}

// Write sends a request's body.
func (streamRole) Write(c *engine.Conn, b engine.Payload, wp engine.WriteProtocol) int {
	if c.State() == engine.StateIssueHandshake {
		engine.Infof("%s: lws_write before the request is sent", c)
		return -1
	}
	return h2.StreamOf(c).Write(b.Bytes(), wp)
}

// Readable goes on with what waits to be decoded: the network connection reads.
func (streamRole) Readable(c *engine.Conn) bool {
	s := StateOf(c)
	return s.decoding == nil || !c.RxPending || s.streamDecoded(c)
}

// Writeable sends the request, then asks the program; false closes.
func (streamRole) Writeable(c *engine.Conn) bool {
	st, s := h2.StreamOf(c), StateOf(c)
	if c.State() == engine.StateIssueHandshake {
		return !st.MayBegin() || s.issueOnStream(c, st)
	}
	return !st.MayCall() || c.Call(engine.ReasonClientHTTPWriteable, nil, 0) == 0
}

// TimedOut adds nothing.
func (streamRole) TimedOut(*engine.Conn, engine.TimeoutReason) {}

// issueOnStream sends the request's head; false closes.
func (s *State) issueOnStream(c *engine.Conn, st *h2.Stream) bool {
	i := &s.info
	if i.ws() && !st.Net().TakesWebSockets() {
		return refuse(c, "HS: the server opens no WebSockets on HTTP/2")
	}
	resp := c.PT().Resp
	b, ok := s.streamHead(c, resp[:0:len(resp)/2])
	if !ok {
		engine.Errf("%s: Client hdrs too long: incr context info.pt_serv_buf_size", c)
		return false
	}
	if c.Dead() {
		return true
	}
	at := (*unsafe.Pointer)(c.PT().Args)
	n := len(b)
	*at = unsafe.Add(unsafe.Pointer(&resp[0]), n)
	s.codings = nil
	if c.Call(engine.ReasonClientAppendHandshakeHeader, unsafe.Pointer(at), uintptr(cap(b)-n-reserved)) != 0 || c.Dead() {
		return c.Dead()
	}
	if n = int(uintptr(*at) - uintptr(unsafe.Pointer(&resp[0]))); n < len(b) || n > cap(b) {
		engine.Errf("%s: CLIENT_APPEND_HANDSHAKE_HEADER left its buffer", c)
		return false
	}
	b = b[:n]
	c.SetState(engine.StateWaitingServerReply)
	c.SetTimeout(engine.TimeoutAwaitingServer, c.Ctx.TimeoutSecs)
	credit := i.ManualCredit
	c.Monitor.Begin()
	if !st.Begin(b, s.endsWithHead(), i.Flags&H2ManualRxFlow != 0, credit) {
		return refuse(c, "h2: sending the request failed")
	}
	if i.Flags&MultipartForm != 0 {
		c.AskWriteable()
	}
	return true
}

// endsWithHead tells whether nothing follows the request's head.
func (s *State) endsWithHead() bool {
	if s.bodyPending || s.info.ws() {
		return false
	}
	switch s.info.Method.S {
	case "POST", "PUT", "PATCH":
		return s.info.Flags&H2QuirkEndStream != 0
	}
	return true
}

// streamHead appends the request's fields in front of the program's own.
func (s *State) streamHead(c *engine.Conn, b []byte) (out []byte, ok bool) {
	i := &s.info
	scheme, method := "http", i.Method.S
	if c.Network().TLS != nil {
		scheme = "https"
	}
	if i.ws() {
		method = "CONNECT"
	}
	type field struct {
		t     wire.Token
		value string
	}
	l := []field{{wire.TokenHTTPColonMethod, method}, {wire.TokenHTTPColonScheme, scheme},
		{wire.TokenHTTPColonPath, i.Path}, {wire.TokenHTTPColonAuthority, i.Host}}
	if i.ws() {
		l = append(l, field{wire.TokenColonProtocol, "websocket"}, field{wire.TokenVersion, "13"})
		if i.Protocols.Has {
			l = append(l, field{wire.TokenProtocol, i.Protocols.S})
		}
		if i.Origin.Has {
			l = append(l, field{wire.TokenOrigin, s.originScheme(c) + i.Origin.S})
		}
		if x := s.offer(c); x != "" {
			l = append(l, field{wire.TokenExtensions, x})
		}
		if c.Dead() {
			return b, true
		}
	}
	if ua := c.Ctx.ABI.Client.UserAgent; ua != "" {
		l = append(l, field{wire.TokenHTTPUserAgent, ua})
	}
	if i.Flags&MultipartForm != 0 {
		s.boundary, s.laterPart, s.bodyPending = newBoundary(), false, true
		l = append(l, field{wire.TokenHTTPContentType, `multipart/form-data; boundary="` + s.boundary + `"`})
	}
	if k := s.cookie(c); k != "" {
		l = append(l, field{wire.TokenHTTPCookie, k})
	}
	if i.Flags&FormURLEncoded != 0 {
		s.bodyPending = true
		l = append(l, field{wire.TokenHTTPContentType, "application/x-www-form-urlencoded"})
	}
	ok = true
	for _, f := range l {
		if ok {
			b, ok = h1.AddByToken(c, b, f.t, []byte(f.value))
		}
	}
	return b, ok
}

// StreamHead acts on the answer's head; false closes.
func (streamRole) StreamHead(c *engine.Conn) bool {
	s, h := StateOf(c), c.Headers
	c.Monitor.End(&c.Monitor.Response)
	s.code = 0
	for _, d := range h.Value(wire.TokenHTTPColonStatus) {
		if d < '0' || d > '9' {
			return refuse(c, "HS: :status malformed")
		}
		s.code = min(s.code*10+int(d-'0'), 1000)
	}
	if s.code/100 == 1 {
		s.attachHeaders(c)
		h2.StreamOf(c).Interim()
		return true
	}
	c.Monitor.Status = s.code
	s.takeCookies(c)
	if !s.info.ws() {
		if st := h2.StreamOf(c); !s.bodyless() && !st.Promise(h.ContentLength()) {
			refuse(c, "h2: the answer has no body, but a content-length")
			st.Malformed()
			return true
		}
		return s.interpret(c)
	}
	return s.openOnStream(c)
}

// openOnStream makes the stream a WebSocket (RFC 8441 §5); false closes.
func (s *State) openOnStream(c *engine.Conn) bool {
	h := c.Headers
	if !c.Ctx.ABI.Before30 && c.Call(engine.ReasonEstablishedClientHTTP, nil, 0) != 0 {
		return refuse(c, "HS: disallowed by client filter")
	}
	if c.Dead() {
		return true
	}
	switch p := string(h.Value(wire.TokenProtocol)); {
	case s.code == 401:
		return refuse(c, "HS: ws upgrade unauthorized")
	case s.code/100 != 2:
		return refuse(c, "HS: ws upgrade response not 200")
	case p != "" && !listed(s.info.Protocols.S, p):
		return refuse(c, "HS: PROTOCOL malformed")
	}
	return s.establish(c, true)
}

// StreamBody gives a piece of the answer to the program; false closes.
func (streamRole) StreamBody(c *engine.Conn, b []byte) bool {
	s := StateOf(c)
	if s.completed {
		return true
	}
	if d := s.decoding; d != nil {
		d.in = append(d.in, b...)
		return c.RxPending || s.streamDecoded(c)
	}
	return c.Call(engine.ReasonReceiveClientHTTPRead, unsafe.Pointer(&b[0]), uintptr(len(b))) == 0
}

// StreamEnd ends the transaction: a stream is closed behind it.
func (streamRole) StreamEnd(c *engine.Conn) bool {
	s := StateOf(c)
	if d := s.decoding; d != nil {
		if err := d.End(); err != nil {
			engine.Errf("%s: the answer's compressed body: %v", c, err)
			return false
		}
	}
	if !s.completed {
		s.completed = true
		c.Call(engine.ReasonCompletedClientHTTP, nil, 0)
	}
	return false
}
