// SPDX-License-Identifier: MIT

package admin

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"testing"

	"libwebsockets/c_tests/harness"
)

// numbered are an object's members that are numbers, which come as strings.
type numbered map[string]any

func (n numbered) at(t *testing.T, name string) int {
	t.Helper()
	s, _ := n[name].(string)
	v, err := strconv.Atoi(s)
	if err != nil {
		t.Errorf("%s is %v", name, n[name])
	}
	return v
}

func (n numbered) list(name string) (l []numbered) {
	all, _ := n[name].([]any)
	for _, v := range all {
		m, _ := v.(map[string]any)
		l = append(l, m)
	}
	return l
}

// dump asks for the status and reads it.
func (s *site) dump(what string) (n numbered, text string) {
	s.t.Helper()
	r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/dump/%s", s.port, what))
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.Body.Close()
	b, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(b, &n); err != nil && what != "short" {
		s.t.Errorf("%s: %v: %s", what, err, b)
	}
	return n, string(b)
}

// TestStatus: lws_json_dump_context and lws_json_dump_vhost have the members that 4.1.6's
// have (4.3 has dropped them), and count what happens.
func TestStatus(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l)
			s.raw("GET /1 HTTP/1.1\r\n" + plainHead + "\r\n|GET /files/large.txt HTTP/1.1\r\n" + plainHead + "Connection: close\r\n\r\n")
			s.raw("GET /2 HTTP/1.1\r\n" + plainHead + "User-Agent: Unwanted\r\n\r\n")
			ws := harness.MustDial(t, fmt.Sprintf("127.0.0.1:%d", s.port), "Sec-WebSocket-Protocol: p\r\n")
			defer ws.Reset()
			var p http.Protocols
			p.SetHTTP2(true)
			tr := &http.Transport{DisableCompression: true, Protocols: &p, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
			defer tr.CloseIdleConnections()
			for range 3 {
				r, err := (&http.Client{Transport: tr}).Get(fmt.Sprintf("https://localhost:%d/a", s.tls))
				if err != nil {
					t.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, r.Body)
				r.Body.Close()
			}
			all, text := s.dump("context")
			for _, name := range []string{"version", "uptime", "l1", "l2", "l3", "statm", "heap", "contexts"} {
				if all[name] == nil {
					t.Errorf("there is no %s: %s", name, text)
				}
			}
			ctx := all.list("contexts")[0]
			vhosts := ctx.list("vhosts")
			if len(vhosts) != 2 || vhosts[0]["name"] != "plain" || vhosts[0].at(t, "port") != s.port || vhosts[1].at(t, "use_ssl") != 1 {
				t.Fatalf("vhosts: %s", text)
			}
			check := func(of numbered, name string, want int) {
				t.Helper()
				if got := of.at(t, name); got != want {
					t.Errorf("%s is %d, want %d: %s", name, got, want, text)
				}
			}
			// The requests above, the upgrade and the dump itself.
			check(vhosts[0], "h1_conn", 4)
			check(vhosts[0], "h1_trans", 5)
			check(vhosts[0], "ws_upg", 1)
			check(vhosts[0], "rejected", 1)
			check(vhosts[1], "h2_alpn", 1)
			check(vhosts[1], "h2_trans", 3)
			check(vhosts[1], "h2_subs", 3)
			check(ctx, "h1_trans", 5)
			check(ctx, "h2_trans", 3)
			check(ctx, "listen_wsi", 2)
			check(ctx.list("pt")[0], "ah_pool_inuse", 1)
			if tx := vhosts[0].at(t, "tx"); tx < 300_000 || tx > 310_000 || ctx.at(t, "tx") < tx {
				t.Errorf("%d bytes went out: %s", tx, text)
			}
			if rx := vhosts[0].at(t, "rx"); rx < 300 || rx > 2000 {
				t.Errorf("%d bytes came in: %s", rx, text)
			}
			if m := vhosts[0].list("mounts"); len(m) != 1 || m[0]["mountpoint"] != "/files" || m[0]["origin"] != "file://"+filepath.Dir(s.log) || m[0]["default"] != "index.html" {
				t.Errorf("mounts: %s", text)
			}
			if n, text := s.dump("hide"); len(n.list("contexts")[0].list("vhosts")) != 0 {
				t.Errorf("vhosts that are to be hidden: %s", text)
			}
			if n, text := s.dump("vhost"); n["name"] != "plain" {
				t.Errorf("the vhost: %s", text)
			}
			if _, text := s.dump("short"); len(text) != 199 {
				t.Errorf("%d bytes in 200: %s", len(text), text)
			}
		})
	}
}
