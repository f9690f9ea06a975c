// SPDX-License-Identifier: MIT

package h1

import (
	"fmt"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/form"
	"libwebsockets/impl/wire/h1"
)

// noLengthBody is how long a request's body may be that announces no length.
const noLengthBody = 100 << 20

// tunnel makes the connection of a CONNECT request a raw one, which gets b, the
// bytes that ended the request; took false: it is another request.
func (s *State) tunnel(c *engine.Conn, b []byte) (ok, took bool) {
	if c.Headers.Total(h1.TokenConnect) == 0 {
		return false, false
	}
	selectVhost(c)
	return !s.rejected(c) && hooks.Fallback(c, b), true
}

// selectVhost binds the connection to the vhost that the Host header names.
func selectVhost(c *engine.Conn) {
	if c.Vhost.Port != 0 && c.Headers.Total(h1.TokenHost) > 0 {
		if v := c.Ctx.SelectVhost(c.Vhost.Port, string(c.Headers.Value(h1.TokenHost))); v != nil {
			c.BindVhost(v)
		}
	}
}

// request acts on a request whose headers are complete; false closes.
func (s *State) request(c *engine.Conn) bool {
	h := c.Headers
	selectVhost(c)
	if c.Vhost.Count.H1Requests.Add(1); !s.later {
		c.Vhost.Count.H1Conns.Add(1)
	}
	if s.rejected(c) {
		DetachHeaders(c)
		return false
	}
	if done, ok := hooks.App.RedirectHit(c); done {
		return ok
	}
	c.SetState(engine.StatePreWSAccept)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	if h.Total(h1.TokenUpgrade) > 0 {
		if done, ok := s.upgrade(c); done {
			return ok
		}
	}
	c.SetState(engine.StateEstablished)
	return s.action(c)
}

// rejected refuses user agents that the program does not want.
func (s *State) rejected(c *engine.Conn) bool {
	ua := string(c.Headers.Value(h1.TokenHTTPUserAgent))
	if ua == "" {
		return false
	}
	for _, r := range c.Ctx.Reject {
		if strings.Contains(ua, r.Name) {
			code, msg, _ := strings.Cut(r.Value, " ")
			ReturnStatus(c, atoi(code), msg)
			if _, t := c.Headers.Method(); t >= 0 {
				s.logRequest(c, c.Headers.Raw(t))
			}
			c.Vhost.Count.Rejected.Add(1)
			return true
		}
	}
	return false
}

// upgrade looks at the Upgrade header; done false: serve it as plain HTTP.
func (s *State) upgrade(c *engine.Conn) (done, ok bool) {
	up := c.Headers.Value(h1.TokenUpgrade)
	name := strings.ToLower(string(up))
	fn := hooks.Upgrades[name]
	if fn == nil {
		if name == "h2c" { // not offered: an ordinary HTTP/1.1 request (RFC 9110 §7.8)
			return false, true
		}
		engine.Infof("%s: unknown upgrade '%s'", c, up)
		if ReturnStatus(c, 403, "") != 0 || Completed(c) != 0 {
			DetachHeaders(c)
			return true, false
		}
		return true, true
	}
	// A NUL ends the name in the header store; the reference gives no length.
	n := c.Call(engine.ReasonHTTPConfirmUpgrade, unsafe.Pointer(unsafe.SliceData(up)), 0)
	if c.Dead() {
		return true, true
	}
	if n < 0 {
		DetachHeaders(c)
		return true, false
	}
	if n > 0 {
		return true, Completed(c) == 0
	}
	if c.Vhost.Options.Has(engine.OptStrictHostCheck) && !HostMatches(c) {
		DetachHeaders(c)
		return true, false
	}
	if !fn(c) {
		DetachHeaders(c)
		return true, false
	}
	return true, true
}

// HostMatches tells whether the Host header names the vhost and its port.
func HostMatches(c *engine.Conn) bool {
	host := string(c.Headers.Value(h1.TokenHost))
	port := 80
	if c.TLS != nil {
		port = 443
	}
	name, p, has := strings.Cut(host, ":")
	if has {
		port = atoi(p)
	}
	return name == c.Vhost.Name && port == c.Vhost.Port
}

// action reads what the headers say of the connection and the body, asks the
// program's filter, and has the request served.
func (s *State) action(c *engine.Conn) bool {
	h := c.Headers
	_, t := h.Method()
	if t < 0 || h.Total(t) == 0 {
		DetachHeaders(c)
		return false
	}
	uri := h.Raw(t)[:h.Total(t)]
	if uri[0] != '/' {
		ReturnStatus(c, 403, "")
		DetachHeaders(c)
		return false
	}
	if c.Stream() {
		if done, ok := hooks.Extended(c); done {
			return ok
		}
	}
	if !c.EnsureUser() {
		DetachHeaders(c)
		return false
	}
	s.bodyHeaders(h)
	if !c.Stream() {
		s.connection(h)
	}
	s.noteCodings(c)
	s.expects = s.Version > 0 && hasToken(string(h.Value(h1.TokenHTTPExpect)), "100-continue")
	if c.CallBytes(engine.ReasonFilterHTTPConnection, uri) != 0 {
		engine.Infof("%s: FILTER_HTTP_CONNECTION refused", c)
		return false
	}
	if c.Dead() {
		return true
	}
	s.contentTimeout(c)
	if s.ToHTTPS {
		return redirectToHTTPS(c, uri)
	}
	s.logRequest(c, uri)
	return hooks.App.Action(c)
}

// contentTimeout starts the time in which the transaction has to go on.
func (s *State) contentTimeout(c *engine.Conn) {
	if !s.Immortal {
		c.SetTimeout(engine.TimeoutHTTPContent, c.Ctx.TimeoutSecs)
	}
}

// hostMax is how long a host name may be that a redirect names.
const hostMax = 128

// redirectToHTTPS answers a plain request on a TLS port with the way to the
// same page, or the host's first one, over TLS.
func redirectToHTTPS(c *engine.Conn, uri []byte) bool {
	host := c.Headers.Value(h1.TokenHost)
	if len(host) == 0 || len(host) > hostMax {
		return false
	}
	to := fmt.Appendf(nil, "https://%s/", host)
	if c.Ctx.ABI.WholeToHTTPS {
		to = append(to[:len(to)-1], uri...)
		for i, mark := 0, byte('?'); c.Headers.FragmentLen(h1.TokenHTTPURIArgs, i) > 0; i, mark = i+1, '&' {
			to = append(append(to, mark), c.Headers.Fragment(h1.TokenHTTPURIArgs, i)...)
		}
	}
	if n, _ := Redirect(c, resp(c), 301, to); n < 0 {
		return false
	}
	return Completed(c) == 0
}

// bodyHeaders finds out what body the request has.
func (s *State) bodyHeaders(h *h1.Headers) {
	s.bodyLen, s.bodyLeft, s.explicitZero, s.chunked = 0, 0, false, nil
	if h.Has(h1.TokenPostURI) || h.Has(h1.TokenPatchURI) || h.Has(h1.TokenPutURI) {
		s.bodyLen = noLengthBody
	}
	if h.Chunked() {
		s.chunked = &h1.Chunked{}
		s.bodyLen = noLengthBody
	} else if n := h.ContentLength(); n >= 0 {
		s.bodyLen = n
		s.explicitZero = n == 0
	} else {
		return // only a program that answers by itself waits for such a body
	}
	s.bodyLeft = s.bodyLen
}

// connection finds out the version and whether the connection is to go on. As the
// clients of libwebsockets send forms without a length, also one behind the other on a
// connection, such a body is over where its last boundary says so.
func (s *State) connection(h *h1.Headers) {
	s.Version = min(h.Minor(), 1)
	s.KeepAlive = s.Version == 1
	switch conn := string(h.Value(h1.TokenConnection)); {
	case hasToken(conn, "close"):
		s.KeepAlive = false
	case s.Version == 0 && s.chunked != nil: // RFC 9112 §6.1
		s.KeepAlive = false
	case hasToken(conn, "keep-alive"):
		s.KeepAlive = true
	}
	if s.bodyLen == noLengthBody && s.chunked == nil {
		s.ending = form.NewEnding(h.Value(h1.TokenHTTPContentType))
	}
}

// hasToken looks for a token in a comma-separated list, in any case.
func hasToken(list, token string) bool {
	for list != "" {
		var one string
		one, list, _ = strings.Cut(list, ",")
		if strings.EqualFold(strings.TrimSpace(one), token) {
			return true
		}
	}
	return false
}

// ExpectBody is called when the program has seen the request: what is to come
// of its body is read now. false closes.
func ExpectBody(c *engine.Conn) bool {
	s := StateOf(c)
	if s == nil || c.Dead() || c.State() == engine.StateIssuingFile || c.State() == engine.StateHeaders {
		return true
	}
	if s.explicitZero && c.Headers != nil && c.Headers.Has(h1.TokenPostURI) {
		return c.Call(engine.ReasonHTTPBody, nil, 0) == 0 &&
			(c.Dead() || c.Call(engine.ReasonHTTPBodyCompletion, nil, 0) == 0)
	}
	if s.bodyLen <= 0 {
		return true
	}
	if c.State() != engine.StateDiscardBody {
		c.SetState(engine.StateBody)
	}
	s.bodyLeft = s.bodyLen
	return s.goAhead(c)
}

// HasBody tells whether the request has a body (RFC 9112 §6.3). Without a length or
// chunks there is none, unless it is a form that says where it ends.
func HasBody(c *engine.Conn) bool {
	s := StateOf(c)
	if s == nil {
		return false
	}
	if m, ok := c.Mux().(carrier); ok {
		return m.Awaits() || m.Begun()
	}
	return s.bodyLeft > 0 || s.ending != nil
}

// NoBody has nobody wait for a body.
func NoBody(c *engine.Conn) {
	if s := StateOf(c); s != nil {
		s.bodyLen = 0
	}
}

// BodyGoesOn is called by a [Taker] that has room again.
func BodyGoesOn(c *engine.Conn) {
	if c.State() != engine.StateBodyHeld {
		return
	}
	c.SetState(engine.StateBody)
	StateOf(c).contentTimeout(c)
	c.NoRead = false
	c.TouchPoll()
	if m := c.Mux(); m != nil && len(c.Kept()) == 0 {
		m.Drained()
		return
	}
	c.Resume()
}

// goAhead answers a request that waits for a 100 (Continue) with its body, unless
// that has come or something was answered already (RFC 9110 §10.1.1).
func (s *State) goAhead(c *engine.Conn) bool {
	if !s.expects || s.answered || s.behind > 0 || c.State() != engine.StateBody {
		return true
	}
	s.expects = false
	if c.Stream() {
		m, ok := c.Mux().(carrier)
		return !ok || m.GoAhead()
	}
	return c.Issue(append(h1.AppendStatusLine(nil, s.Version, 100), "\r\n"...))
}

// Completed ends the current transaction (lws_http_transaction_completed).
// Nonzero means that the connection is to be closed.
func Completed(c *engine.Conn) int {
	s := StateOf(c)
	if s == nil {
		return 1
	}
	s.endCoded(c)
	s.logDone()
	if c.Buffered() {
		s.deferred = true
		c.AskWriteable()
		return 0
	}
	if s.bodyLen != 0 && s.bodyLeft != 0 {
		if c.State() == engine.StateDiscardBody {
			return -1
		}
		c.SetState(engine.StateDiscardBody)
		return 0
	}
	if !s.Parsed {
		return 0
	}
	if s.sawEOF || !s.KeepAlive || c.Stream() { // a stream is one transaction
		return 1
	}
	if len(c.Vhost.Protocols) == 0 || !c.Bind(c.Vhost.Protocols[0]) {
		return 1
	}
	if s.App != nil {
		hooks.App.Drop(c)
		s.App = nil
	}
	DetachHeaders(c)
	s.restart(c)
	s.later = true
	if c.Vhost.Scarce() && s.behind == 0 && len(c.Kept()) == 0 {
		engine.Infof("%s: idle, and its place is wanted", c)
		return 1
	}
	c.SetState(engine.StateHeaders)
	c.SetTimeout(engine.TimeoutKeepaliveIdle, c.Vhost.KeepaliveSecs)
	c.NoRead = false
	c.TouchPoll()
	c.Resume()
	return 0
}

// Writeable goes on with a file, ends what had to wait for the queue, or asks the program.
func (role) Writeable(c *engine.Conn) bool {
	s := StateOf(c)
	if s.deferred {
		s.deferred = false
		return Completed(c) == 0
	}
	if c.State() == engine.StateIssuingFile {
		return hooks.App.Fragment(c)
	}
	if !s.Parsed {
		return true
	}
	return c.Call(engine.ReasonHTTPWriteable, nil, 0) >= 0
}

func atoi(s string) int {
	n := 0
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < 1<<24; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}
