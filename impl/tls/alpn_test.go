// SPDX-License-Identifier: MIT

package tls

import (
	"strings"
	"testing"
	"unsafe"
)

// TestALPN: both sides hear of the name, however long it is, also when the context is
// closed, or offers something else, before the handshake ends. Where names of more than 14
// bytes are cut to what struct tls_io has room for, the long ones differ; where Close frees
// what is offered, the last cases do (or worse).
func TestALPN(t *testing.T) {
	id := make1(t, "localhost", nil)
	for name, c := range map[string]struct {
		offered, wanted string
		change          func(x *Ctx)
		want            string
	}{
		"h2":                {"h2,http/1.1", "http/1.1,h2", nil, "h2"},
		"http/1.1":          {"h2,http/1.1", "http/1.1", nil, "http/1.1"},
		"none in common":    {"h2", "x", nil, ""},
		"none wanted":       {"h2", "", nil, ""},
		"none offered":      {"", "x", nil, ""},
		"15 bytes":          {strings.Repeat("a", 15), strings.Repeat("a", 15), nil, strings.Repeat("a", 15)},
		"16 bytes":          {strings.Repeat("a", 16), strings.Repeat("a", 16), nil, strings.Repeat("a", 16)},
		"255 bytes":         {strings.Repeat("a", 255), strings.Repeat("a", 255), nil, strings.Repeat("a", 255)},
		"a closed context":  {"h2", "h2", (*Ctx).Close, "h2"},
		"another list":      {"h2", "h2,x", func(x *Ctx) { must(t, x.ServeALPN([]string{"x"})) }, "x"},
		"after a fork":      {"h2", "h2", func(x *Ctx) { *x = *x.Again() }, "h2"},
		"after one, closed": {"h2", "h2", func(x *Ctx) { y := x.Again(); x.p = nil; y.Close() }, "h2"},
	} {
		t.Run(name, func(t *testing.T) {
			server, err := NewServer()
			must(t, err)
			must(t, server.UseCertMem(id.certPEM))
			must(t, server.UseKeyMem(id.keyPEM, "", false))
			must(t, server.ServeALPN(strings.Split(c.offered, ",")))
			client, err := NewClient()
			must(t, err)
			defer client.Close()
			defer server.Close()
			s, k := pair(t, server, client)
			must(t, k.WantsALPN(strings.Split(c.wanted, ",")))
			if c.change != nil {
				c.change(server)
			}
			if sErr, cErr := shake(s, k); sErr != nil || cErr != nil {
				t.Fatal(sErr, cErr)
			}
			if s.ALPN() != c.want || k.ALPN() != c.want {
				t.Errorf("ALPN %q and %q", s.ALPN(), k.ALPN())
			}
		})
	}
}

// TestConnSize: a connection keeps no more for what its handshake settled than fits beside
// the rest of it.
func TestConnSize(t *testing.T) {
	if n := unsafe.Sizeof(Conn{}); n > 352 {
		t.Errorf("%d bytes: the next size is 384", n)
	}
}
