// SPDX-License-Identifier: MIT

package lwsws

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// talker is a WebSocket that echoes until it is told to stop.
type talker struct {
	c    *websocket.Conn
	done atomic.Int64 // messages that came back
	stop atomic.Bool
	err  error
}

func (k *talker) talk() {
	for n := 0; !k.stop.Load(); n++ {
		want := fmt.Sprintf("message %d", n)
		if k.err = k.c.WriteMessage(websocket.TextMessage, []byte(want)); k.err != nil {
			return
		}
		_ = k.c.SetReadDeadline(time.Now().Add(within))
		_, b, err := k.c.ReadMessage()
		if err != nil || string(b) != want {
			k.err = fmt.Errorf("%q came back for %q, %v", b, want, err)
			return
		}
		k.done.Add(1)
		time.Sleep(2 * time.Millisecond)
	}
}

func listening(port int) string {
	return fmt.Sprintf(`{ "vhosts": [ { "name": "localhost", "port": "%d", "interface": "127.0.0.1",
		"mounts": [ { "mountpoint": "/", "origin": "file://DIR/www", "default": "index.html" } ],
		"ws-protocols": [ { "echo": { "status": "ok" } } ] } ] }`, port)
}

// 50 WebSockets echo and others come and go while the configuration is loaded anew, and
// while it is broken: nobody is lost, and who comes gets the new one. When the old
// connections have ended their processes end, too.
//
// Seen to fail: with a service process that does not take who waits before it stops
// listening (who comes is reset); with one that only stops (the processes stay); with a
// parent that tells the old one first (who comes is refused).
func TestReload(t *testing.T) {
	t.Parallel()
	for _, l := range ours {
		t.Run(l.Name, func(t *testing.T) {
			t.Parallel()
			reloads(t, l)
		})
	}
}

func reloads(t *testing.T, l library) {
	s, port := newSite(t), harness.FreePort(t)
	global := func(name string) {
		s.write("conf", `{ "global": { "server-string": %q, "plugin-dir": %q } }`, name, l.plugins(t, "echo"))
	}
	global("first")
	s.write("conf.d/a", "%s", listening(port))
	p := l.start(t, "-n", "-c", s.dir)
	up(t, p, port)
	if n := children(p.Pid()); len(n) != 1 {
		t.Fatalf("service processes: %q", n)
	}
	fds := fdsOf(t, children(p.Pid())[0])

	var all []*talker
	var talking sync.WaitGroup
	more := func(n int) {
		for range n {
			d := websocket.Dialer{Subprotocols: []string{"echo"}, HandshakeTimeout: within}
			c, _, err := d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", port), nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, p.Log())
			}
			k := &talker{c: c}
			all = append(all, k)
			talking.Go(k.talk)
		}
	}
	more(50)
	var quit atomic.Bool
	var visitors sync.WaitGroup
	var visits, lost atomic.Int64
	visitors.Go(func() {
		for !quit.Load() {
			if _, b, err := get(port, "/"); err != nil || b != "the page" {
				lost.Add(1)
				t.Errorf("a visitor gets %q, %v", b, err)
				return
			}
			visits.Add(1)
			time.Sleep(5 * time.Millisecond) // each is two lines of the log, of which 1 MiB is kept
		}
	})
	// moved waits until everybody has had an echo since.
	moved := func() {
		t.Helper()
		for i, k := range all {
			was := k.done.Load()
			if !harness.Eventually(t, within, fmt.Sprintf("connection %d goes on", i), func() bool { return k.done.Load() > was+1 }) {
				t.Fatalf("%v\n%s", k.err, p.Log())
			}
		}
	}
	serves := func(name string) {
		t.Helper()
		r, _, err := get(port, "/")
		if err != nil || r.Header.Get("Server") != name {
			t.Fatalf("a new connection is served by %q, %v, not by %s\n%s", r.Header.Get("Server"), err, name, p.Log())
		}
	}
	moved()
	for i, name := range []string{"second", "third", "fourth"} {
		global(name)
		p.Signal(syscall.SIGHUP)
		logs(t, p, "Dropping listen sockets", i+1)
		harness.Eventually(t, within, "only the new one listens", func() bool { return listeners(t, port) == 1 })
		serves(name)
		more(5)
		moved()
	}
	for i, broken := range []string{`{ "vhosts": [ { `, `{ "vhosts": [ { "name": "x", "port": "-1", "mounts": [ { "mountpoint": "/" } ] } ] }`} {
		global("never")
		s.write("conf.d/b", "%s", broken)
		p.Signal(syscall.SIGHUP)
		logs(t, p, "is not usable", i+1)
		serves("fourth")
		moved()
	}
	if !strings.Contains(p.Log(), "conf.d/b(1): mountpoint and origin required") || !strings.Contains(p.Log(), "conf.d/b(1): parsing error") {
		t.Errorf("the log does not say what was wrong:\n%s", p.Log())
	}
	quit.Store(true)
	visitors.Wait()
	if visits.Load() < 20 || lost.Load() > 0 {
		t.Errorf("%d visitors, %d lost", visits.Load(), lost.Load())
	}
	harness.Eventually(t, within, "there are the service process and the three with connections", func() bool { return len(children(p.Pid())) == 4 })
	for _, k := range all {
		k.stop.Store(true)
	}
	talking.Wait()
	for i, k := range all {
		if k.err != nil {
			t.Errorf("connection %d, after %d messages: %v", i, k.done.Load(), k.err)
		}
		k.c.Close()
	}
	if harness.Eventually(t, within, "the old processes end", func() bool { return len(children(p.Pid())) == 1 }) {
		last := children(p.Pid())[0]
		harness.Eventually(t, within, "descriptors go back", func() bool { return fdsOf(t, last) <= fds })
	}
	p.Stop()
	if n := strings.Count(p.Log(), "exited cleanly"); n != 4 {
		t.Errorf("%d service processes say that they ended well\n%s", n, p.Log())
	}
}

func fdsOf(t *testing.T, pid string) int {
	t.Helper()
	l, err := os.ReadDir(filepath.Join("/proc", pid, "fd"))
	if err != nil {
		t.Fatal(err)
	}
	return len(l)
}

// listeners is how many sockets listen on a port of the loopback.
func listeners(t *testing.T, port int) (n int) {
	t.Helper()
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			f := strings.Fields(line)
			if len(f) > 3 && strings.HasSuffix(f[1], fmt.Sprintf("0100007F:%04X", port)) && f[3] == "0A" {
				n++
			}
		}
	}
	return n
}
