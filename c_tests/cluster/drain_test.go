// SPDX-License-Identifier: MIT

package cluster

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// TestDrain: a server is told to end in the middle of the traffic. It says that it is not
// well and takes nobody new, first by 503, which HAProxy turns into another server, then
// by not listening; those whom it has are sent elsewhere with 1001, and miss nothing. Seen
// to fail with a server that takes upgrades while it drains.
func TestDrain(t *testing.T) {
	t.Parallel()
	for _, s := range []harness.Side{so17, debian} {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			flags := sanitized
			if !s.Ours {
				flags = nil // its leaks are not ours
			}
			c := start(t, s, flags)
			const n, each = 60, 25
			p := c.clients("--clients", fmt.Sprint(n), "--each", fmt.Sprint(each), "--every", "200")
			p.WaitLine("^PROGRESS 20$", 30*time.Second)
			own := enter(t, c.ports[0], "own", "$", "other")
			c.servers[0].Signal(syscall.SIGTERM)
			c.healthy(0, http.StatusServiceUnavailable)
			if _, r, err := dial(t, c.ports[0]); err == nil || r == nil || r.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("somebody new: %v, %+v", err, r)
			}
			for range 8 { // HAProxy may not have noticed yet
				if e := enter(t, c.port, "new", "$", "other"); e == nil {
					t.Error("nobody new comes in anywhere")
				}
			}
			// In libuv the original sends no close frame from WRITEABLE (row 107 of docs/quirks.md).
			if code := own.ends(); code != websocket.CloseGoingAway && (s.Ours || code != websocket.CloseAbnormalClosure) {
				t.Errorf("who is there is closed with %d", code)
			}
			if err := c.servers[0].Wait(15 * time.Second); err != nil {
				t.Errorf("%v\n%s", err, c.servers[0].Log())
			}
			if _, _, err := dial(t, c.ports[0]); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("its port: %v", err)
			}
			if log := c.servers[0].Log(); !strings.Contains(log, "drain: done, 0 are left") {
				t.Errorf("the log says\n%s", log)
			}
			ended(t, p, 40*time.Second).once(t, n, each)
		})
	}
}

// TestSecondSignal: who is told twice ends at once, whoever is there.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	c := start(t, so17, sanitized, "--grace-ms", "60000")
	own := enter(t, c.ports[0], "own", "$", "r")
	c.servers[0].Signal(syscall.SIGTERM)
	c.healthy(0, http.StatusServiceUnavailable)
	c.servers[0].Signal(syscall.SIGTERM)
	if err := c.servers[0].Wait(10 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, c.servers[0].Log())
	}
	own.ends()
}

// TestFiles: the files around the servers are as their readers want them.
func TestFiles(t *testing.T) {
	t.Parallel()
	if path, err := exec.LookPath("systemd-analyze"); err == nil {
		dir := t.TempDir()
		unit, err := os.ReadFile(filepath.Join(folder(), "systemd/cluster-chat@.service"))
		if err != nil {
			t.Fatal(err)
		}
		// What it would start is not installed.
		text := strings.Replace(string(unit), "/usr/local/bin/cluster-chat", "/bin/true", 1)
		file := filepath.Join(dir, "cluster-chat@7001.service")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(path, "verify", "--man=no", file).CombinedOutput()
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "cluster-chat") {
				t.Errorf("systemd-analyze: %s", line)
			}
		}
		t.Logf("systemd-analyze verify: %v", err)
	}
	if out, err := exec.Command("bash", "-n", filepath.Join(folder(), "start")).CombinedOutput(); err != nil {
		t.Errorf("start: %s", out)
	}
}

// TestStart: what "make cluster" does, to its end by Ctrl-C, behind which nothing is left. Seen
// to fail with a Redis that is left.
func TestStart(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("redis-server is missing: run tools/deps")
	}
	dir, port := t.TempDir(), 0
	for { // it wants four in a row
		a, b := harness.FreePort(t), harness.FreePort(t)
		if port = min(a, b); max(a, b) == port+2 || b > 0 && unusedFrom(port) {
			break
		}
	}
	harness.CopyFile(t, program(t, so17, "server"), filepath.Join(dir, "cluster-chat"))
	cmd := exec.Command(filepath.Join(folder(), "start"), dir, fmt.Sprint(port))
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+so17.Ref.Ours(t, "uv"), "DISPLAY=", "WAYLAND_DISPLAY=")
	p := harness.StartCmd(t, cmd)
	p.WaitLine(fmt.Sprintf(`^The chat is on http://127.0.0.1:%d/`, port), 30*time.Second)
	harness.Eventually(t, 10*time.Second, "the page is there", func() bool {
		r, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/", port))
		if err == nil {
			r.Body.Close()
		}
		return err == nil && r.StatusCode == http.StatusOK
	})
	e := enter(t, port, "own", "$", "r")
	e.said("r", "1", "hello")
	e.Close()
	p.Signal(syscall.SIGINT)
	if err := p.Wait(20 * time.Second); err != nil {
		t.Error(err)
	}
	if !unusedFrom(port) {
		t.Errorf("somebody still listens on one of the ports from %d on", port)
	}
}

func unusedFrom(port int) bool {
	for i := range 4 {
		l, err := listen(port + i)
		if err != nil {
			return false
		}
		l.Close()
	}
	return true
}
