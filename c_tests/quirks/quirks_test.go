// SPDX-License-Identifier: MIT

// Package quirks has for rows of docs/quirks.md what shows them: the original of an ABI that
// the row names does it, the other original and both of ours do not.
package quirks

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// patience is how long something is waited for that may never come.
const patience = 7 * time.Second

// rows tell what a library does that it should not, "" for nothing, by the row's number.
var rows = map[int]func(t *testing.T, s side) string{}

func add(more map[int]func(t *testing.T, s side) string) {
	for n, see := range more {
		if rows[n] != nil {
			panic(fmt.Sprint("twice: ", n))
		}
		rows[n] = see
	}
}

// side is a library that a row is looked for in.
type side struct{ harness.Side }

func TestMain(m *testing.M) { harness.Main(m, 20) }

// TestRows: the table says whose fault each is.
func TestRows(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(harness.Top(), "docs", "quirks.md"))
	if err != nil {
		t.Fatal(err)
	}
	about := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| (17|19|both) \| \S`).FindAllStringSubmatch(string(text), -1) {
		about[m[1]] = m[2]
	}
	for n, see := range rows {
		abi := about[fmt.Sprint(n)]
		if abi == "" {
			t.Errorf("there is no row %d", n)
		}
		for _, ref := range []harness.Ref{harness.Ref17, harness.Ref19} {
			for _, ours := range []bool{false, true} {
				name := fmt.Sprintf("%d/%s of %d", n, map[bool]string{false: "original", true: "ours"}[ours], ref.ABI)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					got := see(t, side{harness.Side{Ref: ref, Ours: ours}})
					if got != "" {
						t.Log(got)
					}
					want := !ours && (abi == "both" || abi == fmt.Sprint(ref.ABI))
					if want != (got != "") {
						t.Errorf("row %d is about %s; this one: %q", n, abi, got)
					}
				})
			}
		}
	}
}

// start runs a program of prog/. The original may crash.
func (s side) start(t *testing.T, name string, args ...string) *harness.Proc {
	t.Helper()
	return s.run(t, nil, name, args...)
}

func (s side) run(t *testing.T, env []string, name string, args ...string) *harness.Proc {
	t.Helper()
	p := s.Start(t, env, s.Program(t, "prog/"+name+".c"), args...)
	if !s.Ours {
		t.Cleanup(p.Kill)
	}
	return p
}

// command is a program with the library.
func (s side) command(t *testing.T, exe string, args ...string) *exec.Cmd {
	t.Helper()
	if !s.Ours {
		return s.Ref.Command(t, nil, s.Ref.Root(t), s.Ref.Lib(t), exe, args...)
	}
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+s.Ref.Ours(t))
	return cmd
}

// serve is the server.
func (s side) serve(t *testing.T, args ...string) *harness.Proc {
	t.Helper()
	return s.start(t, "serve", args...).Ready()
}

// prints tells whether a program prints a line that begins so.
func prints(p *harness.Proc, line string) bool {
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		running := p.Running()
		if count(p, line) > 0 {
			return true
		}
		if !running || time.Now().After(end) {
			return false
		}
	}
}

// count is how many lines begin so.
func count(p *harness.Proc, line string) (n int) {
	for _, l := range p.All() {
		if strings.HasPrefix(l, line) {
			n++
		}
	}
	return n
}

// ends tells whether a program ends.
func ends(p *harness.Proc) bool {
	for end := time.Now().Add(patience); p.Running(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}
