// SPDX-License-Identifier: MIT

// Testsum runs go test -json and prints what a person wants to see of it: how far
// it is and how long it will take, the last output of what failed with the command
// that repeats just that, what was skipped and why, and as the last line
// "N passed, N failed", which counts tests and subtests.
//
//	testsum [-go GO] [-times FILE] [-lint COMMAND] [-next] PACKAGES...
//	testsum -                    sums up what standard input has of go test -json
//	testsum -table               writes the table of times into docs/testing.md
//
// On a terminal one line is rewritten; elsewhere there is a line for each part, and
// one every two minutes of a long part. How long each part will take is what it took
// last time (FILE keeps that), or what the list in this folder says.
//
// A test with subtests counts as one more test. A package that fails without
// a failing test (it does not build, it panics, it runs out of time) counts as
// one failure. The checks of -lint count as one test. The exit status is 1 when
// anything failed or nothing ran, 2 when go test itself went wrong.
//
// When at most three tests failed, each is run twice more by itself. Thousands of
// tests drive other people's programs and clocks: one that passes both times has met
// the machine's load, not a fault that can be seen again. It counts as passed, and is
// named at the end: who sees a name there more than once has a test to mend.
//
// What takes longest begins first, so that nothing is left to wait for at the end, and the
// checks go on beside the tests, in the time in which those wait.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"libwebsockets/tools/progress"
)

// lint is the part that -lint is.
const lint = "lint"

func main() {
	goCommand := flag.String("go", "go", "the go command")
	times := flag.String("times", "", "the file that keeps what each part took")
	lintCommand := flag.String("lint", "", "a command that checks beside the tests")
	next := flag.Bool("next", false, "say at the end what to do next")
	table := flag.Bool("table", false, "write the table of times into "+docs)
	flag.Parse()
	if *table {
		if err := writeTable(docs); err != nil {
			fail(err)
		}
		return
	}
	line := progress.NewLine(os.Stdout)
	began := time.Now()
	path, err := exec.LookPath(*goCommand)
	if err != nil {
		fail(err)
	}
	if path, err = filepath.Abs(path); err != nil {
		fail(err)
	}
	s := newSummary(line, repeater{module: "libwebsockets", prefix: environment(path, os.Environ())})
	if line.Live() {
		s.lines = 40 // a screen
	}
	if flag.Arg(0) == "-" {
		if err := s.read(os.Stdin); err != nil {
			fail(err)
		}
		os.Exit(s.finish(nil))
	}
	r := runner{summary: s, goCommand: path, lint: *lintCommand, times: *times}
	if err := r.run(flag.Args()); err != nil {
		line.Printf("")
		fail(err)
	}
	s.next = *next
	r.line.Printf("%s in %s\n", r.parts(), progress.Took(time.Since(began)))
	os.Exit(s.finish(r.once))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "testsum:", err)
	os.Exit(2)
}

// beside is how many packages are tested at a time: half of their time they wait for
// peers, limits and programs.
const beside = 2

// runner runs what is summed up.
type runner struct {
	*summary
	goCommand, lint, times string
}

// plans is which parts there will be. It answers the packages that have tests, in the order
// in which they begin.
func (r *runner) plans(packages []string) ([]string, error) {
	out, err := exec.Command(r.goCommand, append([]string{"list", "-f",
		"{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}"}, packages...)...).Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %w\n%s", err, exit.Stderr)
		}
		return nil, err
	}
	known := defaults()
	known.ReadTimes(r.times)
	packages = r.longestFirst(strings.Fields(string(out)), known)
	var parts []string
	if r.lint != "" {
		parts = append(parts, lint)
	}
	for _, p := range packages {
		parts = append(parts, r.repeat.part(p))
	}
	r.summary.plan = progress.NewPlan(parts, func(n string) progress.Cost { return costOf(known, n) })
	r.summary.plan.Beside = beside
	if r.times != "" {
		r.keep = func(part string, c progress.Cost) { _ = progress.Keep(r.times, part, c) }
	}
	return packages, nil
}

// longestFirst orders packages: go test begins them as they are named.
func (s *summary) longestFirst(packages []string, known progress.Times) []string {
	slices.SortStableFunc(packages, func(a, b string) int {
		return cmp.Compare(costOf(known, s.repeat.part(b)).Time, costOf(known, s.repeat.part(a)).Time)
	})
	return packages
}

func (r *runner) run(packages []string) error {
	packages, err := r.plans(packages)
	if err != nil {
		return err
	}
	r.line.Printf("%s, %s\n", r.parts(), progress.About(r.summary.plan.Left(r.now())))
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted // go test has had it, too
		r.mu.Lock()
		r.line.Printf("stopped: %s so far\n", r.words())
		os.Exit(130)
	}()
	done := make(chan struct{})
	defer close(done)
	go func() {
		t := time.NewTicker(time.Second / 2)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				r.tick()
			case <-done:
				return
			}
		}
	}()
	args := []string{"test", "-count=1", "-p", strconv.Itoa(beside), "-timeout", "30m", "-json"}
	if r.lint != "" {
		args = append(args, "-vet=off") // the checks vet it all
		var checks sync.WaitGroup
		checks.Go(r.check)
		defer checks.Wait()
	}
	if len(packages) == 0 {
		return nil
	}
	cmd := exec.Command(r.goCommand, append(args, packages...)...)
	cmd.Stderr = r.line
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := r.read(out); err != nil {
		return err
	}
	err = cmd.Wait() // 1: a test failed, which has been counted
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil
	}
	return err
}

func (r *runner) parts() string {
	if _, n := r.summary.plan.At(); n != 1 {
		return fmt.Sprintf("%d parts", n)
	}
	return "1 part"
}

// check runs what -lint says. Its output is of interest when it fails, and where it
// has left something out.
func (r *runner) check() {
	r.mu.Lock()
	r.begin(lint)
	r.mu.Unlock()
	out, err := exec.Command("sh", "-c", r.lint).CombinedOutput()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checked(out, err == nil)
}

func (s *summary) checked(out []byte, good bool) {
	s.begin(lint)
	if good {
		s.passed++
		s.part(lint).passed++
		for l := range strings.Lines(string(out)) {
			if strings.Contains(l, "SKIPPED") {
				s.line.Printf("%s", l)
			}
		}
	} else {
		s.failed++
		s.part(lint).failed++
		s.whole = append(s.whole, lint)
		s.line.Printf("%s  lint\n%s      repeat it: %s\n", s.line.Red("FAIL"), s.last([]string{string(out)}), s.repeat.command(key{lint, ""}))
	}
	s.ends(lint, good)
}

// once runs one test by itself.
func (r *runner) once(k key) bool {
	r.line.Show("once more: " + r.repeat.part(k.pkg) + " " + k.test)
	out, err := exec.Command(r.goCommand, "test", "-count=1", "-timeout=5m", "-run", k.pattern(), r.repeat.folder(k.pkg)).CombinedOutput()
	if err != nil {
		r.line.Printf("once more, it failed again: %s %s\n%s", r.repeat.part(k.pkg), k.test, r.last([]string{string(out)}))
	}
	return err == nil && !bytes.Contains(out, []byte("no tests to run"))
}

// finish prints the end, and answers the exit status. A nil once runs nothing again.
func (s *summary) finish(once func(key) bool) int {
	var forgiven []key
	if once != nil {
		forgiven = s.again(once)
	}
	if len(s.skips) > 0 {
		s.line.Printf("\nSkipped:\n")
		for _, k := range s.skips {
			s.line.Printf("  %s: %s\n", k.why, progress.Names(k.tests, 3))
		}
	}
	if len(forgiven) > 0 {
		s.line.Printf("\nFailed, and passed twice when run again:\n")
		for _, k := range forgiven {
			s.line.Printf("  %s %s\n", s.repeat.part(k.pkg), k.test)
		}
	}
	s.repeats()
	if s.next && s.failed == 0 {
		s.line.Printf("\nNext: how a change is made and tested is in CONTRIBUTING.md, how one test is run in docs/testing.md.\n")
	}
	if s.skipped > 0 {
		s.line.Printf("(%d skipped)\n", s.skipped)
	}
	s.line.Printf("%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 || s.passed == 0 {
		return 1
	}
	return 0
}

// listed are the most commands that the end lists.
const listed = 30

// repeats lists the commands that repeat what failed.
func (s *summary) repeats() {
	var l []string
	for _, p := range s.whole {
		l = append(l, s.repeat.command(key{p, ""}))
	}
	for _, k := range s.leaves() {
		l = append(l, s.repeat.command(k))
	}
	if len(l) == 0 {
		return
	}
	s.line.Printf("\nWhat failed is repeated, one by one, with\n")
	for _, c := range l[:min(len(l), listed)] {
		s.line.Printf("  %s\n", c)
	}
	if n := len(l) - listed; n > 0 {
		s.line.Printf("  … and %d more, which are above\n", n)
	}
}
