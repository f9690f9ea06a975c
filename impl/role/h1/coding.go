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

	asked    bool  // by name, not for its type
	bodyless bool  // the answer to a HEAD
	told     int64 // the length that the program told, 0: none
	// What stands in the head for it, and, unless it is encoded, instead of the framing.
	fields, framing, plain []byte
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
	e := encodings.Get().(*encoding)
	e.left, e.bodyless, e.fields = length, IsHead(c), append(e.fields, out[len(b):]...)
	e.Init(k)
	s.coded = e
	return out, true, true
}

// Apply is Compress for an answer for which the program asks.
func Apply(c *engine.Conn, b []byte, name string) (out []byte, done, ok bool) {
	if out, done, ok = Compress(c, b, name, -1); done {
		StateOf(c).coded.asked = true
	}
	return out, done, ok
}

// AddChunked appends what an HTTP/1 answer needs whose length is not known; length is what
// it would say if it were not encoded, -1: nothing.
func AddChunked(c *engine.Conn, b []byte, length int64) (out []byte, ok bool) {
	if onStream(c) {
		return b, true
	}
	if out, ok = appendLine(b, "transfer-encoding:", []byte("chunked")); !ok {
		return b, false
	}
	if e := pending(c); e != nil {
		e.chunked = true
		e.framing = append(e.framing[:0], out[len(b):]...)
		if length >= 0 {
			e.plain = e.appendField(e.plain[:0], c, h1.TokenHTTPContentLength, strconv.AppendInt(nil, length, 10))
			e.told = length
		}
	}
	return out, true
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

// dropCoding ends the encoding of an answer, or of one that is not sent.
func (s *State) dropCoding() {
	e := s.coded
	if e == nil {
		return
	}
	s.coded = nil
	e.Release()
	*e = encoding{buf: e.buf[:0], fields: e.fields[:0], framing: e.framing[:0], plain: e.plain[:0]}
	encodings.Put(e)
}

// codedPiece is how much is encoded at a time.
const codedPiece = 32 << 10

// BeginWrite is told of what the program writes of a coded answer: the head is to be sent as
// it is, and so is the body unless the answer is still [State.Coded]; last: that ends here.
// ok false: it was over before.
func (s *State) BeginWrite(c *engine.Conn, b []byte, wp engine.WriteProtocol) (head, body []byte, last, ok bool) {
	e := s.coded
	kind := wp & engine.WriteKindMask
	isBody := kind == engine.WriteHTTP || kind == engine.WriteHTTPFinal
	if !e.headSent {
		if isBody { // in one write with the beginning of the body, on HTTP/1
			i := bytes.Index(b, []byte("\r\n\r\n"))
			if i < 0 || onStream(c) {
				i = len(b) - 4
			}
			b, body = b[:max(i+4, 0)], b[max(i+4, 0):]
		}
		if b = s.settle(c, b, wp); !s.Coded() {
			return b, body, false, true
		}
		head, b, e.headSent = b, body, true
	}
	if !isBody {
		if head == nil {
			head = b
		}
		return head, nil, false, true
	}
	n := int64(len(b))
	if e.ended {
		return head, b, true, n == 0
	}
	last = kind == engine.WriteHTTPFinal || wp&engine.WriteH2StreamEnd != 0
	if e.left >= 0 {
		e.left = max(e.left-n, 0)
		last = last || e.left == 0
	}
	return head, b, last, true
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
	head, b, last, ok := s.BeginWrite(c, b, wp)
	if !ok {
		engine.Errf("%s: lws_write of %d bytes behind the end of the compressed body", c, len(b))
		return -1
	}
	if !s.Coded() && len(b) > 0 {
		head, b = append(head[:len(head):len(head)], b...), nil
	}
	if len(head) > 0 && !s.issue(c, head) {
		return -1
	}
	if !s.Coded() || len(b) == 0 && !last {
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
