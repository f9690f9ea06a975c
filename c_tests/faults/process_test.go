// SPDX-License-Identifier: MIT

package faults

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestLoads: dlopen, use, dlclose, three times. Without -z nodelete the second
// round crashes.
func TestLoads(t *testing.T) {
	p := h.Start(t, h.Build(t, prog("loads.c"), h.NoLink), filepath.Join(h.Lib(t), "libwebsockets.so.17"))
	if err := p.Wait(20 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log())
	}
	if got := strings.Join(p.All(), " "); got != "ROUND ROUND ROUND DONE" {
		t.Errorf("printed %q", got)
	}
}

// TestAddressSpace: with whatever limit of address space, a context is made
// and works or is refused with a line that says why; never a crash. A build
// without the check dies of the runtime's own fatal error.
func TestAddressSpace(t *testing.T) {
	exe := h.Build(t, "echo_server.c")
	refused := 0
	for _, mb := range []int{40, 100, 200, 400, 510, 600, 700, 800, 950, 1000, 1300, 1400, 1600, 1700, 1900, 2020, 2040, 2060, 2080, 2100, 2200, 2500, 4000} {
		p := h.Start(t, "/bin/sh", "-c", fmt.Sprintf("ulimit -v %d && exec %s", mb<<10, exe))
		line := p.FirstLine(10 * time.Second)
		if strings.HasPrefix(line, "PORT") {
			_, _ = fmt.Sscanf(line, "PORT %d", &p.Port)
			if err := loadFor(p.Addr(), 1, 20*time.Millisecond, 1); err != nil {
				t.Errorf("%d MiB: %v\n%s", mb, err, p.Log())
			}
			p.Stop()
			continue
		}
		err := p.Wait(15 * time.Second)
		if strings.Contains(p.Log(), "loading shared libraries") {
			continue // the loader was stopped already
		}
		refused++
		if x, ok := err.(*exec.ExitError); line != "NOCONTEXT" || !ok || x.ExitCode() != 3 {
			t.Errorf("%d MiB: %q, %v", mb, line, err)
		}
		if !strings.Contains(p.Log(), "ulimit -v") && !strings.Contains(p.Log(), "memory") {
			t.Errorf("%d MiB: the log does not say why:\n%s", mb, p.Log())
		}
	}
	if h.Ours(t) && refused == 0 {
		t.Error("no limit was small enough to be refused")
	}
}

// TestEnvironment: variables that mean something to a Go runtime belong to the
// program's children; the library is not moved by them. Seen to fail with a
// build that hands the environment on as it is.
func TestEnvironment(t *testing.T) {
	p := h.StartEnv(t, []string{
		"GODEBUG=gctrace=1,inittrace=1,schedtrace=10,asyncpreemptoff=0,gcshrinkstackoff=0,invalidptr=1,cgocheck=1",
		"GOGC=1", "GOMEMLIMIT=1", "GOMAXPROCS=1", "GOTRACEBACK=crash", "GORACE=log_path=/dev/null", "GOCOVERDIR=/nonexistent",
	}, h.Build(t, "echo_server.c")).Ready()
	if err := loadFor(p.Addr(), 4, time.Second, 100); err != nil {
		t.Error(err)
	}
	p.Stop()
	if p.Log() != "" {
		t.Errorf("something was written:\n%.500s", p.Log())
	}
	if !h.Ours(t) {
		return
	}
	// The traces would come if the variables had not been held back.
	if b, err := os.ReadFile(filepath.Join(h.Lib(t), "libwebsockets.so.17")); err != nil || !strings.Contains(string(b), "gctrace") {
		t.Errorf("the library knows no gctrace: the test tests nothing (%v)", err)
	}
}

// TestManyContexts: each of many contexts is served, and a pointer that is none of them
// is refused without a look at what it points to. Seen to fail: a library that looks
// for a mark in there, and one whose table of contexts does not grow.
func TestManyContexts(t *testing.T) {
	for _, n := range []string{"1", "7", "8", "9", "250"} {
		p := h.Start(t, h.Build(t, prog("contexts.c")), n)
		if err := p.Wait(60 * time.Second); err != nil {
			t.Errorf("%s contexts: %v\n%s", n, err, p.Log())
		}
		if got := strings.Join(p.All(), "; "); got != "refused 0 of ours; foreign -1 -1 -1 1; refused 0 of what is left; DONE" {
			t.Errorf("%s contexts: %s", n, got)
		}
		if !strings.Contains(p.Log(), "is no context of this library") {
			t.Errorf("logged:\n%s", p.Log())
		}
	}
}

// TestSIGPIPE: a peer that resets while much is being sent to it does not end
// a program whose SIGPIPE has its default action. A send without MSG_NOSIGNAL does.
func TestSIGPIPE(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c"), "-c", "1000", "-S").Ready()
	big := make([]byte, 4<<20)
	for i := range 30 {
		r := h.MustDial(t, p.Addr(), "")
		if err := r.SendMessage(h.Binary, big); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Receive(); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			r.Reset()
		} else {
			r.Close()
		}
	}
	// An answer to a peer that has sent both FIN and RST gives EPIPE.
	for range 300 {
		r := h.MustDial(t, p.Addr(), "")
		if err := r.SendMessage(h.Text, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		_ = r.Conn.(*net.TCPConn).CloseWrite()
		r.Reset()
	}
	if err := loadFor(p.Addr(), 1, 0, 100); err != nil {
		t.Error("afterwards: ", err)
	}
	p.Stop()
}

// TestAddressSanitizer: C programs built with it find nothing, leaks included.
// Seen to fail with an echo server that wrote behind its buffer, or lost one.
func TestAddressSanitizer(t *testing.T) {
	env := []string{"ASAN_OPTIONS=detect_leaks=1:exitcode=99"}
	p := h.StartEnv(t, env, h.Build(t, "echo_server.c", "-fsanitize=address", "-fno-omit-frame-pointer"), "-x", "-u").Ready()
	if err := loadFor(p.Addr(), 4, time.Second, 100); err != nil {
		t.Error(err)
	}
	for _, size := range []int{0, 1, 125, 126, 4096, 70000, 1 << 20} {
		r := h.MustDial(t, p.Addr(), "")
		msg := make([]byte, size)
		if err := r.SendMessage(h.Text, msg); err != nil {
			t.Fatal(err)
		}
		if _, got, err := r.ReceiveMessage(); err != nil || len(got) != size {
			t.Errorf("%d bytes: %d came, %v", size, len(got), err)
		}
		if err := r.CloseCleanly(); err != nil {
			t.Error(err)
		}
	}
	r := h.MustDial(t, p.Addr(), "")
	_ = r.SendMessage(h.Text, []byte("\xff"))
	_, _ = r.Receive()
	p.Stop()
	if strings.Contains(p.Log(), "ERROR: ") {
		t.Errorf("%s", p.Log())
	}
}
