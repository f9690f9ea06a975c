// SPDX-License-Identifier: MIT

package generations

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

// Clients of a time when a proxy was set for the whole context. Seen to fail
// with libwebsocket_set_proxy and lws_set_proxy doing nothing in the headers.
func TestProxyOfTheTime(t *testing.T) { onEach(t, testProxyOfTheTime) }

func testProxyOfTheTime(t *testing.T, in installed) {
	var asked atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to, err := net.Dial("tcp", r.Host)
		if r.Method != http.MethodConnect || err != nil {
			t.Errorf("the proxy is asked %s %s: %v", r.Method, r.Host, err)
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		asked.Add(1)
		from, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fmt.Fprint(from, "HTTP/1.1 200 OK\r\n\r\n")
		go func() {
			_, _ = io.Copy(to, from)
			to.Close()
		}()
		_, _ = io.Copy(from, to)
		from.Close()
	}))
	defer proxy.Close()
	file := filepath.Join(stage, "proxy.txt")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, p := range []struct{ program, pkg string }{{"g13", "libwebsockets-1.3"}, {"g15", "libwebsockets-1.5"}} {
		exe := in.build(t, p.program, p.pkg, "gcc", "-std=gnu17")
		port := serve(t, exe, file)
		out, err := command(exe, "client", port, "18", strings.TrimPrefix(proxy.URL, "http://")).CombinedOutput()
		if err != nil || string(out) != "18 of 18 echoed\n" {
			t.Errorf("%s: %v: %s", p.program, err, out)
		}
		if int(asked.Load()) != i+1 {
			t.Errorf("%s: the proxy was asked %d times", p.program, asked.Load())
		}
	}
}
