// SPDX-License-Identifier: MIT

package httpd

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h1"
	wire "libwebsockets/impl/wire/cgi"
	headers "libwebsockets/impl/wire/h1"
)

// cgiPiece is how much of a CGI's output is read at a time.
const cgiPiece = 16 << 10

var errNoHead = errors.New("it ended without a complete head")

// Default does what a program's protocol leaves to the library (lws_callback_http_dummy):
// the body goes to stdin, stdout to the peer, stderr to the log.
func (g *CGI) Default(r engine.Reason, in unsafe.Pointer) int {
	switch r {
	case engine.ReasonCGI:
		switch a := (*cgiArgs)(in); {
		case a == nil:
		case a.ch == stdout:
			if o := g.Pipe(stdout); o != nil {
				o.FlowControl(false) // until the peer takes more
			}
			g.goOn()
		case a.ch == stderr:
			g.logErrors()
		}
	case engine.ReasonCGITerminated:
		if !g.closing {
			g.eof = true
			g.goOn()
		}
	case engine.ReasonCGIStdinData:
		return g.input((*cgiArgs)(in))
	case engine.ReasonHTTPWriteable:
		return g.writeable()
	}
	return 0
}

// input writes a piece of the body to stdin: how much went, 0 where there is no room.
func (g *CGI) input(a *cgiArgs) int {
	to := g.Pipe(stdin)
	if a == nil || to == nil || a.data == nil || a.len <= 0 {
		return -1
	}
	n, err := unix.Write(to.FD(), unsafe.Slice((*byte)(a.data), a.len))
	switch err {
	case nil:
		return n
	case unix.EAGAIN, unix.EINTR:
		return 0
	}
	engine.Infof("%s: the CGI's stdin: %v, the rest of the body is thrown away", g.c, err)
	g.deaf = true
	return int(a.len)
}

// logErrors puts what a CGI complains about into the log.
func (g *CGI) logErrors() {
	e := g.Pipe(stderr)
	if e == nil {
		return
	}
	b := make([]byte, 8<<10)
	n, err := unix.Read(e.FD(), b)
	if err != nil || n <= 0 || g.printed >= maxLogged {
		return
	}
	b = b[:n]
	engine.Noticef("%s: CGI-stderr: %s", g.c, bytes.TrimSuffix(b, []byte{'\n'}))
	if g.printed += bytes.Count(b, []byte{'\n'}) + 1; g.printed >= maxLogged {
		engine.Noticef("%s: CGI-stderr: more than %d lines, the rest is thrown away", g.c, maxLogged)
	}
}

// writeable goes on with the answer where something is to be done; less than 0 closes.
func (g *CGI) writeable() int {
	if g.over {
		return -1
	}
	if !g.due {
		return 0
	}
	g.due = false
	if n := g.Write(); n < 0 || g.over {
		return -1
	}
	if o := g.Pipe(stdout); o != nil && !g.c.Dead() {
		o.FlowControl(true)
	}
	return 0
}

// Write passes on a piece of what the CGI prints: its head, or of its body
// (lws_cgi_write_split_stdout_headers). Less than 0 closes.
func (g *CGI) Write() int {
	if g.over {
		return 0
	}
	g.idle = 0
	if !g.sent {
		return g.writeHead()
	}
	b := g.buf
	g.buf = nil
	end := false
	if len(b) == 0 {
		b = make([]byte, cgiPiece)
		var n int
		n, end = g.read(b)
		b = b[:n]
	}
	if g.left >= 0 && int64(len(b)) >= g.left {
		b = b[:g.left] // it promised no more
		g.over = true
	}
	if g.left >= 0 {
		g.left -= int64(len(b))
	}
	if len(b) > 0 && !g.send(b) {
		return -1
	}
	if end && !g.over {
		return g.finish()
	}
	if g.eof || g.Pipe(stdout) == nil { // no event will tell of the end
		g.goOn()
	}
	return 0
}

// read reads stdout; end: nothing more will come.
func (g *CGI) read(b []byte) (n int, end bool) {
	o := g.Pipe(stdout)
	if o == nil {
		return 0, true
	}
	for {
		n, err := unix.Read(o.FD(), b)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return 0, g.eof
		}
		return max(n, 0), n <= 0
	}
}

// send writes a piece of the body.
func (g *CGI) send(b []byte) bool {
	if g.empty {
		return true
	}
	kind := engine.WriteHTTP
	if g.over {
		kind = engine.WriteHTTPFinal
		g.final = true
	}
	if g.chunks {
		b = append(append(fmt.Appendf(nil, "%X\r\n", len(b)), b...), '\r', '\n')
	}
	if g.c.Write(engine.PayloadOf(b), kind) < 0 {
		return false
	}
	if g.c.Stream() {
		g.c.SetTimeout(engine.TimeoutKeepaliveIdle, 31)
	}
	return true
}

// finish ends the answer behind the last that the CGI printed; less than 0: it lacks
// something, and the peer sees that.
func (g *CGI) finish() int {
	switch {
	case g.left > 0:
		engine.Infof("%s: the CGI's answer lacks %d bytes", g.c, g.left)
		return -1
	case g.empty || g.final:
	case g.c.Stream():
		g.c.Write(engine.PayloadOf(nil), engine.WriteHTTPFinal)
	case g.chunks:
		if g.c.Write(engine.PayloadOf([]byte("0\r\n\r\n")), engine.WriteHTTPFinal) < 0 {
			return -1
		}
	}
	g.over = true
	return 0
}

// writeHead reads the head, and answers with it when it is complete.
func (g *CGI) writeHead() int {
	room := make([]byte, cgiPiece)
	n, end := g.read(room)
	g.buf = append(g.buf, room[:n]...)
	if g.head == nil {
		h, used, err := wire.Parse(g.buf)
		if err == nil && h == nil && end {
			err = errNoHead
		}
		if err != nil {
			return g.refuse(err)
		}
		if h == nil {
			return 0
		}
		g.head, g.buf = h, g.buf[used:]
	}
	if !g.sendHead() {
		return -1
	}
	if !g.over {
		g.goOn()
	}
	return 0
}

// refuse answers for a CGI whose answer is none.
func (g *CGI) refuse(err error) int {
	engine.Warnf("%s: CGI %s: %v", g.c, g.summary, err)
	if h1.StateOf(g.c) != nil {
		h1.ReturnStatus(g.c, 500, "")
	}
	return -1
}

// sendHead sends the status, what the connection needs, and the CGI's own fields.
func (g *CGI) sendHead() bool {
	g.sent = true
	c, h := g.c, g.head
	s := h1.StateOf(c)
	stream := c.Stream()
	g.empty = g.empty || h.Status == 204 || h.Status == 304
	if h.Chunked {
		h.Length = -1
	}
	g.left = h.Length
	g.chunks = h.Length < 0 && !g.empty && !stream && !g.raw && s != nil && s.Version > 0
	b, ok := h1.AddStatus(c, make([]byte, 0, 2*wire.MaxHead), uint(h.Status))
	if ok && g.chunks && !h.Chunked {
		b, ok = h1.AddByToken(c, b, headers.TokenHTTPTransferEncoding, []byte("chunked"))
	}
	if ok && !stream {
		if s != nil {
			s.KeepAlive = false
		}
		b, ok = h1.AddByToken(c, b, headers.TokenConnection, []byte("close"))
	}
	for _, f := range h.Fields {
		name := strings.ToLower(f.Name)
		switch {
		case !ok:
		case name == "content-length" && h.Chunked, name == "transfer-encoding" && !g.chunks:
		case stream && wire.Hop(name):
		case stream:
			b, ok = h1.AddByName(c, b, name+":", []byte(f.Value))
		default:
			b = append(append(b, f.Line...), '\r', '\n')
		}
	}
	if ok {
		b, ok = h1.Finalize(c, b)
	}
	if !ok {
		engine.Errf("%s: the head of the CGI's answer has no room (%s fields)", c, strconv.Itoa(len(h.Fields)))
		return false
	}
	kind := engine.WriteHTTPHeaders
	if g.over = g.empty || g.left == 0; g.over {
		kind |= engine.WriteH2StreamEnd
	}
	return c.Write(engine.PayloadOf(b), kind) >= 0
}
