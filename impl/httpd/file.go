// SPDX-License-Identifier: MIT

package httpd

import (
	"errors"
	"fmt"
	"path"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/child"
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
	// MoveTo has what is read next begin at pos; false: it does not.
	MoveTo(pos int64) bool
	// SendTo has the kernel send up to n bytes to a socket: 0 where it takes none
	// now or the file is not of a kind that allows it.
	SendTo(socket int, n int64) int
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

// KindOf is the kind that st_mode tells of.
func KindOf(mode uint32) FileKind {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return Regular
	case unix.S_IFDIR:
		return Directory
	}
	return Special
}

// Hooks are what the package needs of the boundary.
type Hooks struct {
	// Open opens a file through the context's file operations; gzip tells whether
	// the client takes compressed content.
	Open func(pt *engine.Thread, name string, gzip bool) (File, error)
	// SendFD has the kernel send up to n bytes of fd, from *pos on, to a socket.
	SendFD func(fd int, pos *int64, socket int, n int64) int
	// Onward has another server answer the request in c.Headers; false closes.
	Onward func(c *engine.Conn, m *engine.Mount) bool
	// ProcessFace gives the C half of a process, ProcessGone takes it back.
	ProcessFace func() *child.Face
	ProcessGone func(f *child.Face)
	// Path is where the program's environment says that programs are.
	Path func() string
}

var hooks Hooks

// Wire sets the hooks.
func Wire(h Hooks) { hooks = engine.Wired(h) }

// transfer is the file of the current transaction, from pos up to end.
type transfer struct {
	f         File
	pos, end  int64
	interpret *engine.Protocol // its callback edits the text before it is sent
	parts     *parts           // several ranges of it
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
	name := cut(string(rest))
	if name == "" || name == "/" {
		name = "index.html"
		if m.HasDef {
			name = m.Def
		}
	}
	s := h1.StateOf(c)
	s.Handling404 = c.Vhost.Error404 != "" && name == c.Vhost.Error404
	full, f, coding := openInMount(c, m, name)
	if f == nil {
		return notFound
	}
	if h1.Await(c, func() bool { return mounted(c, m) }) {
		f.Close()
		return served
	}
	etag := string(appendHex(appendHex(make([]byte, 0, 32), uint64(f.Size())), uint64(f.ModTime())))
	if known := string(c.Headers.Value(wire.TokenHTTPIfNoneMatch)); strings.TrimPrefix(known, weak) == etag {
		f.Close()
		return notModified(c, known)
	}
	mime, known := mimeType(full, m)
	if !known {
		f.Close()
		engine.Infof("%s: unknown mimetype for %s", c, full)
		if h1.ReturnStatus(c, 415, "") != 0 || h1.Completed(c) != 0 {
			return failed
		}
		return served
	}
	s.SendingChunked = false
	interpreter, ok := interpretedBy(c, m, full)
	if !ok {
		f.Close()
		return failed
	}
	told := etag
	if (answer{f: f, coding: coding, ctype: mime, interpret: interpreter}).compressed(c) {
		told = weak + etag // the same text in other bytes (RFC 9110 §8.8.1)
	}
	resp := c.PT().Resp
	extra, _ := h1.AddByToken(c, resp[len(resp)/2:len(resp)/2:len(resp)-1], wire.TokenHTTPEtag, []byte(told))
	if interpreter != nil && !c.Stream() {
		s.SendingChunked = true
		extra, _ = h1.AddByToken(c, extra, wire.TokenHTTPTransferEncoding, []byte("chunked"))
	}
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
	n := answer{f: f, coding: coding, ctype: mime, headers: string(extra), etag: etag, interpret: interpreter}.send(c)
	if n < 0 || n > 0 && h1.Completed(c) != 0 {
		return failed
	}
	return served
}

// weak is what the entity tag of a compressed answer begins with.
const weak = "W/"

// appendHex is %08X.
func appendHex(b []byte, n uint64) []byte {
	digits := 8
	for ; n>>(4*digits) != 0; digits++ {
	}
	for digits--; digits >= 0; digits-- {
		b = append(b, "0123456789ABCDEF"[n>>(4*digits)&15])
	}
	return b
}

// openInMount opens name below the mount's origin; a directory means its
// default file.
func openInMount(c *engine.Conn, m *engine.Mount, name string) (full string, f File, coding string) {
	full = m.Origin + "/" + name
	if strings.Contains("/"+name+"/", "/../") {
		engine.Warnf("%s: '%s' leaves the mount %s: refused", c, name, m.Mountpoint)
		return full, nil, ""
	}
	for try := 0; try < 5; try++ {
		f, coding, err := open(c, full, m.Origin)
		if err != nil {
			engine.Infof("%s: unable to open '%s': %v", c, full, err)
			return full, nil, ""
		}
		switch f.Kind() {
		case Regular:
			return full, f, coding
		case Special:
			f.Close()
			engine.Infof("%s: unable to open '%s': %v", c, full, errNotRegular)
			return full, nil, ""
		}
		f.Close()
		def := "index.html"
		if m.HasDef {
			def = m.Def
		}
		full = path.Join(m.Origin, name, def)
	}
	engine.Errf("%s: too many directories at '%s'", c, full)
	return full, nil, ""
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

func mimeType(name string, m *engine.Mount) (t string, ok bool) {
	var extra []wire.MimeMap
	for _, p := range m.ExtraMimetypes {
		extra = append(extra, wire.MimeMap{Suffix: p.Name, Type: p.Value})
	}
	return wire.MimeType(name, extra)
}

// interpretedBy binds the connection to the protocol that edits files with this
// name's ending, if the mount has one; ok false closes.
func interpretedBy(c *engine.Conn, m *engine.Mount, name string) (p *engine.Protocol, ok bool) {
	for _, o := range m.Interpret {
		if len(name) <= len(o.Name) || !strings.HasSuffix(name, o.Name) {
			continue
		}
		if p = c.Vhost.Protocol(o.Value); p == nil {
			engine.Errf("%s: mount %s: no protocol '%s' to interpret %s", c, m.Mountpoint, o.Value, o.Name)
			return nil, false
		}
		return p, c.Bind(p) && c.EnsureUser()
	}
	return nil, true
}

func notModified(c *engine.Conn, etag string) outcome {
	resp := c.PT().Resp
	b, ok := h1.AddStatus(c, resp[:0:len(resp)-1], 304)
	if ok {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPEtag, []byte(etag))
	}
	if ok {
		b, ok = h1.AddByToken(c, b, wire.TokenHTTPCacheControl, cacheOf(c))
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

var errNotRegular = errors.New("it is no regular file")

// ServeFile sends a file as the answer (lws_serve_http_file): below 0 it
// failed, above 0 the transaction is over, 0: the file is on its way.
func ServeFile(c *engine.Conn, name, ctype, headers string) int {
	f, coding, err := open(c, name, name)
	if err == nil && f.Kind() != Regular {
		f.Close()
		err = errNotRegular
	}
	if err != nil {
		engine.Infof("%s: unable to open '%s': %v", c, name, err)
		if h1.ReturnStatus(c, 404, "") != 0 {
			return -1
		}
		return 1
	}
	return answer{f: f, coding: coding, ctype: ctype, headers: headers}.send(c)
}

// cacheOf is the Cache-Control of a file that is sent on c.
func cacheOf(c *engine.Conn) []byte {
	if s := h1.StateOf(c); s != nil && s.Cache != "" {
		return []byte(s.Cache)
	}
	return []byte("no-store")
}

// filePiece is how much of a file is read at a time, fileBudget how much of it
// one turn may send.
const (
	filePiece  = 32 << 10
	fileBudget = 512 << 10
)

// Fragment sends more of the file; false closes.
func (App) Fragment(c *engine.Conn) bool { return FileFragment(c) >= 0 }

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
	if t.end == 0 && t.parts == nil && c.Stream() && c.Write(engine.Payload{}, engine.WriteHTTPFinal) < 0 {
		return -1
	}
	for sent := 0; t.unsent() && sent < fileBudget; {
		if left := t.end - t.pos; left > filePiece && t.interpret == nil && !s.Coded() {
			// What the socket has no room for is read, queued, and waits for it.
			if n := c.SendFile(t.f.SendTo, left); n > 0 {
				t.pos += int64(n)
				s.Sent += int64(n)
				sent += n
				c.SetTimeout(engine.TimeoutHTTPContent, c.Ctx.TimeoutSecs)
				continue
			}
		}
		b, n := t.piece(c)
		if n < 0 || c.Dead() {
			return -1
		}
		t.pos += int64(n)
		wp := engine.WriteHTTP
		if !t.unsent() {
			wp = engine.WriteHTTPFinal
		}
		if (len(b) > 0 || c.Stream()) && c.Write(engine.PayloadOf(b), wp) != len(b) {
			return -1
		}
		sent += n
		c.SetTimeout(engine.TimeoutHTTPContent, c.Ctx.TimeoutSecs)
		if c.Buffered() {
			break
		}
	}
	if t.unsent() || c.Buffered() {
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

// unsent tells whether there is more to send.
func (t *transfer) unsent() bool { return t.pos < t.end || t.parts != nil }

// piece reads the next n bytes of the file and says what is to be sent for
// them; n below 0: it failed.
func (t *transfer) piece(c *engine.Conn) (b []byte, n int) {
	if t.pos == t.end {
		return t.nextPart(c)
	}
	if t.interpret != nil {
		return t.interpreted(c)
	}
	pt := c.PT()
	if cap(pt.FileBuf) == 0 {
		pt.FileBuf = make([]byte, filePiece)
	}
	b = pt.FileBuf[:min(filePiece, t.end-t.pos)]
	n = t.read(c, b)
	return b[:max(n, 0)], n
}

func (t *transfer) read(c *engine.Conn, b []byte) int {
	n, err := t.f.Read(b)
	if err != nil || n <= 0 {
		engine.Errf("%s: file ends at %d of %d bytes: %v", c, t.pos, t.end, err)
		return -1
	}
	return n
}

// What PROCESS_HTML gets of the reference's buffer: behind an h2 frame header and
// room for a chunk's head, and with room for what the text may grow by.
const (
	htmlFront = 9 + 10
	htmlGrow  = 128
)

// interpreted is piece with the program's PROCESS_HTML in between.
func (t *transfer) interpreted(c *engine.Conn) (b []byte, n int) {
	buf := c.PT().Resp
	size := min(len(buf), c.Ctx.ServBufSize)
	if size <= htmlFront+htmlGrow {
		engine.Errf("%s: pt_serv_buf_size %d is too small to interpret files", c, size)
		return nil, -1
	}
	text := buf[htmlFront : size-htmlGrow]
	text = text[:min(int64(len(text)), t.end-t.pos)]
	if n = t.read(c, text); n < 0 {
		return nil, -1
	}
	a := (*accessArgs)(c.PT().Args)
	*a = accessArgs{p: unsafe.Pointer(&text[0]), len: int32(n), maxLen: int32(size - htmlFront)}
	if h1.StateOf(c).SendingChunked {
		a.chunked = 1
	}
	if t.pos+int64(n) == t.end {
		a.final = 1
	}
	if c.CallProtocol(t.interpret, engine.ReasonProcessHTML, c.F.User, unsafe.Pointer(a), 0) < 0 {
		return nil, -1
	}
	from, to := uintptr(a.p)-uintptr(unsafe.Pointer(&buf[0])), uintptr(a.len)
	if c.Dead() || a.len < 0 || from > uintptr(size) || to > uintptr(size)-from {
		engine.Errf("%s: PROCESS_HTML left its buffer", c)
		return nil, -1
	}
	return buf[from : from+to], n
}

// Drop closes the file, or forgets who else answers.
func (App) Drop(c *engine.Conn) {
	switch t := h1.StateOf(c).App.(type) {
	case *transfer:
		t.f.Close()
	case h1.Onward:
		t.Drop(c)
	}
}
