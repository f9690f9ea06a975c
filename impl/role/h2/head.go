// SPDX-License-Identifier: MIT

package h2

import (
	"errors"

	"golang.org/x/net/http2/hpack"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	fields "libwebsockets/impl/wire/h1"
	wire "libwebsockets/impl/wire/h2"
)

// Limits of one header section: bytes as they come, frames, and bytes as they
// are unpacked (name, value and 32 for each field, RFC 9113 §6.5.2).
const (
	maxBlock       = 64 << 10
	maxBlockFrames = 64
	maxBlockFields = 256 << 10
	fieldOverhead  = 32
)

var (
	errBlockSize  = &wire.Error{Code: wire.EnhanceYourCalm, Reason: "the header section is too large"}
	errHPACK      = &wire.Error{Code: wire.CompressionError, Reason: "the header block does not decode"}
	errPseudo     = &wire.Error{Code: wire.ProtocolError, Reason: "Pseudoheader checks"}
	errTrailerEnd = &wire.Error{Code: wire.ProtocolError, Reason: "trailers without END_STREAM"}
	errRefused    = &wire.Error{Code: wire.RefusedStream, Reason: "reached concurrent stream limit"}
	errNoRoom     = &wire.Error{Code: wire.RefusedStream, Reason: "no memory for the stream"}
	errHost       = &wire.Error{Code: wire.ProtocolError, Reason: "no host, several, or another than :authority"}
	errURI        = &wire.Error{Code: wire.ProtocolError, Reason: "Evil URI"}
)

// block is the header section that is coming.
type block struct {
	st      *Stream // nil: it is decoded for the decoder's state only
	id      uint32
	end     bool // END_STREAM
	bytes   int
	frames  int
	unpack  int
	check   wire.FieldChecker
	err     *wire.Error // what is wrong with it, for the stream
	tooLong bool        // it does not fit the header store
}

// headers takes a piece of a HEADERS or CONTINUATION frame.
func (n *Net) headers(ev *wire.Event) error {
	if ev.First && ev.Type == wire.Headers {
		n.block = block{id: ev.Stream, end: ev.Flags.Has(wire.EndStream)}
		if err := n.headBegins(); err != nil {
			return err
		}
	}
	if n.c.Dead() || n.ending {
		return nil
	}
	k := &n.block
	k.bytes += len(ev.Payload)
	if ev.First {
		k.frames++
	}
	if k.bytes > maxBlock || k.frames > maxBlockFrames {
		engine.Warnf("%s: stream %d: header block of %d bytes in %d frames (limits %d, %d): closing",
			n.c, k.id, k.bytes, k.frames, maxBlock, maxBlockFrames)
		return errBlockSize
	}
	if _, err := n.hdec.Write(ev.Payload); err != nil {
		return n.badBlock(err)
	}
	if k.unpack > maxBlockFields {
		engine.Warnf("%s: stream %d: header section of %d bytes (limit %d): closing", n.c, k.id, k.unpack, maxBlockFields)
		return errBlockSize
	}
	if !ev.Last || !ev.Flags.Has(wire.EndHeaders) {
		return nil
	}
	if err := n.hdec.Close(); err != nil {
		return n.badBlock(err)
	}
	return n.headDone()
}

func (n *Net) badBlock(err error) error {
	if errors.Is(err, hpack.ErrStringLength) {
		engine.Warnf("%s: a header field is longer than %d bytes: closing", n.c, maxBlock)
		return errBlockSize
	}
	engine.Infof("%s: HPACK: %v", n.c, err)
	return errHPACK
}

// headBegins finds or makes the stream of a HEADERS frame.
func (n *Net) headBegins() error {
	k := &n.block
	if st := n.stream(k.id); st != nil {
		switch {
		case st.peerEnded:
			k.err = errHalfClosed
		case st.headSeen:
			k.check.Trailer = true
			if !k.end {
				k.err = errTrailerEnd
			}
		}
		k.st = st
		k.check.Response = n.client
		return nil
	}
	if n.client {
		if !n.opened(k.id) {
			return errIdleStream
		}
		return nil // a stream that is gone
	}
	switch {
	case k.id&1 == 0:
		return errEvenStream
	case k.id <= n.last:
		return n.lateHead(k)
	}
	n.last = k.id
	switch {
	case n.goneAway || n.c.Closing():
	case uint32(len(n.streams)) >= n.our[wire.MaxConcurrentStreams]:
		engine.Noticef("%s: reached concurrent stream limit (%d)", n.c, n.our[wire.MaxConcurrentStreams])
		k.err = errRefused
		if !n.limits.resets.take(n, "streams beyond the limit") {
			return errCalm
		}
	default:
		if k.st = n.accept(k.id); k.st == nil && !n.c.Dead() {
			k.err = errNoRoom
		}
	}
	return nil
}

// field takes one field of the header section.
func (n *Net) field(f hpack.HeaderField) {
	k := &n.block
	if k.unpack += len(f.Name) + len(f.Value) + fieldOverhead; k.unpack > maxBlockFields {
		return
	}
	if k.st == nil || k.err != nil {
		return
	}
	if k.err = k.check.Check(f.Name, f.Value); k.err != nil || k.check.Trailer || k.tooLong {
		return
	}
	h := k.st.c.Headers
	if h == nil {
		return
	}
	switch err := store(h, f.Name, f.Value); {
	case errors.Is(err, fields.ErrTooLarge):
		k.tooLong = true
	case err != nil:
		k.err = errURI
	}
}

var pseudoTokens = map[string]fields.Token{
	":method": fields.TokenHTTPColonMethod, ":scheme": fields.TokenHTTPColonScheme,
	":authority": fields.TokenHTTPColonAuthority, ":status": fields.TokenHTTPColonStatus,
	":protocol": fields.TokenColonProtocol,
}

// store puts a field where the program finds it. Fields without a token are
// not kept, as in the reference.
func store(h *fields.Headers, name, value string) error {
	if name == ":path" {
		if !fields.GoodTarget([]byte(value)) {
			return errPseudo
		}
		return h.AddTarget(fields.TokenHTTPColonPath, []byte(value))
	}
	t, ok := pseudoTokens[name]
	if !ok {
		if t, ok = h.TokenOf([]byte(name)); !ok {
			return nil
		}
	}
	return h.Add(t, []byte(value))
}

// headDone acts on a header section that is complete.
func (n *Net) headDone() error {
	k := n.block
	n.block = block{}
	st := k.st
	if k.err != nil {
		return k.err.On(k.id)
	}
	if st == nil || st.c.Dead() {
		return nil
	}
	if k.check.Trailer {
		if st.badLength(true) {
			return errLength.On(k.id)
		}
		st.peerEnded = true
		st.goOn(true)
		return nil
	}
	if n.client {
		if k.check.Seen&wire.Status == 0 {
			return errPseudo.On(k.id)
		}
	} else if !k.tooLong {
		if err := requestHead(st.c.Headers, k.check.Seen); err != nil {
			return err.On(k.id)
		}
		st.length = st.c.Headers.ContentLength()
		if k.end && st.badLength(true) {
			return errLength.On(k.id)
		}
	}
	if h := st.c.Headers; h != nil && !k.tooLong && h.CheckLength() != nil {
		return errLength.On(k.id)
	}
	st.headSeen = true
	st.peerEnded = k.end
	c := st.c
	if !n.client && k.check.Seen&wire.Path == 0 && !k.tooLong { // CONNECT
		engine.Infof("%s: asks for a tunnel: there are none on HTTP/2", c)
		c.SetState(engine.StateDoingTransaction)
		h1.ReturnStatus(c, 501, "")
		return nil
	}
	if k.tooLong && !n.client {
		engine.Infof("%s: the request's headers exceed max_http_header_data (%d bytes)", c, c.Ctx.MaxHeaderData)
		c.SetState(engine.StateDoingTransaction)
		h1.ReturnStatus(c, 431, "")
		return nil
	}
	if !c.Role().(engine.Receiver).StreamHead(c) && !c.Dead() {
		c.Close(engine.CloseNoStatus)
	}
	return nil
}

// methods are the requests that have a token of their own.
var methods = map[string]fields.Token{
	"GET": fields.TokenGetURI, "POST": fields.TokenPostURI, "OPTIONS": fields.TokenOptionsURI, "PUT": fields.TokenPutURI,
	"PATCH": fields.TokenPatchURI, "DELETE": fields.TokenDeleteURI, "CONNECT": fields.TokenConnect, "HEAD": fields.TokenHeadURI,
}

// requestHead checks a request's head as that of HTTP/1 is checked, and its pseudo
// header fields (RFC 9113 §8.3.1, §8.5, RFC 8441 §4); it files the path under the
// method's token.
func requestHead(h *fields.Headers, seen wire.Pseudo) *wire.Error {
	if h == nil || h.Total(fields.TokenHTTPColonMethod) == 0 {
		return errPseudo
	}
	method := string(h.Value(fields.TokenHTTPColonMethod))
	need, never := wire.Method|wire.Scheme|wire.Path, wire.Protocol
	switch {
	case method == "CONNECT" && seen&wire.Protocol != 0:
		never = 0
	case method == "CONNECT":
		need, never = wire.Method|wire.Authority, wire.Scheme|wire.Path
	}
	if seen&need != need || seen&never != 0 {
		return errPseudo
	}
	if h.CheckHost() != nil {
		return errHost
	}
	if t, ok := methods[method]; ok && seen&wire.Path != 0 {
		h.Alias(t, fields.TokenHTTPColonPath)
	}
	return nil
}
