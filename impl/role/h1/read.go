// SPDX-License-Identifier: MIT

package h1

import (
	"errors"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/h1"
)

// keptMax is how much of the next requests is kept while one is served; then
// TCP holds the peer back.
const keptMax = 64 << 10

// AttachHeaders gives the connection an empty header store.
func AttachHeaders(c *engine.Conn) *h1.Headers {
	if c.Headers == nil {
		c.Headers = c.PT().TakeHeaders()
	}
	return c.Headers
}

// DetachHeaders gives the header store back (lws_http_headers_detach).
func DetachHeaders(c *engine.Conn) { c.DropHeaders() }

// Begin makes c a server connection that awaits its first request.
func Begin(c *engine.Conn) {
	s := &State{}
	s.parser.Limits = c.Ctx.TokenLimits
	s.parser.Init(h1.Request, c.Ctx.MaxHeaderData)
	c.Data = s
	c.SetRole(Role)
	c.SetState(engine.StateHeaders)
}

// Readable reads once and goes on with the request.
func (role) Readable(c *engine.Conn) bool {
	s := StateOf(c)
	if !s.mayBegin(c) {
		return true
	}
	if k := c.Kept(); len(k) > 0 && s.mayConsume(c) {
		n, ok := s.consume(c, k)
		if ok && !c.Dead() {
			c.Consume(n)
		}
		return ok
	}
	if s.sawEOF {
		return s.atEOF(c)
	}
	if s.full(c) {
		return true
	}
	b := c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
	n, err := c.Read(b)
	if errors.Is(err, engine.ErrAgain) {
		return true
	}
	if err != nil {
		s.sawEOF = true
		return s.atEOF(c)
	}
	b = b[:n]
	if len(c.Kept()) > 0 || !s.mayConsume(c) {
		s.keep(c, b)
		return true
	}
	n, ok := s.consume(c, b)
	if ok && !c.Dead() {
		s.keep(c, b[n:])
	}
	return ok
}

// mayBegin tells whether the connection is past the begin of a request, or may take
// its headers. If not it does not read until it may.
func (s *State) mayBegin(c *engine.Conn) bool {
	if c.Headers != nil || c.State() != engine.StateHeaders || takeHead(c) {
		return true
	}
	c.NoRead = true
	c.TouchPoll()
	return false
}

// mayConsume tells whether the connection can take more of the request now.
func (s *State) mayConsume(c *engine.Conn) bool {
	switch c.State() {
	case engine.StateHeaders, engine.StateEstablished, engine.StateBody, engine.StateDiscardBody:
		return true
	}
	return false
}

// keep stores what belongs to the next request, or to what the connection was
// upgraded to.
func (s *State) keep(c *engine.Conn, b []byte) {
	c.Keep(b)
	if c.Role() == Role {
		s.full(c)
	}
}

// full tells whether as much is kept as may be: then nothing is read until a
// transaction has ended ([Completed]).
func (s *State) full(c *engine.Conn) bool {
	if len(c.Kept()) < keptMax || s.mayConsume(c) {
		return false
	}
	c.NoRead = true
	c.TouchPoll()
	return true
}

// atEOF ends the connection, unless an answer is on its way to a peer that takes it.
func (s *State) atEOF(c *engine.Conn) bool {
	busy := !c.Deaf() && (c.State() == engine.StateIssuingFile || c.Buffered() ||
		c.State() == engine.StateDoingTransaction && c.WantsWriteable())
	if busy {
		c.NoRead = true
		c.TouchPoll()
	}
	return busy
}

// consume takes bytes of requests until one is being answered. It returns how
// many it took; false closes.
func (s *State) consume(c *engine.Conn, b []byte) (used int, ok bool) {
	for used < len(b) && !c.Dead() && c.Data == any(s) && c.Role() == Role {
		var n int
		if !s.mayBegin(c) {
			return used, true
		}
		switch c.State() {
		case engine.StateHeaders, engine.StateEstablished:
			n, ok = s.header(c, b[used:])
		case engine.StateBody, engine.StateDiscardBody:
			n, ok = s.body(c, b[used:])
		default:
			return used, true
		}
		used += n
		if !ok {
			return used, false
		}
	}
	return used, true
}

// header parses header bytes, and acts on the request when they are complete.
func (s *State) header(c *engine.Conn, b []byte) (used int, ok bool) {
	if c.Headers == nil && s.later { // the first one's time began when it was accepted
		c.SetTimeout(engine.TimeoutHoldingHeaders, c.Vhost.HeaderSecs)
	}
	h := AttachHeaders(c)
	if s.Parsed {
		s.restart(c)
		h.Reset()
	}
	used, done, err := s.parser.Parse(h, b)
	if done {
		err = h1.CheckRequest(h)
	}
	if err != nil {
		if errors.Is(err, h1.ErrUnknownMethod) && c.Vhost.Options.Has(engine.OptFallback) {
			return len(b), hooks.Fallback(c, b) // which keeps all of it
		}
		return used, s.badRequest(c, err)
	}
	if !done {
		return used, true
	}
	s.Parsed = true
	if ok, took := s.tunnel(c, b); took {
		return len(b), ok
	}
	s.behind = len(b) - used
	return used, s.request(c)
}

// restart prepares for the next request on the connection.
func (s *State) restart(c *engine.Conn) {
	s.parser.Init(h1.Request, c.Ctx.MaxHeaderData)
	s.Parsed, s.answered, s.explicitZero, s.SendingChunked, s.Handling404 = false, false, false, false, false
	s.bodyLen, s.bodyLeft, s.TxLength, s.chunked, s.ending, s.sinceRenewal = 0, 0, 0, nil, nil, 0
	s.code, s.Sent = 0, 0
	s.dropCoding()
}

// badRequest answers what is no acceptable request, and closes.
func (s *State) badRequest(c *engine.Conn, err error) bool {
	engine.Infof("%s: request refused: %v (header limit %d bytes)", c, err, c.Ctx.MaxHeaderData)
	code := 400
	switch {
	case errors.Is(err, h1.ErrForbidden):
		code = 403
	case errors.Is(err, h1.ErrTargetTooLarge):
		code = 414
	case errors.Is(err, h1.ErrTooLarge):
		code = 431
	case errors.Is(err, h1.ErrCoding):
		code = 501
	case errors.Is(err, h1.ErrVersion):
		code = 505
	}
	c.SetLinger()
	ReturnStatus(c, code, "")
	return false
}

// body hands out the request's body.
func (s *State) body(c *engine.Conn, b []byte) (used int, ok bool) {
	if s.chunked != nil {
		return s.chunkedBody(c, b)
	}
	n := int(min(int64(len(b)), s.bodyLeft))
	s.behind = len(b) - n
	s.bodyLeft -= int64(n)
	if s.ending != nil && s.ending.Next(b[:n]) {
		s.bodyLeft = 0
	}
	if !s.bodyPiece(c, b[:n]) {
		return n, false
	}
	if s.bodyLeft > 0 {
		s.bodyCame(c, n)
		return n, true
	}
	return n, s.bodyDone(c)
}

func (s *State) chunkedBody(c *engine.Conn, b []byte) (used int, ok bool) {
	for used < len(b) {
		n, data, done, err := s.chunked.Next(b[used:])
		used += n
		s.behind = len(b) - used
		if err != nil {
			engine.Infof("%s: chunked body: %v", c, err)
			c.SetLinger()
			if !s.answered {
				ReturnStatus(c, 400, "")
			}
			return used, false
		}
		if len(data) > 0 && !s.bodyPiece(c, data) {
			return used, false
		}
		if c.Dead() {
			return used, true
		}
		if done {
			s.chunked, s.bodyLeft = nil, 0
			return used, s.bodyDone(c)
		}
		if c.State() == engine.StateBodyHeld {
			return used, true
		}
	}
	s.bodyCame(c, used)
	return used, true
}

// bodyCame renews the time in which the body has to go on: with each piece, or
// where the program asks for a lowest rate with as many bytes as that gives in the time.
func (s *State) bodyCame(c *engine.Conn, n int) {
	s.sinceRenewal += n
	if c.State() != engine.StateBodyHeld && s.sinceRenewal >= c.Ctx.MinRxRate*c.Ctx.TimeoutSecs {
		s.sinceRenewal = 0
		s.contentTimeout(c)
	}
}

func (s *State) bodyPiece(c *engine.Conn, b []byte) bool {
	if c.State() == engine.StateDiscardBody {
		return true
	}
	if t, ok := s.App.(Taker); ok {
		return t.TakeBody(c, b)
	}
	return c.CallBytes(engine.ReasonHTTPBody, b) == 0
}

func (s *State) bodyDone(c *engine.Conn) bool {
	if c.Dead() {
		return true
	}
	c.SetTimeout(engine.NoPendingTimeout, 0)
	if c.State() == engine.StateDiscardBody {
		return Completed(c) == 0
	}
	c.SetState(engine.StateDoingTransaction)
	if t, ok := s.App.(Taker); ok {
		return t.EndBody(c)
	}
	return c.Call(engine.ReasonHTTPBodyCompletion, nil, 0) == 0
}
