// SPDX-License-Identifier: MIT

package apps

import (
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// program is something to run with a library; the statically linked programs
// of the Debian package have the original inside, whatever the library.
type program struct {
	name string
	exe  string
	lib  library
}

func staticProgram(t testing.TB, name string) program {
	t.Helper()
	return program{"static", harness.Reference(t, "root", "usr", "bin", "libwebsockets-"+name), debian(t)}
}

func dynamicProgram(t testing.TB, l library, name string, args ...string) program {
	t.Helper()
	return program{l.name, original(t, debian(t), name, args...), l}
}

func (p program) start(t testing.TB, args ...string) *harness.Proc {
	t.Helper()
	return harness.StartEnv(t, p.lib.env(), p.exe, args...)
}

func (p program) serve(t testing.TB, args ...string) server {
	t.Helper()
	port := harness.FreePort(t)
	return serve(t, p.lib, port, p.exe, append([]string{"-p", fmt.Sprint(port)}, args...)...)
}

// pairs are the ends of a connection: at least one is ours, and once both are
// the original.
func pairs(t *testing.T, f func(t *testing.T, srv, cli program)) {
	t.Helper()
	static := staticProgram(t, "test-server")
	for _, p := range []struct{ srv, cli program }{
		{static, staticProgram(t, "test-client")},
		{dynamicProgram(t, ours(t), "test-server"), staticProgram(t, "test-client")},
		{static, dynamicProgram(t, ours(t), "test-client")},
		{dynamicProgram(t, ours(t), "test-server"), dynamicProgram(t, ours(t), "test-client")},
	} {
		t.Run(p.srv.name+" server, "+p.cli.name+" client", func(t *testing.T) { f(t, p.srv, p.cli) })
	}
}

var received = regexp.MustCompile(`(?m)I: rx \d+ '(\d+)'$`)

// runClient runs the test client until it has received 20 numbers, counting
// up from 0, and has opened its mirror connection and sent there.
func runClient(t *testing.T, cli program, args ...string) {
	t.Helper()
	p := cli.start(t, append([]string{"-d", "1039"}, args...)...)
	eventually(t, 20*time.Second, "20 numbers received, and the mirror", func() bool {
		return !p.Running() || len(received.FindAllString(p.Log(), -1)) >= 20 && strings.Contains(p.Log(), "mirror: LWS_CALLBACK_CLIENT_ESTABLISHED")
	})
	if cli.name != "static" && p.Running() {
		checkLoaded(t, cli.lib, p.Pid())
	}
	interrupt(t, p)
	for i, m := range received.FindAllStringSubmatch(p.Log(), -1) {
		if m[1] != fmt.Sprint(i) {
			t.Errorf("number %s, not %d", m[1], i)
			break
		}
	}
	if !strings.Contains(p.Log(), "mirror: LWS_CALLBACK_CLIENT_ESTABLISHED") {
		t.Errorf("no mirror connection:\n%s", tail(p))
	}
	if strings.Contains(p.Log(), "CLIENT_CONNECTION_ERROR") {
		t.Errorf("a connection failed:\n%s", tail(p))
	}
}

// tail is the end of a program's log.
func tail(p *harness.Proc) string {
	l := p.Log()
	return l[max(0, len(l)-3000):]
}

// The test client with the test server, over WebSocket.
func TestClientServer(t *testing.T) {
	pairs(t, func(t *testing.T, srv, cli program) {
		s := srv.serve(t)
		runClient(t, cli, fmt.Sprintf("ws://127.0.0.1:%d/", s.port))
		interrupt(t, s.Proc)
	})
}

// The same over TLS.
func TestClientServerTLS(t *testing.T) {
	cert, key := certificate(t)
	pairs(t, func(t *testing.T, srv, cli program) {
		s := srv.serve(t, "-s", "-C", cert, "-K", key)
		runClient(t, cli, "-s", fmt.Sprintf("wss://127.0.0.1:%d/", s.port))
		// With the authority given and the name asked for, nothing is lax.
		runClient(t, cli, "-S", "-A", cert, fmt.Sprintf("wss://localhost:%d/", s.port))
		interrupt(t, s.Proc)
	})
}

// certificate makes a self-signed certificate for localhost.
func certificate(t testing.TB) (cert, key string) {
	t.Helper()
	d := t.TempDir()
	cert, key = filepath.Join(d, "cert.pem"), filepath.Join(d, "key.pem")
	run(t, "", nil, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert,
		"-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
	return cert, key
}

// A certificate that nobody vouches for is refused when the client is strict.
func TestClientStrict(t *testing.T) {
	cert, key := certificate(t)
	both(t, func(t *testing.T, l library) {
		s := dynamicProgram(t, l, "test-server").serve(t, "-s", "-C", cert, "-K", key)
		p := dynamicProgram(t, l, "test-client").start(t, "-d", "1039", "-S", fmt.Sprintf("wss://localhost:%d/", s.port))
		eventually(t, 10*time.Second, "the connection fails", func() bool {
			return strings.Contains(p.Log(), "CLIENT_CONNECTION_ERROR")
		})
		interrupt(t, p)
		if strings.Contains(p.Log(), "CLIENT_ESTABLISHED") {
			t.Errorf("connected all the same:\n%s", tail(p))
		}
	})
}

// The page over TLS: the same bytes as with Debian's library.
func TestSameAnswersTLS(t *testing.T) {
	cert, key := certificate(t)
	paths := []string{"/", "/test.js", "/leaf.jpg", "/absent", "/ziptest/candide.html"}
	answers := map[string][]answer{}
	both(t, func(t *testing.T, l library) {
		s := dynamicProgram(t, l, "test-server").serve(t, "-s", "-C", cert, "-K", key)
		for _, path := range paths {
			c, err := net.DialTimeout("tcp", s.addr(), 15*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			tc := tls.Client(c, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
			answers[path] = append(answers[path], converse(t, tc, get(path)))
		}
		c, err := tls.Dial("tcp", s.addr(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		driveIncrement(t, wsOn(t, c, "/", "dumb-increment-protocol"))
		plain := withoutPort(ask(t, "tcp", s.addr(), get("/")), s.port)
		if l.name == "ours" { // quirk 165
			if plain.end != "closed" {
				t.Errorf("a request without TLS ends in %q", plain.end)
			}
			plain.end = "reset"
		}
		answers["plain"] = append(answers["plain"], plain)
		interrupt(t, s.Proc)
	})
	for path, a := range answers {
		if len(a) == 2 {
			t.Run(path, func(t *testing.T) { compareAnswers(t, a[0], a[1], 0, 0) })
		}
	}
}

func withoutPort(a answer, port int) answer {
	a.text = strings.ReplaceAll(a.text, fmt.Sprintf(":%d", port), ":PORT")
	return a
}

// The test client fetches a file and sends the form over HTTP.
func TestClientHTTP(t *testing.T) {
	for _, p := range []struct{ srv, cli program }{
		{dynamicProgram(t, debian(t), "test-server"), staticProgram(t, "test-client")},
		{dynamicProgram(t, ours(t), "test-server"), staticProgram(t, "test-client")},
		{dynamicProgram(t, debian(t), "test-server"), dynamicProgram(t, ours(t), "test-client")},
		{dynamicProgram(t, ours(t), "test-server"), dynamicProgram(t, ours(t), "test-client")},
	} {
		t.Run(p.srv.name+" server, "+p.cli.name+" client", func(t *testing.T) {
			s := p.srv.serve(t)
			for path, args := range map[string][]string{"/test.css": nil, "/leaf.jpg": nil, "/formtest": {"-o"}} {
				c := p.cli.start(t, append(append([]string{"-d", "1039"}, args...), fmt.Sprintf("http://127.0.0.1:%d%s", s.port, path))...)
				// It ends when it is told that the whole body came.
				if err := c.Wait(20 * time.Second); err != nil {
					t.Errorf("%s: %v\n%s", path, err, tail(c))
				}
				if !strings.Contains(c.Log(), "lws_http_client_http_response 200") || strings.Contains(c.Log(), "CONNECTION_ERROR") {
					t.Errorf("%s: no answer 200:\n%s", path, tail(c))
				}
			}
			interrupt(t, s.Proc)
		})
	}
}

// The extpoll variants: -DEXTERNAL_POLL, the way Debian builds its
// test-server-extpoll (a name that the source of 4.1.6 no longer looks at),
// and -DLWS_WITH_EXTERNAL_POLL, with which the program runs poll() itself.
// Debian's library was built without the callbacks of the second.
func TestServerExtpoll(t *testing.T) {
	for _, x := range []struct {
		name string
		libs []library
	}{
		{"-DEXTERNAL_POLL", []library{debian(t), ours(t)}},
		{"-DLWS_WITH_EXTERNAL_POLL", []library{ours(t)}},
	} {
		for _, l := range x.libs {
			t.Run(x.name+" "+l.name, func(t *testing.T) {
				s := dynamicProgram(t, l, "test-server", x.name).serve(t)
				checkLoaded(t, l, s.Pid())
				if a := ask(t, "tcp", s.addr(), get("/test.css")); !strings.HasPrefix(a.text, "HTTP/1.1 200 OK") || len(a.text) < 4250 {
					t.Errorf("test.css: %s", a.shown())
				}
				drive(t, s.addr())
				interrupt(t, s.Proc)
			})
		}
	}
}

var logTime = regexp.MustCompile(`(?m)^\[[^\]]*\] `)

// test-lejp says the same of the same JSON.
func TestLejp(t *testing.T) {
	for name, text := range map[string]string{
		"values":    `{"a": [1, -2.5e3, "x\u00e9\n", true, false, null, {"b": {"c": []}}], "dummy___": "match", "e": {}}`,
		"long":      `{"s": "` + strings.Repeat("0123456789", 60) + `", "t": [` + strings.Repeat("[1],", 30) + `2]}`,
		"broken":    `{"a": }`,
		"cut":       `{"a": [1, 2`,
		"not there": ``,
	} {
		t.Run(name, func(t *testing.T) {
			var said []string
			for _, l := range []library{debian(t), ours(t)} {
				cmd := exec.Command(dynamicProgram(t, l, "test-lejp").exe)
				cmd.Env = append(os.Environ(), l.env()...)
				cmd.Stdin = strings.NewReader(text)
				out, err := cmd.CombinedOutput()
				said = append(said, fmt.Sprintf("%s%v", logTime.ReplaceAllString(string(out), ""), err))
			}
			if said[0] != said[1] {
				t.Errorf("debian:\n%s\nours:\n%s", said[0], said[1])
			}
			if name == "values" && !strings.Contains(said[1], "LEJPCB_COMPLETE") {
				t.Errorf("not parsed to the end:\n%s", said[1])
			}
		})
	}
}

// node's ws as the client, with and without compression.
func TestNode(t *testing.T) {
	const modules = "/usr/share/nodejs" // where Debian's node-ws is
	if _, err := os.Stat(modules + "/ws"); err != nil {
		t.Fatal("node's ws is missing: run tools/deps first")
	}
	both(t, func(t *testing.T, l library) {
		s := testServer(t, l)
		out := run(t, "", []string{"NODE_PATH=" + modules}, "node", "prog/ws_peer.js", fmt.Sprint(s.port))
		if strings.TrimSpace(out) != "all done" {
			t.Errorf("node says %q", out)
		}
		interrupt(t, s.Proc)
	})
}
