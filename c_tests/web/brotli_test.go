// SPDX-License-Identifier: MIT

package web

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/andybalholm/brotli"

	"libwebsockets/c_tests/harness"
)

// instead makes a folder with another library, put before ours.
func instead(t *testing.T, file string, flags ...string) string {
	dir := t.TempDir()
	to := filepath.Join(dir, file)
	if flags == nil {
		must(t, os.WriteFile(to, []byte("no library"), 0o644))
	} else {
		harness.CopyFile(t, harness.Program(t, append(flags, "-shared", "-fPIC", "prog/brotlienc.c")...), to)
	}
	return dir + ":" + harness.Lib(t)
}

// TestNoBrotli: where the library is not there, or lacks something, "br" is not offered, which
// is said once; where it has no memory, that is an error, and the answer has no end.
//
// Seen to fail: with the library's failures not looked at; with "br" preferred, there or not.
func TestNoBrotli(t *testing.T) {
	dir, id := compressedSite(t), harness.Issue(t, "tls.test", nil, nil)
	exe := harness.Build(t, "prog/compressed.c", "-DINFO")
	for name, flags := range map[string][]string{"absent": nil, "not it": {"-O1"}} {
		t.Run(name, func(t *testing.T) {
			s := start(t, name, instead(t, "libbrotlienc.so.1", flags...), exe, dir, id)
			getDecoded(t, s, "plain", "GET", "/dyn/length", "Accept-Encoding: gzip")
			getDecoded(t, s, "plain", "GET", "/dyn/binary", "Accept-Encoding: br")
			if strings.Contains(s.said(), "brotli") {
				t.Error("it is looked for where it is not needed")
			}
			for _, road := range roads {
				for _, c := range []struct{ path, accept, coding string }{
					{"/dyn/length", "br, gzip", "gzip"}, {"/dyn/length", "br, deflate;q=0.3", "deflate"}, {"/dyn/length", "br", ""},
					{"/dyn/length", "br, gzip;q=0", ""}, {"/dyn/apply", "br, gzip", "gzip"},
					{"/files/style.css", "br, gzip", "gzip"}, {"/files/style.css", "br", ""},
					{"/dyn/apply-br", "br, gzip", ""},
				} {
					if c.path == "/dyn/apply-br" && road != "HTTP/2" { // it would end with the connection
						continue
					}
					d := getDecoded(t, s, road, "GET", c.path, "Accept-Encoding: "+c.accept)
					if d.err != nil || d.coding != c.coding || (d.vary != "") != (c.coding != "") || d.body == "" {
						t.Errorf("%s %s %s: %+v", road, c.path, c.accept, d)
					}
				}
			}
			if n := strings.Count(s.said(), `no content coding "br": `); n != 1 {
				t.Errorf("said %d times", n)
			}
		})
	}
	for _, flag := range []string{"-DNOTHING", "-DBREAKS"} {
		t.Run(flag, func(t *testing.T) {
			s := start(t, flag, instead(t, "libbrotlienc.so.1", flag), exe, dir, id)
			for _, road := range roads {
				for _, path := range []string{"/dyn/length", "/dyn/nofinal", "/dyn/apply-br", "/files/big.txt"} {
					if d := getDecoded(t, s, road, "GET", path, "Accept-Encoding: br"); d.err == nil {
						t.Errorf("%s %s: %+v", road, path, d)
					}
				}
			}
			if d := getDecoded(t, s, "plain", "GET", "/dyn/length", "Accept-Encoding: gzip"); d.err != nil || d.body != pieces(4) {
				t.Errorf("%+v", d)
			}
			if n := strings.Count(s.said(), "compressing the answer (br): coding: out of memory"); n != 4*len(roads) {
				t.Errorf("said %d times", n)
			}
		})
	}
}

// TestBrotliMemory: answers that break off, or end, leave no memory behind.
//
// Seen to fail: with encoders that are not given back.
func TestBrotliMemory(t *testing.T) {
	dir, id := compressedSite(t), harness.Issue(t, "tls.test", nil, nil)
	s := start(t, "memory", harness.Lib(t), harness.Build(t, "prog/compressed.c"), dir, id)
	broken := func(n int) {
		for range n {
			c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.plain))
			must(t, err)
			_, err = c.Write([]byte("GET /dyn/paced HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n"))
			must(t, err)
			var b []byte
			for buf := make([]byte, 4096); !bytes.Contains(b, []byte("\r\n\r\n")) || bytes.HasSuffix(b, []byte("\r\n\r\n")); {
				k, err := c.Read(buf)
				must(t, err)
				b = append(b, buf[:k]...)
			}
			_ = c.Close()
			if d := getDecoded(t, s, "plain", "GET", "/files/big.txt", "Accept-Encoding: br"); d.err != nil || d.coding != "br" {
				t.Fatalf("%+v", d)
			}
		}
	}
	broken(10)
	before := s.peak(t)
	broken(60)
	if grown := s.peak(t) - before; grown > 8<<10 {
		t.Errorf("%d KiB more", grown)
	}
}

// TestBrotliBodies: what servers send our client as "br".
//
// Seen to fail: with a body that has no end taken for whole.
func TestBrotliBodies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs programs")
	}
	packed := func(b []byte, lgwin int) []byte {
		var w bytes.Buffer
		z := brotli.NewWriterOptions(&w, brotli.WriterOptions{Quality: 5, LGWin: lgwin})
		_, _ = z.Write(b)
		_ = z.Close()
		return w.Bytes()
	}
	text := []byte(pieces(2000))
	good, zeros := packed(text, 22), make([]byte, 64<<20)
	bomb := packed(zeros, 24)
	exe := harness.Build(t, "prog/decoded.c")
	var asked string
	for name, c := range map[string]struct {
		body, want []byte
		bad        bool
	}{
		"whole":        {good, text, false},
		"junk behind":  {append(bytes.Clone(good), "junk"...), text, false},
		"cut":          {good[:len(good)-3], nil, true},
		"no end":       {good[:len(good)/2], nil, true},
		"nothing":      {[]byte{}, nil, false},
		"a byte":       {[]byte{0x8b}, nil, true},
		"no brotli":    {bytes.Repeat([]byte{0xff}, 100), nil, true},
		"large window": {append([]byte{0x11, 0x3e}, good...), nil, true}, // of 2^30 bytes
		"a bomb":       {bomb, zeros, false},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = r.Header.Get("Accept-Encoding")
				w.Header().Set("Content-Encoding", "br")
				w.Header().Set("Content-Length", strconv.Itoa(len(c.body)))
				_, _ = w.Write(c.body)
			}))
			defer srv.Close()
			port := srv.URL[strings.LastIndex(srv.URL, ":")+1:]
			run := func(lib string) ([]byte, string, error) {
				cmd := exec.Command(exe, "plain", port, "/")
				cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
				var log bytes.Buffer
				cmd.Stderr = &log
				out, err := cmd.Output()
				return out, log.String(), err
			}
			out, log, err := run(harness.Lib(t))
			if asked != "br, gzip, deflate" {
				t.Errorf("asked for %q", asked)
			}
			if (err != nil) != c.bad || strings.Contains(log, "compressed body") != c.bad {
				t.Errorf("%v\n%s", err, log)
			}
			if c.want != nil && !bytes.Equal(out, c.want) {
				t.Errorf("%d bytes for %d", len(out), len(c.want))
			}
			var kib int
			_, peak, _ := strings.Cut(log, "VmHWM:")
			if _, err := fmt.Sscan(peak, &kib); err != nil || kib > 48<<10 {
				t.Errorf("%d KiB, %v", kib, err)
			}
			if name == "whole" {
				if out, _, _ := run(instead(t, "libbrotlidec.so.1")); asked != "gzip, deflate" || !bytes.Equal(out, good) {
					t.Errorf("without the library: asked for %q, %d bytes", asked, len(out))
				}
			}
		})
	}
}

// TestForked: a child of a server that has compressed goes on with the context, and with each
// coding.
//
// Seen to fail: with a library that is looked for once in the life of a process's memory.
func TestForked(t *testing.T) {
	all := compressingServers(t)
	for _, name := range []string{"so.17", "so.19"} {
		s := all[name]
		ask := func(when string) {
			t.Helper()
			for _, road := range roads {
				for _, coding := range []string{"br", "gzip", "deflate"} {
					for path, want := range map[string]string{"/dyn/length": pieces(4), "/files/big.txt": string(large)} {
						d := getDecoded(t, s, road, "GET", path, "Accept-Encoding: "+coding)
						if d.err != nil || d.coding != coding || d.body != want {
							t.Errorf("%s, %s, %s %s: %q, %d bytes, %v", name, when, road, path, d.coding, len(d.body), d.err)
						}
					}
				}
			}
		}
		ask("before the fork")
		must(t, syscall.Kill(s.pid, syscall.SIGUSR1))
		if harness.Eventually(t, patience, "forked", func() bool { return strings.Contains(s.said(), "forked") }) {
			ask("in the child")
		}
	}
}
