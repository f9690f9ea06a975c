// SPDX-License-Identifier: MIT

// Testsum reads the output of go test -json and prints what a person wants to
// see of it: a line for each package, the whole output of what failed, the
// reasons of what was skipped, and as the last line "N passed, N failed",
// which counts tests and subtests.
//
// A test with subtests counts as one more test. A package that fails without
// a failing test (it does not build, it panics, it runs out of time) counts as
// one failure. Arguments NAME=STATUS are checks that ran before, with their
// exit status; they count as tests. The exit status is 1 when anything failed
// or nothing ran.
//
// With -again GO, when at most three tests failed, each is run twice more by
// itself. Thousands of tests drive other people's programs and clocks: one that
// passes both times has met the machine's load, not a fault that can be seen
// again. It counts as passed, and is named at the end: who sees a name there
// more than once has a test to mend.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// event is one line of go test -json (see go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build-output event
	Test       string
	Elapsed    float64
	Output     string
}

type key struct{ pkg, test string }

// summary is what has been read so far.
type summary struct {
	out                     io.Writer
	passed, failed, skipped int
	output                  map[key][]string
	failures                map[string]int // failing tests of a package
	failing                 []key
	whole                   bool // some package failed without a failing test
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, output: map[key][]string{}, failures: map[string]int{}}
}

// read takes all lines of r. A line that is no event is printed as it is: the
// go command writes some of its complaints that way.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				s.add(e)
			} else {
				fmt.Fprint(s.out, line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) add(e event) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "output":
		s.output[k] = append(s.output[k], e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.packageEnds(e)
		} else {
			s.testEnds(e)
		}
		delete(s.output, k)
	}
}

func (s *summary) testEnds(e event) {
	text := strings.Join(s.output[key{e.Package, e.Test}], "")
	switch e.Action {
	case "pass":
		s.passed++
	case "skip":
		s.skipped++
		fmt.Fprint(s.out, text)
	case "fail":
		s.failed++
		s.failures[e.Package]++
		s.failing = append(s.failing, key{e.Package, e.Test})
		fmt.Fprint(s.out, text)
	}
}

func (s *summary) packageEnds(e event) {
	switch {
	case e.Action == "pass":
		fmt.Fprintf(s.out, "ok    %s  %.1fs\n", e.Package, e.Elapsed)
	case e.Action == "fail":
		if s.failures[e.Package] == 0 {
			s.failed++
			s.whole = true
			fmt.Fprint(s.out, strings.Join(s.output[key{e.Package, ""}], ""))
		}
		// What a panic or the time limit cut off has no end of its own.
		for k, text := range s.output {
			if k.pkg == e.Package && k.test != "" {
				fmt.Fprint(s.out, strings.Join(text, ""))
				delete(s.output, k)
			}
		}
		fmt.Fprintf(s.out, "FAIL  %s  %.1fs\n", e.Package, e.Elapsed)
	}
}

// addCheck counts a check "NAME=STATUS" that is no Go test.
func (s *summary) addCheck(check string) {
	name, status, _ := strings.Cut(check, "=")
	if status == "0" {
		s.passed++
		return
	}
	s.failed++
	fmt.Fprintf(s.out, "FAIL  %s (see above)\n", name)
}

// mostAgain is how many failing tests are run again, timesAgain how often each;
// more are no accident.
const (
	mostAgain  = 3
	timesAgain = 2
)

// leaves are the failing tests without failing subtests.
func (s *summary) leaves() (l []key) {
	for _, f := range s.failing {
		if !slices.ContainsFunc(s.failing, func(o key) bool { return o.pkg == f.pkg && strings.HasPrefix(o.test, f.test+"/") }) {
			l = append(l, f)
		}
	}
	return l
}

// pattern is what go test -run wants for exactly this test.
func (k key) pattern() string {
	parts := strings.Split(k.test, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// again runs the failing tests once more and again, with run; what passes is
// forgiven and returned.
func (s *summary) again(run func(k key) bool) (passed []key) {
	l := s.leaves()
	if s.whole || len(l) > mostAgain {
		return nil
	}
	for _, k := range l {
		good := true
		for n := 0; n < timesAgain && good; n++ {
			good = run(k)
		}
		if good {
			passed = append(passed, k)
		}
	}
	for _, f := range s.failing { // a test with subtests failed because of them
		if !slices.ContainsFunc(l, func(k key) bool {
			return !slices.Contains(passed, k) && k.pkg == f.pkg && (k == f || strings.HasPrefix(k.test, f.test+"/"))
		}) {
			s.failed--
			s.passed++
		}
	}
	return passed
}

func main() {
	goCommand := flag.String("again", "", "the go command to run failing tests again with")
	flag.Parse()
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(2)
	}
	if *goCommand != "" {
		for _, k := range s.again(func(k key) bool {
			out, err := exec.Command(*goCommand, "test", "-count=1", "-timeout=5m", "-run", k.pattern(), k.pkg).CombinedOutput()
			if err != nil {
				fmt.Printf("again: %s %s\n%s", k.pkg, k.test, out)
			}
			return err == nil && !bytes.Contains(out, []byte("no tests to run"))
		}) {
			fmt.Printf("passed twice when run again: %s %s\n", k.pkg, k.test)
		}
	}
	for _, check := range flag.Args() {
		s.addCheck(check)
	}
	if s.skipped > 0 {
		fmt.Printf("(%d skipped)\n", s.skipped)
	}
	fmt.Printf("%d passed, %d failed\n", s.passed, s.failed)
	if s.failed > 0 || s.passed == 0 {
		os.Exit(1)
	}
}
