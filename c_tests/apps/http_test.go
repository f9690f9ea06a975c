// SPDX-License-Identifier: MIT

package apps

import (
	"bufio"
	"bytes"
	"errors"
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

// answer is what came back on a connection: the bytes, and how it went on.
type answer struct {
	text string
	end  string // "open", "closed", "reset"
}

// ask sends the parts, each after a whole answer to the one before, and reads
// what comes back.
func ask(t testing.TB, network, addr string, parts ...string) answer {
	t.Helper()
	c, err := net.DialTimeout(network, addr, 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return converse(t, c, parts...)
}

// askTwo asks two servers the same at the same time.
func askTwo(t *testing.T, one, two server, parts ...string) (a, b answer) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		a = ask(noFatal{t}, "tcp", one.addr(), parts...)
	}()
	b = ask(noFatal{t}, "tcp", two.addr(), parts...)
	<-done
	return a, b
}

func converse(t testing.TB, c net.Conn, parts ...string) answer {
	t.Helper()
	var got bytes.Buffer
	r := bufio.NewReader(io.TeeReader(c, &got))
	for _, p := range parts {
		if _, err := io.WriteString(c, p); err != nil {
			return answer{got.String(), howEnded(err)}
		}
		_ = c.SetReadDeadline(time.Now().Add(15 * time.Second))
		method, _, _ := strings.Cut(p, " ")
		resp, err := http.ReadResponse(r, &http.Request{Method: method})
		if err != nil {
			return answer{got.String(), howEnded(err)}
		}
		if resp.StatusCode == http.StatusSwitchingProtocols {
			head, _, _ := strings.Cut(got.String(), "\r\n\r\n")
			return answer{head, "upgraded"}
		}
		// A response with neither length nor chunks ends with its connection,
		// or never: the original leaves some open. Those end by silence.
		if resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 {
			break
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return answer{got.String(), howEnded(err)}
		}
	}
	silence := func() string {
		_ = c.SetReadDeadline(time.Now().Add(125 * time.Millisecond))
		_, err := io.Copy(io.Discard, r)
		return howEnded(err)
	}
	how := silence()
	if how == "open" {
		moveOn(c.RemoteAddr())
		how = silence()
	}
	return answer{got.String(), how}
}

// moveOn waits until a server has answered somebody else: by then it has done
// what it was about to do, however busy the machine is.
func moveOn(server net.Addr) {
	c, err := net.DialTimeout(server.Network(), server.String(), 10*time.Second)
	if err != nil {
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") // where it speaks TLS: rubbish
	_, _ = c.Read(make([]byte, 1))
}

func howEnded(err error) string {
	var timeout net.Error
	switch {
	case err == nil || err == io.EOF || err == io.ErrUnexpectedEOF:
		return "closed"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "open"
	case strings.Contains(err.Error(), "reset") || strings.Contains(err.Error(), "broken pipe"):
		return "reset"
	}
	return err.Error()
}

// shown is an answer, cut when it is long.
func (a answer) shown() string { return a.from(0) }

// from is shown, beginning at an offset.
func (a answer) from(at int) string {
	s, more := a.text[at:], ""
	if at > 0 {
		more = fmt.Sprintf("from byte %d on ", at)
	}
	if len(s) > 600 {
		s = s[:600]
	}
	return fmt.Sprintf("%s%q (%d bytes), then %s", more, s, len(a.text), a.end)
}

func get(path string, headers ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + strings.Join(append(headers, ""), "\r\n") + "\r\n"
}

// testServer starts the original test server with a library.
func testServer(t testing.TB, l library, args ...string) server {
	t.Helper()
	port := harness.FreePort(t)
	s := serve(t, l, port, original(t, debian(t), "test-server"), append([]string{"-p", fmt.Sprint(port)}, args...)...)
	checkLoaded(t, l, s.Pid())
	return s
}

// exchange is one conversation that must go the same way with both libraries.
type exchange struct {
	name  string
	parts []string
}

// formAsSent is the body of minimal-http-client-post.
const formAsSent = "--12345678abcdef01\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nmy text field\r\n" +
	"--12345678abcdef01\r\nContent-Disposition: form-data; name=\"file\"; filename=\"myfile.txt\"\r\nContent-Type: text/plain\r\n\r\n" +
	"This is the contents of the uploaded file.\nIt spans multiple lines.\n\r\n--12345678abcdef01--\r\n"

func exchanges(t testing.TB) []exchange {
	t.Helper()
	const form = "text=hello&send=Send+the+form"
	list := []exchange{
		{"root", []string{get("/")}},
		{"root close", []string{get("/", "Connection: close")}},
		{"root 1.0", []string{"GET / HTTP/1.0\r\n\r\n"}},
		{"root 1.0 keep-alive", []string{"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"}},
		{"two in turn", []string{get("/test.css"), get("/lws-common.js")}},
		{"query", []string{get("/test.css?a=b&c=d")}},
		{"absent", []string{get("/absent.html")}},
		{"absent with query", []string{get("/absent?x=1&y=2")}},
		{"up and out", []string{get("/../../etc/passwd")}},
		{"encoded up", []string{get("/%2e%2e/%2e%2e/etc/passwd")}},
		{"folder without slash", []string{get("/private")}},
		{"folder", []string{get("/private/")}},
		{"file in folder", []string{get("/private/index.html")}},
		{"unknown type", []string{get("/lws-ssh-test-keys")}},
		{"mount without slash", []string{get("/ziptest")}},
		{"mount", []string{get("/ziptest/")}},
		{"zip member", []string{get("/ziptest/candide.html")}},
		{"zip member gzip", []string{get("/ziptest/candide.html", "Accept-Encoding: gzip")}},
		{"absent zip", []string{get("/uncommziptest/candide.html")}},
		{"form by GET", []string{get("/formtest")}},
		{"HEAD", []string{"HEAD /test.html HTTP/1.1\r\nHost: a\r\n\r\n"}},
		{"HEAD absent", []string{"HEAD /absent.html HTTP/1.1\r\nHost: a\r\n\r\n"}},
		{"OPTIONS", []string{"OPTIONS / HTTP/1.1\r\nHost: a\r\n\r\n"}},
		{"PUT", []string{"PUT /test.html HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"}},
		{"other method", []string{"BREW / HTTP/1.1\r\nHost: a\r\n\r\n"}},
		{"no request", []string{"hello\r\n\r\n"}},
		{"form", []string{"POST /formtest HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(form), form)}},
		{"form then page", []string{"POST /formtest HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n" +
			fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(form), form), get("/test.css")}},
		{"form without length", []string{"POST /formtest HTTP/1.1\r\nHost: a\r\nconnection: close\r\n" + // as the original's clients send it
			"content-type: multipart/form-data; boundary=12345678abcdef01\r\n\r\n" + formAsSent}},
		{"upgrade", []string{upgrade("/", "dumb-increment-protocol", "")}},
		{"upgrade unknown protocol", []string{upgrade("/", "no-such-protocol", "")}},
		{"upgrade without protocol", []string{upgrade("/", "", "")}},
	}
	files, err := filepath.Glob(harness.Reference(t, "root", "usr", "share", "libwebsockets-test-server") + "/*")
	if err != nil || len(files) < 10 {
		t.Fatalf("files of the test server: %v, %v", files, err)
	}
	for _, f := range files {
		if fi, err := os.Stat(f); err == nil && fi.Mode().IsRegular() && !strings.HasSuffix(f, ".key.pem") {
			list = append(list, exchange{"file " + filepath.Base(f), []string{get("/" + filepath.Base(f))}})
		}
	}
	return list
}

// The page, its files and every other answer of the original test server are,
// byte for byte, the same with both libraries.
func TestSameAnswers(t *testing.T) {
	reference, subject := testServer(t, debian(t)), testServer(t, ours(t))
	for _, x := range exchanges(t) {
		t.Run(x.name, func(t *testing.T) {
			want, got := askTwo(t, reference, subject, x.parts...)
			if x.name == "HEAD absent" { // a page, which no HEAD is answered with (quirk 191)
				want.text, _, _ = strings.Cut(want.text, "<html>")
			}
			compareAnswers(t, want, got, reference.port, subject.port)
		})
	}
	interrupt(t, reference.Proc)
	interrupt(t, subject.Proc)
}

func compareAnswers(t *testing.T, want, got answer, wantPort, gotPort int) {
	t.Helper()
	got.text = strings.ReplaceAll(got.text, fmt.Sprintf(":%d", gotPort), fmt.Sprintf(":%d", wantPort))
	if want != got {
		at := 0
		for at < len(want.text) && at < len(got.text) && want.text[at] == got.text[at] {
			at++
		}
		at = max(0, at-40)
		t.Errorf("the answers differ\n debian: %s\n   ours: %s", want.from(at), got.from(at))
	}
}

// Two requests in one packet are both answered. The original answers the second
// of them with 403 and closes, so this is only asked of ours.
func TestPipelined(t *testing.T) {
	s := testServer(t, ours(t))
	one, two := get("/test.css"), get("/lws-common.js")
	want := answer{ask(t, "tcp", s.addr(), one).text + ask(t, "tcp", s.addr(), two).text, "open"}
	compareAnswers(t, want, ask(t, "tcp", s.addr(), one+two), 0, 0)
}

// A file that the client has already is answered with 304.
func TestSameNotModified(t *testing.T) {
	reference, subject := testServer(t, debian(t)), testServer(t, ours(t))
	first := ask(t, "tcp", reference.addr(), get("/test.js"))
	resp, err := http.ReadResponse(bufio.NewReader(strings.NewReader(first.text)), nil)
	if err != nil {
		t.Fatal(err)
	}
	etag := resp.Header.Get("Etag")
	if etag == "" {
		t.Fatalf("no ETag in %s", first.shown())
	}
	for _, tag := range []string{etag, "\"other\"", strings.Trim(etag, `"`)} {
		request := get("/test.js", "If-None-Match: "+tag)
		want, got := askTwo(t, reference, subject, request)
		compareAnswers(t, want, got, reference.port, subject.port)
		if tag == etag && !strings.HasPrefix(got.text, "HTTP/1.1 304") {
			t.Errorf("If-None-Match: %s is answered with %s", tag, got.shown())
		}
	}
}

// A file sent with the form is stored, and the answers are the same.
func TestSameUpload(t *testing.T) {
	const stored = "/tmp/post-file" // protocol_post_demo.c says so
	defer os.Remove(stored)
	reference, subject := testServer(t, debian(t)), testServer(t, ours(t))
	for _, size := range []int{0, 1, 1000, 70000, 120000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			file := make([]byte, size)
			for i := range file {
				file[i] = byte(i * i >> 3)
			}
			const edge = "----------------------------5fa1c3"
			body := "--" + edge + "\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nsome text\r\n" +
				"--" + edge + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.bin\"\r\n" +
				"Content-Type: application/octet-stream\r\n\r\n" + string(file) + "\r\n" +
				"--" + edge + "\r\nContent-Disposition: form-data; name=\"upload\"\r\n\r\nUpload\r\n--" + edge + "--\r\n"
			request := "POST /formtest HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=" + edge +
				fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			var answers [2]answer
			var files [2][]byte
			for i, s := range []server{reference, subject} {
				os.Remove(stored)
				answers[i] = ask(t, "tcp", s.addr(), request)
				files[i], _ = os.ReadFile(stored)
			}
			compareAnswers(t, answers[0], answers[1], reference.port, subject.port)
			if size <= 70000 && !bytes.Equal(files[1], file) {
				t.Errorf("stored %d bytes of %d, or others", len(files[1]), len(file))
			}
			if size <= 70000 && !strings.Contains(answers[1].text, fmt.Sprintf("</b> %d<", size)) {
				t.Errorf("the page does not tell the length %d: %s", size, answers[1].shown())
			}
		})
	}
}

// SIGUSR1 makes the test server create a vhost on the next port, and destroy
// it. The original goes on listening after the destruction; ours does not.
func TestDynamicVhost(t *testing.T) {
	both(t, func(t *testing.T, l library) {
		s := testServer(t, l)
		next := fmt.Sprintf("127.0.0.1:%d", s.port+1)
		for range 2 {
			s.Signal(sigusr1)
			eventually(t, 15*time.Second, "the second vhost listens", func() bool {
				c, err := net.Dial("tcp", next)
				if err == nil {
					c.Close()
				}
				return err == nil
			})
			if a := ask(t, "tcp", next, get("/test.css")); !strings.HasPrefix(a.text, "HTTP/1.1 200") {
				t.Errorf("the second vhost answers %s", a.shown())
			}
			if l.name == "debian" {
				break
			}
			s.Signal(sigusr1)
			eventually(t, 15*time.Second, "the second vhost is gone", func() bool {
				c, err := net.Dial("tcp", next)
				if err == nil {
					c.Close()
				}
				return err != nil
			})
		}
		if a := ask(t, "tcp", s.addr(), get("/test.css")); !strings.HasPrefix(a.text, "HTTP/1.1 200") {
			t.Errorf("the first vhost answers %s", a.shown())
		}
		interrupt(t, s.Proc)
	})
}

// The test server on a unix domain socket.
func TestUnixSocket(t *testing.T) {
	var answers []answer
	both(t, func(t *testing.T, l library) {
		path := filepath.Join(t.TempDir(), "s")
		s := server{Proc: startServer(t, l, "-p", "0", "-U", path)}
		eventually(t, 10*time.Second, "the socket is there", func() bool {
			c, err := net.Dial("unix", path)
			if err == nil {
				c.Close()
			}
			return err == nil
		})
		answers = append(answers, ask(t, "unix", path, get("/test.html")))
		interrupt(t, s.Proc)
	})
	if len(answers) == 2 {
		compareAnswers(t, answers[0], answers[1], 0, 0)
		if !strings.Contains(answers[1].text, "</html>") {
			t.Errorf("no page: %s", answers[1].shown())
		}
	}
}
