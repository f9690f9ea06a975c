package h1

import (
	"bytes"
	"errors"
)

// ErrNoCookie says that the request has no cookie of that name.
var ErrNoCookie = errors.New("h1: no such cookie")

// Cookie writes the value of the named cookie and a NUL to dst and returns its
// length (lws_http_cookie_get). The error is [ErrNoCookie], or [ErrTooLarge] when
// dst is too small. Only whole names match (RFC 6265 §5.4); the reference also
// takes a cookie whose name ends in name.
func (h *Headers) Cookie(dst []byte, name string) (int, error) {
	for n := h.first[TokenHTTPCookie]; n != 0; n = h.frags[n].next {
		rest := h.buf[h.frags[n].off:][:h.frags[n].n]
		for len(rest) > 0 {
			var pair []byte
			pair, rest, _ = bytes.Cut(rest, []byte{';'})
			key, value, ok := bytes.Cut(trimLeft(pair), []byte{'='})
			if !ok || string(key) != name {
				continue
			}
			if len(value) >= len(dst) {
				return 0, ErrTooLarge
			}
			dst[copy(dst, value)] = 0
			return len(value), nil
		}
	}
	return 0, ErrNoCookie
}
