// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/tools/progress"
)

const tiny = `package tiny

import (
	"os"
	"testing"
)

func ran(t *testing.T) {
	f, err := os.OpenFile(os.Getenv("TINY_RAN"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(t.Name() + "\n"); err != nil {
		t.Fatal(err)
	}
}

func TestOdd(t *testing.T) {
	for _, n := range []string{"with space", "a/b", "x(y", "[set] a|b.*", "it's $HOME ` + "`id`" + ` \"q\"", "dup", "dup", "pre", "prefix", "ü\x01\\d", "#01", "(a/b)", "!1"} {
		t.Run(n, func(t *testing.T) {
			ran(t)
			t.Error("the last words of", n)
		})
	}
}

func TestOddOther(t *testing.T) { ran(t); t.Fatal("all of it") }
func TestGood(t *testing.T)     { ran(t) }
func TestSkipped(t *testing.T)  { ran(t); t.Skip("there is no moon") }
`

// The commands that are printed for what fails each run that test, by a shell, and no
// other: names with all that a shell, a regular expression and go test's own splitting
// at slashes could mistake. Seen to fail without the anchors, without QuoteMeta, and
// with the shell's quotes in the name as they are.
func TestCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "tiny/tiny_test.go": tiny} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	in := func(name string, args ...string) (out string, ran []string) {
		cmd := exec.Command(name, args...)
		cmd.Dir = dir
		list := filepath.Join(t.TempDir(), "ran")
		cmd.Env = append(os.Environ(), "TINY_RAN="+list, "GOFLAGS=-mod=mod")
		b, _ := cmd.CombinedOutput()
		names, err := os.ReadFile(list)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		return string(b), strings.Split(strings.TrimSuffix(string(names), "\n"), "\n")
	}
	recorded, all := in("go", "test", "-json", "-count=1", "./...")
	var out strings.Builder
	s := newSummary(progress.Plain(&out), plain)
	if err := s.read(strings.NewReader(recorded)); err != nil {
		t.Fatal(err)
	}
	if status := s.finish(nil); status != 1 {
		t.Errorf("exit status %d", status)
	}
	_, list, _ := strings.Cut(out.String(), "What failed is repeated, one by one, with\n")
	var commands []string
	for l := range strings.Lines(list) {
		if c, ok := strings.CutPrefix(l, "  go test "); ok {
			commands = append(commands, "go test "+strings.TrimSuffix(c, "\n"))
		}
	}
	failed := slices.DeleteFunc(all, func(n string) bool { return n == "TestGood" || n == "TestSkipped" })
	if len(failed) != 14 || len(commands) != len(failed) {
		t.Fatalf("%d commands for %q:\n%s", len(commands), failed, &out)
	}
	for i, c := range commands {
		if _, ran := in("sh", "-c", c); !slices.Equal(ran, failed[i:i+1]) {
			t.Errorf("%s\nran %q, should run %q", c, ran, failed[i])
		}
		if strings.Count(out.String(), "\n      repeat it: "+c+"\n") != 1 {
			t.Errorf("not beside the failure: %s", c)
		}
	}
	for _, w := range []string{"the last words of with space", "  there is no moon: tiny TestSkipped\n", "\n(1 skipped)\n1 passed, 15 failed\n"} {
		if strings.Count(out.String(), w) != 1 {
			t.Errorf("%q is there %d times:\n%s", w, strings.Count(out.String(), w), &out)
		}
	}
}

func TestEnvironment(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(goCommand)
	for _, c := range []struct{ name, command, path, other, want string }{
		{"in PATH, and added by make", goCommand, dir + "/:/nonexistent:" + dir, "", ""},
		{"added by make", goCommand, dir + "/:/nonexistent", "", "PATH=" + dir + `:"$PATH" `},
		{"fetched", here + "/build/.toolchain/bin/go", here + "/build/.toolchain/bin/:" + dir, "", `PATH="$PWD/build/.toolchain/bin:$PATH" `},
		{"variables", goCommand, dir, "LWS_LIB=a b", "LWS_LIB='a b' "},
	} {
		env := []string{"PATH=" + c.path, "HOME=/root", c.other}
		if got := environment(c.command, env); got != c.want {
			t.Errorf("%s: %q, should be %q", c.name, got, c.want)
		}
	}
}

// What is said where there is no terminal: a line for each part, one now and then in a
// long one, and the reasons once. Seen to fail with a line for each tick.
func TestPlain(t *testing.T) {
	var out strings.Builder
	s := newSummary(progress.Plain(&out), repeater{module: "libwebsockets"})
	now := time.Unix(1000, 0)
	s.now = func() time.Time { return now }
	known := progress.ParseTimes("trace\t300 4\nimpl/wire/h1\t60\n")
	s.plan = progress.NewPlan([]string{"trace", "impl/wire/h1", "web"}, func(n string) progress.Cost { return costOf(known, n) })
	kept := map[string]progress.Cost{}
	s.keep = func(part string, c progress.Cost) { kept[part] = c }
	event := func(action, pkg, test, output string) {
		s.add(event{Action: action, Package: "libwebsockets/" + pkg, Test: test, Output: output})
	}
	event("start", "c_tests/trace", "", "")
	for range 250 { // of a second
		now = now.Add(time.Second)
		s.tick()
	}
	for _, n := range []string{"a", "b", "c"} {
		event("pass", "c_tests/trace", "TestTrace/"+n, "")
	}
	for _, n := range []string{"x", "y", "z", "w"} {
		event("output", "c_tests/trace", "Test"+n, "=== RUN   Test"+n+"\n")
		event("output", "c_tests/trace", "Test"+n, "    a_test.go:7: no chromium\nmore\n")
		event("skip", "c_tests/trace", "Test"+n, "")
	}
	event("pass", "c_tests/trace", "", "")
	event("start", "impl/wire/h1", "", "")
	now = now.Add(62 * time.Second)
	for n := range 300 {
		event("output", "impl/wire/h1", "TestOne", "line "+string(rune('a'+n%26))+"\n")
	}
	event("fail", "impl/wire/h1", "TestOne", "")
	event("fail", "impl/wire/h1", "", "")
	if status := s.finish(nil); status != 1 {
		t.Errorf("exit status %d", status)
	}
	head, rest, _ := strings.Cut(out.String(), "      … 100 lines before this\n")
	const command = "go test -count=1 -run '^TestOne$' ./impl/wire/h1\n"
	if want := "trace, 2 min 0 s; about 4 min left\ntrace, 4 min 0 s; about 2 min left\n" +
		"trace: 3 passed, 0 failed, 4 skipped, 4 min 10 s; about 1 min left\nFAIL  impl/wire/h1: TestOne\n"; head != want {
		t.Errorf("%s\nshould be\n%s", head, want)
	}
	_, tail, _ := strings.Cut(rest, "      repeat it: ")
	if want := command + "impl/wire/h1: 0 passed, 1 failed, 1 min 2 s; a few seconds left\n\n" +
		"Skipped:\n  no chromium: trace Testx, trace Testy, trace Testz and 1 more\n\nWhat failed is repeated, one by one, with\n  " + command +
		"(4 skipped)\n3 passed, 1 failed\n"; tail != want {
		t.Errorf("%s\nshould be\n%s", tail, want)
	}
	if len(kept) != 1 || kept["trace"] != (progress.Cost{Time: 250 * time.Second, Count: 7}) {
		t.Errorf("kept: %v", kept)
	}
}

// Two packages at a time: each has its own count and time. Seen to fail where what came last was
// the part, and where a part that is spoken of again began again.
func TestBeside(t *testing.T) {
	var out strings.Builder
	s := newSummary(progress.Plain(&out), repeater{module: "libwebsockets"})
	now := time.Unix(1000, 0)
	s.now = func() time.Time { return now }
	kept := map[string]progress.Cost{}
	s.keep = func(part string, c progress.Cost) { kept[part] = c }
	event := func(action, pkg, test string) {
		now = now.Add(40 * time.Second)
		s.tick()
		s.add(event{Action: action, Package: "libwebsockets/" + pkg, Test: test})
	}
	event("start", "c_tests/apps", "")
	event("start", "c_tests/cgi", "")
	event("pass", "c_tests/apps", "TestA")
	event("pass", "c_tests/cgi", "TestB")
	event("pass", "c_tests/cgi", "TestC")
	event("pass", "c_tests/cgi", "")
	event("start", "c_tests/data", "")
	event("fail", "c_tests/data", "TestD")
	event("pass", "c_tests/apps", "TestE")
	event("pass", "c_tests/apps", "")
	event("fail", "c_tests/data", "")
	want := "apps: 1 done, 2 min 0 s, cgi, 1 min 20 s\ncgi: 2 passed, 0 failed, 2 min 40 s\n" +
		"FAIL  data: TestD\n      repeat it: go test -count=1 -run '^TestD$' ./c_tests/data\n" +
		"apps: 1 done, 5 min 20 s, data: 1 done, 1 min 20 s\napps: 2 passed, 0 failed, 6 min 0 s\ndata: 0 passed, 1 failed, 2 min 40 s\n"
	if out.String() != want {
		t.Errorf("%s\nshould be\n%s", out.String(), want)
	}
	if len(kept) != 2 || kept["apps"] != (progress.Cost{Time: 360 * time.Second, Count: 2}) {
		t.Errorf("kept: %v", kept)
	}
}

// The page has the table that is made of the list.
func TestTable(t *testing.T) {
	b, err := os.ReadFile("../../" + docs)
	if err != nil {
		t.Fatal(err)
	}
	if page, err := withTable(string(b)); err != nil || page != string(b) {
		t.Errorf("%s is not what go run ./tools/testsum -table makes of it (%v)", docs, err)
	}
}
