// SPDX-License-Identifier: MIT

package tools

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/tools/pty"
)

// tools/ticking says what is done: once where there is no terminal, with the time that
// has gone by, and how far it is, where there is one. What the command says is seen when
// it fails, and its status is the command's. Seen to fail with every output shown, with
// the status 0, and with the terminal's line elsewhere, too.
func TestTicking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		env          []string
		code         int
		out, errs    string
	}{
		{"good", "echo quiet", nil, 0, "cooking (about 1 s)\n", ""},
		{"bad", "echo why; echo more >&2; exit 3", nil, 3, "cooking (about 1 s)\n", "why\nmore\n"},
		{"not to be heard", "echo why; exit 3", []string{"TICKING_QUIET=1"}, 3, "", "why\n"},
	} {
		cmd := exec.Command("./ticking", "cooking (about 1 s)", "sh", "-c", c.script)
		cmd.Env = append(os.Environ(), append(c.env, "TERM=xterm")...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		code := 0
		if err := cmd.Run(); err != nil {
			exit := (*exec.ExitError)(nil)
			if !errors.As(err, &exit) {
				t.Fatal(err)
			}
			code = exit.ExitCode()
		}
		if code != c.code || out.String() != c.out || errs.String() != c.errs {
			t.Errorf("%s: exit status %d, %q, %q", c.name, code, &out, &errs)
		}
	}
	master, slave := pty.Open(t)
	fifo := t.TempDir() + "/go-on"
	if err := unix.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("./ticking", "cooking", "sh", "-c", "echo '[ 42%] done'; read -r line <"+fifo)
	cmd.Env = append(os.Environ(), "TERM=xterm")
	cmd.Stdout, cmd.Stderr = slave, slave
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	slave.Close()
	release := func() { _ = os.WriteFile(fifo, []byte("\n"), 0) }
	late := time.AfterFunc(time.Minute, release) // it never says what is waited for
	defer late.Stop()
	var all bytes.Buffer
	for gone, b := false, make([]byte, 4096); ; {
		n, err := master.Read(b)
		all.Write(b[:n])
		if !gone && strings.Contains(all.String(), " s, 42 %") {
			gone = true
			release()
		}
		if err != nil { // EIO: nobody has it open
			break
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	text := all.String()
	last := text[strings.LastIndex(strings.TrimSuffix(text, "\r\n"), "\r")+1:]
	if !strings.HasPrefix(text, "\rcooking: ") || !strings.HasPrefix(last, "cooking: ") || !strings.HasSuffix(last, " s\033[K\r\n") {
		t.Errorf("%q", text)
	}
}

// make help names what there is: each target that it tells of is one of the Makefile's.
func TestHelp(t *testing.T) {
	b, err := os.ReadFile("../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("make", "-s", "-C", "..", "help").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	told := 0
	for l := range strings.Lines(string(out)) {
		f := strings.Fields(l)
		if len(f) < 3 || f[0] != "make" {
			continue
		}
		told++
		if !strings.Contains(string(b), "\n"+f[1]+":") {
			t.Errorf("there is no target %s", f[1])
		}
	}
	if told < 11 {
		t.Errorf("only %d targets are told of:\n%s", told, out)
	}
}
