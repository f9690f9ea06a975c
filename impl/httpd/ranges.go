// SPDX-License-Identifier: MIT

package httpd

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// parts are the ranges of a file that are sent as the answer (RFC 9110 §14).
type parts struct {
	ranges   []wire.ByteRange
	next     int // the one that is sent next
	ctype    string
	size     int64  // of the file
	boundary string // between several; empty: there is one
}

// divisible tells whether parts of the file are asked for, by GET (RFC 9110 §14.2), and can
// be: not where a program edits the text on its way, and not where its own headers speak of
// ranges, which it answers then.
func (a answer) divisible(c *engine.Conn) bool {
	h := c.Headers
	return h != nil && h.Has(wire.TokenHTTPRange) && h.Total(wire.TokenGetURI) > 0 && a.interpret == nil &&
		!mentions(a.headers, "accept-ranges") && !mentions(a.headers, "content-range")
}

// mentions finds a name of lower-case letters in any case.
func mentions(s, name string) bool {
	for i := range len(s) - len(name) + 1 {
		if s[i]|' ' == name[0] && strings.EqualFold(s[i:i+len(name)], name) {
			return true
		}
	}
	return false
}

// partial is the part of the file that is asked for, nil when that is the whole; beyond: it asks for nothing that there is.
func (a answer) partial(h *wire.Headers) (p *parts, beyond bool) {
	if h.Has(wire.TokenHTTPIfRange) && !a.unchanged(h) {
		return nil, false
	}
	ranges, beyond := wire.Ranges(nil, h.Value(wire.TokenHTTPRange), a.f.Size())
	if _, slow := a.f.(*inflated); len(ranges) == 0 || len(ranges) > 1 && slow || !a.f.MoveTo(ranges[0].Start) {
		return nil, beyond
	}
	p = &parts{ranges: ranges, ctype: a.ctype, size: a.f.Size()}
	if len(ranges) > 1 {
		p.boundary = fmt.Sprintf("_lws%016x", rand.Uint64())
	}
	return p, false
}

// unchanged tells whether the client has other parts of just this file (RFC 9110 §13.1.5).
func (a answer) unchanged(h *wire.Headers) bool {
	return a.etag != "" && string(h.Value(wire.TokenHTTPIfRange)) == a.etag
}

// contentType is the answer's.
func (p *parts) contentType() string {
	if p.boundary == "" {
		return p.ctype
	}
	return "multipart/byteranges; boundary=" + p.boundary
}

func (p *parts) contentRange(i int) string {
	return fmt.Sprintf("bytes %d-%d/%d", p.ranges[i].Start, p.ranges[i].End-1, p.size)
}

// head is what stands in front of a part, or behind the last (RFC 9110 §14.6).
func (p *parts) head(i int) string {
	before, ctype := "\r\n", ""
	if i == 0 {
		before = ""
	}
	if i == len(p.ranges) {
		return before + "--" + p.boundary + "--\r\n"
	}
	if p.ctype != "" {
		ctype = "Content-Type: " + p.ctype + "\r\n"
	}
	return before + "--" + p.boundary + "\r\n" + ctype + "Content-Range: " + p.contentRange(i) + "\r\n\r\n"
}

// length is the whole body's.
func (p *parts) length() (n int64) {
	for i, r := range p.ranges {
		n += r.Len()
		if p.boundary != "" {
			n += int64(len(p.head(i)))
		}
	}
	if p.boundary != "" {
		n += int64(len(p.head(len(p.ranges))))
	}
	return n
}

// begin has t send the part, of which the file is at the beginning, or the parts.
func (p *parts) begin(t *transfer) {
	if p.boundary == "" {
		t.pos, t.end = p.ranges[0].Start, p.ranges[0].End
		return
	}
	t.pos, t.end, t.parts = 0, 0, p
}

// nextPart is the piece between two parts: n is 0, as it is none of the file's bytes.
func (t *transfer) nextPart(c *engine.Conn) (b []byte, n int) {
	p, i := t.parts, t.parts.next
	p.next++
	if i == len(p.ranges) {
		t.parts = nil
	} else if r := p.ranges[i]; t.f.MoveTo(r.Start) {
		t.pos, t.end = r.Start, r.End
	} else {
		engine.Errf("%s: file cannot be read from %d on", c, r.Start)
		return nil, -1
	}
	return []byte(p.head(i)), 0
}

// notSatisfiable answers that the file has none of the ranges (RFC 9110 §15.5.17).
func notSatisfiable(c *engine.Conn, f File) int {
	size := f.Size()
	f.Close()
	if h1.ReturnStatus(c, 416, "", h1.Field{Name: "content-range:", Value: fmt.Sprintf("bytes */%d", size)}) != 0 ||
		h1.Completed(c) != 0 {
		return -1
	}
	return 0
}
