// SPDX-License-Identifier: MIT

package guide

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"libwebsockets/c_tests/harness"
)

func init() { drives["faulty"] = faulty }

// faulty: each fault is found with the tool that its page names.
func faulty(r *run) {
	p := r.serve()
	r.say(r.dial("faulty"), "nothing")
	p.Stop()
	if r.abi == 17 { // without the sanitizer
		if out, err := r.fault("crash"); !killed(err) {
			r.Errorf("a crash ends with %v:\n%s", err, out)
		}
		if _, err := exec.LookPath("gdb"); err != nil || runtime.GOARCH != "amd64" { // elsewhere it ends at Go's frames
			return
		}
		out, _ := r.fault("crash", "gdb", "-batch", "-nx", "-ex", "set startup-with-shell off", "-ex", "run", "-ex", "bt", "--args")
		r.names(out, "SIGSEGV", "callback_faulty (", "crash(lost);", "#0  ", "callback_faulty (", "lws_service (", "main (argc=")
		return
	}
	out, err := r.fault("free")
	below := []string{"lws_service", "main"}
	if runtime.GOARCH != "amd64" {
		below = nil
	}
	r.names(out, append([]string{"heap-use-after-free", "use_after_free", "callback_faulty"}, below...)...)
	if err == nil {
		r.Errorf("the sanitizer is content")
	}
	out, err = r.fault("leak")
	r.names(out, "Direct leak of 12345 byte(s)", "in leak", "in callback_faulty", "12345 byte(s) leaked in 1 allocation(s)")
	if err == nil {
		r.Errorf("the leak is not told")
	}
}

func killed(err error) bool {
	var x *exec.ExitError
	return errors.As(err, &x) && x.Sys().(syscall.WaitStatus).Signal() == syscall.SIGSEGV
}

// fault starts the program, below a tool if there is one, asks for a fault and then for
// its end, and gives what was printed.
func (r *run) fault(what string, tool ...string) (string, error) {
	r.Helper()
	r.port = harness.FreePort(r)
	argv := append(tool, r.exe, fmt.Sprint(r.port))
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = append(cmd.Environ(), "LD_LIBRARY_PATH="+harness.Lib(r), "ASAN_OPTIONS=detect_leaks=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	must(r, cmd.Start())
	limit := time.AfterFunc(60*time.Second, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	defer limit.Stop()
	var c *websocket.Conn
	harness.Eventually(r, 30*time.Second, "a connection", func() (ok bool) {
		d := websocket.Dialer{Subprotocols: []string{"faulty"}, HandshakeTimeout: 20 * time.Second}
		var err error
		c, _, err = d.Dial(fmt.Sprintf("ws://127.0.0.1:%d/", r.port), nil)
		return err == nil
	})
	if c == nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		r.Fatalf("%q does not listen:\n%s", argv, &out)
	}
	defer c.Close()
	r.say(c, what)
	must(r, c.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")))
	_, _, _ = c.ReadMessage() // by now it has happened
	if len(tool) == 0 {
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
	err := cmd.Wait()
	return out.String(), err
}

// names wants texts in this order.
func (r *run) names(out string, want ...string) {
	r.Helper()
	rest := out
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			r.Errorf("no %q in this place of\n%s", w, out)
			return
		}
		rest = after
	}
}
