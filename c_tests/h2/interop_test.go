// SPDX-License-Identifier: MIT

package h2

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// original is the folder of the library that ours takes the place of.
const original = "../../build/reference/root/usr/lib/x86_64-linux-gnu"

// TestInterop lets the original's server and our client, and the reverse, talk
// HTTP/2 over TLS: every byte arrives, and several requests share one
// connection. Seen to fail: with another byte expected of the downloads.
func TestInterop(t *testing.T) {
	dir, err := filepath.Abs(original)
	must(t, err)
	if _, err := os.Stat(filepath.Join(dir, "libwebsockets.so.17")); err != nil {
		t.Skip("the original is not here: ", err)
	}
	id := harness.SelfSigned(t)
	theirs := []string{"LD_LIBRARY_PATH=" + dir}
	plain := "-DLWS_NO_SIZED_CALLS" // runs with both
	srv, cli := harness.Build(t, "prog/server.c", plain), harness.Build(t, "prog/client.c", plain)
	files := t.TempDir()
	page := bytes.Repeat([]byte("a page of a file "), 6000)
	must(t, os.WriteFile(filepath.Join(files, "page.html"), page, 0o644))
	up := func(n int) string {
		return fmt.Sprintf("hash %08x", sum(fmt.Appendf(nil, "got %d %08x", n, sum(bytes.Repeat([]byte("u"), n)))))
	}
	big := fmt.Sprintf("hash %08x", sum(pattern(100000)))
	for _, pair := range []struct {
		name           string
		server, client []string
	}{
		{"their server, our client", theirs, nil},
		{"our server, their client", nil, theirs},
	} {
		for _, c := range []struct {
			name, args string
			n          int // requests
			hash       string
		}{
			{"GET", "/hello", 1, fmt.Sprintf("hash %08x", sum([]byte("hello")))},
			{"download", "/big/100000", 1, big},
			{"file", "/file/page.html", 1, fmt.Sprintf("hash %08x", sum(page))},
			{"POST", "-m POST -b 50000 /up", 1, up(50000)},
			{"coalesced", "-n 5 -c 5 /big/100000", 5, big},
			{"one after the other", "-n 5 -c 1 /hello", 5, fmt.Sprintf("hash %08x", sum([]byte("hello")))},
		} {
			t.Run(pair.name+"/"+c.name, func(t *testing.T) {
				s := harness.StartEnv(t, pair.server, srv, "-c", id.CertFile, "-k", id.KeyFile, "-m", files).Ready()
				args := append([]string{"-x"}, strings.Fields(c.args)...)
				last := len(args) - 1
				args = append(args[:last:last], fmt.Sprint(s.Port), args[last])
				p := harness.StartEnv(t, pair.client, cli, args...)
				if err := p.Wait(30 * time.Second); err != nil {
					t.Errorf("the client: %v\n%s", err, p.Log())
				}
				hashes, out := 0, p.All()
				for _, l := range out {
					if l == c.hash {
						hashes++
					}
				}
				if want := fmt.Sprintf("ok %d of %d on 1 connections", c.n, c.n); hashes != c.n || out[len(out)-1] != want {
					t.Errorf("%q; want %d times %q, %q\nclient's log:\n%s\nserver's log:\n%s", out, c.n, c.hash, want, p.Log(), s.Log())
				}
				s.Stop()
				if out := s.All(); !strings.HasSuffix(out[len(out)-1], " connections 1") {
					t.Errorf("the server at its end: %q", out)
				}
			})
		}
	}
}
