// Package trace runs one program, compiled once against the reference's
// headers, with the reference's library and with ours, and compares what the
// callbacks and the peers saw. Each scenario of the program is a subtest.
//
// Seen to fail on purpose: a build of ours without WS_PEER_INITIATED_CLOSE, one
// that writes a header of the 101 in another case, and one that gives
// HTTP_BODY_COMPLETION a length each fail the scenarios concerned;
// TestCompareNotices keeps the comparison itself honest.
package trace

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	atOnce  = 6                // scenarios under way at a time; most of them wait
	longest = 20 * time.Second // for one run of one scenario
)

// place is where a library and the reference's headers are.
type place struct{ include, lib string }

// reference finds the fetched reference, or the one that is installed.
func reference(t *testing.T) place {
	for _, root := range []string{"../../build/reference/root/usr", "/usr"} {
		p := place{filepath.Join(root, "include"), filepath.Join(root, "lib/x86_64-linux-gnu")}
		if _, err := os.Stat(filepath.Join(p.include, "libwebsockets.h")); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(p.lib, "libwebsockets.so.17")); err == nil {
			return p
		}
	}
	t.Skip("no reference library here: run make reference")
	return place{}
}

// ours copies our library to a folder of the test's own, so that a build going
// on elsewhere does not matter.
func ours(t *testing.T) string {
	const name = "libwebsockets.so.17"
	data, err := os.ReadFile(filepath.Join("../../build/lib", name))
	if err != nil {
		t.Fatal("our library is not built: run make lib: ", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), data, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// build compiles the program with the reference's headers and library.
func build(t *testing.T, ref place) string {
	return compile(t, "prog/*.c", "-Wno-deprecated-declarations", "-I"+ref.include,
		filepath.Join(ref.lib, "libwebsockets.so.17"), "-lpthread", "-lssl", "-lcrypto")
}

// tiny compiles the tracer that makes reads and writes short, "" where the
// system does not permit it.
func tiny(t *testing.T) string {
	exe := compile(t, "tiny/*.c")
	if err := exec.Command(exe, "/bin/true").Run(); err != nil {
		t.Log("no short reads and writes here: ", err)
		return ""
	}
	return exe
}

func compile(t *testing.T, pattern string, more ...string) string {
	sources, err := filepath.Glob(pattern)
	if err != nil || len(sources) == 0 {
		t.Fatal("no sources: ", err)
	}
	exe := filepath.Join(t.TempDir(), "a.out")
	args := []string{"-O1", "-g", "-std=gnu11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-o", exe}
	args = append(append(args, sources...), more...)
	if out, err := exec.Command("gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return exe
}

// run is one run of one scenario.
func run(lib string, args ...string) string {
	ctx, stop := context.WithTimeout(context.Background(), longest)
	defer stop()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.Contains(v, "_proxy=") })
	cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+lib)
	cmd.WaitDelay = time.Second
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		return fmt.Sprintf("%s== exit\n%v\n%s", out.String(), err, tail(problems.String()))
	}
	return out.String()
}

// tail keeps the end of a crash report short enough to read.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) > 12 {
		lines = lines[:12]
	}
	return strings.Join(lines, "\n") + "\n"
}

// streams is a parsed trace: the lines of each stream.
type streams map[string][]string

func parse(trace string) streams {
	s, name := streams{}, ""
	for _, line := range strings.Split(strings.TrimRight(trace, "\n"), "\n") {
		if after, ok := strings.CutPrefix(line, "== "); ok {
			name = after
			s[name] = []string{}
		} else if name != "" {
			s[name] = append(s[name], line)
		}
	}
	return s
}

// find is the index of the first (or last) run equal to part, or -1.
func find(lines, part []string, last bool) int {
	at := -1
	for i := 0; i+len(part) <= len(lines); i++ {
		if slices.Equal(lines[i:i+len(part)], part) {
			at = i
			if !last {
				break
			}
		}
	}
	return at
}

// expect is the reference's trace with the allowed differences put in.
func expect(ref streams, allowed []difference) (streams, error) {
	for _, d := range allowed {
		lines := ref[d.Stream]
		at := find(lines, d.Ref, d.Last)
		if at < 0 {
			return nil, fmt.Errorf("quirk %d: the reference no longer prints %q in %s", d.Quirk, d.Ref, d.Stream)
		}
		ref[d.Stream] = slices.Replace(slices.Clone(lines), at, at+len(d.Ref), d.Ours...)
	}
	return ref, nil
}

// compare describes how got differs from want, "" when it does not.
func compare(want, got streams) string {
	names := map[string]bool{}
	for n := range want {
		names[n] = true
	}
	for n := range got {
		names[n] = true
	}
	var order []string
	for n := range names {
		order = append(order, n)
	}
	slices.Sort(order)
	var b strings.Builder
	for _, n := range order {
		if !slices.Equal(want[n], got[n]) {
			fmt.Fprintf(&b, "== %s (- reference, + ours)\n", n)
			sideBySide(&b, want[n], got[n])
		}
	}
	return b.String()
}

// sideBySide writes a line diff by longest common subsequence.
func sideBySide(b *strings.Builder, want, got []string) {
	common := make([][]int, len(want)+1)
	for i := range common {
		common[i] = make([]int, len(got)+1)
	}
	for i := len(want) - 1; i >= 0; i-- {
		for j := len(got) - 1; j >= 0; j-- {
			if want[i] == got[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			fmt.Fprintf(b, "  %s\n", want[i])
			i, j = i+1, j+1
		case j == len(got) || (i < len(want) && common[i+1][j] >= common[i][j+1]):
			fmt.Fprintf(b, "- %s\n", want[i])
			i++
		default:
			fmt.Fprintf(b, "+ %s\n", got[j])
			j++
		}
	}
}

// together runs f for every name, atOnce at a time, and waits.
func together(names []string, f func(name string)) {
	var all sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for _, n := range names {
		slots <- struct{}{}
		all.Go(func() {
			f(n)
			<-slots
		})
	}
	all.Wait()
}

// variant is a way to run a scenario that must not change its trace.
type variant struct {
	what string
	cmd  func(exe, tiny, name string) []string
}

var variants = []variant{
	{"peers send single bytes", func(exe, _, name string) []string { return []string{exe, "-b", name} }},
	{"reads and writes move single bytes", func(exe, tiny, name string) []string {
		return []string{tiny, exe, name}
	}},
	{"single bytes, every other write is refused with EAGAIN", func(exe, tiny, name string) []string {
		return []string{tiny, "-e", exe, name}
	}},
}

// outcome is what is known of a scenario after all runs.
type outcome struct {
	ref, ours string
	varied    map[string]string // by variant.what
	// the same over TLS, empty where notOverTLS says why
	refTLS, oursTLS string
}

func TestTrace(t *testing.T) {
	if testing.Short() {
		t.Skip("several minutes of scenarios")
	}
	ref, lib := reference(t), ours(t)
	exe, short := build(t, ref), tiny(t)
	names := strings.Fields(run(ref.lib, exe, "-l"))
	if len(names) < 40 {
		t.Fatalf("only %d scenarios", len(names))
	}
	if only := os.Getenv("TRACE_ONLY"); only != "" {
		names = slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, only) })
		t.Logf("%d scenarios", len(names))
	}
	var mu sync.Mutex
	done := map[string]outcome{}
	measure := func(name string) (o outcome) {
		if _, ok := oursOnly[name]; !ok {
			o.ref = run(ref.lib, exe, name)
		}
		o.ours = run(lib, exe, name)
		if o.ref != "" && notOverTLS[name] == "" {
			o.refTLS, o.oursTLS = run(ref.lib, exe, "-t", name), run(lib, exe, "-t", name)
		}
		o.varied = map[string]string{}
		for _, v := range variants {
			cmd := v.cmd(exe, short, name)
			if _, no := notBytewise[name]; !no && cmd[0] != "" {
				o.varied[v.what] = run(lib, cmd...)
			}
		}
		return o
	}
	together(names, func(name string) {
		o := measure(name)
		mu.Lock()
		done[name] = o
		mu.Unlock()
	})
	for _, name := range names {
		t.Run(name, func(t *testing.T) { judge(t, name, done[name]) })
		if done[name].refTLS != "" {
			t.Run(name+overTLS, func(t *testing.T) { judgeTLS(t, name, done[name]) })
		}
	}
	for name := range differences {
		if !slices.Contains(names, strings.TrimSuffix(name, overTLS)) && os.Getenv("TRACE_ONLY") == "" {
			t.Errorf("differences are listed for %s, which does not exist", name)
		}
	}
}

func judge(t *testing.T, name string, o outcome) {
	var want streams
	if text, ok := oursOnly[name]; ok {
		want = parse(text)
	} else {
		var err error
		if want, err = expect(parse(o.ref), differences[name]); err != nil {
			t.Fatal(err)
		}
		if _, crashed := want["exit"]; crashed {
			t.Fatalf("the reference fails: %s", o.ref)
		}
	}
	if d := compare(want, parse(o.ours)); d != "" {
		t.Errorf("our trace differs:\n%s", d)
		return
	}
	for what, trace := range o.varied {
		if d := compare(want, parse(trace)); d != "" {
			t.Errorf("our trace differs when %s:\n%s", what, d)
		}
	}
}

// judgeTLS compares the runs with trace -t.
func judgeTLS(t *testing.T, name string, o outcome) {
	allowed, own := differences[name+overTLS]
	if !own {
		allowed = differences[name]
	}
	want, err := expect(parse(o.refTLS), allowed)
	if err != nil {
		t.Fatal(err)
	}
	if _, crashed := want["exit"]; crashed {
		t.Fatalf("the reference fails: %s", o.refTLS)
	}
	if d := compare(want, parse(o.oursTLS)); d != "" {
		t.Errorf("our trace differs:\n%s", d)
	}
}

func TestCompareNotices(t *testing.T) {
	const trace = "== global\na\nb\n== srv0\nX\nY\nX\n"
	for name, tc := range map[string]struct {
		got     string
		allowed []difference
		equal   bool
		stale   bool
	}{
		"equal":          {got: trace, equal: true},
		"changed line":   {got: "== global\na\nb\n== srv0\nX\nZ\nX\n"},
		"missing line":   {got: "== global\na\nb\n== srv0\nX\nY\n"},
		"extra line":     {got: trace + "X\n"},
		"order":          {got: "== global\nb\na\n== srv0\nX\nY\nX\n"},
		"missing stream": {got: "== global\na\nb\n"},
		"extra stream":   {got: trace + "== srv1\nX\n"},
		"crash":          {got: trace + "== exit\nsignal\n"},
		"allowed": {got: "== global\na\nc\n== srv0\nX\nY\n", equal: true, allowed: []difference{
			{0, "global", []string{"b"}, []string{"c"}, false}, {0, "srv0", []string{"X"}, nil, true}}},
		"allowed is a must": {got: trace, allowed: []difference{
			{0, "global", []string{"b"}, []string{"c"}, false}}},
		"stale": {got: trace, stale: true, allowed: []difference{
			{0, "global", []string{"b", "a"}, nil, false}}},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := expect(parse(trace), tc.allowed)
			if (err != nil) != tc.stale {
				t.Fatal("stale: ", err)
			}
			if err == nil && (compare(want, parse(tc.got)) == "") != tc.equal {
				t.Errorf("equal should be %v", tc.equal)
			}
		})
	}
}
