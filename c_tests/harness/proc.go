// SPDX-License-Identifier: MIT

package harness

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// longest is how long one program may run.
const longest = 90 * time.Second

// Proc is a running C program.
type Proc struct {
	// Port is what it printed as "PORT n", 0 before.
	Port int

	t     testing.TB
	name  string
	cmd   *exec.Cmd
	lines chan string
	done  chan struct{}
	err   error
	kill  *time.Timer

	mu  sync.Mutex
	log bytes.Buffer // stderr
	bad []string     // lines that begin with BAD
	all []string

	meant bool // it was ended by Kill
}

// Start runs a program with the library under test. It is ended with the
// test at the latest; a crash or a line that begins with BAD fails the test.
func Start(t testing.TB, exe string, args ...string) *Proc {
	t.Helper()
	return StartEnv(t, nil, exe, args...)
}

// StartEnv is Start with additions to the environment.
func StartEnv(t testing.TB, env []string, exe string, args ...string) *Proc {
	t.Helper()
	cmd := exec.Command(exe, args...)
	cmd.Env = append(append(os.Environ(), "LD_LIBRARY_PATH="+Lib(t)), env...)
	return StartCmd(t, cmd)
}

// StartCmd starts a command that the caller has prepared, library included;
// its output is taken as that of Start.
func StartCmd(t testing.TB, cmd *exec.Cmd) *Proc {
	t.Helper()
	p := &Proc{t: t, name: filepath.Base(cmd.Path), cmd: cmd, lines: make(chan string, 4096), done: make(chan struct{})}
	Emulated(cmd)
	p.cmd.Stderr = (*logWriter)(p)
	p.cmd.WaitDelay = time.Second
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // for killAll
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.kill = time.AfterFunc(longest, func() {
		p.note("BAD program still running after " + longest.String())
		p.killAll()
	})
	go func() {
		s := bufio.NewScanner(out)
		s.Buffer(nil, 1<<20)
		for s.Scan() {
			p.note(s.Text())
			select {
			case p.lines <- s.Text():
			default: // nobody reads them: All has the line
			}
		}
		close(p.lines)
		p.err = p.cmd.Wait()
		p.kill.Stop()
		close(p.done)
	}()
	t.Cleanup(p.cleanup)
	return p
}

type logWriter Proc

func (w *logWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.log.Len() < 1<<20 {
		w.log.Write(b)
	}
	return len(b), nil
}

func (p *Proc) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, line)
	if strings.HasPrefix(line, "BAD") && len(p.bad) < 5 {
		p.bad = append(p.bad, line)
	}
}

// Log is what the program has written to stderr so far.
func (p *Proc) Log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// All is what the program has printed so far.
func (p *Proc) All() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.all...)
}

// Pid is the program's process id.
func (p *Proc) Pid() int { return p.cmd.Process.Pid }

// WaitLine waits for a printed line that matches and returns its groups.
func (p *Proc) WaitLine(re string, within time.Duration) []string {
	p.t.Helper()
	x := regexp.MustCompile(re)
	limit := time.After(within)
	for {
		select {
		case l, ok := <-p.lines:
			if !ok {
				<-p.done
				p.t.Fatalf("%s ended (%v) without printing %q; it printed %q\nlog:\n%s", p.name, p.err, re, p.All(), p.Log())
			}
			if m := x.FindStringSubmatch(l); m != nil {
				return m
			}
		case <-limit:
			p.t.Fatalf("%s did not print %q within %v; it printed %q\nlog:\n%s", p.name, re, within, p.All(), p.Log())
		}
	}
}

// FirstLine is the next line that the program prints, "" when it ends first.
func (p *Proc) FirstLine(within time.Duration) string {
	p.t.Helper()
	select {
	case l := <-p.lines:
		return l
	case <-time.After(within):
		p.t.Fatalf("%s prints nothing within %v\nlog:\n%s", p.name, within, p.Log())
		return ""
	}
}

// Ready waits for the port that the program listens on.
func (p *Proc) Ready() *Proc {
	p.t.Helper()
	p.Port, _ = strconv.Atoi(p.WaitLine(`^PORT (\d+)$`, 15*time.Second)[1])
	return p
}

// Addr is where the program listens.
func (p *Proc) Addr() string { return fmt.Sprintf("127.0.0.1:%d", p.Port) }

// Wait waits for the program's end and gives its error, nil for exit code 0.
func (p *Proc) Wait(within time.Duration) error {
	p.t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(within):
		p.t.Fatalf("%s is still running after %v; it printed %q\nlog:\n%s", p.name, within, p.All(), p.Log())
		return nil
	}
}

// Stop ends the program with SIGTERM and fails the test unless it ends well.
func (p *Proc) Stop() {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	if err := p.Wait(30 * time.Second); err != nil {
		p.t.Errorf("%s: %v\nlog:\n%s", p.name, err, p.Log())
	}
}

// Signal sends the program a signal.
func (p *Proc) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends the program with SIGKILL, which is no fault of its.
func (p *Proc) Kill() {
	p.meant = true
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Running tells whether the program runs.
func (p *Proc) Running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// killAll ends the program and its children, which are a process group of
// their own.
func (p *Proc) killAll() { _ = syscall.Kill(-p.Pid(), syscall.SIGKILL) }

func (p *Proc) cleanup() {
	if p.Running() {
		p.killAll()
		<-p.done
	} else if x, ok := p.err.(*exec.ExitError); ok && x.Sys().(syscall.WaitStatus).Signaled() && !p.meant {
		p.t.Errorf("%s was ended by %v\nlog:\n%s", p.name, x, p.Log())
	}
	for _, l := range p.bad {
		p.t.Errorf("%s: %s", p.name, l)
	}
	if strings.Contains(p.Log(), "internal error") {
		p.t.Errorf("%s: the library logged an internal error:\n%s", p.name, p.Log())
	}
}

// FDs is the number of open descriptors of the program.
func (p *Proc) FDs() int {
	l, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.Pid()))
	if err != nil {
		p.t.Fatal(err)
	}
	return len(l)
}

// Status is a number in a line of /proc/PID/status: "VmRSS" (kB), "Threads".
func (p *Proc) Status(key string) int {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid()))
	if err != nil {
		p.t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^` + key + `:\s+(\d+)`).FindSubmatch(b)
	if m == nil {
		p.t.Fatalf("no %s in /proc/%d/status", key, p.Pid())
	}
	n, _ := strconv.Atoi(string(m[1]))
	return n
}

// CPU is the processor time that the program has used.
func (p *Proc) CPU() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.Pid()))
	if err != nil {
		p.t.Fatal(err)
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+2:]))
	u, _ := strconv.Atoi(f[11])
	s, _ := strconv.Atoi(f[12])
	return time.Duration(u+s) * 10 * time.Millisecond
}

// Each hands every connection to a port of the test's own to handle.
func Each(t testing.TB, handle func(c net.Conn)) net.Listener {
	t.Helper()
	l := Listen(t)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				handle(c)
			}()
		}
	}()
	return l
}

// Idle waits until the program uses hardly any processor time for a while, which
// it never does when something repeats at once.
func (p *Proc) Idle(while, most time.Duration) {
	p.t.Helper()
	var used time.Duration
	for end := time.Now().Add(10*time.Second + 2*while); time.Now().Before(end); {
		before := p.CPU()
		time.Sleep(while)
		if used = p.CPU() - before; used <= most {
			return
		}
	}
	p.t.Errorf("%s uses %v of processor time in %v while there is nothing to do", p.name, used, while)
}

// Eventually waits until ok holds.
func Eventually(t testing.TB, within time.Duration, what string, ok func() bool) bool {
	t.Helper()
	for end := time.Now().Add(within); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return true
		}
	}
	t.Errorf("not within %v: %s", within, what)
	return false
}
