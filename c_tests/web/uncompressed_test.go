// SPDX-License-Identifier: MIT

package web

import (
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestNotCompressed has a program answer that knows nothing of compression and says itself
// how its body is encoded, that it is a part, in chunks, or to be left as it is: recompiled
// with our headers it sends, byte for byte, what it does on Debian's build.
//
// Seen to fail: with Content-Encoding, Content-Range, no-transform, chunks of the program's, or a
// head that goes on in another write not looked at; without the length that stood in the head.
func TestNotCompressed(t *testing.T) {
	all := compressingServers(t)
	id := harness.Issue(t, "tls.test", nil, nil)
	plain := start(t, "Debian's", harness.Ref17.Lib(t), harness.Program(t, append([]string{"prog/compressed.c", "-DWITHOUT"}, harness.Ref17.Link(t)...)...), t.TempDir(), id)
	for _, name := range []string{"so.17", "so.19"} {
		s := all[name]
		for _, way := range []string{"own-coding", "own-coding-nolength", "own-range", "own-notransform", "own-chunks",
			"own-token", "own-by-hand", "own-head", "own-other-head", "own-halves"} {
			for _, method := range []string{"GET", "HEAD"} {
				if method == "HEAD" && way != "own-coding" {
					continue // the program does not know
				}
				ask := func(s site) string {
					return ask(s, false, method+" /dyn/"+way+" HTTP/1.1\r\nHost: t\r\nAccept-Encoding: gzip, deflate\r\n\r\n")
				}
				want, got := ask(plain), ask(s)
				if got != want || !strings.Contains(want, "200") {
					t.Errorf("%s, %s %s: %q\nDebian's: %q", name, method, way, got, want)
				}
			}
			if way == "own-by-hand" || way == "own-head" || way == "own-other-head" || way == "own-chunks" {
				continue // of HTTP/1
			}
			want := getDecoded(t, plain, "HTTP/2", "GET", "/dyn/"+way, "Accept-Encoding: gzip, deflate")
			if got := getDecoded(t, s, "HTTP/2", "GET", "/dyn/"+way, "Accept-Encoding: gzip, deflate"); got != want || !strings.Contains(got.body, pieces(4)) {
				t.Errorf("%s, HTTP/2 %s: %+v\nDebian's: %+v", name, way, got, want)
			}
		}
		for _, road := range roads {
			for _, way := range []string{"own-length", "own-other"} { // nothing against it
				d := getDecoded(t, s, road, "GET", "/dyn/"+way, "Accept-Encoding: gzip")
				if d.err != nil || d.body != pieces(4) || d.coding != "gzip" || d.length != "" {
					t.Errorf("%s, %s %s: %+v", name, road, way, d)
				}
			}
		}
	}
}
