// SPDX-License-Identifier: MIT

package client

import (
	"bytes"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

// interpret acts on an answer whose head is complete; false closes.
func (s *State) interpret(c *engine.Conn) bool {
	h := c.Headers
	if s.info.Flags&NoFollowRedirect == 0 && isRedirect(s.code) {
		return s.redirect(c)
	}
	s.framing(h)
	if s.info.ws() {
		return s.upgrade(c)
	}
	return s.begun(c)
}

// framing finds out where the body ends (RFC 9112 §6.3).
func (s *State) framing(h *wire.Headers) {
	s.keepAlive = h.Has(wire.TokenHTTP) && !hasToken(h, wire.TokenConnection, "close") && !s.bodyPending
	s.chunked, s.hasLength, s.remain, s.completed = nil, false, 0, false
	switch n := h.ContentLength(); {
	case s.bodyless():
		s.hasLength = true
	case s.info.Method.S == "CONNECT" && s.code/100 == 2:
		s.keepAlive = false // a tunnel
	case h.Chunked():
		s.chunked = &wire.Chunked{}
		s.keepAlive = s.keepAlive && n < 0
	case n >= 0 && !coded(h):
		s.hasLength, s.remain = true, n
	default:
		s.keepAlive = false
	}
}

// bodyless tells whether the answer has no body, whatever its head says.
func (s *State) bodyless() bool {
	return s.info.Method.S == "HEAD" || s.code == 204 || s.code == 304
}

// coded tells whether a transfer coding hides the body's length. "identity" is
// none (RFC 2616 §3.6).
func coded(h *wire.Headers) bool {
	return h.Has(wire.TokenHTTPTransferEncoding) && !hasToken(h, wire.TokenHTTPTransferEncoding, "identity")
}

// hasToken looks for a token in a header's comma-separated list, in any case.
func hasToken(h *wire.Headers, t wire.Token, token string) bool {
	for i := 0; ; i++ {
		f := h.Fragment(t, i)
		if f == nil {
			return false
		}
		for _, one := range bytes.Split(f, []byte{','}) {
			if strings.EqualFold(strings.TrimSpace(string(one)), token) {
				return true
			}
		}
	}
}

// begun tells the program of an HTTP answer; false closes.
func (s *State) begun(c *engine.Conn) bool {
	c.SetState(engine.StateEstablished)
	if !c.EnsureUser() {
		return refuse(c, "HS: OOM")
	}
	if c.Call(engine.ReasonClientFilterPreEstablish, nil, 0) != 0 {
		return refuse(c, "HS: disallowed by client filter")
	}
	if c.Dead() {
		return true
	}
	s.beginDecoding(c.Headers)
	c.SetTimeout(engine.NoPendingTimeout, 0)
	if s.info.Onward != nil {
		s.info.Onward.Began()
	}
	if c.Call(engine.ReasonEstablishedClientHTTP, nil, 0) != 0 {
		return refuse(c, "HS: disallowed at ESTABLISHED")
	}
	if c.Dead() {
		return true
	}
	if s.hasLength && s.remain == 0 {
		return s.finish(c) && !c.Dead() || c.Dead()
	}
	return true
}

// refuse tells the program, if it does not know, why the connection ends; false closes.
func refuse(c *engine.Conn, text string) bool {
	if !c.Dead() {
		c.ConnectionError(text)
	}
	return false
}

// bodyReady tells the program that something of the body can be read. It is
// not told again before it has read.
func (s *State) bodyReady(c *engine.Conn) bool {
	c.NoRead = true
	c.TouchPoll()
	return c.Call(engine.ReasonReceiveClientHTTP, nil, 0) == 0
}

// idleRead closes a connection without a transaction when its peer does, or
// talks out of turn.
func idleRead(c *engine.Conn) bool {
	if len(c.Kept()) > 0 {
		return false
	}
	var b [1]byte
	_, err := c.Read(b[:])
	return err == engine.ErrAgain
}

// Read hands the program what there is of the body, by way of buf, which is
// its own memory (lws_http_client_read). It returns how much of buf was used,
// and 0, or what lws_http_client_read is to return: the connection is over.
func Read(c *engine.Conn, buf []byte) (used, ret int) {
	s := StateOf(c)
	if s == nil || c.State() != engine.StateEstablished || len(buf) == 0 {
		return 0, 0
	}
	c.NoRead = false
	c.TouchPoll()
	if s.decoding != nil {
		used, ret = s.readDecoded(c, buf)
		if c.Dead() {
			ret = -1
		}
		return used, ret
	}
	kept := len(c.Kept()) > 0
	var n int
	if kept {
		n = copy(buf, c.Kept())
	} else {
		var err error
		n, err = c.Read(buf)
		if err == engine.ErrAgain {
			return 0, 0
		}
		if err != nil {
			if !s.completed && !s.hasLength && s.chunked == nil {
				s.finish(c)
			}
			return 0, -1
		}
	}
	if s.completed { // nothing was asked for
		return 0, -1
	}
	used, ret = s.consume(c, buf[:n], kept)
	if c.Dead() {
		return used, -1
	}
	return used, ret
}

// consume takes b apart and gives the body's bytes to the program. What is
// left of b at the body's end is kept, if it is not that already.
func (s *State) consume(c *engine.Conn, b []byte, kept bool) (used, ret int) {
	for used < len(b) {
		n, data, done, err := s.unframe(b[used:])
		if err != nil {
			engine.Errf("%s: chunked body: %v", c, err)
			return used, -1
		}
		used += n
		if len(data) > 0 {
			if ret = s.give(c, data); ret != 0 || c.Dead() {
				return used, ret
			}
		}
		if done {
			if kept {
				c.Consume(used)
			} else {
				c.Keep(b[used:])
			}
			if !s.finish(c) {
				ret = -1
			}
			return used, ret
		}
	}
	if kept {
		c.Consume(used)
		c.Resume()
	}
	return used, 0
}

// unframe finds the next of the body's bytes in b: how much of b it took for them, and
// whether they are the last.
func (s *State) unframe(b []byte) (n int, data []byte, done bool, err error) {
	switch {
	case s.chunked != nil:
		return s.chunked.Next(b)
	case s.hasLength:
		n = int(min(int64(len(b)), s.remain))
		s.remain -= int64(n)
		return n, b[:n], s.remain == 0, nil
	}
	return len(b), b, false, nil
}

// give hands out a piece of the body. As in the reference, a connection that
// is bound to no protocol has its body thrown away, but for one that passes on a request.
func (s *State) give(c *engine.Conn, data []byte) int {
	if !c.Bound() && s.info.Onward == nil {
		engine.Noticef("%s: swallowed read (%d)", c, len(data))
		return 0
	}
	return c.Call(engine.ReasonReceiveClientHTTPRead, unsafe.Pointer(&data[0]), uintptr(len(data)))
}

// finish ends the transaction; false closes. Where the connection can be
// used again, it goes to who waits for it, or waits for a while itself.
func (s *State) finish(c *engine.Conn) bool {
	s.completed = true
	if c.Call(engine.ReasonCompletedClientHTTP, nil, 0) != 0 {
		return false
	}
	if c.Dead() || c.State() != engine.StateEstablished {
		return !c.Dead()
	}
	if c.Headers != nil {
		c.Headers.Reset()
	}
	s.code = 0
	if !s.active {
		return true
	}
	s.keepAlive = s.keepAlive && len(c.Kept()) == 0 // nothing was asked that this could answer
	if s.keepAlive && len(s.followers) > 0 {
		f := s.followers[0]
		if !s.passOn(c) {
			return false
		}
		c.PT().Later(func() {
			if fs := StateOf(f); fs != nil {
				fs.takeOver(f)
			}
		})
		return true
	}
	if !s.keepAlive {
		s.leaveQueue(c)
	}
	c.SetState(engine.StateIdling)
	c.SetTimeout(engine.TimeoutClientConnIdle, s.info.KeepWarmSecs)
	return true
}
