// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"math"
	"testing"

	"libwebsockets/bench/load"
)

// TestAttempt: what is written for tests ends here as it does there. Seen to fail: with a
// Fatal that does not end it, and without the cleanups.
func TestAttempt(t *testing.T) {
	dirs, behind := 0, false
	for _, c := range []struct {
		f       func(t testing.TB)
		skipped bool
		err     string
	}{
		{func(testing.TB) {}, false, ""},
		{func(t testing.TB) { t.Fatalf("no %d", 1); behind = true }, false, "no 1"},
		{func(t testing.TB) { t.Error("no", 2) }, false, "no 2"},
		{func(t testing.TB) { t.Skip("not here"); behind = true }, true, "skipped: not here"},
		{func(t testing.TB) { t.Cleanup(func() { t.Fatal("late") }) }, false, "late"},
	} {
		err := attempt(func(t testing.TB) {
			t.Cleanup(func() { dirs-- })
			dirs++
			c.f(t)
		})
		var s *skipped
		if errors.As(err, &s) != c.skipped || err == nil && c.err != "" || err != nil && err.Error() != c.err {
			t.Errorf("%v, not %q", err, c.err)
		}
	}
	if behind {
		t.Error("Fatal, or Skip, did not end it")
	}
	if dirs != 0 {
		t.Errorf("%d were not tidied up", dirs)
	}
}

// TestProgramsJudged: what counts as missed. Seen to fail: without each of the cases.
func TestProgramsJudged(t *testing.T) {
	sample := func(peak int64) samples { return samples{values: []float64{10}, all: []load.Result{{Peak: peak}}} }
	for name, c := range map[string]struct {
		m      measured
		missed bool
	}{
		"reached":             {measured{row: row{reach: 1.05, above: 4 << 20}, ratios: []float64{1.06}, debian: sample(10 << 20), ours: sample(13 << 20)}, false},
		"slower":              {measured{row: row{reach: 1.05}, ratios: []float64{1.04}}, true},
		"too large":           {measured{row: row{reach: 1.05, above: 4 << 20}, ratios: []float64{1.06}, debian: sample(10 << 20), ours: sample(15 << 20)}, true},
		"wrong":               {measured{row: row{reach: 1.05}, err: errors.New("wrong")}, true},
		"not here":            {measured{row: row{reach: 1.05}, err: &skipped{"none"}}, false},
		"the instrument":      {measured{row: row{same: true}, ratios: []float64{0.96}}, false},
		"a bad instrument":    {measured{row: row{same: true}, ratios: []float64{1.06}}, true},
		"a broken instrument": {measured{row: row{same: true}, ratios: []float64{math.NaN()}}, true},
	} {
		if got := c.m.missed(false); got != c.missed {
			t.Errorf("%s: missed: %t", name, got)
		}
	}
}
