// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"strconv"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/h1"
	"libwebsockets/impl/wire/h2"
)

// Whether an answer is compressed is known when its head is written: a program that knows
// nothing of compression may have said by then that what it writes is encoded already, a part,
// or to be left as it is.

// appendField appends a field as [AddByToken] does, to memory of ours.
func (e *encoding) appendField(b []byte, c *engine.Conn, t h1.Token, value []byte) []byte {
	b = append(b, make([]byte, len(t.String())+len(value)+fieldOverhead)...)[:len(b)]
	b, _ = AddByToken(c, b, t, value)
	return b
}

// field is one of a head: raw is the whole of it.
type field struct{ name, value, raw []byte }

// cutField cuts the first field off a head or what is left of one; ok false: none is left that
// can be read.
func cutField(b []byte, stream bool) (f field, rest []byte, ok bool) {
	if stream {
		f.name, f.value, rest, ok = h2.CutField(b)
		f.raw = b[:len(b)-len(rest)]
		return f, rest, ok
	}
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return f, b, false
	}
	f.raw, rest = b[:i+1], b[i+1:]
	f.name, f.value, _ = bytes.Cut(bytes.TrimSpace(f.raw), []byte{':'})
	return f, rest, true
}

func (f field) is(name string) bool { return bytes.EqualFold(bytes.TrimSpace(f.name), []byte(name)) }

// forbids tells whether a program that has the field in its head writes what must not be encoded.
func (f field) forbids() bool {
	return f.is("content-encoding") || f.is("content-range") ||
		f.is("cache-control") && bytes.Contains(bytes.ToLower(f.value), []byte("no-transform"))
}

// settle decides at the head, as it is written, whether the answer is encoded, and gives the
// head that is sent then. When it is not, the coding is gone.
func (s *State) settle(c *engine.Conn, head []byte, wp engine.WriteProtocol) []byte {
	e, stream := s.coded, onStream(c)
	kind := wp & engine.WriteKindMask
	whole := bytes.HasSuffix(head, []byte("\r\n\r\n"))
	if stream {
		whole = (kind == engine.WriteHTTPHeaders || kind == engine.WriteHTTPHdrsCont) && wp&engine.WriteNoFin == 0
	}
	at := bytes.Index(head, e.fields)
	if at < 0 { // another head than the one that was begun
		s.dropCoding()
		return head
	}
	rest := head[at+len(e.fields):]
	framing := bytes.Index(rest, e.framing)
	coded := whole && framing >= 0 && (e.bodyless || wp&engine.WriteH2StreamEnd == 0)
	framing = max(framing, 0)
	parts := [][]byte{head[:at], rest[:framing], rest[min(framing+len(e.framing), len(rest)):]}
	more := false // fields that do not go with the coding
	left := e.left
	for _, part := range parts {
		for f, rest, ok := cutField(part, stream); ok; f, rest, ok = cutField(rest, stream) {
			switch {
			case f.forbids(), f.is("transfer-encoding") && !e.asked: // in chunks of the program's
				coded = false
			case f.is("transfer-encoding"):
				more = true
			case f.is("content-length"):
				more = true
				if n, err := strconv.ParseInt(string(bytes.TrimSpace(f.value)), 10, 64); err == nil && n >= 0 {
					left = n
				}
			}
		}
	}
	if left == 0 && !e.bodyless { // nothing to encode
		coded = false
	}
	if coded && !more {
		if e.left = left; e.bodyless {
			s.dropCoding()
		}
		return head
	}
	out := make([]byte, 0, len(head)+len(e.plain))
	if !coded {
		out = append(append(append(append(out, parts[0]...), parts[1]...), e.plain...), parts[2]...)
		if s.TxLength = e.told; bytes.HasPrefix(e.plain, []byte("connection:")) {
			s.KeepAlive = false
		}
		s.dropCoding()
		return out
	}
	for i, part := range parts {
		f, rest, ok := cutField(part, stream)
		for ; ok; f, rest, ok = cutField(rest, stream) {
			if !f.is("content-length") && !f.is("transfer-encoding") {
				out = append(out, f.raw...)
			}
		}
		out = append(out, rest...)
		switch i {
		case 0:
			out = append(out, e.fields...)
		case 1:
			out = append(out, e.framing...)
		}
	}
	if e.left = left; e.bodyless {
		s.dropCoding()
	}
	return out
}
