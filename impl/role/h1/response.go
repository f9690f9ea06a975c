// SPDX-License-Identifier: MIT

package h1

import (
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/h1"
	"libwebsockets/impl/wire/h2"
)

// Header lines are appended to a slice whose capacity is the program's buffer:
// nothing here grows it, a line that does not fit is refused.

// onStream tells whether what is built for c is a header block of HTTP/2.
func onStream(c *engine.Conn) bool { return c != nil && c.Stream() }

// addField appends a field of a header block, as the reference writes it:
// without compression. HTTP/2 has no Transfer-Encoding (RFC 9113 §8.2.2).
func addField(b []byte, name string, value []byte) (out []byte, ok bool) {
	name = strings.ToLower(strings.TrimSuffix(name, ":"))
	if name == "transfer-encoding" {
		return b, true
	}
	if cap(b)-len(b) < len(name)+len(value)+fieldOverhead {
		return b, false
	}
	return h2.AppendField(b, name, value), true
}

// fieldOverhead is the room that a field needs besides its name and value.
const fieldOverhead = 8

// AddByName appends "name value\r\n" (lws_add_http_header_by_name). The name
// ends with a colon; one that lacks it gets it. An empty name gives just the
// value, for the status line. On an HTTP/2 stream the line is a field of a
// header block. ok is false when there is no room.
func AddByName(c *engine.Conn, b []byte, name string, value []byte) (out []byte, ok bool) {
	if onStream(c) {
		return addField(b, name, value)
	}
	return appendLine(b, name, value)
}

func appendLine(b []byte, name string, value []byte) (out []byte, ok bool) {
	colon := name != "" && !strings.HasSuffix(name, ":")
	need := len(value) + 3
	if name != "" {
		need += len(name) + 1
	}
	if colon {
		need++
	}
	if len(b)+need > cap(b) {
		return b, false
	}
	if name != "" {
		b = append(b, name...)
		if colon {
			b = append(b, ':')
		}
		b = append(b, ' ')
	}
	b = append(b, value...)
	return append(b, '\r', '\n'), true
}

// AddByToken is AddByName with one of the known names.
func AddByToken(c *engine.Conn, b []byte, t h1.Token, value []byte) ([]byte, bool) {
	name := t.String()
	if name == "" {
		return b, false
	}
	return AddByName(c, b, name, value)
}

// AddContentLength appends Content-Length and notes it.
func AddContentLength(c *engine.Conn, b []byte, n uint64) ([]byte, bool) {
	out, ok := AddByToken(c, b, h1.TokenHTTPContentLength, strconv.AppendUint(nil, n, 10))
	if e := pending(c); ok && e != nil {
		e.told = int64(n)
	} else if s := StateOf(c); ok && s != nil {
		s.TxLength = int64(n)
	}
	return out, ok
}

// Bits of the code argument of lws_add_http_header_status.
const (
	codeMask     = 1<<16 - 1
	noServerName = 1 << 30
)

var securityHeaders = [...][2]string{
	{"content-security-policy:", "default-src 'none'; img-src 'self' data: ; script-src 'self'; font-src 'self'; " +
		"style-src 'self'; connect-src 'self' ws: wss:; frame-ancestors 'none'; base-uri 'none';form-action 'self';"},
	{"x-content-type-options:", "nosniff"},
	{"x-xss-protection:", "1; mode=block"},
	{"x-frame-options:", "deny"},
	{"referrer-policy:", "no-referrer"},
}

// AddStatus appends the status line and what goes with every response: the
// vhost's headers, the security headers, the server's name.
func AddStatus(c *engine.Conn, b []byte, code uint) (out []byte, ok bool) {
	if s := StateOf(c); s != nil {
		s.code = int(code & codeMask)
		if pending(c) != nil { // another answer than the one that was begun
			s.dropCoding()
		}
	}
	if onStream(c) {
		b, ok = AddByToken(c, b, h1.TokenHTTPColonStatus, strconv.AppendUint(nil, uint64(code&codeMask), 10))
	} else {
		b, ok = addStatusLine(c, b, code)
	}
	if !ok {
		return b, false
	}
	v := c.Vhost
	for _, h := range v.Headers {
		if b, ok = AddByName(c, b, h.Name, []byte(h.Value)); !ok {
			return b, false
		}
	}
	if v.Options.Has(engine.OptSecurityHeaders) {
		for _, h := range securityHeaders {
			if b, ok = AddByName(c, b, h[0], []byte(h[1])); !ok {
				return b, false
			}
		}
	}
	if name := c.Ctx.ServerString; name != "" && code&noServerName == 0 {
		if b, ok = AddByToken(c, b, h1.TokenHTTPServer, []byte(name)); !ok {
			return b, false
		}
	}
	if v.Options.Has(engine.OptSTS) {
		if b, ok = AddByName(c, b, "Strict-Transport-Security:", []byte("max-age=15768000 ; includeSubDomains")); !ok {
			return b, false
		}
	}
	return b, true
}

func addStatusLine(c *engine.Conn, b []byte, code uint) ([]byte, bool) {
	version := h1.Version10
	if s := StateOf(c); s != nil {
		version = s.Version
	}
	var room [80]byte
	line := h1.AppendStatusLine(room[:0], version, int(code&codeMask))
	if len(b)+len(line)+1 > cap(b) {
		return b, false
	}
	return append(b, line...), true
}

// NoContentLength says that the length of a response is not known (LWS_ILLEGAL_HTTP_CONTENT_LEN).
const NoContentLength = ^uint64(0)

// AddCommon appends status, content type and length; without a length the
// connection closes behind the body (lws_add_http_common_headers).
func AddCommon(c *engine.Conn, b []byte, code uint, ctype string, length uint64) (out []byte, ok bool) {
	if b, ok = AddStatus(c, b, code); !ok {
		return b, false
	}
	if ctype != "" {
		if b, ok = AddByToken(c, b, h1.TokenHTTPContentType, []byte(ctype)); !ok {
			return b, false
		}
	}
	if CompressibleType(ctype) {
		b, done, ok := Compress(c, b, "", int64(length)) // NoContentLength is -1
		if done || !ok {
			return addCodedFraming(c, b, int64(length), ok)
		}
	}
	if length != NoContentLength {
		return AddContentLength(c, b, length)
	}
	if onStream(c) {
		return b, true
	}
	if s := StateOf(c); s != nil {
		s.KeepAlive = false
	}
	return AddByToken(c, b, h1.TokenConnection, []byte("close"))
}

// addCodedFraming is the end of AddCommon for a compressed body.
func addCodedFraming(c *engine.Conn, b []byte, length int64, ok bool) ([]byte, bool) {
	if !ok {
		return b, false
	}
	s := StateOf(c)
	e := s.coded
	if onStream(c) {
		if length >= 0 {
			e.plain = e.appendField(e.plain, c, h1.TokenHTTPContentLength, strconv.AppendInt(nil, length, 10))
			e.told = length
		}
		return b, true
	}
	out, ok := AddChunked(c, b, length)
	if !ok {
		return b, false
	}
	goesOn := "close"
	if s.KeepAlive {
		goesOn = "keep-alive"
	}
	if out, ok = AddByToken(c, out, h1.TokenConnection, []byte(goesOn)); !ok {
		return b, false
	}
	e.framing = append(e.framing[:0], out[len(b):]...)
	if length < 0 {
		e.plain = e.appendField(e.plain[:0], c, h1.TokenConnection, []byte("close"))
	}
	return out, true
}

// Finalize appends the blank line; a header block needs none.
func Finalize(c *engine.Conn, b []byte) ([]byte, bool) {
	if onStream(c) {
		return b, true
	}
	if e := pending(c); e != nil && !e.chunked {
		var ok bool
		if b, ok = AddChunked(c, b, -1); !ok {
			return b, false
		}
	}
	if cap(b)-len(b) < 3 {
		return b, false
	}
	return append(b, '\r', '\n'), true
}

// resp is the room for a response built here.
func resp(c *engine.Conn) []byte {
	r := c.PT().Resp
	return r[: 0 : len(r)-1]
}

// IsHead tells whether the answer to c's request is to have no body.
func IsHead(c *engine.Conn) bool { return c.Headers != nil && c.Headers.Total(h1.TokenHeadURI) > 0 }

// Field is a header field of an answer; the name ends with a colon.
type Field struct{ Name, Value string }

// ReturnStatus sends a small page that says the status (lws_return_http_status), with
// more header fields: 0 when it was sent.
func ReturnStatus(c *engine.Conn, code int, body string, more ...Field) int {
	if c.Vhost == nil {
		return 1
	}
	s := StateOf(c)
	if e := c.Vhost.Error404; code == 404 && e != "" && (s == nil || !s.Handling404) {
		if n, _ := Redirect(c, resp(c), 302, []byte(e)); n > 0 {
			return 0
		}
	}
	if code/100 == 1 || code == 204 || code == 304 { // without a body (RFC 9110 §6.4.1)
		return returnBare(c, code, more)
	}
	page := fmt.Appendf(nil, "<html><head><meta charset=utf-8 http-equiv=\"Content-Language\" content=\"en\"/>"+
		"<link rel=\"stylesheet\" type=\"text/css\" href=\"/error.css\"/></head><body><h1>%d</h1>%s</body></html>",
		code, body)
	if len(page) > 509 {
		page = page[:509] // as large as the reference's
	}
	b, ok := AddStatus(c, resp(c), uint(code))
	if ok {
		b, ok = AddByToken(c, b, h1.TokenHTTPContentType, []byte("text/html"))
	}
	if ok {
		b, ok = AddByToken(c, b, h1.TokenHTTPContentLength, strconv.AppendInt(nil, int64(len(page)), 10))
	}
	for _, f := range more {
		if ok {
			b, ok = AddByName(c, b, f.Name, []byte(f.Value))
		}
	}
	if ok {
		b, ok = Finalize(c, b)
	}
	if ok && IsHead(c) { // the length alone (RFC 9110 §9.3.2)
		if c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders|engine.WriteH2StreamEnd) != len(b) {
			return 1
		}
		return 0
	}
	if ok && onStream(c) && s != nil {
		if c.Write(engine.PayloadOf(b), engine.WriteHTTPHeaders) != len(b) {
			return 1
		}
		s.TxLength, s.PendingBody = 0, page
		c.AskWriteable()
		return 0
	}
	if !ok || len(b)+len(page) > cap(b) {
		return 1
	}
	b = append(b, page...)
	if c.Write(engine.PayloadOf(b), engine.WriteHTTP) != len(b) {
		return 1
	}
	return 0
}

// returnBare is ReturnStatus for a status that goes without a body, and its type and length.
func returnBare(c *engine.Conn, code int, more []Field) int {
	b, ok := AddStatus(c, resp(c), uint(code))
	for _, f := range more {
		if ok {
			b, ok = AddByName(c, b, f.Name, []byte(f.Value))
		}
	}
	if ok {
		b, ok = Finalize(c, b)
	}
	wp := engine.WriteHTTPHeaders
	if code/100 != 1 {
		wp |= engine.WriteH2StreamEnd
	}
	if !ok || c.Write(engine.PayloadOf(b), wp) != len(b) {
		return 1
	}
	return 0
}

// Redirect sends a redirect to loc, built in b (lws_http_redirect). It returns
// the number of bytes sent, or -1, and the grown b.
func Redirect(c *engine.Conn, b []byte, code int, loc []byte) (int, []byte) {
	start := len(b)
	b, ok := AddStatus(c, b, uint(code))
	if ok {
		b, ok = AddByToken(c, b, h1.TokenHTTPLocation, loc)
	}
	if ok {
		b, ok = AddByToken(c, b, h1.TokenHTTPContentType, []byte("text/html"))
	}
	if ok {
		b, ok = AddByToken(c, b, h1.TokenHTTPContentLength, []byte("0"))
	}
	if ok {
		b, ok = Finalize(c, b)
	}
	if !ok {
		return -1, b
	}
	return c.Write(engine.PayloadOf(b[start:]), engine.WriteHTTPHeaders|engine.WriteH2StreamEnd), b
}

// processArgs is struct lws_process_html_args.
type processArgs struct {
	p       unsafe.Pointer
	len     int32
	maxLen  int32
	final   int32
	chunked int32
}

// CallAddHeaders lets the program append headers to b (ADD_HEADERS), which
// lies in C memory; false: it refuses.
func CallAddHeaders(c *engine.Conn, b []byte) (out []byte, ok bool) {
	a := (*processArgs)(c.PT().Args)
	base := unsafe.Pointer(unsafe.SliceData(b))
	*a = processArgs{p: unsafe.Add(base, len(b)), maxLen: int32(cap(b) - len(b))}
	if c.Call(engine.ReasonAddHeaders, unsafe.Pointer(a), 0) != 0 {
		return b, false
	}
	n := int(uintptr(a.p) - uintptr(base))
	if n < len(b) || n > cap(b) {
		engine.Errf("%s: ADD_HEADERS left its buffer", c)
		return b, false
	}
	return b[:n], true
}
