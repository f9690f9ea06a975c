// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/tools/pty"
)

// fakeGo lists two packages, and tests them as recorded; between the two it waits until
// the file "go on" is there.
const fakeGo = `#!/bin/sh
cd "$(dirname "$0")" || exit 3
case $1 in
list) echo libwebsockets/c_tests/trace libwebsockets/impl/engine ;;
test)
	case " $* " in *" -run "*) echo nothing; exit 1 ;; esac
	echo '{"Action":"start","Package":"libwebsockets/c_tests/trace"}'
	echo '{"Action":"pass","Package":"libwebsockets/c_tests/trace","Test":"TestTrace/one"}'
	echo warning: from go >&2
	read -r line <go-on
	echo '{"Action":"pass","Package":"libwebsockets/c_tests/trace","Elapsed":1}'
	echo '{"Action":"start","Package":"libwebsockets/impl/engine"}'
	echo '{"Action":"output","Package":"libwebsockets/impl/engine","Test":"TestX","Output":"wrong\n"}'
	echo '{"Action":"fail","Package":"libwebsockets/impl/engine","Test":"TestX"}'
	echo '{"Action":"fail","Package":"libwebsockets/impl/engine","Elapsed":1}'
	exit 1 ;;
esac
`

var control = regexp.MustCompile(`[\x00-\x09\x0b-\x1f\x7f]`)

// On a terminal there is a line that is rewritten, and as long as the terminal is wide
// at most; where there is none, or a dumb one, there are no control characters. Seen to
// fail with Live always true, always false, and with the colour without regard to NO_COLOR.
func TestTerminal(t *testing.T) {
	t.Parallel()
	exe := filepath.Join(t.TempDir(), "testsum")
	if out, err := exec.Command("go", "build", "-o", exe, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const live = "\r[1/2] trace: 1 of 9 done, "
	for _, c := range []struct {
		name, term string
		env        string
		terminal   bool
		shows      []string
		controls   bool
	}{
		{"terminal", "xterm", "", true, []string{live, "\033[31mFAIL\033[0m  impl/engine: TestX"}, true},
		{"no colour", "xterm", "NO_COLOR=1", true, []string{live, "FAIL  impl/engine: TestX"}, true},
		{"dumb terminal", "dumb", "", true, nil, false},
		{"a pipe", "xterm", "", false, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/go", []byte(fakeGo), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/times", []byte("trace\t90 9\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := unix.Mkfifo(dir+"/go-on", 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(exe, "-go", dir+"/go", "-times", dir+"/times", "./...")
			cmd.Env = append(os.Environ(), "TERM="+c.term, "NO_COLOR=", c.env)
			var from io.Reader
			if c.terminal {
				master, slave := pty.Open(t)
				cmd.Stdout, cmd.Stderr, from = slave, slave, master
				defer slave.Close()
			} else {
				r, w, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				cmd.Stdout, cmd.Stderr, from = w, w, r
				defer r.Close()
				defer w.Close()
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			if f, ok := cmd.Stdout.(*os.File); ok {
				f.Close() // so that reading ends when it ends
			}
			wait := "warning: from go"
			if c.controls {
				wait = live
			}
			release := func() { _ = os.WriteFile(dir+"/go-on", []byte("\n"), 0) }
			late := time.AfterFunc(time.Minute, release) // it never says what is waited for
			defer late.Stop()
			var all bytes.Buffer
			for gone, b := false, make([]byte, 4096); ; {
				n, err := from.Read(b)
				all.Write(b[:n])
				if !gone && strings.Contains(all.String(), wait) {
					gone = true
					release()
				}
				if err != nil { // EOF, or EIO of a terminal that nobody has open
					break
				}
			}
			if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("ended with %v", err)
			}
			text := strings.ReplaceAll(all.String(), "\r\n", "\n")
			for _, w := range append(c.shows, "warning: from go\n", "2 parts, about 2 min\n", "\n1 passed, 1 failed\n") {
				if !strings.Contains(text, w) {
					t.Errorf("%q is not there:\n%q", w, text)
				}
			}
			if strings.Contains(c.env, "NO_COLOR") && strings.Contains(text, "\033[3") {
				t.Errorf("colours: %q", text)
			}
			if found := control.FindString(text); (found != "") != c.controls {
				t.Errorf("control characters: %q in %q", found, text)
			}
			for part := range strings.SplitSeq(text, "\r") {
				if line, _, ok := strings.Cut(part, "\033[K"); ok && len([]rune(line)) >= 60 {
					t.Errorf("too long: %q", line)
				}
			}
			if b, err := os.ReadFile(dir + "/times"); err != nil || !regexp.MustCompile(`^trace\t[0-9.]+ 1\n$`).Match(b) {
				t.Errorf("times kept: %q, %v", b, err)
			}
		})
	}
}
