// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"math/bits"
	"strconv"
	"strings"
	"sync"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/coding"
	"libwebsockets/impl/wire/h1"
)

// Bodies of answers that are compressed on their way, what the program writes of them and
// files: as the reference has it, those whose type says that they are text, and those for
// which the program asks.

// encoding is how the body of an answer is encoded.
type encoding struct {
	coding.Encoder
	buf      []byte
	left     int64 // of what the program has yet to write, -1: it has not said
	headSent bool
	chunked  bool // it leaves in chunks of ours
	ended    bool
}

var encodings = sync.Pool{New: func() any { return new(encoding) }}

var codingNames = names(coding.Preferred)

func names(l []coding.Coding) (out []string) {
	for _, k := range l {
		out = append(out, k.String())
	}
	return out
}

// noteCodings notes which codings the request takes, and which it prefers.
func (s *State) noteCodings(c *engine.Conn) {
	s.takes, s.prefers, s.second = 0, coding.None, coding.None
	if !c.Vhost.Compress || s.Version == 0 { // HTTP/1.0 has no chunks
		return
	}
	field := c.Headers.Value(h1.TokenHTTPAcceptEncoding)
	best, taken := h1.Choose(field, codingNames)
	if s.takes = taken; best >= 0 {
		s.prefers = coding.Preferred[best]
	}
	if s.prefers == coding.Brotli {
		if best, _ = h1.Choose(field, codingNames[1:]); best >= 0 {
			s.second = coding.Ours[best]
		}
	}
}

// preferred is what the request prefers of what there is: a library is looked for when an
// answer could be compressed with it.
func (s *State) preferred() coding.Coding {
	if !coding.CanEncode(s.prefers) {
		s.prefers = s.second
	}
	return s.prefers
}

// CompressibleType tells whether answers of a type are compressed unasked.
func CompressibleType(ctype string) bool {
	return strings.HasPrefix(ctype, "text/") || ctype == "application/javascript" || ctype == "image/svg+xml"
}

// Prefers tells whether c's client would have the body of such a type compressed.
func Prefers(c *engine.Conn, ctype string) bool {
	s := StateOf(c)
	return s != nil && s.prefers != coding.None && CompressibleType(ctype) && s.preferred() != coding.None
}

// Compress has the body of the answer compressed whose head is being built in b: by the
// named coding, or the one that the client prefers. length is the body's, -1: not known.
// done false: it is not, as the client takes none of these, or there is nothing to compress.
func Compress(c *engine.Conn, b []byte, name string, length int64) (out []byte, done, ok bool) {
	s := StateOf(c)
	if s == nil {
		return b, false, true
	}
	bodyless := s.code/100 == 1 || s.code == 204 || s.code == 206 || s.code == 304
	if s.takes == 0 || s.coded != nil || s.TxLength != 0 || bodyless || length == 0 {
		return b, false, true
	}
	var k coding.Coding
	if name == "" {
		k = s.preferred()
	} else if k = coding.Named(name); k != coding.None && (s.takes&(1<<coding.Rank(k)) == 0 || !coding.CanEncode(k)) {
		k = coding.None
	}
	if k == coding.None {
		return b, false, true
	}
	if out, ok = AddByToken(c, b, h1.TokenHTTPContentEncoding, []byte(k.String())); !ok {
		return b, false, false
	}
	if out, ok = AddByToken(c, out, h1.TokenHTTPVary, []byte("accept-encoding")); !ok {
		return b, false, false
	}
	if !IsHead(c) { // its head is that of the whole answer
		s.coded = encodings.Get().(*encoding)
		s.coded.left = length
		s.coded.Init(k)
	}
	return out, true, true
}

// AddChunked appends what an HTTP/1 answer needs whose length is not known.
func AddChunked(c *engine.Conn, b []byte) (out []byte, ok bool) {
	if onStream(c) {
		return b, true
	}
	if e := pending(c); e != nil {
		e.chunked = true
	}
	return appendLine(b, "transfer-encoding:", []byte("chunked"))
}

// Coded tells whether what is written of the answer's body is encoded on its way.
func (s *State) Coded() bool { return s != nil && s.coded != nil }

// pending is the encoding of an answer whose head is being built, nil for none.
func pending(c *engine.Conn) *encoding {
	if c == nil {
		return nil
	}
	if s := StateOf(c); s != nil && s.coded != nil && !s.coded.headSent {
		return s.coded
	}
	return nil
}

// framing takes a field that tells where the body ends, of which another is true when
// it is encoded; taken false: it is not such a one.
func (e *encoding) framing(c *engine.Conn, b []byte, name string, value []byte) (out []byte, taken, ok bool) {
	name = strings.TrimSuffix(name, ":")
	switch {
	case strings.EqualFold(name, "content-length"):
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			e.left = n
		}
	case !strings.EqualFold(name, "transfer-encoding"):
		return b, false, true
	}
	if e.chunked {
		return b, true, true
	}
	out, ok = AddChunked(c, b)
	return out, true, ok
}

// dropCoding ends the encoding of an answer, or of one that is not sent.
func (s *State) dropCoding() {
	e := s.coded
	if e == nil {
		return
	}
	s.coded = nil
	e.Release()
	*e = encoding{buf: e.buf[:0]}
	encodings.Put(e)
}

// codedPiece is how much is encoded at a time.
const codedPiece = 32 << 10

// BeginWrite is told of what the program writes of a coded answer: plain bytes of b are sent
// as they are, the head, and the rest is encoded, piece by piece; last: it ends the body.
// ok false: the body was over before.
func (s *State) BeginWrite(b []byte, wp engine.WriteProtocol) (plain int, last, ok bool) {
	e := s.coded
	kind := wp & engine.WriteKindMask
	if kind != engine.WriteHTTP && kind != engine.WriteHTTPFinal {
		e.headSent = true
		return len(b), false, true
	}
	if !e.headSent { // in one write with the beginning of the body, on HTTP/1
		i := bytes.Index(b, []byte("\r\n\r\n"))
		if i < 0 {
			return len(b), false, true
		}
		plain, e.headSent = i+4, true
	}
	n := int64(len(b) - plain)
	if e.ended {
		return plain, true, n == 0
	}
	last = kind == engine.WriteHTTPFinal || wp&engine.WriteH2StreamEnd != 0
	if e.left >= 0 {
		e.left = max(e.left-n, 0)
		last = last || e.left == 0
	}
	return plain, last, true
}

// Piece encodes a piece of b, and gives what is left of that. out is valid until the next call;
// end: it ends the body;
// ok false: it cannot be encoded, and the connection is of no more use.
func (s *State) Piece(c *engine.Conn, b []byte, last bool) (out, rest []byte, end, ok bool) {
	e := s.coded
	switch {
	case e.ended:
		return nil, nil, true, true
	case e.Err() != nil:
		return nil, nil, false, false
	}
	rest = b[min(len(b), codedPiece):]
	b = b[:len(b)-len(rest)]
	const room = len("ffff\r\n")
	buf := append(e.buf[:0], "000000"...)
	switch end = last && len(rest) == 0; {
	case end:
		buf = e.End(buf, b)
		e.ended = true
	case len(rest) == 0:
		buf = e.Flush(buf, b)
	default:
		buf = e.More(buf, b)
	}
	if err := e.Err(); err != nil {
		engine.Errf("%s: compressing the answer (%s): %v", c, e.Coding(), err)
		s.KeepAlive = false
		c.SetTimeoutAsked(engine.TimeoutHTTPContent, -1)
		e.buf = buf
		return nil, nil, false, false
	}
	from, n := room, len(buf)-room
	if e.chunked && n > 0 {
		from -= len("\r\n") + (bits.Len(uint(n))+3)/4
		copy(buf[room-2:], "\r\n")
		strconv.AppendUint(buf[from:from], uint64(n), 16)
		buf = append(buf, "\r\n"...)
	}
	if e.chunked && end {
		buf = append(buf, "0\r\n\r\n"...)
	}
	e.buf = buf
	return buf[from:], rest, end, true
}

// writeCoded is Write for a coded answer.
func (s *State) writeCoded(c *engine.Conn, b []byte, wp engine.WriteProtocol) int {
	n := len(b)
	plain, last, ok := s.BeginWrite(b, wp)
	if !ok {
		engine.Errf("%s: lws_write of %d bytes behind the end of the compressed body", c, n-plain)
		return -1
	}
	if plain > 0 && !s.issue(c, b[:plain]) {
		return -1
	}
	if b = b[plain:]; len(b) == 0 && !last {
		return n
	}
	for more := true; more; more = len(b) > 0 {
		var out []byte
		if out, b, _, ok = s.Piece(c, b, last); !ok || len(out) > 0 && !s.issue(c, out) {
			return -1
		}
	}
	return n
}

// endCoded ends the body of an answer that the program says is over.
func (s *State) endCoded(c *engine.Conn) {
	if e := s.coded; e != nil && e.headSent && !e.ended && !c.Dead() {
		c.Write(engine.Payload{}, engine.WriteHTTPFinal)
	}
}
