// SPDX-License-Identifier: MIT

// Package cgi drives CGIs and processes: scripts of all manners, and git's server. The
// referee is the original with these built in (tools/full-reference).
package cgi

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

func TestMain(m *testing.M) { harness.Main(m, 4) }

const soon = 20 * time.Second

// library is one that programs are compiled for and run on.
type library struct{ harness.Side }

// libraries: the first is the referee.
var libraries = []library{{harness.Original}, {harness.So19}, {harness.So17}}

// start compiles a program of prog/ for the library and starts it.
func (l library) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	return l.Start(t, []string{"SECRET=of the server"}, l.Program(t, "prog/"+name+".c"), args...)
}

// site is a server of CGIs.
type site struct {
	t         *testing.T
	p         *harness.Proc
	port, tls int
	client    *http.Client
}

// newSite serves scripts, by the paths of their mounts. A script may be the path of a
// program, and have "=SECONDS" behind it.
func newSite(t *testing.T, l library, scripts map[string]string, more ...string) *site {
	t.Helper()
	s := &site{t: t, port: harness.FreePort(t), tls: harness.FreePort(t)}
	id := harness.SelfSigned(t)
	args := append([]string{fmt.Sprint(s.port), fmt.Sprint(s.tls), id.CertFile, id.KeyFile}, more...)
	dir := t.TempDir()
	for path, text := range scripts {
		name := text
		if strings.HasPrefix(text, "#!") {
			text, secs, _ := strings.Cut(text, "\x00")
			name = filepath.Join(dir, strings.ReplaceAll(path, "/", "_"))
			if err := os.WriteFile(name, []byte(text), 0o755); err != nil {
				t.Fatal(err)
			}
			if secs != "" {
				name += "=" + secs
			}
		}
		args = append(args, path+"="+name)
	}
	s.client = &http.Client{Timeout: soon, Transport: &http.Transport{
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true, DisableKeepAlives: true,
	}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	s.p = l.start(t, "cgi", args...)
	s.p.WaitLine("^ready", soon)
	return s
}

// sh is a script of the shell, with a time limit if secs is not 0.
func sh(secs int, text string) string {
	if secs == 0 {
		return "#!/bin/sh\n" + text
	}
	return "#!/bin/sh\n" + text + "\x00" + fmt.Sprint(secs)
}

const plainHead = `printf 'Content-Type: text/plain\n\n'` + "\n"

// raw sends text and reads what comes until the end.
func (s *site) raw(text string) string {
	s.t.Helper()
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, text)
	_ = conn.SetReadDeadline(time.Now().Add(soon))
	b, err := io.ReadAll(conn)
	if err != nil {
		s.t.Errorf("%.40q: %v behind %.200q", text, err, b)
	}
	return string(b)
}

// get asks over HTTP/1.1, or HTTP/2 and TLS.
func (s *site) get(h2 bool, path string) (*http.Response, string, error) {
	return s.do(h2, "GET", path, nil)
}

func (s *site) do(h2 bool, method, path string, body io.Reader, edit ...func(*http.Request)) (*http.Response, string, error) {
	s.t.Helper()
	url := fmt.Sprintf("http://127.0.0.1:%d%s", s.port, path)
	if h2 {
		url = fmt.Sprintf("https://127.0.0.1:%d%s", s.tls, path)
	}
	q, err := http.NewRequest(method, url, body)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, fn := range edit {
		fn(q)
	}
	r, err := s.client.Do(q)
	if err != nil {
		return nil, "", err
	}
	defer r.Body.Close()
	if h2 != (r.ProtoMajor == 2) {
		s.t.Errorf("%s: %s", path, r.Proto)
	}
	b, err := io.ReadAll(r.Body)
	return r, string(b), err
}

// children are the processes that pid has, with their states.
func children(pid int) (l []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		at := strings.LastIndexByte(string(b), ')')
		rest := strings.Fields(string(b[at+1:]))
		if len(rest) > 1 && rest[1] == fmt.Sprint(pid) {
			l = append(l, string(b[:at+1])+" "+rest[0])
		}
	}
	return l
}

// alone waits until the server has no process but its own child, which the original's
// takes away.
func (s *site) alone(within time.Duration) {
	s.t.Helper()
	ok := harness.Eventually(s.t, within, "no process is left", func() bool { return len(children(s.p.Pid())) <= 1 })
	if !ok {
		s.t.Errorf("left: %q", children(s.p.Pid()))
	}
}

// end stops the server, which has lost nothing.
func (s *site) end() {
	s.t.Helper()
	s.p.Stop()
	if log := strings.Join(s.p.All(), "\n"); !strings.Contains(log, "own child 7, signals 1, group ") {
		s.t.Errorf("the server's own child: %s", log[max(0, len(log)-300):])
	}
}
