// SPDX-License-Identifier: MIT

package apps

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

// The programs of Debian that use the library: unpacked by
// tools/fetch-reference -p, not installed, with what they need.

const multiarch = "usr/lib/x86_64-linux-gnu"

// debianFile is a path among the programs that go with the library.
func (l library) debianFile(t testing.TB, elem ...string) string {
	t.Helper()
	return l.ref.Programs(t, elem...)
}

// startProgram starts one of them with the library.
func (l library) startProgram(t testing.TB, env []string, path string, args ...string) *harness.Proc {
	t.Helper()
	return l.ref.Start(t, env, l.debianFile(t), l.dir, l.debianFile(t, path), args...)
}

// each runs a drive of a program of Debian 12 and of Debian 13, once for each library
// that each can have.
func each(t *testing.T, f func(t *testing.T, l library)) {
	t.Helper()
	both(t, f)
	t.Run(harness.Ref19.Soname(), func(t *testing.T) { both19(t, f) })
}

// both19 is both for the programs of Debian 13.
func both19(t *testing.T, f func(t *testing.T, l library)) {
	t.Helper()
	r := harness.Ref19
	t.Run("debian", func(t *testing.T) { f(t, library{r, "debian", r.Lib(t), r.Headers(t)}) })
	t.Run("ours", func(t *testing.T) {
		l := library{r, "ours", harness.Lib(t), ""}
		if _, err := os.Stat(l.file()); err != nil {
			t.Skip("not built: ", err)
		}
		f(t, l)
	})
}

// write makes a file in a folder and returns its path.
func write(t testing.TB, dir, name, text string) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

// wsPeer serves WebSockets for a program that connects to us; each connection
// is handed to serve.
func wsPeer(t testing.TB, serve func(c *websocket.Conn), protocols ...string) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(wsHandler(t, serve, protocols...))
	t.Cleanup(s.Close)
	return s
}

func wsHandler(t testing.TB, serve func(c *websocket.Conn), protocols ...string) http.Handler {
	up := websocket.Upgrader{Subprotocols: protocols, CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Logf("upgrade: %v", err)
			return
		}
		defer c.Close()
		serve(c)
	})
}

// killLater ends a process that is not our child, at the latest with the test.
func killLater(t testing.TB, pid int) {
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
}

func terminate(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Errorf("process %d: %v", pid, err)
	}
}

// gone waits for the end of a process that is not our child.
func gone(t testing.TB, pid int) {
	t.Helper()
	eventually(t, 15*time.Second, fmt.Sprintf("the end of process %d", pid), func() bool {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		_, state, _ := strings.Cut(string(b), ") ")
		return err != nil || strings.HasPrefix(state, "Z")
	})
}

// children are the processes that a process has started.
func children(t testing.TB, pid int) []int {
	t.Helper()
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var l []int
	for f := range strings.FieldsSeq(string(b)) {
		n, _ := strconv.Atoi(f)
		l = append(l, n)
	}
	return l
}

// runCode runs a command that may fail.
func runCode(t testing.TB, name string, args ...string) (out string, code int) {
	t.Helper()
	b, err := exec.Command(name, args...).CombinedOutput()
	var x *exec.ExitError
	if err != nil && !errors.As(err, &x) {
		t.Fatal(err)
	}
	if x != nil {
		code = x.ExitCode()
	}
	return string(b), code
}

func float64Bytes(v float64) []byte {
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v))
}

func floatOf(t testing.TB, m string) float64 {
	t.Helper()
	if len(m) != 8 {
		t.Fatalf("%q is no number", m)
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(m)))
}

// TestCheckApp: what tools/check-app says of each program and plugin of each Debian, and
// of one with a symbol that is not there, of one that asks for another library, or for two.
//
// Seen to fail with each checked against so.17.
func TestCheckApp(t *testing.T) {
	tool := filepath.Join(harness.Top(), "tools", "check-app")
	for _, r := range []struct {
		harness.Ref
		symbols map[string]int
	}{
		{harness.Ref17, map[string]int{
			"usr/bin/rtpengine": 21, "usr/bin/driftnet": 20, "usr/bin/swupdate": 5, "usr/bin/seaf-daemon": 6,
			multiarch + "/kamailio/modules/lwsc.so":               11,
			multiarch + "/csound/plugins64-6.0/libwebsocketIO.so": 9,
			"usr/lib/ardour7/surfaces/libardour_websockets.so":    18,
		}},
		{harness.Ref19, map[string]int{
			"usr/bin/rtpengine": 22, "usr/bin/driftnet": 20, "usr/bin/swupdate": 5, "usr/bin/seaf-daemon": 6, "usr/sbin/mosquitto": 16,
			multiarch + "/kamailio/modules/lwsc.so":               11,
			multiarch + "/csound/plugins64-6.0/libwebsocketIO.so": 9,
			"usr/lib/ardour8/surfaces/libardour_websockets.so":    18,
		}},
	} {
		for path, want := range r.symbols {
			out := run(t, "", nil, tool, r.Programs(t, path))
			if !strings.Contains(out, fmt.Sprintf(": runs on %s: symbols needed: %d, there: %[2]d, missing: 0\n", r.Soname(), want)) ||
				strings.Count(out, "  ok ") != want {
				t.Errorf("%s: %s", path, out)
			}
		}
	}
	linked := func(calls string, sonames ...string) string {
		odd := write(t, t.TempDir(), "odd.c", "extern int "+calls+"(void); int f(void) { return "+calls+"(); }\n")
		args := []string{"-shared", "-fPIC"}
		for _, s := range sonames {
			empty := compile(t, "gcc", write(t, t.TempDir(), s+".c", ""), "-shared", "-fPIC", "-Wl,-soname,"+s)
			args = append(args, "-Wl,--no-as-needed", empty)
		}
		return compile(t, "gcc", odd, args...)
	}
	const old, newer = "lws_context_destroy2", "lws_dll2_is_detached" // v4.2 dropped the one, and has a function of the other
	for _, c := range []struct {
		path string
		code int
		want string
	}{
		{linked("lws_not_there"), 1, ": symbols needed: 1, there: 0, missing: 1 (it asks for no library itself"},
		{linked(old, "libwebsockets.so.17"), 0, ": runs on libwebsockets.so.17: symbols needed: 1, there: 1, missing: 0\n  ok      " + old + "\n"},
		{linked(newer, "libwebsockets.so.17"), 1, ": does not run on libwebsockets.so.17: symbols needed: 1, there: 0, missing: 1\n  MISSING " + newer + "\n"},
		{linked(old, "libwebsockets.so.19"), 1, ": does not run on libwebsockets.so.19: symbols needed: 1, there: 0, missing: 1\n  MISSING " + old + "\n"},
		{linked(newer, "libwebsockets.so.19"), 0, ": runs on libwebsockets.so.19: symbols needed: 1, there: 1, missing: 0\n  ok      " + newer + "\n"},
		{linked(old, "libwebsockets.so.16"), 1, "asks for libwebsockets.so.16, which is none of ours"},
		{linked(old, "libwebsockets.so.17", "libwebsockets.so.19"), 1, "asks for libwebsockets.so.17 and libwebsockets.so.19, which"},
	} {
		if out, code := runCode(t, tool, c.path); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("exit status %d: %s\nshould say %q", code, out, c.want)
		}
	}
	if out, code := runCode(t, tool, filepath.Join(harness.Top(), "README.md")); code != 2 {
		t.Errorf("a text: exit status %d: %s", code, out)
	}
}

// csound's opcode: a context for each instance, serviced by a thread of its
// own, and messages in fragments that it begins with LWS_WRITE_NO_FIN.
func TestCsound(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		dir, port := t.TempDir(), harness.FreePort(t)
		plugins := filepath.Join(dir, "plugins")
		if err := os.Mkdir(plugins, 0o755); err != nil {
			t.Fatal(err)
		}
		name := "libwebsocketIO.so" // the others need sound cards, X, ...
		if err := os.Symlink(l.debianFile(t, multiarch, "csound/plugins64-6.0", name), filepath.Join(plugins, name)); err != nil {
			t.Fatal(err)
		}
		score := write(t, dir, "test.csd", fmt.Sprintf(`<CsoundSynthesizer>
<CsInstruments>
sr = 1000
ksmps = 10
nchnls = 1
0dbfs = 1
instr 1
  ksend init 0
  kgot init 0
  kgot websocket %d, ksend
  ksend = kgot + 1
  if kgot == 99 then
    event "e", 0, 0
  endif
endin
instr 2
  kother init 7
  kback init 0
  kback websocket %d, kother
endin
</CsInstruments>
<CsScore>
i1 0 50
i2 0 50
</CsScore>
</CsoundSynthesizer>
`, port, port+1))
		p := l.startProgram(t, []string{"OPCODE6DIR64=" + plugins}, "usr/bin/csound", "-+rtaudio=dummy", "-odac", "-d", "-m0", score)
		s := server{p, port}
		p.Listening(port, port+1)
		checkLoaded(t, l, p.Pid())
		in, out, other := wsDial(t, s.addr(), "/", "kgot"), wsDial(t, s.addr(), "/", "ksend"), wsDial(t, server{p, port + 1}.addr(), "/", "kother")
		if err := in.SendMessage(harness.Binary, float64Bytes(42.5)); err != nil {
			t.Fatal(err)
		}
		eventually(t, 15*time.Second, "what was sent comes back", func() bool { return floatOf(t, message(t, out)) == 43.5 })
		if v := floatOf(t, message(t, other)); v != 7 {
			t.Errorf("the other instance sends %v", v)
		}
		if err := in.SendMessage(harness.Binary, float64Bytes(99)); err != nil { // the score's end
			t.Fatal(err)
		}
		if err := p.Wait(20 * time.Second); err != nil {
			t.Errorf("%v\n%s", err, p.Log())
		}
	})
}
