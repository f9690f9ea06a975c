// SPDX-License-Identifier: MIT

package httpd

import (
	"errors"
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h1"
)

// open opens what name leads to, for c's client, and tells the coding of its content. Where
// the system finds no folder in name, and origin says that there is an archive, it is
// looked for in that.
func open(c *engine.Conn, name, origin string) (f File, coding string, err error) {
	gzip := accepts(c, "gzip")
	f, err = hooks.Open(c.PT(), name, gzip)
	if errors.Is(err, unix.ENOTDIR) {
		if archive, _, ok := splitArchive(origin); ok {
			inside := strings.Trim(name[len(archive):], "/")
			if f, err = openZipped(c.PT(), archive, inside, gzip); err != nil && !errors.Is(err, errNoMember) && !errors.Is(err, errNoArchive) {
				engine.Errf("%s: %v", c, err)
			}
		}
	}
	if err != nil {
		return nil, "", err
	}
	if f.Gzipped() {
		return f, "gzip", nil
	}
	if c.Vhost.Precompressed && f.Kind() == Regular {
		if g, coding := precompressed(c, name, f); g != nil {
			f.Close()
			return g, coding, nil
		}
	}
	return f, "", nil
}

// codings are what lies compressed beside a file, the best first.
var codings = [...]struct{ suffix, name string }{{".br", "br"}, {".gz", "gzip"}}

// precompressed is a file beside f, under the same name with a suffix, that c's client
// takes instead, and that is not older than f.
func precompressed(c *engine.Conn, name string, f File) (g File, coding string) {
	for _, k := range codings {
		if !accepts(c, k.name) {
			continue
		}
		g, err := hooks.Open(c.PT(), name+k.suffix, false)
		if err != nil {
			continue
		}
		if g.Kind() == Regular && g.ModTime() >= f.ModTime() {
			return g, k.name
		}
		g.Close()
	}
	return nil, ""
}

// accepts tells whether c's client names a coding that it takes (RFC 9110 §12.5.3).
func accepts(c *engine.Conn, coding string) bool {
	return c.Headers != nil && c.Headers.Has(wire.TokenHTTPAcceptEncoding) &&
		wire.Accepts(c.Headers.Value(wire.TokenHTTPAcceptEncoding), coding)
}
