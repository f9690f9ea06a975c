// SPDX-License-Identifier: MIT

package lwsws

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// everything is a configuration that has most of the keys.
func everything(t *testing.T, l library, ids *identities) (s site, ports []int) {
	s = newSite(t)
	for range 6 { // a port for each
		ports = append(ports, harness.FreePort(t))
	}
	for name, text := range map[string]string{"www/x.odd": "odd", "www/x.unknown": "unknown", "any/x.unknown": "anything", "private/p.txt": "for few",
		"www/sub/index.html": "below", "users": "me:secret\n", "other/index.html": "the other"} {
		s.write(name, "%s", text)
	}
	then := time.Unix(1_700_000_000, 0)
	_ = filepath.WalkDir(s.dir, func(name string, _ os.DirEntry, _ error) error { return os.Chtimes(name, then, then) })
	s.write("conf", `# all of it
		{ "global": { "server-string": "compared", "plugin-dir": %q, "timeout-secs": "9", "init-ssl": "yes", "ip-limit-wsi": "100", "ip-limit-ah": "100",
		"reject-service-keywords": [ { "scumbot": "404 Not for you" } ], "default-alpn": "http/1.1", "rlimit-nofile": "2000", "count-threads": "1" } }`,
		l.plugins(t, "dumb_increment", "post_demo", "lws_raw_test"))
	s.write("conf.d/a", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "keepalive_timeout": "3", "noipv6": "on", # one
		"headers": [ { "x-one": "1", "x-two": "two" } ], "access-log": "DIR/log", "strict-host-check": "off",
		"h2-half-closed-long-poll": "on", "fo-listen-queue": "5", "sts": "1",
		"mounts": [
			{ "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html", "cache-max-age": "60", "cache-reuse": "1", "cache-revalidate": "1",
				"cache-intermediaries": "0", "extra-mimetypes": { ".odd": "text/odd" } },
			{ "mountpoint": "/any", "origin": "file://DIR/any", "default": "index.html", "extra-mimetypes": { "*": "" } },
			{ "mountpoint": "/private", "origin": "file://DIR/private", "default": "p.txt", "basic-auth": "DIR/users" },
			{ "mountpoint": "/form", "origin": "callback://protocol-post-demo" },
			{ "mountpoint": "/away", "origin": ">http://other.test/x" }, { "mountpoint": "/safe", "origin": ">https://other.test/y" } ],
		"ws-protocols": [ { "dumb-increment-protocol": { "status": "ok", "default": "1" }, "protocol-post-demo": { "status": "ok" } } ] },
	{ "name": "other", "port": "%d", "interface": "127.0.0.1", "noipv6": "on", "mounts": [ { "mountpoint": "/", "origin": "file://DIR/other", "default": "index.html" } ] } ] }`, ports[0], ports[0])
	s.write("conf.d/b", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "disable-no-protocol-ws-upgrades": "1",
		"ws-protocols": [ { "dumb-increment-protocol": { "status": "ok" } } ],
		"mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ] } ] }`, ports[1])
	s.write("conf.d/c", `{ "vhosts": [ { "name": "raw", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "apply-listen-accept": "1", "listen-accept-role": "raw-skt",
		"listen-accept-protocol": "protocol-lws-raw-test", "ws-protocols": [ { "protocol-lws-raw-test": { "status": "ok", "fifo-path": "DIR/fifo" } } ] } ] }`, ports[2])
	s.write("conf.d/d", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "host-ssl-key": %q, "host-ssl-cert": %q,
		"alpn": "http/1.1", "sts": "1", "ecdh-curve": "prime256v1", "tls13-ciphers": "TLS_AES_256_GCM_SHA384", "ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384",
		"allow-non-tls": "1", "redirect-http": "1", "enable-client-ssl": "1", "ssl-option-set": "268435456", "ssl-option-clear": "0",
		"mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ] } ] }`, ports[3], ids.server.KeyFile, ids.server.CertFile)
	s.write("conf.d/e", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "host-ssl-key": %q, "host-ssl-cert": %q, "host-ssl-ca": %q,
		"client-cert-required": "1", "alpn": "http/1.1", "mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ] } ] }`,
		ports[4], ids.server.KeyFile, ids.server.CertFile, ids.client.CertFile)
	s.write("conf.d/g", `{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1", "noipv6": "1", "fallback-listen-accept": "1",
		"listen-accept-role": "raw-skt", "listen-accept-protocol": "protocol-lws-raw-test", "ws-protocols": [ { "protocol-lws-raw-test": { "status": "ok", "fifo-path": "DIR/fifo2" } } ],
		"mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ] } ] }`, ports[5])
	return s, ports
}

// identities are the server's and the client's certificates.
type identities struct{ server, client *harness.Identity }

// asked is one request, on the vhost of that number.
type asked struct {
	name, text string
	vhost      int
	how        string // "", "tls", "tls+cert", "ws": a head and then no end, "raw"
}

func upgrade(host, protocol string) string {
	if protocol != "" {
		protocol = "Sec-WebSocket-Protocol: " + protocol + "\r\n"
	}
	return "GET /ws HTTP/1.1\r\nHost: " + host + "\r\nConnection: upgrade\r\nUpgrade: websocket\r\n" + protocol +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
}

func requests() (l []asked) {
	page := func(name, path, more string) {
		l = append(l, asked{name: name, text: "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n"})
	}
	page("page", "/", "")
	page("file", "/index.html", "")
	page("folder", "/sub", "")
	page("below", "/sub/", "")
	page("extra type", "/x.odd", "")
	page("unknown type", "/x.unknown", "")
	page("any type", "/any/x.unknown", "")
	page("redirection", "/away/further?a=b", "")
	page("redirection to https", "/safe/further", "")
	page("without password", "/private/p.txt", "")
	page("with password", "/private/p.txt", "Authorization: Basic bWU6c2VjcmV0\r\n")
	page("wrong password", "/private/p.txt", "Authorization: Basic bWU6c2VjcmVU\r\n")
	page("unwanted", "/", "User-Agent: a scumbot 1.0\r\n")
	form := "text=some&send=1"
	l = append(l,
		asked{name: "other vhost", text: "GET / HTTP/1.1\r\nHost: other\r\nConnection: close\r\n\r\n"},
		asked{name: "no vhost", text: "GET / HTTP/1.1\r\nHost: nobody\r\nConnection: close\r\n\r\n"},
		asked{name: "form", text: fmt.Sprintf("POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form)},
		asked{name: "websocket", text: upgrade("localhost", "dumb-increment-protocol"), how: "ws"},
		asked{name: "websocket without protocol", text: upgrade("localhost", ""), how: "ws"},
		asked{name: "websocket of no protocol", text: upgrade("localhost", "nothing"), how: "ws"},
		asked{name: "websocket has to name one", text: upgrade("localhost", ""), how: "ws", vhost: 1},
		asked{name: "websocket names one", text: upgrade("localhost", "dumb-increment-protocol"), how: "ws", vhost: 1},
		asked{name: "raw", text: "some bytes", how: "raw", vhost: 2},
		asked{name: "TLS", text: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", how: "tls", vhost: 3},
		asked{name: "no TLS where there is", text: "GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", vhost: 3},
		asked{name: "no certificate", text: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", how: "tls", vhost: 4},
		asked{name: "a certificate", text: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", how: "tls+cert", vhost: 4},
		asked{name: "HTTP before the fallback", text: "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", vhost: 5},
		asked{name: "fallback", text: "\x01\x02no HTTP at all", how: "raw", vhost: 5},
	)
	return l
}

// ask is what comes back: for a request all, for an upgrade the head, for raw bytes as many.
func (a asked) ask(t *testing.T, ports []int, ids *identities) string {
	t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", ports[a.vhost]))
	if err != nil {
		return fmt.Sprintf("(%v)", err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(within))
	if strings.HasPrefix(a.how, "tls") {
		pool := x509.NewCertPool()
		pool.AddCert(ids.server.Cert)
		cfg := &tls.Config{ServerName: "localhost", RootCAs: pool}
		if a.how == "tls+cert" {
			cfg.Certificates = []tls.Certificate{ids.client.TLS}
		}
		tc := tls.Client(c, cfg)
		if err := tc.Handshake(); err != nil {
			return "(no handshake)"
		}
		st := tc.ConnectionState()
		fmt.Fprint(tc, a.text)
		return fmt.Sprintf("%x %s %s", st.CipherSuite, st.NegotiatedProtocol, answer(tc))
	}
	fmt.Fprint(c, a.text)
	switch a.how {
	case "raw":
		b := make([]byte, len(a.text))
		n, err := io.ReadFull(c, b)
		return fmt.Sprintf("%q %v", b[:n], err)
	case "ws":
		var head strings.Builder
		for r := bufio.NewReader(c); ; {
			line, err := r.ReadString('\n')
			head.WriteString(line)
			if err != nil || line == "\r\n" {
				return head.String()
			}
		}
	}
	return answer(c)
}

// answer reads one, as it comes. The connection may stay.
func answer(c io.Reader) string {
	var raw bytes.Buffer
	r, err := http.ReadResponse(bufio.NewReader(io.TeeReader(c, &raw)), nil)
	if err != nil {
		return "(turned away)"
	}
	defer r.Body.Close()
	if r.Header.Get("Location") != "" && r.ContentLength < 0 { // has no body, and stays
		return raw.String()
	}
	if _, err = io.Copy(io.Discard, r.Body); err != nil {
		return fmt.Sprintf("%s (%v)", raw.String(), err)
	}
	return raw.String()
}

var (
	dates  = regexp.MustCompile(`(?mi)^(date|expires): .*\r\n`)
	ranges = regexp.MustCompile(`(?mi)^(accept-ranges: bytes|vary: accept-encoding)\r\n`) // deliberate: docs/quirks.md
)

// Most keys, asked for, and how the parent ends: as the original's.
//
// Seen to fail: with vhosts that do not get headers, or basic-auth; a parent that ends
// with 1; so.17 is measured by what it answers alone.
func TestCompared(t *testing.T) {
	t.Parallel()
	ids := &identities{server: harness.SelfSigned(t), client: harness.SelfSigned(t)}
	got := map[string][]string{}
	for _, l := range libraries {
		s, ports := everything(t, l, ids)
		p := l.start(t, "-n", "-c", s.dir)
		for _, port := range ports {
			up(t, p, port)
		}
		for _, a := range requests() {
			r := ranges.ReplaceAllString(dates.ReplaceAllString(a.ask(t, ports, ids), ""), "")
			for i, port := range ports {
				r = strings.ReplaceAll(r, strconv.Itoa(port), fmt.Sprint("PORT", i))
			}
			got[l.Name] = append(got[l.Name], strings.ReplaceAll(r, s.dir, "DIR"))
		}
		log, err := os.ReadFile(filepath.Join(s.dir, "log"))
		if n := strings.Count(string(log), "\n"); n < 15 || !strings.Contains(string(log), `"GET /sub/ HTTP/1.1" 200 `) {
			t.Errorf("%s: the access log has %d lines, %v:\n%s", l.Name, n, err, log)
		}
		p.Signal(syscall.SIGINT)
		end := fmt.Sprint(p.Wait(within))
		got[l.Name] = append(got[l.Name], end)
		if l.Ours && end != "<nil>" {
			t.Errorf("%s ends with %s\n%s", l.Name, end, p.Log())
		}
	}
	names := requests()
	for i, want := range got["original"] {
		name := "the end"
		if i < len(names) {
			name = names[i].name
		}
		for _, l := range ours {
			g := got[l.Name][i]
			if l.Ref.ABI == 17 { // other heads
				if g, want = plain(g), plain(want); slices.Contains(differ17, name) {
					continue
				}
			}
			if g != want {
				t.Errorf("%s, %s:\n%s\nthe original:\n%s", name, l.Name, g, want)
			}
		}
	}
}

// differ17 are those that 4.1.6 answers otherwise than 4.3.5.
var differ17 = []string{}

// plain is an answer's first line and its body.
func plain(s string) string {
	head, body, ok := strings.Cut(s, "\r\n\r\n")
	if !ok {
		return s
	}
	first, _, _ := strings.Cut(head, "\r\n")
	return first + "\n" + body
}
