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
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
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

func main() {
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(2)
	}
	for _, check := range os.Args[1:] {
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
