// SPDX-License-Identifier: MIT

package quirks

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// dial connects to a server.
func dial(t *testing.T, p *harness.Proc) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// answers sends a text, and gives the status line of each answer, and how it ends.
func answers(t *testing.T, p *harness.Proc, text string) string {
	t.Helper()
	c := dial(t, p)
	_, _ = io.WriteString(c, text)
	return listen(c)
}

func listen(c net.Conn) string {
	var all []string
	r := bufio.NewReader(c)
	for {
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			return strings.Join(append(all, ending(err)), ", ")
		}
		b, err := io.ReadAll(resp.Body)
		what := fmt.Sprint(resp.StatusCode)
		if err != nil {
			what += " broken off at " + fmt.Sprint(len(b))
		}
		all = append(all, what)
	}
}

// ending is how reading ended.
func ending(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "silence"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "end"
	}
	return err.Error()
}

// differs is what is got if that is not what is wanted.
func differs(got, want string) string {
	if got == want {
		return ""
	}
	return fmt.Sprintf("%q", got)
}

const plain = "GET /hello HTTP/1.1\r\nHost: x\r\n"

func init() {
	add(map[int]func(t *testing.T, s side) string{
		11: func(t *testing.T, s side) string {
			resp, err := (&http.Client{Timeout: patience}).Get("http://" + s.serve(t).Addr() + "/named")
			if err != nil {
				return err.Error()
			}
			return differs(resp.Header.Get("X-Own"), "value")
		},
		37: func(t *testing.T, s side) string {
			return differs(body(t, s.serve(t), "/peer"), "127.0.0.1")
		},
		39: func(t *testing.T, s side) string {
			c := dial(t, s.serve(t, "raw=1"))
			_, _ = io.ReadFull(c, make([]byte, len("greeting")))
			_, _ = c.Write(make([]byte, 100000))
			for n := 0; ; time.Sleep(time.Millisecond) {
				k, err := c.Read(make([]byte, 20000))
				n += k
				if err != nil {
					return differs(fmt.Sprint(n, ", ", ending(err)), "1000000, end")
				}
			}
		},
		44: malformed,
		46: func(t *testing.T, s side) string {
			p := s.serve(t)
			c := dial(t, p)
			_, _ = io.WriteString(c, "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
			prints(p, "HTTP /later")
			_, _ = io.WriteString(c, "body"+plain+"Connection: close\r\n\r\n")
			got := listen(c)
			p.Signal(syscall.SIGTERM)
			ends(p)
			if n := count(p, "COMPLETION"); n != 1 {
				got += fmt.Sprintf(", %d completions", n)
			}
			return differs(got, "200, 200, end")
		},
		48: func(t *testing.T, s side) string {
			p := s.serve(t)
			return differs(answers(t, p, plain+"Connection: close, te\r\n\r\n")+"; "+
				answers(t, p, "GET /hello HTTP/1.0\r\nConnection: te, keep-alive\r\n\r\nGET /hello HTTP/1.0\r\n\r\n"), "200, end; 200, 200, end")
		},
		50: func(t *testing.T, s side) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "page.txt"), "page")
			write(t, filepath.Join(dir, "users"), "somebody:secret\n")
			p := s.serve(t, "mount="+dir, "basic="+filepath.Join(dir, "users"))
			as := func(who string) string {
				return answers(t, p, "GET /file/page.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic "+
					base64.StdEncoding.EncodeToString([]byte(who))+"\r\n\r\n")
			}
			if got := as("somebody:secret"); got != "200, end" {
				t.Fatal("who may come in: ", got)
			}
			return differs(as("body:secret"), "401, end")
		},
		52: func(t *testing.T, s side) string {
			p := s.serve(t, "pool=1", "timeout=60", "keepalive=60")
			first := dial(t, p)
			_, _ = io.WriteString(first, "GET /hello HTTP/1.1\r\n")
			return differs(answers(t, p, plain+"Connection: close\r\n\r\n"), "200, end")
		},
		97: func(t *testing.T, s side) string {
			p := s.serve(t)
			answers(t, p, "POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 42\r\n\r\n"+
				"a="+strings.Repeat("0123456789", 4))
			if !prints(p, "FORM") {
				t.Fatal(p.All())
			}
			if count(p, "FORM (none) 0") == 0 {
				return fmt.Sprint(p.All())
			}
			return ""
		},
		110: func(t *testing.T, s side) string {
			p := s.serve(t)
			a := dial(t, p)
			r := bufio.NewReader(a)
			pid := func() string {
				_ = a.SetDeadline(time.Now().Add(patience))
				_, _ = io.WriteString(a, "GET /pid HTTP/1.1\r\nHost: x\r\n\r\n")
				resp, err := http.ReadResponse(r, nil)
				if err != nil {
					return ending(err)
				}
				b, _ := io.ReadAll(resp.Body)
				return string(b)
			}
			first := pid()
			answers(t, p, "GET /fork HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			for range 200 {
				if got := pid(); got != first {
					return "not the parent answers: " + got
				}
			}
			return ""
		},
		187: func(t *testing.T, s side) string {
			p := s.serve(t)
			const post = "POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
			return differs(answers(t, p, post+"gzip, chunked\r\n\r\n0\r\n\r\n")+"; "+answers(t, p, post+"chunked, gzip\r\n\r\n0\r\n\r\n"),
				"501, end; 400, end")
		},
		188: func(t *testing.T, s side) string {
			c := dial(t, s.serve(t))
			_, _ = io.WriteString(c, "POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
			line, err := bufio.NewReader(c).ReadString('\n')
			if err != nil {
				return ending(err)
			}
			return differs(line, "HTTP/1.1 100 Continue\r\n")
		},
		189: func(t *testing.T, s side) string {
			dir := t.TempDir()
			if err := syscall.Mkfifo(filepath.Join(dir, "fifo.txt"), 0o600); err != nil {
				t.Fatal(err)
			}
			p := s.serve(t, "mount="+dir)
			c := dial(t, p)
			_, _ = io.WriteString(c, "GET /file/fifo.txt HTTP/1.1\r\nHost: x\r\n\r\n")
			time.Sleep(50 * time.Millisecond)
			return differs(answers(t, p, plain+"Connection: close\r\n\r\n"), "200, end")
		},
		191: func(t *testing.T, s side) string {
			c := dial(t, s.serve(t))
			_, _ = io.WriteString(c, "HEAD /status/200 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			b, _ := io.ReadAll(c)
			_, text, _ := strings.Cut(string(b), "\r\n\r\n")
			return text
		},
	})
}

// body is the text of an answer.
func body(t *testing.T, p *harness.Proc, path string) string {
	t.Helper()
	resp, err := (&http.Client{Timeout: patience}).Get("http://" + p.Addr() + path)
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return string(b)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// malformed are requests that are none (44).
func malformed(t *testing.T, s side) string {
	p := s.serve(t)
	const post = "POST /up HTTP/1.1\r\nHost: x\r\n"
	cases := []struct{ what, text, want string }{
		{"CR", plain + "A: b\rc\r\n\r\n", "400, end"},
		{"NUL", plain + "A: b\x00c\r\n\r\n", "400, end"},
		{"no name", plain + ": v\r\n\r\n", "400, end"},
		{"bad name", plain + "a b: v\r\n\r\n", "400, end"},
		{"white space before the colon", plain + "A : v\r\n\r\n", "400, end"},
		{"folded", plain + "A: b\r\n c\r\n\r\n", "400, end"},
		{"two Host", plain + "Host: y\r\n\r\n", "400, end"},
		{"length no number", post + "Content-Length: 4x\r\n\r\nbody", "400, end"},
		{"two lengths", post + "Content-Length: 4\r\nContent-Length: 3\r\n\r\nbody", "400, end"},
		{"length and chunks", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400, end"},
		{"version", "GET /hello HTTX/1.1\r\nHost: x\r\n\r\n", "400, end"},
		{"white space behind a value", plain + "Connection: close \t \r\n\r\n", "200, end"},
		{"empty lines", "\r\n\r\n" + plain + "Connection: close\r\n\r\n", "200, end"},
	}
	got := make([]string, len(cases))
	var all sync.WaitGroup
	for i, x := range cases {
		all.Go(func() {
			if a := answers(t, p, x.text); a != x.want {
				got[i] = x.what + ": " + a
			}
		})
	}
	all.Wait()
	return strings.Join(slices.DeleteFunc(got, func(s string) bool { return s == "" }), "; ")
}
