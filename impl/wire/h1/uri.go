package h1

import "bytes"

// URI says where the parts of a URI are in the bytes given to [ParseURI]. Each
// part runs to the NUL that was written behind it, or to the end.
type URI struct {
	Scheme int // offset; the end when there is none
	Host   int // offset, after an opening bracket
	Path   int // offset after the slash, -1: the path is "/"
	Port   int // the scheme's or the given one; valid when HasPort
	// HasPort is false when neither scheme nor port is known: lws_parse_uri then
	// leaves the caller's port as it is.
	HasPort bool
}

// ParseURI cuts scheme://host:port/path in place, as lws_parse_uri does: the
// separators become NUL. The scheme may be absent. An IPv6 host is in brackets. A
// host that begins with '+' is a unix socket: it runs to the ':' before the path
// and gives port 0. Anything after the host but the port is the path.
func ParseURI(p []byte) URI {
	u := URI{Scheme: len(p), Path: -1}
	at := 0
	if n := bytes.Index(p, []byte("://")); n >= 0 {
		u.Scheme, p[n], at = 0, 0, n+3
		u.Port, u.HasPort = schemePort(p[:n])
	}
	u.Host = at
	at = hostEnd(p, &u)
	if at < len(p) && p[at] == ':' {
		p[at] = 0
		at++
		u.Port, u.HasPort = atoi(p[at:]), true
		for at < len(p) && p[at] != '/' {
			at++
		}
	}
	if at < len(p) {
		p[at] = 0
		if at+1 < len(p) {
			u.Path = at + 1
		}
	}
	return u
}

// hostEnd finds where the host at u.Host stops.
func hostEnd(p []byte, u *URI) int {
	at := u.Host
	if at < len(p) && p[at] == '[' {
		u.Host++
		n := bytes.IndexByte(p[at:], ']')
		if n < 0 {
			return len(p)
		}
		p[at+n] = 0
		return at + n + 1
	}
	unix := at < len(p) && p[at] == '+'
	for at < len(p) && p[at] != ':' && (unix || p[at] != '/') {
		at++
	}
	return at
}

func schemePort(scheme []byte) (port int, ok bool) {
	switch string(scheme) {
	case "http", "ws":
		return 80, true
	case "https", "wss":
		return 443, true
	}
	return 0, false
}

// atoi reads a decimal number as C's atoi does, without its undefined overflow.
func atoi(p []byte) int {
	for len(p) > 0 && (p[0] == ' ' || (p[0] >= '\t' && p[0] <= '\r')) {
		p = p[1:]
	}
	sign := 1
	if len(p) > 0 && (p[0] == '-' || p[0] == '+') {
		if p[0] == '-' {
			sign = -1
		}
		p = p[1:]
	}
	n := 0
	for _, c := range p {
		if c < '0' || c > '9' || n > 1<<27 {
			break
		}
		n = n*10 + int(c-'0')
	}
	return sign * n
}

// URLEncode writes src to dst as lws_urlencode does: letters and digits stay, a
// space becomes '+', all else an upper-case percent escape. It stops at the end of
// src, at a NUL, or when dst has room for three more bytes or less; it never cuts
// an escape. A NUL is added; the result is the length without it.
func URLEncode(dst, src []byte) int {
	n := 0
	for _, c := range src {
		if c == 0 || len(dst)-n <= 3 {
			break
		}
		switch {
		case c == ' ':
			dst[n] = '+'
			n++
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			dst[n] = c
			n++
		default:
			dst[n], dst[n+1], dst[n+2] = '%', upperHex[c>>4], upperHex[c&0xf]
			n += 3
		}
	}
	if n < len(dst) {
		dst[n] = 0
	}
	return n
}

// URLDecode decodes percent escapes and '+' of src, up to a NUL, into dst, as
// lws_urldecode does, and returns how many bytes that gave. It stops when dst is
// full. dst may be src. ok is false at a bad escape that was reached before that;
// an escape cut by the end of src is dropped. No NUL is added.
func URLDecode(dst, src []byte) (n int, ok bool) {
	for i := 0; i < len(src) && src[i] != 0 && n < len(dst); i++ {
		c := src[i]
		switch c {
		case '+':
			c = ' '
		case '%':
			hi := hexAt(src, i+1)
			if hi < 0 {
				return n, hi == atEnd
			}
			lo := hexAt(src, i+2)
			if lo < 0 {
				return n, lo == atEnd
			}
			c = byte(hi<<4 | lo)
			i += 2
		}
		dst[n] = c
		n++
	}
	return n, true
}

// atEnd is what hexAt gives past the end, as -1 is for what is no digit.
const atEnd = -2

// hexAt is the value of the hex digit at src[i], -1 or atEnd.
func hexAt(src []byte, i int) int {
	if i >= len(src) || src[i] == 0 {
		return atEnd
	}
	return unhex(src[i])
}
