// SPDX-License-Identifier: MIT

package main

import (
	"slices"
	"strings"
)

// mostAgain is how many failing tests are run again, timesAgain how often each;
// more are no accident.
const (
	mostAgain  = 3
	timesAgain = 2
)

// leaf: no subtest of the failing test has failed.
func (s *summary) leaf(f key) bool {
	return !slices.ContainsFunc(s.failing, func(o key) bool { return o.pkg == f.pkg && strings.HasPrefix(o.test, f.test+"/") })
}

// leaves are the failing tests without failing subtests.
func (s *summary) leaves() (l []key) {
	for _, f := range s.failing {
		if s.leaf(f) {
			l = append(l, f)
		}
	}
	return l
}

// again runs the failing tests once more and again, with run; what passes is
// forgiven and returned.
func (s *summary) again(run func(k key) bool) (passed []key) {
	l := s.leaves()
	if len(s.whole) > 0 || len(l) > mostAgain {
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
	var bad []key
	for _, f := range s.failing { // a test with subtests failed because of them
		if slices.ContainsFunc(l, func(k key) bool {
			return !slices.Contains(passed, k) && k.pkg == f.pkg && (k == f || strings.HasPrefix(k.test, f.test+"/"))
		}) {
			bad = append(bad, f)
		} else {
			s.failed--
			s.passed++
		}
	}
	s.failing = bad
	return passed
}
