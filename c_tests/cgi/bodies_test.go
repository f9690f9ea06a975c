// SPDX-License-Identifier: MIT

package cgi

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// running tells whether there is such a process, and it is no zombie.
func running(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && syscall.Kill(pid, 0) == nil && !strings.Contains(string(b), ") Z ")
}

// pattern is n bytes that do not repeat soon.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

// slowly is a body that comes in pieces.
type slowly struct {
	r     io.Reader
	piece int
}

func (s slowly) Read(b []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return s.r.Read(b[:min(len(b), s.piece)])
}

const digest = "exec perl -MDigest::SHA -e '%s print \"Content-Type: text/plain\\n\\n\", Digest::SHA->new(256)->addfile(*STDIN)->hexdigest'"

// TestBodies: bodies of any length reach stdin whole, and what comes out reaches the client:
// with a length and in chunks, over HTTP/1.1, HTTP/2 and TLS, with programs and clients that
// take their time.
//
// Seen to fail: a piece was lost for which stdin had no room, and had it right behind that.
func TestBodies(t *testing.T) {
	const large = 3 << 20
	body := pattern(large)
	sum := func(b []byte) string { return fmt.Sprintf("%x", sha256.Sum256(b)) }
	scripts := map[string]string{
		"/sum":  sh(30, fmt.Sprintf(digest, "")),
		"/slow": sh(30, fmt.Sprintf(digest, "sleep 1;")),
		"/echo": sh(30, plainHead+"exec cat"),
		"/ends": sh(30, plainHead+"head -c 1000 >/dev/null; echo enough"),
	}
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, scripts, "-q")
			t.Run("all", func(t *testing.T) {
				for _, h2 := range []bool{false, true} {
					check := func(name, path string, b io.Reader, want string) {
						t.Run(fmt.Sprint(name, h2), func(t *testing.T) {
							t.Parallel()
							r, got, err := s.do(h2, "POST", path, b)
							if err != nil || r.StatusCode != 200 || got != want {
								t.Errorf("%v: %d bytes, want %d: %.80q", err, len(got), len(want), got)
							}
						})
					}
					for _, n := range []int{1, 4096, 65536, 65537, large} {
						check(fmt.Sprint("length ", n), "/sum", bytes.NewReader(body[:n]), sum(body[:n]))
						check(fmt.Sprint("chunks ", n), "/sum", io.MultiReader(bytes.NewReader(body[:n])), sum(body[:n]))
					}
					check("slow program", "/slow", bytes.NewReader(body), sum(body))
					check("slow program, chunks", "/slow", io.MultiReader(bytes.NewReader(body)), sum(body))
					check("slow client", "/sum", slowly{bytes.NewReader(body[:100000]), 1000}, sum(body[:100000]))
					check("both ways", "/echo", bytes.NewReader(body), string(body))
					check("not all is read", "/ends", bytes.NewReader(body), "enough\n")
				}
			})
			s.alone(soon)
			s.end()
		})
	}
}

// TestSlowReader: a client that does not read holds back its CGI: the server keeps little of
// what that prints, and the client gets all of it in the end.
func TestSlowReader(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			const total = 48 << 20
			s := newSite(t, l, map[string]string{"/zeros": sh(30, plainHead+fmt.Sprintf("exec head -c %d /dev/zero", total))}, "-q")
			before := s.p.Status("VmRSS")
			var l []*http.Response
			for _, h2 := range []bool{false, true} {
				url := fmt.Sprintf("http://127.0.0.1:%d/zeros", s.port)
				if h2 {
					url = fmt.Sprintf("https://127.0.0.1:%d/zeros", s.tls)
				}
				r, err := s.client.Get(url)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Body.Close()
				l = append(l, r)
			}
			s.p.Idle(time.Second, soon)
			if grown := s.p.Status("VmRSS") - before; grown > 16<<10 {
				t.Errorf("the server grew by %d KiB", grown)
			}
			for _, r := range l {
				if n, err := io.Copy(io.Discard, r.Body); n != total || err != nil {
					t.Errorf("%s: %d bytes, %v", r.Proto, n, err)
				}
			}
			s.alone(soon)
			s.end()
		})
	}
}

// TestMany: a hundred CGIs at a time.
func TestMany(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/x": sh(20, plainHead+"cat; echo end")}, "-q")
			fds := s.p.FDs()
			errs := make(chan error)
			for n := range 100 {
				go func() {
					_, got, err := s.do(n%2 == 0, "POST", "/x", strings.NewReader(fmt.Sprint(n)))
					if err == nil && got != fmt.Sprint(n, "end\n") {
						err = fmt.Errorf("%d: %q", n, got)
					}
					errs <- err
				}()
			}
			for range 100 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			s.alone(soon)
			harness.Eventually(t, soon, "descriptors are closed", func() bool { return s.p.FDs() <= fds })
			s.end()
		})
	}
}

// TestEarly: an answer that begins before the request's body has ended is on its way then,
// and the rest of the body still comes to the CGI.
//
// Seen to fail: the body was thrown away as soon as the answer had begun.
func TestEarly(t *testing.T) {
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/echo": sh(30, plainHead+"exec cat"), "/head": sh(30, plainHead+"cat >/dev/null; echo end")}, "-q")
			for _, h2 := range []bool{false, true} {
				for _, path := range []string{"/echo", "/head"} {
					url := fmt.Sprintf("http://127.0.0.1:%d%s", s.port, path)
					if h2 {
						url = fmt.Sprintf("https://127.0.0.1:%d%s", s.tls, path)
					}
					body, w := io.Pipe()
					defer w.Close()
					begun := make(chan error, 1)
					go func() {
						_, err := io.WriteString(w, "hello ")
						begun <- err
					}()
					r, err := s.client.Post(url, "a/b", body) // which gives the head
					if err != nil {
						t.Fatal(h2, path, err)
					}
					defer r.Body.Close()
					if err := <-begun; err != nil {
						t.Fatal(h2, path, err)
					}
					if path == "/echo" {
						b := make([]byte, 6)
						if _, err := io.ReadFull(r.Body, b); string(b) != "hello " {
							t.Errorf("%s: %q, %v", r.Proto, b, err)
						}
					}
					if _, err := io.WriteString(w, "and more"); err != nil {
						t.Error(r.Proto, path, err)
					}
					w.Close()
					b, err := io.ReadAll(r.Body)
					if want := map[string]string{"/echo": "and more", "/head": "end\n"}[path]; string(b) != want || err != nil {
						t.Errorf("%s %s: %q, %v", r.Proto, path, b, err)
					}
				}
			}
			s.alone(soon)
			s.end()
		})
	}
}

// TestThreads: CGIs of connections of several service threads, thirty at once; each answer is
// whole, and its own. Seen to fail: the threads shared what TLS is read and written with.
func TestThreads(t *testing.T) {
	const threads, most = 3, 30
	for _, l := range libraries[1:] {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, l, map[string]string{"/x": sh(30, plainHead+"exec cat")}, "-q", "-t", fmt.Sprint(threads))
			held := make([]*io.PipeWriter, most)
			answers := make([]*http.Response, most)
			for n := range most { // all run before one ends
				body, w := io.Pipe()
				held[n] = w
				url := fmt.Sprintf("http://127.0.0.1:%d/x", s.port)
				if n%2 == 0 {
					url = fmt.Sprintf("https://127.0.0.1:%d/x", s.tls)
				}
				r, err := s.client.Post(url, "a/b", body)
				if err != nil {
					t.Fatal(n, err)
				}
				defer r.Body.Close()
				answers[n] = r
			}
			if n := len(children(s.p.Pid())); n < most {
				t.Errorf("%d processes", n)
			}
			errs := make(chan error)
			for n, r := range answers {
				go func() {
					want := fmt.Sprint(n, " ", string(pattern(100000+n)))
					go func() {
						_, _ = io.WriteString(held[n], want)
						held[n].Close()
					}()
					b, err := io.ReadAll(r.Body)
					if err == nil && string(b) != want {
						err = fmt.Errorf("%d: %d bytes, want %d: %.40q", n, len(b), len(want), b)
					}
					errs <- err
				}()
			}
			for range most {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			s.alone(soon)
			s.end()
			var used int
			for _, line := range s.p.All() {
				var tsi, n int
				if _, err := fmt.Sscanf(line, "thread %d: %d CGIs", &tsi, &n); err == nil && n > 0 {
					used++
				}
			}
			if used != threads {
				t.Errorf("%d threads had CGIs", used)
			}
		})
	}
}
