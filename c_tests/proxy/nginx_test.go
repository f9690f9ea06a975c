// SPDX-License-Identifier: MIT

package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const nginxConf = `daemon off; master_process off; worker_processes 1; pid %[1]s/pid; error_log %[1]s/log;
events { worker_connections 64; }
http {
	access_log off; client_body_temp_path %[1]s/t1; proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3;
	uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5; default_type text/plain;
	server {
		listen 127.0.0.1:%[2]d; listen unix:%[1]s/socket; listen 127.0.0.1:%[3]d ssl;
		ssl_certificate %[4]s; ssl_certificate_key %[5]s;
		root %[1]s/site; client_max_body_size 64m;
		location /echo { return 200 "$request_method $request_uri $http_host $http_x_forwarded_for $http_connection $https\n"; }
		location /away { return 301 /large; }
		location /limited { client_max_body_size 1k; return 200 ""; }
	}
}
`

// TestNginx: nginx behind mounts to a port, a unix socket and over TLS, for clients of
// HTTP/1.1 and HTTP/2. Fails when no X-Forwarded-For is sent.
func TestNginx(t *testing.T) {
	if testing.Short() {
		t.Skip("runs servers")
	}
	exe, err := exec.LookPath("nginx")
	if err != nil {
		t.Skip("there is no nginx: ", err)
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "site"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "site", "large"), pattern(3<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	id := harness.Issue(t, "localhost", nil, nil)
	port, secure := harness.FreePort(t), harness.FreePort(t)
	conf := filepath.Join(dir, "conf")
	text := fmt.Sprintf(nginxConf, dir, port, secure, id.CertFile, id.KeyFile)
	if os.Geteuid() == 0 {
		text = "user root;\n" + text
	}
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	n := harness.Start(t, exe, "-e", filepath.Join(dir, "log"), "-c", conf)
	n.Listening(port, secure)
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			s := &site{port: harness.FreePort(t), tls: harness.FreePort(t), id: id}
			s.p = l.start(t, "mount", fmt.Sprint(s.port), fmt.Sprint(s.tls), id.CertFile, id.KeyFile, "10", "quiet",
				"/up", "http", fmt.Sprintf("127.0.0.1:%d/", port), "/unix", "http", "+"+dir+"/socket:/",
				"/tls", "https", fmt.Sprintf("localhost:%d/", secure))
			s.p.WaitLine("^ready", soon)
			for _, h2 := range []bool{false, true} {
				c := s.client(h2)
				for mount, https := range map[string]string{"/up": "", "/unix": "", "/tls": "on"} {
					get := func(method, path string, body io.Reader, edit func(*http.Request)) (*http.Response, string) {
						t.Helper()
						r, err := http.NewRequest(method, s.url(h2, mount+path), body)
						if err != nil {
							t.Fatal(err)
						}
						if edit != nil {
							edit(r)
						}
						a, err := c.Do(r)
						if err != nil {
							t.Fatalf("%s%s, h2 %v: %v", mount, path, h2, err)
						}
						b, err := io.ReadAll(a.Body)
						if err != nil {
							t.Errorf("%s%s, h2 %v: %v", mount, path, h2, err)
						}
						return a, string(b)
					}
					a, b := get("GET", "/large", nil, nil)
					if a.StatusCode != 200 || b != string(pattern(3<<20)) {
						t.Errorf("%s, h2 %v: %d, %d bytes", mount, h2, a.StatusCode, len(b))
					}
					front := strings.TrimPrefix(strings.TrimPrefix(s.url(h2, ""), "http://"), "https://")
					want := fmt.Sprintf("GET /echo?a=b%%26c %s 127.0.0.1 close %s\n", front, https)
					if _, b := get("GET", "/echo?a=b%26c", nil, nil); b != want {
						t.Errorf("%s, h2 %v: %q, not %q", mount, h2, b, want)
					}
					a, _ = get("GET", "/large", nil, func(r *http.Request) { r.Header.Set("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT") })
					if a.StatusCode != 304 && a.StatusCode != 200 {
						t.Errorf("%s, h2 %v: conditional: %d", mount, h2, a.StatusCode)
					}
					if a, _ = get("GET", "/away", nil, nil); a.StatusCode != 301 || !strings.HasSuffix(a.Header.Get("Location"), "/large") {
						t.Errorf("%s, h2 %v: %d %v", mount, h2, a.StatusCode, a.Header)
					}
					if a, _ = get("GET", "/nothing", nil, nil); a.StatusCode != 404 {
						t.Errorf("%s, h2 %v: %d", mount, h2, a.StatusCode)
					}
					if a, _ = get("POST", "/limited", bytes.NewReader(make([]byte, 4<<10)), nil); a.StatusCode != 413 {
						t.Errorf("%s, h2 %v: %d, not 413", mount, h2, a.StatusCode)
					}
					if a, b = get("HEAD", "/large", nil, nil); a.StatusCode != 200 || a.ContentLength != 3<<20 || b != "" {
						t.Errorf("%s, h2 %v: HEAD %d %d", mount, h2, a.StatusCode, a.ContentLength)
					}
				}
			}
		})
	}
}
