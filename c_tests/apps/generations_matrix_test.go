// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// generation is a release whose test programs docs/generations.md speaks of,
// and the header that they are compiled with.
type generation struct {
	tag, compat string
	fraggle     string // why upstream's test-fraggle cannot work, "" when it can
	echo        string // the same of test-echo
}

// signedRandom: `ran % 8000` of an int that may be negative is taken for a length.
const signedRandom = "takes negative random numbers for lengths"

// emptyName: the server asserts that its cleared memory holds -1, and with
// Debian's library of 4.1.6 too the client of a protocol named "" never sends.
const emptyName = "asserts what it never set, and names its protocol \"\""

var releases = []generation{
	{"v1.2-chrome26-firefox18", "1.3", "", ""},
	{"v1.3-chrome37-firefox30", "1.3", "", ""},
	{"v1.4-chrome43-firefox-36", "1.3", signedRandom, ""},
	{"v1.5-chrome47-firefox41", "1.3", signedRandom, ""},
	{"v1.5.1", "1.3", signedRandom, ""},
	{"v1.6.3", "1.6", signedRandom, ""},
	{"v1.7.9", "1.6", "", emptyName},
	{"v2.0.3", "1.6", "", emptyName},
	{"v2.2.2", "", "", emptyName},
	{"v2.4.2", "", "", emptyName},
}

// ofTime is our library with the header of an older generation in front.
func (g generation) library(t *testing.T) library {
	l := ours(t)
	if g.compat != "" {
		l.include = filepath.Join(l.include, "compat", g.compat) + " -I" + l.include
	}
	return l
}

// program compiles one of the release's test programs, unchanged.
func (g generation) program(t *testing.T, name string, flags ...string) program {
	t.Helper()
	dir := upstream(t, g.tag)
	folder, _ := filepath.Glob(dir + "/test-*")
	var args []string
	for _, i := range strings.Split(g.library(t).include, " -I") {
		args = append(args, "-I"+i)
	}
	if strings.HasPrefix(name, "test-server") {
		for _, part := range []string{"http", "dumb-increment", "mirror", "status", "echogen", "lws-status"} {
			if f := folder[0] + "/test-server-" + part + ".c"; exists(f) {
				args = append(args, f)
			}
		}
	}
	l := ours(t)
	args = append(args, flags...)
	args = append(args, "-w", dataDir(t), "-L"+l.dir, "-l:libwebsockets.so.17",
		"-lpthread", "-lssl", "-lcrypto")
	return program{"ours", compile(t, "gcc", filepath.Join(folder[0], name+".c"), args...), l}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

var pingReply = regexp.MustCompile(`bytes from .*req=(\d+)`)

func TestUpstreamReleases(t *testing.T) {
	for _, g := range releases {
		t.Run(g.tag, func(t *testing.T) {
			upstream(t, g.tag)
			t.Run("test-server", func(t *testing.T) {
				s := g.program(t, "test-server").serve(t)
				if a := ask(t, "tcp", s.addr(), get("/")); !strings.HasPrefix(a.text, "HTTP/1.") || !strings.Contains(a.text, " 200 ") ||
					!strings.Contains(a.text, "</html>") {
					t.Errorf("/: %s", a.shown())
				}
				oldIncrement(t, s)
				oldMirror(t, s)
				t.Run("test-ping", func(t *testing.T) { pingThousands(t, g, s) })
				interrupt(t, s.Proc)
			})
			if folder, _ := filepath.Glob(upstream(t, g.tag) + "/test-*"); exists(folder[0] + "/test-server-pthreads.c") {
				t.Run("test-server-pthreads", func(t *testing.T) {
					s := g.program(t, "test-server-pthreads").serve(t)
					oldIncrement(t, s)
					interrupt(t, s.Proc)
				})
			}
			for name, flags := range map[string][]string{
				"test-server-libuv": {"-DLWS_USE_LIBUV", "-luv"}, "test-server-libev": {"-DLWS_USE_LIBEV", "-lev"},
				"test-server-libevent": {"-DLWS_USE_LIBEVENT", "-levent_core"}} {
				if folder, _ := filepath.Glob(upstream(t, g.tag) + "/test-*"); !exists(folder[0] + "/" + name + ".c") {
					continue
				}
				t.Run(name, func(t *testing.T) {
					s := g.program(t, name, flags...).serve(t)
					oldIncrement(t, s)
					oldMirror(t, s)
					if g.tag != "v1.7.9" { // its signal callback has an argument more than libuv's
						interrupt(t, s.Proc)
					}
				})
			}
			t.Run("test-client", func(t *testing.T) {
				s := dynamicProgram(t, ours(t), "test-server").serve(t)
				oldClient(t, g.program(t, "test-client"), s)
				interrupt(t, s.Proc)
			})
			t.Run("test-fraggle", func(t *testing.T) {
				p := g.program(t, "test-fraggle")
				if g.fraggle != "" {
					t.Logf("compiles and links; upstream's program %s", g.fraggle)
					return
				}
				oldFraggle(t, p, p)
			})
			t.Run("test-echo", func(t *testing.T) {
				p := g.program(t, "test-echo")
				if g.echo != "" {
					t.Logf("compiles and links; upstream's program %s", g.echo)
					return
				}
				echoes(t, p)
			})
		})
	}
}

// oldIncrement: numbers count up from 0, and start again after "reset".
func oldIncrement(t *testing.T, s server) {
	t.Helper()
	r := wsDial(t, s.addr(), "/", "dumb-increment-protocol")
	for want := range 4 {
		if n := number(t, r); n != want {
			t.Fatalf("number %d, not %d", n, want)
		}
	}
	send(t, r, "reset\n")
	for n := number(t, r); n != 0; n = number(t, r) {
		if n > 20 {
			t.Fatalf("still counting after the reset: %d", n)
		}
	}
	r.Close()
}

// oldMirror: what one sends comes to everybody.
func oldMirror(t *testing.T, s server) {
	t.Helper()
	a, b := wsDial(t, s.addr(), "/", "lws-mirror-protocol"), wsDial(t, s.addr(), "/", "lws-mirror-protocol")
	for i := range 20 {
		stroke := fmt.Sprintf("d #%06x %d %d %d %d;", i*1000, i, i+1, i+2, i+3)
		send(t, a, stroke)
		for _, r := range []*harness.Raw{a, b} {
			if got := message(t, r); got != stroke {
				t.Fatalf("sent %q, mirrored %q", stroke, got)
			}
		}
	}
	a.Close()
	b.Close()
}

var oldNumber = regexp.MustCompile(`rx \d+ '(\d+)'`)

// oldClient: it receives numbers in order and joins the mirror.
func oldClient(t *testing.T, p program, s server) {
	t.Helper()
	c := briefly(t, p, 6, "-d", "15", "-p", strconv.Itoa(s.port), "127.0.0.1")
	mirror := regexp.MustCompile(`mirror.*LWS_CALLBACK_CLIENT_ESTABLISHED|opened mirror connection`)
	eventually(t, 20*time.Second, "20 numbers and the mirror; log:\n"+tail(c), func() bool {
		return len(oldNumber.FindAllString(c.Log(), -1)) >= 20 && mirror.MatchString(c.Log())
	})
	for i, m := range oldNumber.FindAllStringSubmatch(c.Log(), -1) {
		if m[1] != strconv.Itoa(i) {
			t.Fatalf("number %s, not %d:\n%s", m[1], i, tail(c))
		}
	}
	_ = c.Wait(20 * time.Second)
}

// briefly runs a program and interrupts it after some seconds: the old ones
// end by that or not at all.
func briefly(t *testing.T, p program, seconds int, args ...string) *harness.Proc {
	t.Helper()
	return harness.StartEnv(t, p.lib.env(), "/usr/bin/timeout",
		append([]string{"-s", "INT", "-k", "5", strconv.Itoa(seconds), p.exe}, args...)...)
}

// pingThousands runs test-ping without pause for a while.
func pingThousands(t *testing.T, g generation, s server) {
	p := g.program(t, "test-ping")
	c := briefly(t, p, 2, "127.0.0.1", "-i", "0", "-s", "100", "-p", strconv.Itoa(s.port))
	_ = c.Wait(10 * time.Second)
	replies := pingReply.FindAllStringSubmatch(c.Log(), -1)
	if len(replies) < 1000 {
		t.Errorf("%d replies:\n%s", len(replies), tail(c))
	}
	for i, r := range replies {
		if r[1] != strconv.Itoa(i+1) {
			t.Fatalf("reply %d is of request %s", i+1, r[1])
		}
	}
	t.Logf("%d replies", len(replies))
}

// echoes: the server sends back what it gets; the client sends and prints.
func echoes(t *testing.T, p program) {
	port := harness.FreePort(t)
	s := briefly(t, p, 8, "-p", strconv.Itoa(port))
	s.Listening(port)
	r := wsDial(t, fmt.Sprintf("127.0.0.1:%d", port), "/", "")
	for i := range 100 {
		text := fmt.Sprintf("message %d", i)
		send(t, r, text)
		if got := message(t, r); got != text {
			t.Fatalf("%q came back as %q", text, got)
		}
	}
	r.Close()
	c := briefly(t, p, 4, "-c", "127.0.0.1", "-p", strconv.Itoa(port), "-r", "20")
	eventually(t, 20*time.Second, "the client has its message back; log:\n"+tail(c), func() bool {
		return strings.Contains(c.Log(), "Client RX: ")
	})
	_ = c.Wait(20 * time.Second)
	_ = s.Wait(20 * time.Second)
}
