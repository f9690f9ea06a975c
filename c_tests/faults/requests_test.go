// SPDX-License-Identifier: MIT

package faults

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// These drive prog/answers.c, an HTTP server, with requests that are meant badly
// or are incomplete.

func startAnswers(t *testing.T, dir string, more ...string) *h.Proc {
	t.Helper()
	return h.Start(t, h.Build(t, prog("answers.c")), append([]string{dir}, more...)...).Ready()
}

func dialTo(t *testing.T, p *h.Proc) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return c
}

// TestPipelinedUnread: a peer that sends requests as fast as it can, and reads no
// answer, is held back by TCP; what is kept of it has a bound. Before there was one
// each answered request let 4 KiB more in: 500 MB in ten seconds.
func TestPipelinedUnread(t *testing.T) {
	p := startAnswers(t, t.TempDir())
	if _, err := http.Get("http://" + p.Addr() + "/warm"); err != nil {
		t.Fatal(err)
	}
	before := p.Status("VmRSS")
	c := dialTo(t, p)
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10) // few answers stop the server
	requests := []byte(strings.Repeat("GET /x HTTP/1.1\r\nHost: t\r\n\r\n", 2000))
	// Held back: nothing more is taken for a while. All in all the kernel takes some MiB.
	var err error
	sent := 0
	for err == nil && sent < 512<<20 {
		var n int
		_ = c.SetWriteDeadline(time.Now().Add(3 * time.Second))
		n, err = c.Write(requests)
		sent += n
	}
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("after %d bytes: %v, want to be held back", sent, err)
	}
	if grown := p.Status("VmHWM") - before; grown > 16<<10 {
		t.Errorf("%d bytes of requests without reading: the server grew by %d kB", sent, grown)
	} else {
		t.Logf("%d bytes of requests without reading: the server grew by %d kB", sent, grown)
	}
	if _, err := http.Get("http://" + p.Addr() + "/others"); err != nil {
		t.Error("others are not served: ", err)
	}
	// One that reads late gets all its answers: reading goes on when there is room.
	c = dialTo(t, p)
	_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
	const rounds = 2 // 120 kB
	go func() {
		for range rounds {
			if _, err := c.Write(requests); err != nil {
				return
			}
		}
	}()
	r := bufio.NewReader(c)
	for i := range rounds * 2000 {
		answer, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("answer %d: %v", i, err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
	}
	p.Stop()
}

const formPart = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nvalue\r\n-\r\n--X\r\n--XX--"

// TestFormWithoutLength: clients of libwebsockets send forms without a length, with
// "connection: close" or in a row on one connection. Seen to wait for ever in the first four cases.
func TestFormWithoutLength(t *testing.T) {
	p := startAnswers(t, t.TempDir())
	head := func(lines ...string) string {
		return "POST /x HTTP/1.1\r\nHost: t\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
	}
	multi := "Content-Type: multipart/form-data; boundary=XX"
	ends := fmt.Sprintf("body %d ", len(formPart))
	for _, k := range []struct {
		name, head, body string
		want             string // of the answer's text; "": none comes
	}{
		{"plain", head("connection: close", multi), formPart, ends},
		{"quoted boundary", head("Connection: Close", `content-type: Multipart/Form-Data; boundary="XX"`), formPart, ends},
		{"bytes behind", head("connection: close", multi), formPart + "\r\nGET /y HTTP/1.1\r\nHost: t\r\n\r\n", "body "},
		{"empty", head("connection: close", multi), "--XX--", "body 6 "},
		{"kept alive", head(multi), formPart, ends},
		{"no boundary", head("connection: close", "Content-Type: multipart/form-data"), formPart, ""},
		{"another type", head("connection: close", "Content-Type: multipart/mixed; boundary=XX"), formPart, ""},
		{"not the last boundary", head("connection: close", multi), strings.TrimSuffix(formPart, "--"), ""},
	} {
		for _, cut := range []int{0, 1, len(k.body) / 2, len(k.body) - 1, -1} {
			t.Run(fmt.Sprintf("%s/%d", k.name, cut), func(t *testing.T) {
				t.Parallel()
				c := dialTo(t, p)
				send := []string{k.head + k.body}
				switch {
				case cut < 0:
					send = append([]string{k.head}, strings.Split(k.body, "")...)
				case cut > 0:
					send = []string{k.head + k.body[:cut], k.body[cut:]}
				}
				for _, s := range send {
					if _, err := io.WriteString(c, s); err != nil {
						break // answered and closed before all that is behind was sent
					}
				}
				if k.want == "" || k.name == "kept alive" {
					// FIN has a server that still waits close: then nothing was answered.
					_ = c.(*net.TCPConn).CloseWrite()
				}
				got, err := io.ReadAll(c)
				switch text := string(got); {
				case k.want == "" && text != "":
					t.Errorf("answered: %q", text)
				case k.want != "" && (strings.Count(text, "HTTP/1.1 ") != 1 || !strings.Contains(text, k.want)):
					t.Errorf("%v: %q", err, text)
				}
			})
		}
	}
}

// TestExpect: who waits for 100 (Continue) gets it, once, and who has sent the body
// already does not. Seen to wait for ever.
func TestExpect(t *testing.T) {
	p := startAnswers(t, t.TempDir())
	const expect = "Expect: 100-continue\r\n"
	for _, k := range []struct{ name, head, body string }{
		{"length", "POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n" + expect, "body"},
		{"chunked", "POST /x HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n" + expect, "4\r\nbody\r\n0\r\n\r\n"},
		{"form", "POST /x HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=XX\r\n" + expect, formPart},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := dialTo(t, p)
			r := bufio.NewReader(c)
			fmt.Fprintf(c, "%s\r\n", k.head)
			if l, err := r.ReadString('\n'); err != nil || l != "HTTP/1.1 100 Continue\r\n" {
				t.Fatalf("%q, %v", l, err)
			}
			if l, err := r.ReadString('\n'); err != nil || l != "\r\n" {
				t.Fatalf("behind 100: %q, %v", l, err)
			}
			fmt.Fprint(c, k.body)
			if l, err := r.ReadString('\n'); err != nil || l != "HTTP/1.1 200 OK\r\n" {
				t.Fatalf("%q, %v", l, err)
			}
		})
	}
	for _, text := range []string{
		"POST /x HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\n" + expect + "\r\nbody",
		"GET /x HTTP/1.1\r\nHost: t\r\n" + expect + "\r\n",
		"POST /x HTTP/1.0\r\nContent-Length: 4\r\n" + expect + "\r\nbody",
	} {
		c := dialTo(t, p)
		fmt.Fprint(c, text)
		if l, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.Contains(l, " 200 ") {
			t.Errorf("%q: %q, %v", text, l, err)
		}
	}
}

// TestSpecialFiles: what is no regular file is not served, nor waited for. A FIFO
// stopped the loop before, for both ways of serving.
func TestSpecialFiles(t *testing.T) {
	dir := t.TempDir()
	p := startAnswers(t, dir)
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo.txt"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, "s.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "zero.txt")); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "dir.txt"), 0o700); err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 20 * time.Second}
	for _, below := range []string{"/files/", "/serve/"} {
		for _, name := range []string{"fifo.txt", "s.txt", "zero.txt", "dir.txt"} {
			answer, err := client.Get("http://" + p.Addr() + below + name)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			// Below /files what is not found is the program's to answer.
			if below == "/serve/" && answer.StatusCode != 404 || below == "/files/" && string(text) != "body 0 00000000\n" {
				t.Errorf("%s%s: %s %q", below, name, answer.Status, text)
			}
		}
	}
	p.Stop()
}

// TestSlowBodies: where the program sets a lowest rate, bodies that come slower end
// their connection, in either coding, and others do not. Without looking at the rate
// the slow ones go on.
func TestSlowBodies(t *testing.T) {
	p := startAnswers(t, t.TempDir(), "1000")
	for _, framing := range []string{"Content-Length: 1000000", "Transfer-Encoding: chunked"} {
		head := "POST /x HTTP/1.1\r\nHost: t\r\n" + framing + "\r\n\r\n"
		t.Run(framing, func(t *testing.T) {
			t.Parallel()
			c := dialTo(t, p)
			fmt.Fprint(c, head)
			over := make(chan struct{})
			go func() {
				defer close(over)
				_, _ = io.Copy(io.Discard, c)
			}()
			for patience := time.After(25 * time.Second); ; {
				select {
				case <-over:
					return
				case <-patience:
					t.Fatal("a body of some bytes a second goes on and on")
				case <-time.After(100 * time.Millisecond):
					fmt.Fprint(c, "1\r\nx\r\n")
				}
			}
		})
	}
	body := strings.Repeat("x", 1<<20)
	answer, err := http.Post("http://"+p.Addr()+"/x", "text/plain", strings.NewReader(body))
	if err != nil || answer.StatusCode != 200 {
		t.Errorf("a fast body: %v, %v", answer, err)
	}
}
