// SPDX-License-Identifier: MIT

// Package examples builds the original's own small programs (minimal-examples
// of its source package) unchanged, and drives each twice: with Debian's
// library and with ours. A drive is the program's peer and checks what the
// program is for; what it saw, what the program logged and how it ended must
// also be the same with both.
//
// docs/examples.md lists what is driven and why the rest is not. Sources and
// Debian's library come from tools/fetch-reference.
//
// Seen to fail: without the check of credentials at upgrades, with client reads
// 16 bytes too long, without lws_write on raw files.
package examples

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// A drive mostly waits.
func TestMain(m *testing.M) { harness.Main(m, 4) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	must(t, err)
	return string(b)
}

// refs are the originals whose examples are built, each with its library and with ours.
var refs = []harness.Ref{harness.Ref17, harness.Ref19}

func libraries(t testing.TB, ref harness.Ref) []library {
	t.Helper()
	return []library{
		{"debian", ref.Lib(t), ref.Headers(t)},
		{"ours", harness.Lib(t), filepath.Join(harness.Top(), "include")},
	}
}

// job is what the second process is told; the transcript comes back in a file.
type job struct {
	ABI                                  int
	Folder, Case, Exe, Lib, Keys, Report string
	Formats                              []string
}

const jobVar = "LWS_EXAMPLES_JOB"

// TestExamples builds all programs and drives those that build.
func TestExamples(t *testing.T) {
	lists := make([][]*program, len(refs))
	for i, ref := range refs {
		t.Run(ref.Soname(), func(t *testing.T) { lists[i] = testExamples(t, ref) })
	}
	t.Run("docs", func(t *testing.T) {
		for i, ref := range refs {
			if lists[i] == nil {
				t.Skipf("the examples of %s were not built", ref.Version)
			}
			for _, p := range lists[i] {
				p.build(t, libraries(t, ref))
			}
		}
		checkDocs(t, lists)
	})
}

func testExamples(t *testing.T, ref harness.Ref) []*program {
	libs := libraries(t, ref)
	list := programs(t, ref)
	driven := map[string]bool{}
	for _, e := range drives {
		driven[e.folder] = driven[e.folder] || e.of(ref)
	}
	t.Run("build", func(t *testing.T) {
		for _, p := range list {
			t.Run(p.folder, func(t *testing.T) {
				t.Parallel()
				p.checkBuild(t, libs, driven[p.folder])
			})
		}
	})
	if testing.Short() {
		return list
	}
	mayIsolate(t)
	keys := makeKeys(t)
	t.Run("drive", func(t *testing.T) {
		for _, e := range drives {
			if !e.of(ref) {
				continue
			}
			i := slices.IndexFunc(list, func(p *program) bool { return p.folder == e.folder })
			if i < 0 {
				t.Errorf("no program %s", e.folder)
				continue
			}
			t.Run(e.name(), func(t *testing.T) {
				t.Parallel()
				p := list[i]
				if p.build(t, libs); p.exe["ours"] == "" || p.exe["debian"] == "" && e.single[ref.ABI] == "" {
					t.Fatalf("%s does not build: %v", p.folder, p.err)
				}
				e.compare(t, p, libs, keys)
			})
		}
	})
	return list
}

// checkBuild fails the test when only one of the libraries builds a program, or it
// builds and is not driven, or the reverse.
func (p *program) checkBuild(t *testing.T, libs []library, driven bool) {
	p.build(t, libs)
	switch {
	case p.exe["ours"] != "" && slices.ContainsFunc(drives, func(e drive) bool { return e.folder == p.folder && e.single[p.ref.ABI] != "" }):
	case p.exe["debian"] != "" && p.exe["ours"] == "":
		t.Errorf("%s builds with Debian's library, not with ours: %s", p.folder, p.err["ours"])
	case p.exe["debian"] == "" && p.exe["ours"] != "":
		t.Errorf("%s should not build: %v", p.folder, p.err["debian"])
	case p.exe["debian"] != "" && !driven:
		t.Errorf("%s builds and nothing drives it", p.folder)
	case p.exe["debian"] == "" && driven:
		t.Errorf("%s does not build: %s", p.folder, p.err["debian"])
	}
}

// compare drives a program with both libraries.
func (e drive) compare(t *testing.T, p *program, libs []library, keys string) {
	formats := p.formats(t)
	if e.loops {
		libs = slices.Clone(libs)
		libs[0].dir = p.ref.WithPlugins(t, "uv", "ev", "glib")
	}
	// Debian's build with Debian's library, that with ours, our build with ours.
	runs := []struct{ name, exe, lib string }{
		{"debian", p.exe["debian"], libs[0].dir}, {"ours", p.exe["debian"], libs[1].dir}, {"ours, recompiled", p.exe["ours"], libs[1].dir},
	}
	if e.single[p.ref.ABI] != "" {
		runs = runs[2:]
	} else if p.ref != harness.Ref17 { // what the headers can change is the same in both ABIs
		runs = slices.Delete(runs, 1, 2)
	}
	all := make([][]string, len(runs))
	var wait sync.WaitGroup
	for i, x := range runs {
		wait.Go(func() {
			all[i] = e.alone(t, x.name, job{ABI: p.ref.ABI, Exe: x.exe, Lib: x.lib, Keys: keys, Formats: formats})
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	if len(all) == 1 && len(all[0]) == 0 {
		t.Error("it says nothing")
	}
	if testing.Verbose() {
		last := all[len(all)-1]
		t.Logf("%d lines:\n%s", len(last), strings.Join(last, "\n"))
	}
	for _, ours := range all[1:] {
		e.same(t, p.ref, all[0], ours)
	}
}

// alone is one run, in a process and namespaces of its own.
func (e drive) alone(t *testing.T, name string, j job) []string {
	j.Folder, j.Case, j.Report = e.folder, e.name(), filepath.Join(t.TempDir(), "report")
	b, err := json.Marshal(j)
	if err != nil {
		t.Error(err)
		return nil
	}
	cmd := isolated("TestDrive", jobVar+"="+string(b))
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Error(err)
		return nil
	}
	stop := time.AfterFunc(110*time.Second, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, out.String())
		return nil
	}
	report, err := os.ReadFile(j.Report)
	if err != nil {
		t.Error(err)
	}
	return strings.Split(strings.TrimSuffix(string(report), "\n"), "\n")
}

// same compares two transcripts, but for the rows that may differ.
func (e drive) same(t *testing.T, ref harness.Ref, debian, ours []string) {
	t.Helper()
	seen := [2][]string{debian, ours}
	for _, d := range e.differs {
		if d.abi != 0 && d.abi != ref.ABI {
			continue
		}
		x := regexp.MustCompile(d.line)
		var kept [2][]string
		var dropped [2]string
		for i := range seen {
			for _, l := range seen[i] {
				if x.MatchString(l) {
					dropped[i] += l + "\n"
				} else {
					kept[i] = append(kept[i], l)
				}
			}
		}
		if dropped[0] == dropped[1] {
			t.Errorf("the lines of row %d in docs/quirks.md do not differ: %s", d.row, dropped[0])
		}
		seen = kept
	}
	for i := range max(len(seen[0]), len(seen[1])) {
		a, b := at(seen[0], i), at(seen[1], i)
		if a != b {
			t.Errorf("line %d differs:\ndebian:\n%s\nours:\n%s", i+1, around(seen[0], i), around(seen[1], i))
			return
		}
	}
}

// around are the lines before and behind one.
func around(l []string, i int) string {
	return strings.Join(l[min(max(0, i-8), len(l)):min(i+12, len(l))], "\n")
}

func at(l []string, i int) string {
	if i < len(l) {
		return l[i]
	}
	return "(no more)"
}

// TestDrive is the second process: one program with one library.
func TestDrive(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Skip("run by TestExamples")
	}
	must(t, settle())
	r := &rig{T: t}
	must(t, json.Unmarshal([]byte(os.Getenv(jobVar)), &r.job))
	os.Unsetenv(jobVar)
	r.ref = refs[slices.IndexFunc(refs, func(ref harness.Ref) bool { return ref.ABI == r.ABI })]
	r.dir = filepath.Join(t.TempDir(), "cwd")
	must(t, os.CopyFS(r.dir, os.DirFS(r.ref.Source(t, "minimal-examples", r.Folder))))
	must(t, filepath.WalkDir(r.dir, func(path string, _ os.DirEntry, err error) error {
		must(t, err)
		return os.Chtimes(path, fileTime, fileTime)
	}))
	for _, f := range r.Formats {
		r.own = append(r.own, regexp.MustCompile(f))
	}
	i := slices.IndexFunc(drives, func(e drive) bool { return e.name() == r.Case && e.of(r.ref) })
	drives[i].run(r)
	must(t, os.WriteFile(r.Report, []byte(strings.Join(r.transcript, "\n")+"\n"), 0o644))
}
