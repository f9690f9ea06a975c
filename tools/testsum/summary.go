// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"libwebsockets/tools/progress"
)

// event is one line of go test -json (see go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build-output event
	Test       string
	Output     string
}

type key struct{ pkg, test string }

// count is what has become of tests.
type count struct{ passed, failed, skipped int }

func (c count) all() int { return c.passed + c.failed + c.skipped }

// summary is what has been read so far.
type summary struct {
	count
	mu       sync.Mutex // the line is rewritten from elsewhere
	line     *progress.Line
	plan     *progress.Plan
	now      func() time.Time
	keep     func(part string, c progress.Cost) // what a part took
	repeat   repeater
	next     bool      // say what to do next
	lines    int       // of a failing test's output, at most
	parts    []*part   // under way
	said     time.Time // when a plain line was printed last
	output   map[key][]string
	failures map[string]int // failing tests of a package
	failing  []key
	skips    []skip
	whole    []string // packages that failed without a failing test
}

// part is one package, or a check.
type part struct {
	count
	pkg string
}

// skip is a reason, and the tests that were skipped for it.
type skip struct {
	why   string
	tests []string
}

func newSummary(line *progress.Line, repeat repeater) *summary {
	return &summary{line: line, repeat: repeat, plan: progress.NewPlan(nil, nil), now: time.Now, lines: 200,
		keep: func(string, progress.Cost) {}, output: map[key][]string{}, failures: map[string]int{}}
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
				s.mu.Lock()
				s.add(e)
				s.mu.Unlock()
			} else {
				s.line.Printf("%s", line)
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
	if e.Package != "" {
		s.begin(e.Package)
	}
	switch e.Action {
	case "output":
		s.output[k] = append(s.output[k], e.Output)
	case "build-output":
		s.line.Printf("%s", e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.packageEnds(e)
		} else {
			s.testEnds(e.Action, k)
		}
		delete(s.output, k)
	}
}

// begin: a part begins, if it has not.
func (s *summary) begin(pkg string) {
	if s.said.IsZero() {
		s.said = s.now()
	}
	if s.part(pkg) == nil {
		s.parts = append(s.parts, &part{pkg: pkg})
		s.plan.Begin(s.repeat.part(pkg), s.now())
	}
}

// part is the one under way, nil when it is not.
func (s *summary) part(pkg string) *part {
	if n := slices.IndexFunc(s.parts, func(p *part) bool { return p.pkg == pkg }); n >= 0 {
		return s.parts[n]
	}
	return nil
}

func (s *summary) testEnds(action string, k key) {
	p := s.part(k.pkg)
	switch action {
	case "pass":
		s.passed++
		p.passed++
	case "skip":
		s.skipped++
		p.skipped++
		s.addSkip(k)
	case "fail":
		s.failed++
		p.failed++
		s.failures[k.pkg]++
		s.failing = append(s.failing, k)
		s.testFails(k)
	}
}

// noise is what the testing package itself says of a test.
var noise = regexp.MustCompile(`^\s*(=== (RUN|PAUSE|CONT|NAME)\s|--- (FAIL|SKIP|PASS): |(FAIL|PASS)\s*$)`)

// own is what a test has said itself.
func own(text []string) (l []string) {
	for _, t := range text {
		if !noise.MatchString(t) {
			l = append(l, t)
		}
	}
	return l
}

func (s *summary) testFails(k key) {
	text := own(s.output[k])
	if len(text) == 0 && !s.leaf(k) {
		return // for its subtests alone, which have been shown
	}
	s.line.Printf("%s  %s: %s\n%s      repeat it: %s\n", s.line.Red("FAIL"), s.repeat.part(k.pkg), k.test, s.last(text), s.repeat.command(k))
}

// last are the last lines of an output.
func (s *summary) last(text []string) string {
	all := slices.Collect(strings.Lines(strings.Join(text, "")))
	head := ""
	if n := len(all) - s.lines; n > 0 {
		head = fmt.Sprintf("      … %d lines before this\n", n)
		all = all[n:]
	}
	body := strings.Join(all, "")
	if body != "" && !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	return head + body
}

var place = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)

func (s *summary) addSkip(k key) {
	why := "no reason given"
	if text := strings.TrimSpace(strings.Join(own(s.output[k]), "")); text != "" {
		why, _, _ = strings.Cut(place.ReplaceAllString(text, ""), "\n")
	}
	name := s.repeat.part(k.pkg) + " " + k.test
	for i := range s.skips {
		if s.skips[i].why == why {
			s.skips[i].tests = append(s.skips[i].tests, name)
			return
		}
	}
	s.skips = append(s.skips, skip{why, []string{name}})
}

func (s *summary) packageEnds(e event) {
	if e.Action == "skip" { // it has no tests
		s.over(e.Package)
		return
	}
	if e.Action == "fail" {
		// What a panic or the time limit cut off has no end of its own.
		var cut []key
		for k := range s.output {
			if k.pkg == e.Package && k.test != "" {
				cut = append(cut, k)
			}
		}
		slices.SortFunc(cut, func(a, b key) int { return strings.Compare(a.test, b.test) })
		for _, k := range cut {
			if text := own(s.output[k]); len(text) > 0 {
				s.line.Printf("%s", s.last(text))
			}
			delete(s.output, k)
		}
		if s.failures[e.Package] == 0 {
			s.failed++
			s.part(e.Package).failed++
			s.whole = append(s.whole, e.Package)
			s.line.Printf("%s%s  %s, not one of its tests\n      repeat it: %s\n", s.last(own(s.output[key{e.Package, ""}])), s.line.Red("FAIL"), s.repeat.part(e.Package),
				s.repeat.command(key{e.Package, ""}))
		}
	}
	s.ends(e.Package, e.Action == "pass")
}

// ends: a part has ended.
func (s *summary) ends(pkg string, good bool) {
	name := s.repeat.part(pkg)
	p, took := s.over(pkg)
	if good { // the others may have been cut off
		s.keep(name, progress.Cost{Time: took, Count: p.all()})
	}
	if s.line.Live() && good {
		return
	}
	s.line.Printf("%s: %s, %s%s\n", name, p.words(), progress.Took(took), s.left())
	s.said = s.now()
}

// over takes a part from those under way.
func (s *summary) over(pkg string) (*part, time.Duration) {
	p := s.part(pkg)
	s.parts = slices.DeleteFunc(s.parts, func(o *part) bool { return o == p })
	return p, s.plan.End(s.repeat.part(pkg), s.now())
}

func (c count) words() string {
	w := fmt.Sprintf("%d passed, %d failed", c.passed, c.failed)
	if c.skipped > 0 {
		w += fmt.Sprintf(", %d skipped", c.skipped)
	}
	return w
}

func (s *summary) left() string {
	if d := s.plan.Left(s.now()); d > 0 {
		return "; " + progress.About(d) + " left"
	}
	return ""
}

// plainly is how long a plain line may be away.
const plainly = 2 * time.Minute

// tick shows how far it is.
func (s *summary) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	live := s.line.Live()
	if s.said.IsZero() {
		s.said = now
	}
	if !live && now.Sub(s.said) < plainly {
		return
	}
	text := "building tests" + s.left()
	if len(s.parts) > 0 {
		var each []string
		for _, p := range s.parts {
			each = append(each, s.far(p, now))
		}
		text = strings.Join(each, ", ") + s.left()
	}
	if !live {
		s.said = now
		s.line.Printf("%s\n", text)
		return
	}
	n, of := s.plan.At()
	failed := ""
	if s.failed > 0 {
		failed = fmt.Sprintf(", %d failed", s.failed)
	}
	s.line.Show(fmt.Sprintf("[%d/%d] %s%s", n, of, text, failed))
}

// far says how far a part is.
func (s *summary) far(p *part, now time.Time) string {
	name := s.repeat.part(p.pkg)
	tests := ""
	if n := p.all(); n > 0 { // else a check, or not known
		tests = fmt.Sprintf(": %d done", n)
		if of := s.plan.Count(name); of > 0 {
			tests = fmt.Sprintf(": %d of %d done", n, max(n, of))
		}
	}
	return fmt.Sprintf("%s%s, %s", name, tests, progress.Took(s.plan.Elapsed(name, now)))
}
