// SPDX-License-Identifier: MIT

package harness

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Browser is a headless Chromium, driven by its DevTools protocol over a pipe.
type Browser struct {
	t   testing.TB
	cmd *exec.Cmd
	out *os.File

	mu      sync.Mutex
	next    int
	waiting map[int]chan reply
	console []string // what pages logged, and their errors
}

type reply struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct{ Message string }
}

// Chromium starts a browser with a profile of its own, which ends with the test.
func Chromium(t testing.TB) *Browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is missing: run tools/deps, which installs it where there is a package of it")
	}
	toBrowser, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	in, fromBrowser, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, out: out, waiting: map[int]chan reply{}}
	profile := t.TempDir()
	b.cmd = exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
		"--disable-extensions", "--disable-breakpad", "--disable-default-apps", "--disable-background-timer-throttling",
		"--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding",
		"--ignore-certificate-errors", "--remote-debugging-pipe", "--user-data-dir="+profile, "about:blank")
	b.cmd.ExtraFiles = []*os.File{toBrowser, fromBrowser} // descriptors 3 and 4
	b.cmd.Env = append(os.Environ(), "HOME="+profile)
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := b.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	toBrowser.Close()
	fromBrowser.Close()
	go b.read(in)
	kill := time.AfterFunc(2*time.Minute, func() { _ = b.cmd.Process.Kill() })
	t.Cleanup(func() {
		_ = out.Close() // the browser ends when its pipe does
		ended := make(chan struct{})
		go func() { _ = b.cmd.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			_ = b.cmd.Process.Kill()
			<-ended
		}
		kill.Stop()
		in.Close()
		// Its helpers still write to the profile.
		_ = syscall.Kill(-b.cmd.Process.Pid, syscall.SIGKILL)
		Eventually(t, 15*time.Second, "the end of the browser's helpers", func() bool { return !groupLives(b.cmd.Process.Pid) })
	})
	return b
}

// groupLives tells whether a process group has members that still run.
func groupLives(group int) bool {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range files {
		b, _ := os.ReadFile(name)
		_, after, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(after); len(f) > 2 && f[0] != "Z" && f[2] == strconv.Itoa(group) {
			return true
		}
	}
	return false
}

// read takes messages, which end with a NUL, until the browser ends.
func (b *Browser) read(in io.Reader) {
	r := bufio.NewReader(in)
	for {
		m, err := r.ReadBytes(0)
		b.mu.Lock()
		if err != nil {
			for id, c := range b.waiting {
				close(c)
				delete(b.waiting, id)
			}
			b.mu.Unlock()
			return
		}
		var v reply
		if json.Unmarshal(m[:len(m)-1], &v) == nil {
			if c := b.waiting[v.ID]; v.ID != 0 && c != nil {
				delete(b.waiting, v.ID)
				c <- v
			} else if v.Method == "Runtime.exceptionThrown" || v.Method == "Log.entryAdded" {
				b.console = append(b.console, string(v.Params))
			}
		}
		b.mu.Unlock()
	}
}

// Call runs a method in a session ("" is the browser's own) and puts the result into v.
func (b *Browser) Call(session, method string, params map[string]any, v any) {
	b.t.Helper()
	if err := b.try(session, method, params, v); err != nil {
		b.t.Fatal(err)
	}
}

// try is call that gives an error for what the browser refuses.
func (b *Browser) try(session, method string, params map[string]any, v any) error {
	b.t.Helper()
	c := make(chan reply, 1)
	b.mu.Lock()
	b.next++
	id := b.next
	b.waiting[id] = c
	b.mu.Unlock()
	m := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		m["sessionId"] = session
	}
	text, err := json.Marshal(m)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.out.Write(append(text, 0)); err != nil {
		b.t.Fatalf("the browser is gone: %v", err)
	}
	select {
	case r, ok := <-c:
		if !ok {
			b.t.Fatalf("the browser ended during %s", method)
		}
		if r.Error != nil {
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		if v != nil {
			if err := json.Unmarshal(r.Result, v); err != nil {
				return fmt.Errorf("%s: %w", method, err)
			}
		}
	case <-time.After(30 * time.Second):
		b.t.Fatalf("%s is not answered", method)
	}
	return nil
}

// Page is one tab.
type Page struct {
	*Browser
	session string
}

// Open opens a page and waits until it is loaded.
func (b *Browser) Open(url string) Page {
	b.t.Helper()
	var target struct{ TargetID string }
	b.Call("", "Target.createTarget", map[string]any{"url": url}, &target)
	var attached struct{ SessionID string }
	b.Call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := Page{b, attached.SessionID}
	p.Call(p.session, "Runtime.enable", map[string]any{}, nil)
	p.Call(p.session, "Log.enable", map[string]any{}, nil)
	p.Wait("loaded", `document.readyState == "complete" && location.href != "about:blank"`)
	return p
}

// Eval gives the value of a JavaScript expression as text.
func (p Page) Eval(expression string) string {
	p.t.Helper()
	s, err := p.TryEval(expression)
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// TryEval is Eval that gives an error for what the page throws.
func (p Page) TryEval(expression string) (string, error) {
	p.t.Helper()
	var r struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := p.try(p.session, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r); err != nil {
		return "", err
	}
	if e := r.ExceptionDetails; e != nil {
		return "", fmt.Errorf("%s: %s %s", expression, e.Text, e.Exception.Description)
	}
	return fmt.Sprint(r.Result.Value), nil
}

// Wait waits until an expression is true. Errors are passed over: there are
// some while a page is being replaced by the next.
func (p Page) Wait(what, expression string) {
	p.t.Helper()
	var last error
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		s, err := p.TryEval(expression)
		if s == "true" {
			return
		}
		last = err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t.Fatalf("not within 60 s: %s (%s, %v)\nthe pages logged: %s", what, expression, last, strings.Join(p.console, "\n"))
}

// Front brings the page in front of others.
func (p Page) Front() {
	p.t.Helper()
	p.Call(p.session, "Page.bringToFront", map[string]any{}, nil)
}

// Picture writes what the page looks like into a PNG file.
func (p Page) Picture(file string) {
	p.t.Helper()
	var r struct{ Data []byte }
	p.Call(p.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &r)
	if err := os.WriteFile(file, r.Data, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// Mouse sends a mouse event at a place of the window.
func (p Page) Mouse(kind string, x, y float64) {
	p.t.Helper()
	e := map[string]any{"type": kind, "x": x, "y": y}
	if kind != "mouseMoved" {
		e["button"], e["clickCount"] = "left", 1
	}
	p.Call(p.session, "Input.dispatchMouseEvent", e, nil)
}
