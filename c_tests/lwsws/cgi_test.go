// SPDX-License-Identifier: MIT

package lwsws

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"libwebsockets/c_tests/harness"
)

// A mount of the configuration that runs a program: its environment, a body, one that takes
// too long; and through a reload.
//
// Seen to fail: without the mount's environment, or its time limit.
func TestCGI(t *testing.T) {
	t.Parallel()
	for _, l := range ours {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s, port := newSite(t), harness.FreePort(t)
			script := func(name, text string) {
				t.Helper()
				if err := os.WriteFile(filepath.Join(s.dir, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			script("says", `printf 'Content-Type: text/plain\r\n\r\n%s %s %s %s ' "$REQUEST_METHOD" "$PATH_INFO" "$QUERY_STRING" "$COLOUR"`+"\ncat\n")
			script("stays", "exec sleep 60\n")
			s.write("conf", `{ "global": { "timeout-secs": "5" } }`)
			s.write("conf.d/a", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "mounts": [
				{ "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" },
				{ "mountpoint": "/says", "origin": "cgi://DIR/says", "cgi-timeout": "20", "cgi-env": [ { "COLOUR": "a \"red\" one" } ] },
				{ "mountpoint": "/stays", "origin": "cgi://DIR/stays", "cgi-timeout": "1" } ] } ] }`, port)
			p := l.start(t, "-n", "-c", s.dir)
			up(t, p, port)
			all := func() {
				t.Helper()
				want := `GET /x a=b a "red" one `
				if r, b, err := get(port, "/says/x?a=b"); err != nil || r.StatusCode != 200 || b != want {
					t.Errorf("%v, %q, not %q\n%s", err, b, want, p.Log())
				}
				r, err := (&http.Client{Timeout: within}).Post(fmt.Sprintf("http://127.0.0.1:%d/says/form", port), "text/plain", strings.NewReader("a body"))
				if err != nil {
					t.Fatal(err)
				}
				defer r.Body.Close()
				b, err := io.ReadAll(r.Body)
				if want = `POST /form  a "red" one a body`; err != nil || string(b) != want {
					t.Errorf("%v, %q, not %q", err, b, want)
				}
			}
			all()
			if r, b, err := get(port, "/stays"); err == nil && r.StatusCode == 200 || os.IsTimeout(err) {
				t.Errorf("a program that says nothing: %v, %q, %v", r, b, err)
			}
			p.Signal(syscall.SIGHUP)
			logs(t, p, "exited cleanly", 1)
			all()
			p.Signal(syscall.SIGTERM)
			if err := p.Wait(within); err != nil {
				t.Errorf("%v\n%s", err, p.Log())
			}
		})
	}
}
