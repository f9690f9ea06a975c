// SPDX-License-Identifier: MIT

package httpd

import (
	"fmt"
	"path"
	"strings"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/h1"
)

// File is an open file of the program's file operations (struct lws_fop_fd).
type File interface {
	Size() int64
	// ModTime is the time of the last change in seconds.
	ModTime() uint32
	// Kind tells what a real file is; a virtual one is always Regular.
	Kind() FileKind
	// Gzipped tells whether what Read gives is compressed for a client that takes it.
	Gzipped() bool
	Read(b []byte) (int, error)
	Close()
}

// FileKind is what a path leads to.
type FileKind uint8

// The kinds of file.
const (
	Regular FileKind = iota
	Directory
	Special
)

// Open opens a file through the context's file operations; gzip tells whether
// the client takes compressed content. capi sets it.
var Open func(ctx *engine.Context, name string, gzip bool) (File, error)

// transfer is the file of the current transaction.
type transfer struct {
	f         File
	size, pos int64
}

type outcome int

const (
	notFound outcome = iota
	served
	failed
)

var intermediates = map[bool]string{false: "private", true: "public"}

// serveMount serves the file that rest of the URI means in a FILE mount.
func serveMount(c *engine.Conn, m *engine.Mount, rest []byte) outcome {
	name := string(rest)
	if name == "" || name == "/" {
		name = "index.html"
		if m.HasDef {
			name = m.Def
		}
	}
	s := h1.StateOf(c)
	s.Handling404 = c.Vhost.Error404 != "" && name == c.Vhost.Error404
	full, f := openInMount(c, m, name)
	if f == nil {
		return notFound
	}
	etag := fmt.Sprintf("%08X%08X", f.Size(), f.ModTime())
	cache := cacheControl(m)
	if string(c.Headers.Value(wire.TokenHTTPIfNoneMatch)) == etag {
		f.Close()
		return notModified(c, etag, cache)
	}
	mime := mimeType(full, m)
	if mime == nil {
		f.Close()
		engine.Infof("%s: unknown mimetype for %s", c, full)
		if h1.ReturnStatus(c, 415, "") != 0 || h1.Completed(c) != 0 {
			return failed
		}
		return served
	}
	resp := c.PT().Resp
	extra, _ := h1.AddByToken(c, resp[len(resp)/2:len(resp)/2:len(resp)-1], wire.TokenHTTPEtag, []byte(etag))
	if m.Protocol != "" {
		p := c.Vhost.Protocol(m.Protocol)
		if p == nil || !c.Bind(p) {
			f.Close()
			return failed
		}
		var ok bool
		if extra, ok = h1.CallAddHeaders(c, extra); !ok {
			f.Close()
			return failed
		}
	}
	n := sendFile(c, f, *mime, string(extra), cache)
	if n < 0 || n > 0 && h1.Completed(c) != 0 {
		return failed
	}
	return served
}

// openInMount opens name below the mount's origin; a directory means its
// default file.
func openInMount(c *engine.Conn, m *engine.Mount, name string) (string, File) {
	full := m.Origin + "/" + name
	if strings.Contains("/"+name+"/", "/../") {
		engine.Warnf("%s: '%s' leaves the mount %s: refused", c, name, m.Mountpoint)
		return full, nil
	}
	for try := 0; try < 5; try++ {
		f, err := Open(c.Ctx, full, acceptsGzip(c))
		if err != nil {
			engine.Infof("%s: unable to open '%s': %v", c, full, err)
			return full, nil
		}
		switch f.Kind() {
		case Regular:
			return full, f
		case Special:
			f.Close()
			return full, nil
		}
		f.Close()
		def := "index.html"
		if m.HasDef {
			def = m.Def
		}
		full = path.Join(m.Origin, name, def)
	}
	engine.Errf("%s: too many directories at '%s'", c, full)
	return full, nil
}

func acceptsGzip(c *engine.Conn) bool {
	return c.Headers != nil && strings.Contains(string(c.Headers.Value(wire.TokenHTTPAcceptEncoding)), "gzip")
}

// cacheControl is the value of Cache-Control for files of a mount.
func cacheControl(m *engine.Mount) string {
	if m.CacheMaxAge == 0 || !m.CacheReusable {
		return "no-store"
	}
	revalidate := ""
	if m.CacheRevalid {
		revalidate = "must-revalidate, "
	}
	return fmt.Sprintf("%s%s, max-age=%d", revalidate, intermediates[m.CacheInterm], m.CacheMaxAge)
}

func mimeType(name string, m *engine.Mount) *string {
	var extra []wire.MimeMap
	for _, p := range m.ExtraMimetypes {
		extra = append(extra, wire.MimeMap{Suffix: p.Name, Type: p.Value})
	}
	if t := wire.MimeType(name, extra); t != "" {
		return &t
	}
	return nil
}

func notModified(c *engine.Conn, etag, cache string) outcome {
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)-1], 304)
	if ok {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPEtag, []byte(etag))
	}
	if ok {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPCacheControl, []byte(cache))
	}
	if ok {
		b, ok = h1.Finalize(c, b)
	}
	if !ok || c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders|engine.WriteH2StreamEnd) != len(b) ||
		h1.Completed(c) != 0 {
		return failed
	}
	return served
}

// ServeFile sends a file as the answer (lws_serve_http_file): below 0 it
// failed, above 0 the transaction is over, 0: the file is on its way.
func ServeFile(c *engine.Conn, name, ctype, headers string) int {
	f, err := Open(c.Ctx, name, acceptsGzip(c))
	if err != nil {
		engine.Infof("%s: unable to open '%s': %v", c, name, err)
		if h1.ReturnStatus(c, 404, "") != 0 {
			return -1
		}
		return 1
	}
	return sendFile(c, f, ctype, headers, "no-store")
}

// sendFile sends the headers and begins to send f, which it takes over.
func sendFile(c *engine.Conn, f File, ctype, headers, cache string) int {
	s := h1.StateOf(c)
	if s == nil {
		f.Close()
		return -1
	}
	code := uint(200)
	if s.Handling404 {
		code = 404
	}
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)/2], code)
	if ok && f.Gzipped() {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPContentEncoding, []byte("gzip"))
	}
	if ok && ctype != "" {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPContentType, []byte(ctype))
	}
	if ok && !c.Stream() {
		b, ok = h1.AddContentLength(c, b, uint64(f.Size()))
	}
	if ok && !strings.Contains(headers, "cache-control") && !strings.Contains(headers, "Cache-Control") {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPCacheControl, []byte(cache))
	}
	if !ok {
		f.Close()
		engine.Errf("%s: the response's headers do not fit %d bytes (pt_serv_buf_size)", c, len(resp)/2)
		return -1
	}
	head := append(append(make([]byte, 0, len(b)+len(headers)+4), b...), headers...)
	head, _ = h1.Finalize(c, head)
	wp, isHead := engine.WriteHTTPHeaders, c.Headers != nil && c.Headers.Total(wire.TokenHeadURI) > 0
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
	s.App = &transfer{f: f, size: f.Size()}
	c.AskWriteable()
	return 0
}

// filePiece is how much of a file is read at a time, fileBudget how much of it
// one turn may send.
const (
	filePiece  = 32 << 10
	fileBudget = 512 << 10
)

// Fragment sends more of the file; false closes.
func (app) Fragment(c *engine.Conn) bool { return FileFragment(c) >= 0 }

// FileFragment sends more of the file being served (lws_serve_http_file_fragment):
// 1 when it is complete, 0 when there is more to come, -1 on failure.
func FileFragment(c *engine.Conn) int {
	s := h1.StateOf(c)
	if s == nil {
		return -1
	}
	t, ok := s.App.(*transfer)
	if !ok {
		return -1
	}
	pt := c.PT()
	if cap(pt.FileBuf) == 0 {
		pt.FileBuf = make([]byte, filePiece)
	}
	if t.size == 0 && c.Stream() && c.Write(engine.Payload{}, engine.WriteHTTPFinal) < 0 {
		return -1
	}
	for sent := 0; t.pos < t.size && sent < fileBudget; {
		b := pt.FileBuf[:min(filePiece, t.size-t.pos)]
		n, err := t.f.Read(b)
		if err != nil || n <= 0 {
			engine.Errf("%s: file ends at %d of %d bytes: %v", c, t.pos, t.size, err)
			return -1
		}
		t.pos += int64(n)
		wp := engine.WriteHTTP
		if t.pos == t.size {
			wp = engine.WriteHTTPFinal
		}
		if c.Write(engine.PayloadOf(b[:n]), wp) != n {
			return -1
		}
		sent += n
		c.SetTimeout(engine.TimeoutHTTPContent, c.Ctx.TimeoutSecs)
		if c.Buffered() {
			break
		}
	}
	if t.pos < t.size || c.Buffered() {
		c.AskWriteable()
		return 0
	}
	t.f.Close()
	s.App = nil
	c.SetState(engine.StateEstablished)
	if c.Call(engine.ReasonHTTPFileCompletion, nil, 0) < 0 {
		return -1
	}
	return 1
}

// Drop closes the file.
func (app) Drop(c *engine.Conn) {
	if t, ok := h1.StateOf(c).App.(*transfer); ok {
		t.f.Close()
	}
}
