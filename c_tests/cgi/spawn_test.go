// SPDX-License-Identifier: MIT

package cgi

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// spawns are processes that prog/spawn.c starts, by the arguments that it gets.
var spawns = []struct {
	name    string
	args    []string
	differs string // ours, a regexp, where it is another than the original's
}{
	{name: "environment", args: []string{"/bin/sh", "-c", "env | sort; pwd; echo err >&2; exit 3"}},
	{name: "by path, with input", args: []string{"-i", "hello", "cat"}},
	{name: "a protocol by name", args: []string{"-p", "-i", "", "cat"}},
	{name: "no such protocol", args: []string{"-b", "true"}},
	{name: "folder", args: []string{"-w", "/usr", "pwd"}},
	{name: "no such folder", args: []string{"-w", "/nowhere", "echo", "x"}},
	// The original's kill may take the end of the process away from itself: then it is never told.
	{name: "killed", args: []string{"-k", "sh", "-c", "echo x; exec sleep 9"},
		differs: `reaped ours code 2 status 15 killed 0 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
	{name: "killed with its group", args: []string{"-g", "-k", "sh", "-c", "echo x; sleep 9"},
		differs: `reaped ours code 2 status 15 killed 0 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
	{name: "time is over", args: []string{"-t", "300", "sleep", "9"},
		differs: `reaped ours code 2 status 15 killed 1 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
	{name: "a signal", args: []string{"sh", "-c", "sleep 0.2; kill -9 $$"}},
	{name: "nobody is told of ends", args: []string{"-n", "-t", "300", "echo", "x"}, // the original crashes
		differs: `reaped ours code 1 status 0 killed 0 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
	{name: "no such program", args: []string{"nonesuch"}, differs: `not started: no such file or directory\nown child 7, others 0\nspawned 0 listed 0$`},
	{name: "no program", args: []string{"/etc/passwd"}, differs: `not started: permission denied\nown child 7, others 0\nspawned 0 listed 0$`},
	{name: "ignores SIGTERM", args: []string{"-t", "300", "sh", "-c", "trap '' TERM; while :; do sleep 1; done"},
		differs: `reaped ours code 2 status 9 killed 1 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
	{name: "its child keeps the pipes", args: []string{"-t", "300", "sh", "-c", "sleep 3 & exit 5"},
		differs: `reaped ours code 1 status 5 killed 0 lsp gone listed 0 sane 1\nspawned 1 listed 1$`},
}

// spawn is what the program has printed and logged: what each pipe brought, then the rest,
// without what depends on the time.
func (l library) spawn(t *testing.T, args []string) string {
	p := l.start(t, "spawn", args...)
	if err := p.Wait(soon); err != nil && l.Ours {
		t.Errorf("%s: %v", l.Name, err)
	} else if err != nil {
		t.Skipf("the original: %v", err)
	}
	rx := map[string]string{}
	var pipe string
	var rest []string
	for _, line := range append(logged.FindAllString(p.Log(), -1), p.All()...) {
		switch m := came.FindStringSubmatch(line); {
		case m != nil:
			pipe = m[1]
			rx[pipe] += m[2]
		case says.MatchString(line):
			pipe = ""
			if !strings.HasPrefix(line, "writeable ") {
				rest = append(rest, line)
			}
		case pipe != "":
			rx[pipe] += line
		}
	}
	slices.Sort(rest)
	return fmt.Sprintf("%q\n%s", rx, strings.Join(rest, "\n"))
}

var (
	came = regexp.MustCompile(`^rx (\d of ours): (.*)`)
	says = regexp.MustCompile(`^(spawned|writeable|close|reaped|kill|reason|own child|lws_)`)
)

var logged = regexp.MustCompile(`lws_\w+: .*`)

// TestSpawn: lws_spawn_piped and its like, beside the original: what the program is told of
// processes that end in all manners, that each is waited for, and no other.
func TestSpawn(t *testing.T) {
	for _, k := range spawns {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			want := ""
			for _, l := range libraries {
				if k.differs != "" && !l.Ours || k.name == "ignores SIGTERM" && l.Ref.ABI == 17 { // which takes 5 s
					continue
				}
				got := l.spawn(t, k.args)
				switch {
				case !l.Ours:
					want = got
				case k.differs != "" && !regexp.MustCompile(k.differs).MatchString(got):
					t.Errorf("%s: %s", l.Name, got)
				case k.differs == "" && got != want:
					t.Errorf("%s: %s\nthe original: %s", l.Name, got, want)
				}
			}
		})
	}
}
