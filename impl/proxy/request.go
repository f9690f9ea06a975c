// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"net/netip"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

// forwarded are the fields of a request that go on to the server. None is of one hop only
// (RFC 9110 §7.6.1), and none is passed on that the request's Connection names.
var (
	first     = [...]field{{wire.TokenHTTPAuthorization, "Authorization:"}, {wire.TokenHTTPContentType, "Content-Type:"}}
	forwarded = [...]field{
		{wire.TokenHTTPEtag, "etag:"}, {wire.TokenHTTPIfModifiedSince, "if-modified-since:"},
		{wire.TokenHTTPAcceptLanguage, "accept-language:"}, {wire.TokenHTTPAcceptEncoding, "accept-encoding:"},
		{wire.TokenHTTPCacheControl, "cache-control:"}, {wire.TokenHTTPCookie, "cookie:"},
	}
	// forwardedWS are those of a WebSocket's.
	forwardedWS = [...]field{{wire.TokenHTTPAcceptLanguage, "accept-language:"}, {wire.TokenHTTPCookie, "cookie:"}}
)

// field is a field and the name that it gets.
type field struct {
	t    wire.Token
	name string
}

// value is a field's value, its fragments joined; "" where it is none that may be passed on.
func value(h *wire.Headers, t wire.Token) string {
	n := h.Total(t)
	if n == 0 {
		return ""
	}
	b := make([]byte, n+1)
	if h.Copy(b, t) != n || bytes.ContainsAny(b[:n], "\r\n\x00") {
		return ""
	}
	return string(b[:n])
}

// hopOnly tells whether the request's Connection says that the field is not for others.
func hopOnly(h *wire.Headers, name string) bool {
	name = strings.TrimSuffix(name, ":")
	for one := range strings.SplitSeq(value(h, wire.TokenConnection), ",") {
		if strings.EqualFold(strings.TrimSpace(one), name) {
			return true
		}
	}
	return false
}

// fields appends those of l that the request has.
func fields(b []byte, h *wire.Headers, l []field) []byte {
	for _, f := range l {
		if v := value(h, f.t); v != "" && !hopOnly(h, f.name) {
			b = append(append(append(append(b, f.name...), ' '), v...), '\r', '\n')
		}
	}
	return b
}

// Fields are the request's length, authorisation and type, as the reference puts them.
func (p *pair) Fields(c *engine.Conn, b []byte) []byte {
	p.reached = true
	p.hop.enter(c)
	h := p.parent.Headers
	if h == nil {
		return b
	}
	switch n := p.body.length; {
	case n > 0, n == 0 && h.ContentLength() == 0:
		b = append(strconv.AppendInt(append(b, "Content-Length: "...), n, 10), '\r', '\n')
	case n < 0:
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	return fields(b, h, first[:])
}

// HasBody tells whether a body follows.
func (p *pair) HasBody() bool { return p.body.length != 0 }

// more are the fields that go behind those of the client: APPEND_HANDSHAKE_HEADER.
func more(c *engine.Conn) []byte {
	if c.Headers == nil {
		return nil
	}
	b := fields(nil, c.Headers, forwarded[:])
	if a := peerOf(c); a.IsValid() {
		b = append(append(append(b, "x-forwarded-for: "...), a.Addr().String()...), '\r', '\n')
	}
	return b
}

// appendFields adds them to a head, where that has room: at is a pointer that is moved on.
func appendFields(at *unsafe.Pointer, room uintptr, b []byte) bool {
	if at == nil || *at == nil || uintptr(len(b)) > room {
		return false
	}
	copy(unsafe.Slice((*byte)(*at), len(b)), b)
	*at = unsafe.Add(*at, len(b))
	return true
}

// peerOf is the other end of the socket that carries c; invalid where it has no address.
func peerOf(c *engine.Conn) netip.AddrPort {
	sa, err := unix.Getpeername(c.Network().FD())
	if err != nil {
		return netip.AddrPort{}
	}
	return addrOf(sa)
}

func addrOf(sa unix.Sockaddr) netip.AddrPort {
	switch a := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr).Unmap(), uint16(a.Port))
	}
	return netip.AddrPort{}
}

// upload is the request's body on its way to the server.
type upload struct {
	length int64  // -1: the end tells
	wait   []byte // not sent yet
	over   bool   // nothing more comes
	sent   bool   // all of it has left
	held   bool   // the client is not read from
}

// waitMax is how much of a body waits for the server; then the client does.
const waitMax = 64 << 10

// mayTake tells whether the server takes more of the body now.
func (p *pair) mayTake() bool {
	c := p.child
	return c != nil && !c.Dead() && (client.Awaits(c) || c.State() == engine.StateEstablished) && !c.Buffered()
}

// bodyCame takes a piece of the request's body; false closes.
func (p *pair) bodyCame(b []byte) bool {
	u := &p.body
	if len(b) == 0 || p.child == nil || p.child.Dead() || u.length == 0 {
		return true
	}
	if len(u.wait) == 0 && u.length > 0 && p.mayTake() {
		if p.child.Write(engine.PayloadOf(b), engine.WriteHTTP) < 0 {
			return p.uploadFailed()
		}
		client.Sent(p.child, false)
		return true
	}
	u.wait = append(u.wait, b...)
	if len(u.wait) >= waitMax && !u.held {
		p.hold(true)
	}
	p.child.AskWriteable()
	return true
}

// bodyOver notes that all of the body has come.
func (p *pair) bodyOver() {
	p.body.over = true
	if p.child != nil {
		p.child.AskWriteable()
	}
}

// hold has the client wait, or go on.
func (p *pair) hold(on bool) {
	c := p.parent
	p.body.held = on
	c.NoRead = on
	c.TouchPoll()
	p.wait()
	if !on {
		c.Resume()
	}
}

// MaySend sends what waits of the body; false closes.
func (p *pair) MaySend(c *engine.Conn) bool {
	u := &p.body
	if u.sent || u.length == 0 || !p.mayTake() {
		return true
	}
	b := u.wait
	u.wait = nil
	if u.length < 0 {
		b = chunk(b, u.over)
	}
	if len(b) > 0 && c.Write(engine.PayloadOf(b), engine.WriteHTTP) < 0 {
		return p.uploadFailed()
	}
	u.sent = u.over
	client.Sent(c, u.sent)
	if u.held {
		p.hold(false)
	}
	return true
}

// uploadFailed: the server takes no more. It may have answered all the same.
func (p *pair) uploadFailed() bool {
	p.body.sent, p.body.wait = true, nil
	if p.body.held {
		p.hold(false)
	}
	return !p.child.Broken()
}

// chunk is b as a chunk, with the last one behind it.
func chunk(b []byte, last bool) []byte {
	var out []byte
	if len(b) > 0 {
		out = append(strconv.AppendUint(make([]byte, 0, len(b)+32), uint64(len(b)), 16), '\r', '\n')
		out = append(append(out, b...), '\r', '\n')
	}
	if last {
		out = append(out, "0\r\n\r\n"...)
	}
	return out
}
