// SPDX-License-Identifier: MIT

package lwsws

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"libwebsockets/c_tests/harness"
)

// behind is a server that says what it is asked: on a port, on one with TLS, on a unix
// socket.
func behind(t *testing.T, id *harness.Identity, sock string) (port, secure int) {
	t.Helper()
	serve := func(name string, l net.Listener, err error) int {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s: %s %s %s %q", name, r.Method, r.RequestURI, r.Header.Get("X-Forwarded-For"), b)
		})}
		go func() { _ = s.Serve(l) }()
		t.Cleanup(func() { s.Close() })
		if a, ok := l.Addr().(*net.TCPAddr); ok {
			return a.Port
		}
		return 0
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	port = serve("port", l, err)
	l, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{id.TLS}})
	secure = serve("tls", l, err)
	l, err = net.Listen("unix", sock)
	serve("unix", l, err)
	return port, secure
}

// Mounts of lwsws's configuration that lead to other servers, on a port, over TLS and on a
// unix socket; with nobody there; and through a reload.
//
// Seen to fail: with a library that sends no X-Forwarded-For.
func TestProxy(t *testing.T) {
	t.Parallel()
	id := harness.Issue(t, "localhost", nil, nil)
	for _, l := range ours {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s, port := newSite(t), harness.FreePort(t)
			upstream, secure := behind(t, id, filepath.Join(s.dir, "sock"))
			nobody := harness.FreePort(t)
			s.write("conf", `{ "global": { "init-ssl": "1", "timeout-secs": "5" } }`)
			s.write("conf.d/a", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "enable-client-ssl": "1", "client-ssl-ca": %q, "mounts": [
				{ "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" },
				{ "mountpoint": "/up", "origin": "http://127.0.0.1:%d/base" },
				{ "mountpoint": "/tls", "origin": "https://localhost:%d/base" },
				{ "mountpoint": "/unix", "origin": "http://+DIR/sock:/base" },
				{ "mountpoint": "/nobody", "origin": "http://127.0.0.1:%d/" } ] } ] }`, port, id.CertFile, upstream, secure, nobody)
			p := l.start(t, "-n", "-c", s.dir)
			up(t, p, port)
			all := func() {
				t.Helper()
				for mount, name := range map[string]string{"/up": "port", "/tls": "tls", "/unix": "unix"} {
					want := name + `: GET /base/x?a=b%26c 127.0.0.1 ""`
					if r, b, err := get(port, mount+"/x?a=b%26c"); err != nil || r.StatusCode != 200 || b != want {
						t.Errorf("%s: %v, %q, not %q\n%s", mount, err, b, want, p.Log())
					}
					r, err := (&http.Client{Timeout: within}).Post(fmt.Sprintf("http://127.0.0.1:%d%s/form", port, mount), "text/plain", strings.NewReader("a body"))
					if err != nil {
						t.Error(err)
						continue
					}
					b, err := io.ReadAll(r.Body)
					r.Body.Close()
					if want = name + `: POST /base/form 127.0.0.1 "a body"`; err != nil || string(b) != want {
						t.Errorf("%s: %v, %q, not %q", mount, err, b, want)
					}
				}
				if _, b, err := get(port, "/"); err != nil || b != "the page" {
					t.Errorf("the page: %q, %v", b, err)
				}
				if r, _, err := get(port, "/nobody/x"); err != nil || r.StatusCode != 503 {
					t.Errorf("nobody there: %v, %v", r, err)
				}
			}
			all()
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
