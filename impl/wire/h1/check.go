// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"errors"
	"strings"
)

// Checks of a request's headers. Those that are exported hold for HTTP/2 too, whose
// requests come into a Headers without a Parser.

var (
	// ErrCoding: a request body in a transfer coding that is not known (501).
	ErrCoding = errors.New("h1: transfer coding not known")
	// ErrVersion: a major version that is not HTTP/1 (505).
	ErrVersion = errors.New("h1: version not supported")
)

// CheckRequest is what a complete HTTP/1 request has to fulfil besides its syntax:
// major version 1, and a Host that is one and is there from HTTP/1.1 on (RFC 9112
// §3.2). The error is [ErrVersion] or [ErrMalformed].
func CheckRequest(h *Headers) error {
	v := h.Value(TokenHTTP)
	if v != nil && v[5] != '1' {
		return ErrVersion
	}
	if v != nil && v[7] > '0' && !h.Has(TokenHost) && !h.Has(TokenConnect) {
		return ErrMalformed
	}
	return h.CheckHost()
}

// Minor is the minor number of a request's version: 0 for HTTP/1.0 and for a
// request line without a version.
func (h *Headers) Minor() int {
	if v := h.Value(TokenHTTP); len(v) == 8 {
		return int(v[7] - '0')
	}
	return 0
}

// CheckHost refuses with [ErrMalformed] more than one Host, one that is no host, and
// one that differs from :authority (RFC 9112 §3.2, RFC 9113 §8.3.1). An absent or
// an empty one passes.
func (h *Headers) CheckHost() error {
	host, authority := h.Value(TokenHost), h.Value(TokenHTTPColonAuthority)
	switch {
	case h.find(TokenHost, 1) != nil, h.find(TokenHTTPColonAuthority, 1) != nil:
		return ErrMalformed
	case !GoodHost(host), !GoodHost(authority):
		return ErrMalformed
	case host != nil && authority != nil && !bytes.EqualFold(host, authority):
		return ErrMalformed
	}
	return nil
}

// CheckLength refuses with [ErrMalformed] Content-Length values that are no number
// below 2^63, or are several and differ (RFC 9110 §8.6).
func (h *Headers) CheckLength() error {
	first := h.Value(TokenHTTPContentLength)
	if first == nil {
		return nil
	}
	if _, ok := parseLength(first); !ok {
		return ErrMalformed
	}
	for i := 1; h.find(TokenHTTPContentLength, i) != nil; i++ {
		if !bytes.Equal(trimLeft(h.Fragment(TokenHTTPContentLength, i)), first) {
			return ErrMalformed
		}
	}
	return nil
}

// GoodTarget tells whether b is not empty and has no space and no control bytes.
// Bytes above 0x7f are let through, as clients send them unescaped.
func GoodTarget(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return len(b) > 0
}

// GoodHost tells whether b is a host with or without a port, as in Host and
// :authority (RFC 3986 §3.2.2), or empty. A unix socket's name, which begins with
// '+', is one too: clients of this library name their peer so.
func GoodHost(b []byte) bool {
	if len(b) > 0 && b[0] == '+' {
		return GoodTarget(b)
	}
	if len(b) > 0 && b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		return end > 1 && allIn(b[1:end], literalByte) && goodPort(b[end+1:])
	}
	name := b
	if colon := bytes.IndexByte(b, ':'); colon >= 0 {
		name = b[:colon]
		if !goodPort(b[colon:]) {
			return false
		}
	}
	return allIn(name, hostByte)
}

// goodPort takes an empty text, or a colon and digits.
func goodPort(b []byte) bool {
	return len(b) == 0 || b[0] == ':' && allIn(b[1:], func(c byte) bool { return c >= '0' && c <= '9' })
}

func allIn(b []byte, good func(c byte) bool) bool {
	for _, c := range b {
		if !good(c) {
			return false
		}
	}
	return true
}

func isAlnum(c byte) bool {
	c = lowerASCII(c)
	return c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
}

// hostByte is a byte of a name or an IPv4 address.
func hostByte(c byte) bool {
	return isAlnum(c) || strings.IndexByte("-._~%!$&'()*+,;=", c) >= 0
}

// literalByte is a byte between the brackets of an IPv6 address, its zone included.
func literalByte(c byte) bool { return c == ':' || hostByte(c) }

// checkFraming refuses header sections that two readers could frame differently
// (RFC 9112 §6.3).
func checkFraming(h *Headers, kind Kind) error {
	if kind == Request && h.Has(TokenHTTPTransferEncoding) {
		if h.Has(TokenHTTPContentLength) || h.find(TokenHTTPTransferEncoding, 1) != nil {
			return ErrMalformed
		}
		if err := checkCodings(h.Value(TokenHTTPTransferEncoding)); err != nil {
			return err
		}
	}
	return h.CheckLength()
}

// checkCodings takes "chunked" alone: it has to be the last and only once (RFC 9112
// §6.1), and no other is known.
func checkCodings(list []byte) error {
	rest, other := list, false
	for more := true; more; {
		var one []byte
		one, rest, more = bytes.Cut(rest, []byte{','})
		one = trim(one)
		switch {
		case !isChunked(one):
			other = true
		case more:
			return ErrMalformed
		case other:
			return ErrCoding
		default:
			return nil
		}
	}
	return ErrMalformed
}

func isChunked(coding []byte) bool {
	return len(coding) == len("chunked") && foldEqual(coding, "chunked")
}

// schemes are those whose absolute targets name what is served here.
var schemes = [...]string{"http://", "https://", "ws://", "wss://"}

// cutAuthority takes scheme and authority off a target in absolute form (RFC 9112
// §3.2.2); authority is nil for other targets.
func cutAuthority(target []byte) (authority, path []byte) {
	for _, s := range schemes {
		if len(target) < len(s) || !foldEqual(target[:len(s)], s) {
			continue
		}
		rest := target[len(s):]
		n := bytes.IndexAny(rest, "/?#")
		if n < 0 {
			n = len(rest)
		}
		return rest[:n:n], rest[n:]
	}
	return nil, target
}
