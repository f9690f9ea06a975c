// SPDX-License-Identifier: MIT

package httpd

import (
	"slices"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// answer is a file to be sent, with what its headers say.
type answer struct {
	f         File
	coding    string // Content-Encoding; empty: none
	ctype     string
	headers   string // of the program or the mount
	etag      string // empty: not known
	interpret *engine.Protocol
}

// compressed tells whether the file is to be compressed on its way.
func (a answer) compressed(c *engine.Conn) bool {
	return a.coding == "" && a.interpret == nil && a.f.Size() > 0 && h1.Prefers(c, a.ctype) &&
		!mentions(a.headers, "content-encoding")
}

// send sends the headers and begins to send the file, which it takes over.
func (a answer) send(c *engine.Conn) int {
	f := a.f
	s := h1.StateOf(c)
	if s == nil {
		f.Close()
		return -1
	}
	code := uint(200)
	if s.Handling404 {
		code = 404
	}
	var p *parts
	if code == 200 && a.divisible(c) && !a.compressed(c) { // a compressed body has no parts of its own
		var beyond bool
		if p, beyond = a.partial(c.Headers); beyond {
			return notSatisfiable(c, f)
		}
	}
	ctype, length := a.ctype, f.Size()
	if p != nil {
		code, ctype, length = 206, p.contentType(), p.length()
	}
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)/2], code)
	if ok && a.coding != "" {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPContentEncoding, []byte(a.coding))
	}
	coded := false
	if ok && p == nil && a.compressed(c) {
		b, coded, ok = h1.Compress(c, b, "", length)
	}
	if ok && !coded && (c.Vhost.Precompressed || zipped(f)) {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPVary, []byte("accept-encoding"))
	}
	if ok && ctype != "" {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPContentType, []byte(ctype))
	}
	if ok && p != nil && p.boundary == "" {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPContentRange, []byte(p.contentRange(0)))
	}
	if ok && p != nil { // a whole file's headers are those of the reference
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPAcceptRanges, []byte("bytes"))
	}
	if ok && coded {
		b, ok = h1.AddChunked(c, b, length)
	} else if ok && !s.SendingChunked && !c.Stream() {
		b, ok = h1.AddContentLength(c, b, uint64(length))
	}
	if ok && !strings.Contains(a.headers, "cache-control") && !strings.Contains(a.headers, "Cache-Control") {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPCacheControl, cacheOf(c))
	}
	if !ok {
		f.Close()
		engine.Errf("%s: the response's headers do not fit %d bytes (pt_serv_buf_size)", c, len(resp)/2)
		return -1
	}
	if cap(b)-len(b) < len(a.headers)+4 {
		b = slices.Grow(b[:len(b):len(b)], len(a.headers)+4)
	}
	head, _ := h1.Finalize(c, append(b, a.headers...))
	wp, isHead := engine.WriteHTTPHeaders, h1.IsHead(c)
	if isHead {
		wp |= engine.WriteH2StreamEnd
	}
	if c.Write(engine.PayloadOf(head), wp) != len(head) {
		f.Close()
		return -1
	}
	c.SetState(engine.StateIssuingFile)
	if isHead {
		f.Close()
		c.SetState(engine.StateDoingTransaction)
		if h1.Completed(c) != 0 {
			return -1
		}
		return 0
	}
	t := &transfer{f: f, end: length, interpret: a.interpret}
	if p != nil {
		p.begin(t)
	}
	s.App = t
	c.StartedFile()
	return 0
}
