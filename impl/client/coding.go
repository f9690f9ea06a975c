// SPDX-License-Identifier: MIT

package client

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	"libwebsockets/impl/role/h2"
	"libwebsockets/impl/wire/coding"
	wire "libwebsockets/impl/wire/h1"
)

// Bodies that a program wants decoded (lws_http_compression_apply).

// decoding is the decoding of an answer's body. Of that it holds what one read brings,
// and on HTTP/2, while the program does not receive, as much as the window allows.
type decoding struct {
	coding.Decoder
	in   []byte // what is to be decoded
	full bool   // there may be more without that
	last bool   // nothing comes behind in
	eof  bool   // the peer ended the connection
	out  unsafe.Pointer
}

// decodedPiece is what a program gets at most at a time on HTTP/2, decodedTurn what it gets
// in one turn.
const (
	decodedPiece = 4096
	decodedTurn  = 256 << 10
)

// AskCoded appends the header that asks for a compressed body, which the program is to get
// decoded: by the named coding, "" is any. done false: there is no such coding.
func AskCoded(c *engine.Conn, b []byte, name string) (out []byte, done, ok bool) {
	s := StateOf(c)
	if s == nil {
		return b, false, true
	}
	asked := coding.Decodable()
	if name != "" {
		k := coding.Named(name)
		if k == coding.None || !slices.Contains(asked, k) {
			return b, false, true
		}
		asked = []coding.Coding{k}
	}
	var text []string
	for _, k := range asked {
		text = append(text, k.String())
	}
	if out, ok = h1.AddByToken(c, b, wire.TokenHTTPAcceptEncoding, []byte(strings.Join(text, ", "))); ok {
		s.codings = asked
	}
	return out, true, ok
}

// beginDecoding looks whether the answer is to be decoded.
func (s *State) beginDecoding(h *wire.Headers) {
	s.dropDecoding()
	if s.codings == nil || s.bodyless() || s.hasLength && s.remain == 0 {
		return
	}
	name := bytes.ToLower(bytes.TrimSpace(h.Value(wire.TokenHTTPContentEncoding)))
	if k := coding.Named(string(name)); k != coding.None && slices.Contains(s.codings, k) {
		s.decoding = new(decoding)
		s.decoding.Init(k)
	}
}

func (s *State) dropDecoding() {
	if d := s.decoding; d != nil {
		d.Release()
		if d.out != nil {
			engine.Prog.Free(d.out)
		}
		s.decoding = nil
	}
}

// more tells whether something is left for the program.
func (d *decoding) more() bool { return d.full || len(d.in) > 0 }

// next decodes to out; ok false: it is no such body.
func (d *decoding) next(c *engine.Conn, out []byte) (n int, ok bool) {
	n, used, err := d.Decode(out, d.in)
	if d.in = d.in[used:]; len(d.in) == 0 {
		d.in = nil
	}
	d.full = n == len(out)
	if err == nil && d.last && !d.more() {
		err = d.End()
	}
	if err != nil {
		engine.Errf("%s: the answer's compressed body: %v", c, err)
		return n, false
	}
	return n, true
}

// readDecoded is Read for a body that is decoded: it uses buf for the text.
func (s *State) readDecoded(c *engine.Conn, buf []byte) (used, ret int) {
	d := s.decoding
	if !d.more() && !d.last {
		if again, ret := s.readCoded(c); again || ret != 0 {
			return 0, ret
		}
	}
	n, ok := d.next(c, buf)
	if n > 0 {
		if ret = s.give(c, buf[:n]); ret != 0 || c.Dead() {
			return n, ret
		}
	}
	if !ok {
		return n, -1
	}
	if d.more() || d.last {
		if d.more() {
			c.SetRxPending(true)
			return n, 0
		}
		eof := d.eof
		c.SetRxPending(false)
		s.dropDecoding()
		if !s.finish(c) || eof {
			return n, -1
		}
		return n, 0
	}
	c.SetRxPending(false)
	c.Resume()
	return n, 0
}

// readCoded reads what has come of a coded body, once; again: nothing has.
func (s *State) readCoded(c *engine.Conn) (again bool, ret int) {
	d := s.decoding
	b := c.Kept()
	kept := len(b) > 0
	if !kept {
		b = c.PT().Buf[:c.Ctx.ServBufSize-engine.Pre]
		n, err := c.Read(b)
		switch {
		case err == engine.ErrAgain:
			return true, 0
		case err != nil && (err != io.EOF || s.hasLength || s.chunked != nil):
			return false, -1
		case err != nil:
			d.last, d.eof = true, true
		}
		b = b[:n]
	}
	used := 0
	for used < len(b) && !d.last {
		n, data, done, err := s.unframe(b[used:])
		if err != nil {
			engine.Errf("%s: chunked body: %v", c, err)
			return false, -1
		}
		used += n
		d.in = append(d.in, data...)
		d.last = done
	}
	if kept {
		c.Consume(used)
	} else {
		c.Keep(b[used:])
	}
	return false, 0
}

// streamDecoded gives the program what there is to decode on HTTP/2; false closes.
func (s *State) streamDecoded(c *engine.Conn) bool {
	d := s.decoding
	if d.out == nil {
		if d.out = engine.Prog.Alloc(decodedPiece); d.out == nil {
			return false
		}
	}
	for given := 0; d.more(); {
		if c.RxOff() || given >= decodedTurn {
			c.SetRxPending(true)
			return true
		}
		n, ok := d.next(c, unsafe.Slice((*byte)(d.out), decodedPiece))
		if given += n; n > 0 && (c.Call(engine.ReasonReceiveClientHTTPRead, d.out, uintptr(n)) != 0 || c.Dead()) {
			return c.Dead()
		}
		if !ok {
			return false
		}
	}
	if c.RxPending {
		c.SetRxPending(false)
		h2.StreamOf(c).Drained()
	}
	return true
}
