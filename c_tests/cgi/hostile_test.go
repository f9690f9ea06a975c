// SPDX-License-Identifier: MIT

package cgi

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// odd are CGIs that do what they should not, and what a client gets: the status (0: the
// connection ends without an answer), what the body begins with, whether it ends well, and how
// long that may take.
var odd = map[string]struct {
	script string
	status int
	body   string
	ends   bool
	within time.Duration
}{
	"closes stdout":        {sh(10, plainHead+"echo all; exec >&- 2>&-; exec sleep 9"), 200, "all\n", true, 3 * time.Second},
	"keeps all open":       {sh(10, plainHead+"echo all; sleep 60 & exit 0"), 200, "all\n", true, 6 * time.Second},
	"never ends":           {sh(2, plainHead+"echo some; exec sleep 60"), 200, "some\n", false, limited},
	"never begins":         {sh(2, "exec sleep 60"), 0, "", false, 5 * time.Second},
	"ignores SIGTERM":      {sh(1, plainHead+"trap '' TERM; echo some; while :; do sleep 1; done"), 200, "some\n", false, limited},
	"long head":            {sh(0, "printf 'X: '; head -c 1000000 /dev/zero | tr '\\0' x; printf '\\n\\n'"), 500, "", true, 5 * time.Second},
	"many lines":           {sh(0, "yes 'X-A: b' | head -n 100000; printf '\\n'"), 500, "", true, 5 * time.Second},
	"zeros":                {sh(0, "head -c 100 /dev/zero"), 500, "", true, 5 * time.Second},
	"half a head":          {sh(0, "printf 'Content-Type: a/b\\n'"), 500, "", true, 5 * time.Second},
	"floods stderr":        {sh(0, "head -c 3000000 /dev/zero | tr '\\0' '\\n' >&2\n"+plainHead+"echo done"), 200, "done\n", true, 15 * time.Second},
	"shorter than told":    {sh(0, "printf 'Content-Length: 50\\n\\nhello'"), 200, "hello", false, 5 * time.Second},
	"splits the answer":    {sh(0, "printf 'X: a\\rSet-Cookie: b\\n\\n'"), 500, "", true, 5 * time.Second},
	"letter by letter":     {sh(0, "for i in C T : ' ' a; do printf \"$i\"; sleep 0.05; done; printf '\\n\\nok'"), 200, "ok", true, 5 * time.Second},
	"a status that is not": {sh(0, "printf 'Status: 99999\\n\\n'"), 500, "", true, 5 * time.Second},
}

// limited is within what time a CGI is ended that does not end by itself.
const limited = 5*time.Second + 1

// TestOdd: none of these costs the server more than its time: over HTTP/1.1 and HTTP/2, all at
// once, and behind it no process and no descriptor is left.
func TestOdd(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			scripts := map[string]string{}
			for name, o := range odd {
				scripts["/"+strings.ReplaceAll(name, " ", "_")] = o.script
			}
			s := newSite(t, l, scripts, "-q")
			fds := s.p.FDs()
			t.Run("all", func(t *testing.T) {
				for name, o := range odd {
					for _, h2 := range []bool{false, true} {
						if h2 && o.within == limited { // a stream that prints has 31 s, as in the reference
							continue
						}
						t.Run(fmt.Sprint(name, h2), func(t *testing.T) {
							t.Parallel()
							begun := time.Now()
							r, body, err := s.get(h2, "/"+strings.ReplaceAll(name, " ", "_"))
							if took := time.Since(begun); took > o.within+soon/4 {
								t.Errorf("it took %v", took)
							}
							switch {
							case o.status == 0 && r == nil:
							case r == nil:
								t.Errorf("no answer: %v", err)
							case r.StatusCode != o.status || !strings.HasPrefix(body, o.body) || (err == nil) != o.ends:
								t.Errorf("%d %.100q, %v", r.StatusCode, body, err)
							}
						})
					}
				}
			})
			// What "keeps all open" has left is not the server's any more.
			s.alone(soon)
			harness.Eventually(t, soon, "descriptors are closed", func() bool { return s.p.FDs() <= fds })
			s.end()
		})
	}
}

// TestClientGoes: a client that goes away ends its CGI.
func TestClientGoes(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/wait": sh(60, plainHead+"echo begun; exec sleep 59"), "/cat": sh(60, "exec sleep 59")}, "-q")
			r, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d/wait", s.port))
			if err != nil {
				t.Fatal(err)
			}
			r.Body.Close()
			s.alone(soon)
			conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port)) // in the body
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(conn, "POST /cat HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nhello")
			harness.Eventually(t, soon, "it runs", func() bool { return len(children(s.p.Pid())) > 1 })
			conn.Close()
			s.alone(soon)
			s.end()
		})
	}
}

// TestServerGoes: a context that is destroyed ends its CGIs, and leaves no zombie.
func TestServerGoes(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/wait": sh(60, plainHead+"echo $$; exec sleep 59")}, "-q")
			r, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d/wait", s.port))
			if err != nil {
				t.Fatal(err)
			}
			var pid int
			if _, err := fmt.Fscan(r.Body, &pid); err != nil {
				t.Fatal(err)
			}
			s.end()
			r.Body.Close()
			harness.Eventually(t, soon, "the CGI has gone", func() bool { return len(children(1)) >= 0 && !running(pid) })
		})
	}
}

// TestFDLimit: CGIs for whose pipes there are no descriptors are refused, and others served.
func TestFDLimit(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/wait": sh(60, plainHead+"echo begun; exec sleep 59"), "/x": sh(0, plainHead+"echo fine")}, "-q", "-f", "20")
			var open []io.Closer
			refused := 0
			for range 8 {
				r, err := s.client.Get(fmt.Sprintf("http://127.0.0.1:%d/wait", s.port))
				if err != nil {
					refused++
					break
				}
				open = append(open, r.Body)
				if r.StatusCode == http.StatusInternalServerError {
					refused++
					break
				}
			}
			if refused == 0 || len(open) < 3 {
				t.Errorf("%d run, %d refused", len(open), refused)
			}
			for _, c := range open {
				c.Close()
			}
			s.alone(soon)
			if _, body, err := s.get(false, "/x"); body != "fine\n" {
				t.Errorf("%q, %v", body, err)
			}
			s.end()
		})
	}
}
