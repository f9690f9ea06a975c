// SPDX-License-Identifier: MIT

package proxy

import (
	"strconv"
	"unsafe"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// Event is what lws_callback_http_dummy does for a side of a proxied request, when the
// program has handed the callback on. answer is what the callback is to return; done
// false: it is none of ours.
func Event(c *engine.Conn, r engine.Reason, in unsafe.Pointer, n uintptr) (answer int, done bool) {
	p := of(c)
	if p == nil {
		return 0, false
	}
	ok := true
	switch r {
	case engine.ReasonHTTPBody:
		ok = p.bodyCame(bytesAt(in, n))
	case engine.ReasonHTTPBodyCompletion:
		p.bodyOver()
	case engine.ReasonHTTPWriteable:
		ok = p.writeable()
	case engine.ReasonClientAppendHandshakeHeader:
		ok = appendFields((*unsafe.Pointer)(in), n, more(p.parent))
	case engine.ReasonEstablishedClientHTTP:
		ok = p.begun()
	case engine.ReasonReceiveClientHTTP:
		p.readable = true
		p.parent.AskWriteable()
	case engine.ReasonReceiveClientHTTPRead:
		ok = p.came(in, int(n))
	case engine.ReasonCompletedClientHTTP:
		if client.Complete(p.child) && !p.closed { // it is told of at each end
			p.ended = true
			p.parent.AskWriteable()
		}
	case engine.ReasonClosedClientHTTP:
	default:
		return 0, false
	}
	if !ok {
		return -1, true
	}
	return 0, true
}

func bytesAt(in unsafe.Pointer, n uintptr) []byte {
	if in == nil {
		return nil
	}
	return unsafe.Slice((*byte)(in), n)
}

// passed are the fields of an answer that go to the client, in the reference's order.
var passed = [...]wire.Token{
	wire.TokenHTTPContentType, wire.TokenHTTPEtag, wire.TokenHTTPAcceptLanguage, wire.TokenHTTPContentEncoding,
	wire.TokenHTTPCacheControl, wire.TokenHTTPSetCookie, wire.TokenHTTPLocation,
}

// headRoom is what an answer's head may have besides what came of the server.
const headRoom = 8 << 10

// begun makes the answer's head when the server's has come; false closes the child.
func (p *pair) begun() bool {
	c, h := p.parent, p.child.Headers
	s := h1.StateOf(c)
	code := client.Response(p.child)
	if c.Dead() || s == nil || p.answered || h == nil || code < 200 || code > 599 {
		return false
	}
	b := make([]byte, 0, headRoom+c.Ctx.MaxHeaderData)
	b, ok := h1.AddStatus(c, b, uint(code))
	length := h.ContentLength()
	bodyless := client.Bodyless(p.child)
	if !bodyless {
		length = client.Length(p.child)
	}
	if ok && length >= 0 {
		if b, ok = h1.AddContentLength(c, b, uint64(length)); bodyless {
			s.TxLength = 0
		}
	}
	for _, t := range passed {
		for i := 0; ok && h.Has(t); i++ {
			f := h.Fragment(t, i)
			if f == nil {
				break
			}
			if t != wire.TokenHTTPSetCookie { // which cannot be joined (RFC 6265 §3)
				f = []byte(value(h, t))
			}
			for len(f) > 0 && (f[0] == ' ' || f[0] == '\t') {
				f = f[1:]
			}
			b, ok = h1.AddByToken(c, b, t, f)
			if t != wire.TokenHTTPSetCookie {
				break
			}
		}
	}
	if !c.Stream() {
		s.KeepAlive = false
		if ok {
			b, ok = h1.AddByToken(c, b, wire.TokenConnection, []byte("close"))
		}
		if ok && length < 0 && !bodyless && s.Version > 0 {
			p.chunked = true
			b, ok = h1.AddByToken(c, b, wire.TokenHTTPTransferEncoding, []byte("chunked"))
		}
	}
	if ok {
		b, ok = h1.Finalize(c, b)
	}
	if !ok {
		engine.Noticef("%s: the server's head does not fit into an answer (limit %d)", c, cap(b))
		return false
	}
	p.head, p.answered = b, true
	p.last = length == 0 || bodyless
	c.AskWriteable()
	return true
}

// writeable sends what there is of the answer; false closes.
func (p *pair) writeable() bool {
	c := p.parent
	switch {
	case p.head != nil:
		wp := engine.WriteHTTPHeaders
		if p.last {
			wp |= engine.WriteH2StreamEnd
		}
		b := p.head
		p.head = nil
		if c.Write(engine.PayloadOf(b), wp) < 0 {
			return false
		}
		h1.Progress(c)
		c.AskWriteable()
	case p.readable:
		p.readable = false
		return p.read()
	case p.ended:
		p.ended = false
		return p.finish()
	}
	return true
}

// read takes a piece of the answer from the child, whose program hears of it
// (RECEIVE_CLIENT_HTTP_READ) and hands it on.
func (p *pair) read() bool {
	if p.child == nil || p.child.Dead() {
		return true
	}
	r := take()
	if r == nil {
		return false
	}
	defer give(r)
	p.room = r
	defer func() { p.room = nil }()
	_, ret := client.Read(p.child, unsafe.Slice((*byte)(unsafe.Add(r, chunkPre)), piece))
	if ret >= 0 {
		return true
	}
	if !p.parent.Dead() && p.ended { // it ended with the connection
		p.ended = false
		p.finish()
	}
	return false // incomplete, and so it ends for the client
}

// came hands a piece of the answer to the client; false closes the child.
func (p *pair) came(in unsafe.Pointer, n int) bool {
	c := p.parent
	if c.Dead() || p.closed || in == nil || n <= 0 || p.last {
		return !c.Dead()
	}
	b := unsafe.Slice((*byte)(in), n)
	if p.chunked {
		b = p.chunk(in, n)
	}
	if c.Write(engine.PayloadOf(b), engine.WriteHTTP) < 0 {
		return false
	}
	h1.Progress(c)
	return true
}

// chunk is a piece as a chunk: in place, where it lies in room of ours.
func (p *pair) chunk(in unsafe.Pointer, n int) []byte {
	if at := uintptr(in) - uintptr(p.room); p.room == nil || at < chunkPre || at+uintptr(n) > chunkPre+piece {
		return chunk(unsafe.Slice((*byte)(in), n), false)
	}
	var line [chunkPre]byte
	head := append(strconv.AppendUint(line[:0], uint64(n), 16), '\r', '\n')
	b := unsafe.Slice((*byte)(unsafe.Add(in, -len(head))), len(head)+n+2)
	copy(b, head)
	b[len(head)+n], b[len(head)+n+1] = '\r', '\n'
	return b
}

// finish ends the answer; false closes.
func (p *pair) finish() bool {
	c := p.parent
	if p.closed {
		return true
	}
	p.closed = true
	var end []byte
	if p.chunked {
		end = []byte("0\r\n\r\n")
	}
	if (c.Stream() && !p.last || p.chunked) && c.Write(engine.PayloadOf(end), engine.WriteHTTPFinal) < 0 {
		return false
	}
	if h1.HasMore(c) { // the rest of the request is of no use
		if !c.Stream() {
			c.SetLinger()
		}
		return false
	}
	return h1.Completed(c) == 0
}
