// SPDX-License-Identifier: MIT

package examples

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"

	"libwebsockets/c_tests/harness"
)

func init() {
	page := func(r *rig) string { return strings.Repeat("a line of the page\n", 300) }
	drives = append(drives, []drive{
		{folder: "http-client/minimal-http-client", label: "--h1", does: "a page over TLS", run: func(r *rig) {
			r.serveHTTP(443, "warmcat.com", fixed(200, page(r)))
			r.ended(r.start("--h1"))
		}},
		{folder: "http-client/minimal-http-client", label: "-l --nossl --h1", does: "a page without TLS, path and credentials given", run: func(r *rig) {
			s := r.serveHTTP(7681, "", fixed(200, page(r)))
			r.ended(r.start("-l", "--nossl", "--h1", "--path", "/some/where?x=1", "--user", "joe", "--password", "secret"))
			want := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("joe:secret"))
			if !strings.Contains(strings.ToLower(s.heads()), strings.ToLower(want)) {
				r.Errorf("no credentials in %s", s.heads())
			}
		}},
		{folder: "http-client/minimal-http-client", label: "404", does: "exit status for another answer", run: func(r *rig) {
			r.serveHTTP(443, "warmcat.com", fixed(404, "none"))
			r.ended(r.start("--h1"))
		}},
		{folder: "http-client/minimal-http-client", label: "wrong host", does: "a certificate for another name is refused",
			run: func(r *rig) { refused(r, "stranger.example") }, differs: []difference{{row: 31, line: `log: E: CLIENT_CONNECTION_ERROR.*`}}},
		{folder: "http-client/minimal-http-client", label: "-m", does: "and accepted if asked to", run: func(r *rig) {
			r.serveHTTP(443, "stranger.example", fixed(200, page(r)))
			r.ended(r.start("--h1", "-m"))
		}},
		{folder: "http-client/minimal-http-client", label: "self-signed", does: "is refused", run: func(r *rig) { refused(r, "self-signed") },
			differs: []difference{{row: 31, line: `log: E: CLIENT_CONNECTION_ERROR.*`}}},
		{folder: "http-client/minimal-http-client", label: "-j", does: "and accepted if asked to", run: func(r *rig) {
			r.serveHTTP(443, "self-signed", fixed(200, page(r)))
			r.ended(r.start("--h1", "-j"))
		}},
		{folder: "http-client/minimal-http-client-attach", does: "a connection that another thread asks for", run: func(r *rig) {
			r.serveHTTP(443, "warmcat.com", fixed(200, page(r)))
			r.ended(r.start())
		}},
		{folder: "http-client/minimal-http-client-captive-portal", does: "the check with 204, then the page", run: func(r *rig) {
			r.serveHTTP(80, "", fixed(204, ""))
			r.serveHTTP(443, "warmcat.com", fixed(200, page(r)))
			r.ended(r.start())
		}},
		{folder: "http-client/minimal-http-client-captive-portal", label: "captive", does: "a portal that redirects", run: func(r *rig) {
			r.serveHTTP(80, "", func(request) string {
				return "HTTP/1.1 302 Found\r\nLocation: http://libwebsockets.org/portal\r\nContent-Length: 0\r\n\r\n"
			})
			r.ended(r.start())
		}},
		{folder: "http-client/minimal-http-client-certinfo", does: "what the certificate says", run: func(r *rig) {
			r.serveHTTP(443, "warmcat.com", fixed(200, page(r)))
			r.ended(r.start())
		}, differs: []difference{{row: 30, line: `log: N:  Peer Cert Valid .*`}}},
		{folder: "http-client/minimal-http-client-custom-headers", does: "custom headers both ways", run: func(r *rig) {
			s := r.serveHTTP(443, "warmcat.com", func(request) string {
				return "HTTP/1.1 200 OK\r\nContent-Length: 5\r\ntest-custom-header: its value\r\n\r\nhello"
			})
			r.ended(r.start())
			r.noteRequests(s)
			if !strings.Contains(s.heads(), "\ndnt") {
				r.Errorf("no DNT in %s", s.heads())
			}
		}, differs: []difference{{row: 11, line: `^  dnt.*`, abi: 17}}},
		{folder: "http-client/minimal-http-client-hugeurl", does: "a URL of 2,000 characters", run: func(r *rig) {
			s := r.serveHTTP(443, "warmcat.com", fixed(200, "short"))
			r.ended(r.start())
			if n := len(s.heads()); n < 2000 {
				r.Errorf("a head of only %d bytes", n)
			}
		}},
		{folder: "http-client/minimal-http-client-multi", does: "eight connections at once", run: func(r *rig) { multi(r, "--h1") }},
		{folder: "http-client/minimal-http-client-multi", label: "-p", does: "pipelined on one", run: func(r *rig) { multi(r, "--h1", "-p") }},
		{folder: "http-client/minimal-http-client-multi", label: "-p -n", does: "pipelined, each another path", run: func(r *rig) { multi(r, "--h1", "-p", "-n") }},
		{folder: "http-client/minimal-http-client-multi", label: "-p -s", does: "pipelined, one after the other", run: func(r *rig) { multi(r, "--h1", "-p", "-s", "-n") }},
		{folder: "http-client/minimal-http-client-multi", label: "--post", does: "eight multipart forms", run: func(r *rig) { multi(r, "--h1", "--post") }},
		{folder: "http-client/minimal-http-client-multi", label: "--no-tls", does: "eight without TLS", run: func(r *rig) { multi(r, "--h1", "-l", "--no-tls") }},
		{folder: "http-client/minimal-http-client-post", does: "a multipart form, redirected to GET", single: formAgain, run: func(r *rig) { formClient(r) }},
		{folder: "http-client/minimal-http-client-post", label: "-m", does: "four of them", single: formAgain, run: func(r *rig) { formClient(r, "-m") }},
		{folder: "http-client/minimal-http-client-post", label: "-l", does: "a form without a length to the original's test-server", run: func(r *rig) { toTestServer(r) }},
		{folder: "http-client/minimal-http-client-multi", label: "-l --post", does: "eight of them to the original's test-server", run: func(r *rig) { toTestServer(r, "--post") }},
	}...)
}

// formAgain: what Debian's so.19 does where a form is redirected to GET.
var formAgain = map[int]string{19: "Debian's sends the form again, with a GET: [quirks.md](quirks.md) row 173"}

// request is what a client program sent.
type request struct {
	method, path, head string
	body, boundary     string // of a form
}

// answerer makes the whole answer to a request.
type answerer func(request) string

func fixed(code int, body string) answerer {
	return func(request) string {
		return fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", code, http.StatusText(code), len(body), body)
	}
}

// server is an HTTP/1.1 peer of a client program. Requests of one connection
// are noted in their order; those of several as a count.
type server struct {
	mu       sync.Mutex
	conns    int
	requests []request
}

func (s *server) heads() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, q := range s.requests {
		all = append(all, q.head)
	}
	return strings.Join(all, "\n")
}

func (r *rig) serveHTTP(port int, cert string, answer answerer) *server {
	r.Helper()
	l := r.listen(port, cert)
	s := &server{}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(r, c, answer)
		}
	}()
	return s
}

func (s *server) serve(r *rig, c net.Conn, answer answerer) {
	k := r.wrap(c)
	defer c.Close()
	s.mu.Lock()
	s.conns++
	s.mu.Unlock()
	for {
		// By hand: the original's lines are not always headers.
		head := ""
		for !strings.HasSuffix(head, "\r\n\r\n") {
			l, err := k.r.ReadString('\n')
			if err != nil {
				return
			}
			head += l
		}
		head = strings.TrimSuffix(head, "\r\n\r\n")
		method, rest, _ := strings.Cut(head, " ")
		path, _, _ := strings.Cut(rest, " ")
		q := request{method: method, path: path, head: head}
		// Nor does a form have a length: it ends with its last boundary.
		if _, kind, found := strings.Cut(head, "multipart/form-data; boundary="); found && (method == "POST" || r.ref == harness.Ref17) {
			kind, _, _ = strings.Cut(kind, "\r\n")
			q.boundary = strings.Trim(kind, `"`)
			for !strings.HasSuffix(q.body, "--"+q.boundary+"--\r\n") {
				l, err := k.r.ReadString('\n')
				if err != nil {
					return
				}
				q.body += l
			}
		}
		s.mu.Lock()
		s.requests = append(s.requests, q)
		s.mu.Unlock()
		if _, err := io.WriteString(k, answer(q)); err != nil {
			return
		}
	}
}

// noteRequests notes the requests, in order or, when they came on several
// connections, sorted out.
func (r *rig) noteRequests(s *server) {
	r.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	r.note("%d connections, %d requests", s.conns, len(s.requests))
	for _, q := range s.requests {
		r.note("request %s", strings.ReplaceAll(q.head, "\r\n", "\n  "))
	}
}

func refused(r *rig, cert string) {
	s := r.serveHTTP(443, cert, fixed(200, "never"))
	p := r.start("--h1")
	r.ended(p)
	if len(s.requests) > 0 {
		r.Errorf("it sent %s", s.heads())
	}
}

// form is the fields and files of a multipart body.
func (q request) form() (string, error) {
	var all []string
	for m := multipart.NewReader(strings.NewReader(q.body), q.boundary); ; {
		p, err := m.NextPart()
		if errors.Is(err, io.EOF) {
			return strings.Join(all, "; "), nil
		}
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return "", err
		}
		all = append(all, fmt.Sprintf("%s %q %q", p.FormName(), p.FileName(), b))
	}
}

func multi(r *rig, args ...string) {
	port, cert := 443, "warmcat.com"
	for _, a := range args {
		if a == "--no-tls" {
			port, cert = 7681, ""
		}
	}
	forms := make(chan string, 20)
	s := r.serveHTTP(port, cert, func(q request) string {
		if q.method == "POST" {
			form, err := q.form()
			forms <- fmt.Sprint(form, err)
		}
		return fixed(200, "the answer for "+q.path)(q)
	})
	r.mask("boundary=.*", "boundary")
	p := r.start(args...)
	r.note("exit %d", r.exit(p))
	r.note("all OK %v", strings.Contains(p.Log(), "Done: all OK"))
	r.note("%d completed", strings.Count(p.Log(), "LWS_CALLBACK_COMPLETED_CLIENT_HTTP"))
	r.noteRequests(s)
	for len(forms) > 0 {
		r.note("form %s", <-forms)
	}
	if len(s.requests) != 8 {
		r.Errorf("%d requests; log:\n%s", len(s.requests), p.Log())
	}
}

// testServer starts the original's server with the client's library.
func testServer(r *rig) {
	data := filepath.Join(r.ref.Root(r), "usr/share")
	exe := harness.Program(r, append([]string{"-w", `-DINSTALL_DATADIR="` + data + `"`, r.ref.Source(r, "test-apps/test-server.c"),
		"-lssl", "-lcrypto"}, r.ref.Link(r)...)...)
	r.launch(exe, nil, nil, "-s", "-r", filepath.Join(data, "libwebsockets-test-server"),
		"-C", filepath.Join(r.Keys, "self-signed.pem"), "-K", filepath.Join(r.Keys, "self-signed.key")).Listening(7681)
}

// toTestServer has the original's client send forms to the original's server, both
// with the same library. Seen to fail when a form without a length had no end.
func toTestServer(r *rig, args ...string) {
	testServer(r)
	p := r.start(append([]string{"-l", "--h1"}, args...)...)
	r.note("exit %d", r.exit(p))
	r.note("%d completed", strings.Count(p.Log(), "LWS_CALLBACK_COMPLETED_CLIENT_HTTP"))
	if !strings.Contains(p.Log(), "LWS_CALLBACK_COMPLETED_CLIENT_HTTP") {
		r.Errorf("no transaction was completed; log:\n%s", p.Log())
	}
}

func formClient(r *rig, args ...string) {
	forms := make(chan string, 20)
	s := r.serveHTTP(443, "warmcat.com", func(q request) string {
		if q.method == "POST" {
			form, err := q.form()
			forms <- fmt.Sprint(form, err)
			return "HTTP/1.1 303 See Other\r\nLocation: /testserver/thanks\r\nContent-Length: 0\r\n\r\n"
		}
		return fixed(200, "thanks")(q)
	})
	p := r.start(append([]string{"--h1"}, args...)...)
	r.note("exit %d", r.exit(p))
	n := 0
	for len(forms) > 0 {
		f := <-forms
		r.note("form %s", f)
		if !strings.Contains(f, `file "myfile.txt" "This is the contents of the uploaded file.`) {
			r.Errorf("form %s", f)
		}
		n++
	}
	r.note("%d forms, %d completed", n, strings.Count(p.Log(), "LWS_CALLBACK_COMPLETED_CLIENT_HTTP"))
	if len(args) == 0 {
		r.mask("boundary=.*", "boundary")
		r.noteRequests(s)
		r.noteLog(p)
	}
}
