// SPDX-License-Identifier: MIT

package faults

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// outcome is what a program printed, and how it ended.
func outcome(t *testing.T, lib, exe string, args ...string) string {
	t.Helper()
	said, _ := outcomeLog(t, lib, exe, args...)
	return said
}

var emulators = regexp.MustCompile(`(?m)^qemu: uncaught target signal .*\n`)

func outcomeLog(t *testing.T, lib, exe string, args ...string) (said, logged string) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), 60*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
	var log strings.Builder
	cmd.Stderr = &log
	out, err := h.Emulated(cmd).Output()
	if ctx.Err() != nil {
		t.Errorf("%v: still running after a minute", args)
	}
	if strings.Contains(log.String(), "goroutine ") {
		t.Errorf("%v: the Go runtime's traceback:\n%.600s", args, log.String())
	}
	// What qemu says of each signal that ends its guest is not the guest's.
	return fmt.Sprintf("%s%v", out, err), emulators.ReplaceAllString(log.String(), "")
}

// TestFaults: each fault in each place of the program, with each kind of
// handler, has the outcome that it has with the original: the same signal ends
// the process, and the same is told to the program's handler. While Go's own
// handlers were in place those without a handler ended with SIGABRT after more
// than ten seconds, and what came by kill() went to nobody.
func TestFaults(t *testing.T) {
	exe := h.Build(t, prog("signals.c"))
	faults := []string{"null", "wild", "bus", "divide", "illegal", "jump", "abort", "trap", "kill", "raise", "stack"}
	handlers := []string{"none", "before", "before-plain", "before-altstack", "before-once", "before-nodefer", "before-exit", "before-jump", "before-ignore",
		"before-chain", "after", "after-plain", "after-altstack", "after-once", "after-exit", "after-jump", "after-ignore", "after-chain", "after-reporter"}
	var all [][]string
	for _, place := range []string{"callback", "thread", "timer", "emitter", "onstack", "child"} {
		for _, fault := range faults {
			for _, handler := range handlers {
				switch {
				case strings.HasSuffix(handler, "-chain") && (fault == "kill" || fault == "raise"):
					// Theirs takes the default action off, ours ends the process.
				case place == "thread" && fault == "kill":
					// Any thread may get it, at any time.
				case handler == "none",
					place == "callback" && (fault == "null" || fault == "divide" || fault == "kill" || handler == "before" || handler == "after"),
					fault == "null" && (handler == "before" || handler == "before-altstack" || handler == "after" || handler == "after-chain"):
					all = append(all, []string{place, fault, handler})
				}
			}
		}
	}
	// What is no fault, but the runtime takes or unblocks as well.
	for _, fault := range []string{"urgent", "pipe", "children"} {
		for _, handler := range []string{"none", "before", "after"} {
			all = append(all, []string{"callback", fault, handler})
		}
	}
	for _, handler := range []string{"before-mend", "after-mend"} {
		all = append(all, []string{"callback", "readonly", handler})
	}
	debian := h.Reference(t, "root", "usr", "lib", "x86_64-linux-gnu")
	ours := h.Lib(t)
	next := make(chan []string)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for args := range next {
				want := outcome(t, debian, exe, args...)
				if got := outcome(t, ours, exe, args...); got != want {
					t.Errorf("%v:\n%s\nwith the original:\n%s", args, got, want)
				}
			}
		})
	}
	for _, args := range all {
		next <- args
	}
	close(next)
	workers.Wait()
	t.Logf("%d faults", len(all))
}

// TestLibraryFaults: a fault in the library's Go code. Near NULL it fails the
// call; else it is told in one line with the names of the functions, and then
// it is as any other fault. While the runtime saw to it itself it printed pages
// and ended with SIGABRT.
func TestLibraryFaults(t *testing.T) {
	exe := h.Build(t, prog("signals.c"))
	if !h.Ours(t) {
		t.Skip("about Go code")
	}
	const recovered, died, told = "vhost (nil)\nwent on\nend\n<nil>", "signal: segmentation fault", "signal 11 code 1 addr 0x"
	for _, c := range []struct {
		place, fault, handler, said string
		lines                       int
	}{
		{"callback", "near", "none", recovered, 1},
		{"thread", "near", "none", recovered, 1},
		{"timer", "near", "none", recovered, 1},
		{"child", "near", "none", recovered, 1},
		{"callback", "near", "before", recovered, 1},
		{"callback", "near", "before-altstack", recovered, 1},
		{"callback", "near", "after-altstack-chain", told + "40 else usr1 1 self 1 altstack -1\n" + recovered, 1},
		{"callback", "near", "after-exit", told + "40 else usr1 1 self 1 altstack -1\nexit status 7", 0},
		{"callback", "far", "none", died, 1},
		{"thread", "far", "none", died, 1},
		{"timer", "far", "none", died, 1},
		{"child", "far", "none", "child b\n<nil>", 1},
		{"callback", "far", "before", told + "12345640 else usr1 1 self 1 altstack -1\n" + died, 1},
		{"callback", "far", "before-exit", told + "12345640 else usr1 1 self 1 altstack -1\nexit status 7", 1},
		{"callback", "far", "after-altstack-chain", told + "12345640 else usr1 1 self 1 altstack -1\n" + died, 1},
		{"callback", "far", "after-altstack-reporter", told + "12345640 else usr1 1 self 1 altstack -1\n" + died, 1},
	} {
		got, log := outcomeLog(t, h.Lib(t), exe, c.place, c.fault, c.handler, "log")
		if c.place == "child" {
			got = strings.Replace(got, "child 0\n", "", 1)
		}
		if got != c.said {
			t.Errorf("%s %s %s: %q, not %q\n%s", c.place, c.fault, c.handler, got, c.said, log)
		}
		if n := strings.Count(log, "\n"); n != c.lines {
			t.Errorf("%s %s %s: %d lines:\n%s", c.place, c.fault, c.handler, n, log)
		}
		if c.fault == "far" && !strings.Contains(log, "SIGSEGV at address 0x12345640 inside the library: ") ||
			c.fault == "far" && !strings.Contains(log, " < main.infoFrom < main.go_lws_create_vhost") {
			t.Errorf("%s %s %s: logged:\n%s", c.place, c.fault, c.handler, log)
		}
	}
}

// TestRuntimeFaults: what the Go runtime cannot go on from is a line that says what and
// one that says where, in the program's log; then the process ends with SIGABRT as by abort().
// Before, the runtime printed some hundred lines about itself to stderr.
func TestRuntimeFaults(t *testing.T) {
	exe := h.Build(t, prog("signals.c"))
	if !h.Ours(t) {
		t.Skip("about Go code")
	}
	const told = "signal 6 code -6 addr (nil) else usr1 1 self 1 altstack -1\n"
	for _, c := range []struct{ place, handler, said string }{
		{"callback", "none", "signal: aborted"},
		{"thread", "none", "signal: aborted"},
		{"timer", "none", "signal: aborted"},
		{"callback", "before", told + "signal: aborted"},
		{"callback", "after-exit", told + "exit status 7"},
		{"child", "none", "child 6\n<nil>"},
	} {
		said, log := outcomeLog(t, h.Lib(t), exe, c.place, "memory", c.handler, "log")
		if said != c.said {
			t.Errorf("%s %s: %q, not %q\n%s", c.place, c.handler, said, c.said, log)
		}
		if strings.Count(log, "\n") != 2 {
			t.Errorf("%s %s: logged:\n%s", c.place, c.handler, log)
		}
		inOrder(t, c.place+" "+c.handler, log, "libwebsockets: internal fault in the Go runtime: out of memory", "libwebsockets: in engine.", " < main.go_lws_write <")
	}
}

// TestDebugger: gdb stops a fault in a callback at the program's line, and the
// backtrace goes on from the callback to lws_service and main; so does the
// report of a program built with AddressSanitizer. Without unwind tables that
// lead around Go's frames both end where Go called.
func TestDebugger(t *testing.T) {
	exe := h.Build(t, prog("signals.c"))
	for _, place := range []string{"callback", "timer", "emitter"} {
		ctx, stop := context.WithTimeout(context.Background(), 80*time.Second)
		defer stop()
		cmd := exec.CommandContext(ctx, "gdb", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "run", "-ex", "bt", "--args", exe, place, "null", "none")
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		inOrder(t, place+" in gdb", string(out), "received signal SIGSEGV", "the line of the fault", "#0 ", "fault_here", "#1 ", "lws_service", "main (")
	}
}

// TestStepping: in a callback gdb stops at a breakpoint, steps to the next line,
// and finishes into the callback that called. Seen to fail with a lwsgo_out that
// just calls: the backtrace ends there.
func TestStepping(t *testing.T) {
	exe := h.Build(t, prog("signals.c"))
	ctx, stop := context.WithTimeout(context.Background(), 80*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, "gdb", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "break fault_here", "-ex", "run",
		"-ex", "step", "-ex", "finish", "-ex", "bt", "--args", exe, "callback", "urgent", "none")
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t))
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	inOrder(t, "gdb", string(out), "Breakpoint 1, fault_here", "zero = 0;", "went on", "callback (", "#0  callback (", " lws_service (", " main (")
}

// TestValgrind: memcheck finds a fault in a callback and where it is. While the
// runtime used RDTSCP, five runs of six ended with SIGILL instead.
func TestValgrind(t *testing.T) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Skip("there is no valgrind")
	}
	exe := h.Build(t, prog("signals.c"))
	said, log := outcomeLog(t, h.Lib(t), "valgrind", exe, "callback", "null", "none")
	if want := "signal: segmentation fault"; !strings.HasPrefix(said, want) {
		t.Errorf("%s, not %s", said, want)
	}
	inOrder(t, "valgrind", log, "Invalid write of size 1", "fault_here", "callback", "lws_service", "main (")
}

// TestValgrindSilent: memcheck has nothing to say about a small WebSocket server, with
// the suppressions that we ship. Without them it has.
func TestValgrindSilent(t *testing.T) {
	if _, err := exec.LookPath("valgrind"); err != nil {
		t.Skip("there is no valgrind")
	}
	cmd := exec.Command("valgrind", "--error-exitcode=9", "--suppressions="+filepath.Join(h.Top(), "packaging", "valgrind.supp"), h.Build(t, "echo_server.c"))
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t))
	p := h.StartCmd(t, cmd)
	p.Port, _ = strconv.Atoi(p.WaitLine(`^PORT (\d+)$`, 60*time.Second)[1])
	for range 3 {
		r, err := h.Dial(p.Addr(), "", 60*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 5, 125, 5, 5} {
			msg := noise(n)
			if err := r.SendMessage(h.Binary, msg); err != nil {
				t.Fatal(err)
			}
			if _, got, err := r.ReceiveMessage(); err != nil || !bytes.Equal(got, msg) {
				t.Fatalf("%d bytes: %d came back, %v", n, len(got), err)
			}
		}
		if err := r.CloseCleanly(); err != nil {
			t.Error(err)
		}
	}
	p.Stop()
	inOrder(t, "valgrind", p.Log(), "ERROR SUMMARY: 0 errors")
}

// TestCoreFile: the core file that a fault in a callback leaves shows the program's
// line and who called. Without unwind tables around Go's frames it ends at the callback.
func TestCoreFile(t *testing.T) {
	if b, err := os.ReadFile("/proc/sys/kernel/core_pattern"); err != nil || strings.HasPrefix(string(b), "|") || strings.HasPrefix(string(b), "/") {
		t.Skipf("core files go elsewhere: %s", b)
	}
	exe, dir := h.Build(t, prog("signals.c")), t.TempDir()
	cmd := exec.Command("sh", "-c", `ulimit -c unlimited && exec "$0" "$@"`, exe, "callback", "null", "core")
	cmd.Env, cmd.Dir = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t)), dir
	out, err := cmd.CombinedOutput()
	cores, _ := filepath.Glob(filepath.Join(dir, "core*"))
	if len(cores) != 1 {
		t.Skipf("no core file: %v\n%s", err, out)
	}
	cmd = exec.Command("gdb", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "bt", exe, cores[0])
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t))
	out, err = cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	inOrder(t, "gdb", string(out), "terminated with signal SIGSEGV", "#0 ", "fault_here", "the line of the fault", "callback", "lws_service", "main (")
}

// TestPerf: samples have the names of the program's functions, of C's and of Go's,
// and the calls lead from a callback to main. Without unwind tables around Go's
// frames they end at the callback.
func TestPerf(t *testing.T) {
	if _, err := exec.LookPath("perf"); err != nil {
		t.Skip("there is no perf")
	}
	data := filepath.Join(t.TempDir(), "perf.data")
	cmd := exec.Command("perf", "record", "-q", "-o", data, "--call-graph", "dwarf,16384", "-F", "500", h.Build(t, "echo_server.c"))
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+h.Lib(t))
	p := h.StartCmd(t, cmd)
	line := p.FirstLine(20 * time.Second)
	if !strings.HasPrefix(line, "PORT ") {
		t.Skipf("perf does not record here:\n%s", p.Log())
	}
	p.Port, _ = strconv.Atoi(line[len("PORT "):])
	if err := loadFor(p.Addr(), 4, time.Second, 100); err != nil {
		t.Error(err)
	}
	end := time.Now().Add(time.Second) // short messages do not come to Go, long ones do
	if err := echoes(p.Addr(), 10000, new(atomic.Int32), func(int) bool { return time.Now().After(end) }); err != nil {
		t.Error(err)
	}
	var program int
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", p.Pid()))
	if _, err := fmt.Sscan(string(children), &program); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(program, syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := p.Wait(30 * time.Second); err != nil {
		t.Error(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), 80*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, "perf", "script", "-i", data, "-F", "comm,ip,sym").Output()
	if err != nil {
		t.Skipf("perf does not read what it has recorded: %v", err)
	}
	ways := 0
	for _, sample := range strings.Split(string(out), "\n\n") {
		if at := strings.Index(sample, " callback"); at >= 0 && strings.Contains(sample[at:], " lws_service") && strings.Contains(sample[at:], " main\n") {
			ways++
		}
	}
	for _, name := range []string{" runtime.", " libwebsockets/impl/engine."} {
		if !strings.Contains(string(out), name) {
			t.Errorf("no sample in %s…", name)
		}
	}
	if ways == 0 {
		t.Errorf("no sample leads from a callback to main:\n%.3000s", out)
	}
}

// TestUndefinedBehaviorSanitizer: a program built with it is ended by nothing.
func TestUndefinedBehaviorSanitizer(t *testing.T) {
	p := h.Start(t, h.Build(t, "echo_server.c", "-fsanitize=undefined", "-fno-sanitize-recover=all"), "-x", "-u").Ready()
	if err := loadFor(p.Addr(), 4, 500*time.Millisecond, 100); err != nil {
		t.Error(err)
	}
	p.Stop()
	if strings.Contains(p.Log(), "runtime error") {
		t.Error(p.Log())
	}
}

// TestAddressSanitizerFault: its handler, set before the library's, reports a
// fault in a callback, and ends the process as it does with the original.
func TestAddressSanitizerFault(t *testing.T) {
	exe := h.Build(t, prog("signals.c"), "-fsanitize=address", "-fno-omit-frame-pointer")
	said, log := outcomeLog(t, h.Lib(t), exe, "callback", "null", "none")
	if want := outcome(t, h.Reference(t, "root", "usr", "lib", "x86_64-linux-gnu"), exe, "callback", "null", "none"); said != want {
		t.Errorf("%s\nwith the original:\n%s", said, want)
	}
	inOrder(t, "the report", log, "AddressSanitizer: SEGV on unknown address 0x000000000000", "#0 ", "in fault_here", "signals.c:", "in callback", "in lws_service", "in main")
}

// inOrder tells whether text has all the parts, one after the other.
func inOrder(t *testing.T, what, text string, parts ...string) {
	t.Helper()
	rest := text
	for _, p := range parts {
		_, after, ok := strings.Cut(rest, p)
		if !ok {
			t.Errorf("%s: no %q where it belongs:\n%s", what, p, text)
			return
		}
		rest = after
	}
}
