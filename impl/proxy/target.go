// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"libwebsockets/impl/client"
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

var (
	errSlash = errors.New("the origin of a proxy mount must have a /")
	errColon = errors.New("the origin of a proxy mount to a unix socket must have a : behind the socket's path")
)

// origin takes what a mount leads to apart: "host[:port]/path" or "+socket:/path".
func origin(s string, port int) (address string, at int, path string, err error) {
	if strings.HasPrefix(s, "+") {
		address, path, ok := strings.Cut(s, ":")
		if !ok {
			return "", 0, "", errColon
		}
		return address, 0, path, nil
	}
	address, path, ok := strings.Cut(s, "/")
	if !ok {
		return "", 0, "", errSlash
	}
	if n := strings.LastIndexByte(address, ':'); n >= 0 && !strings.HasSuffix(address, "]") {
		if port, err = strconv.Atoi(address[n+1:]); err != nil || port <= 0 || port > 65535 {
			return "", 0, "", fmt.Errorf("%q is no port", address[n+1:])
		}
		address = address[:n]
	}
	return address, port, path, nil
}

// target is where the request in c.Headers leads by m.
func target(c *engine.Conn, m *engine.Mount) (*client.Info, error) {
	i := &client.Info{Ctx: c.Ctx, Port: 80, ALPN: "http/1.1", Flags: client.NoFollowRedirect}
	if m.Kind == engine.MountHTTPS {
		i.Port, i.Flags = 443, i.Flags|client.UseSSL
	}
	var path string
	var err error
	if i.Address, i.Port, path, err = origin(m.Origin, i.Port); err != nil {
		return nil, err
	}
	if _, err := netip.ParseAddr(strings.Trim(i.Address, "[]")); err != nil && i.Address[0] != '+' {
		i.TLSHost = i.Address // else nobody but the client knows a name
	}
	h := c.Headers
	i.Path = uri(path, m.Mountpoint, h)
	name := h.Value(wire.TokenHTTPColonAuthority)
	if len(name) == 0 {
		name = h.Value(wire.TokenHost)
	}
	i.Host = host(string(name), c.Vhost.Port)
	if i.Host == "" {
		i.Host = i.Address + ":" + strconv.Itoa(i.Port)
	}
	return i, nil
}

// host is a Host field with its port. As the reference has it, one without gets the
// vhost's.
func host(name string, port int) string {
	if name == "" || strings.ContainsAny(name, "\r\n") {
		return ""
	}
	if n := strings.LastIndexByte(name, ':'); n > strings.LastIndexByte(name, ']') {
		return name
	}
	return name + ":" + strconv.Itoa(port)
}

// uri is what the server is asked for: the mount's path, and the request's behind the
// mountpoint, with its query.
func uri(base, mountpoint string, h *wire.Headers) string {
	raw := h.Target()
	_, t := h.Method()
	if raw == nil || t < 0 {
		return "/"
	}
	path, query, has := bytes.Cut(raw, []byte{'?'})
	clean := cleanPath(path)
	rest, ok := strings.CutPrefix(clean, mountpoint)
	if !ok { // only in how it was written is it below the mountpoint
		stored := string(h.Value(t))
		rest = stored[min(len(mountpoint), len(stored)):]
	}
	rest = dots("/" + rest)
	b := appendPath(nil, cleanPath([]byte("/"+base+"/")))
	b = append(b, appendPath(nil, rest)...)
	for bytes.Contains(b, []byte("//")) {
		b = bytes.ReplaceAll(b, []byte("//"), []byte("/"))
	}
	if n := len(b); has && len(query) > 0 && n > 1 && b[n-1] == '/' {
		b = b[:n-1] // as the reference has it
	}
	if has && len(query) > 0 {
		b = appendQuery(append(b, '?'), query)
	}
	return string(b)
}

// cleanPath is a path decoded, without doubled slashes and dot segments, of which none
// leads out of the root (RFC 3986 §5.2.4).
func cleanPath(p []byte) string {
	plain := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		if p[i] == '%' && i+2 < len(p) {
			if v, err := strconv.ParseUint(string(p[i+1:i+3]), 16, 8); err == nil {
				plain = append(plain, byte(v))
				i += 2
				continue
			}
		}
		plain = append(plain, p[i])
	}
	return dots(string(plain))
}

// dots takes doubled slashes and dot segments out of a path.
func dots(path string) string {
	var out []string
	l := strings.Split(path, "/")
	for i, s := range l {
		switch {
		case s == "..":
			if len(out) > 0 {
				out = out[:len(out)-1]
			}
			if i == len(l)-1 {
				out = append(out, "")
			}
		case s == "." || s == "":
			if i == len(l)-1 {
				out = append(out, "")
			}
		default:
			out = append(out, s)
		}
	}
	return "/" + strings.Join(out, "/")
}

const hex = "0123456789ABCDEF"

// appendPath appends a decoded path (RFC 3986 §3.3): all else is escaped, so that nothing
// of it ends the request line.
func appendPath(b []byte, p string) []byte {
	for i := 0; i < len(p); i++ {
		if ch := p[i]; alnum(ch) || strings.IndexByte("-._~!$&'()*+,;=:@/", ch) >= 0 {
			b = append(b, ch)
		} else {
			b = append(b, '%', hex[ch>>4], hex[ch&15])
		}
	}
	return b
}

// appendQuery appends a query as it came, but for what may not stand there (RFC 3986 §3.4).
func appendQuery(b, q []byte) []byte {
	for _, ch := range q {
		if ch <= ' ' || ch >= 0x7f || ch == '#' {
			b = append(b, '%', hex[ch>>4], hex[ch&15])
		} else {
			b = append(b, ch)
		}
	}
	return b
}

func alnum(ch byte) bool {
	return ch >= '0' && ch <= '9' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z'
}
