// SPDX-License-Identifier: MIT

package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"libwebsockets/tools/progress"
)

// timesFile keeps what each row took.
const timesFile = "build/benchtimes"

// shown is how far a run of rows is.
type shown struct {
	mu     sync.Mutex
	line   *progress.Line
	plan   *progress.Plan
	prefix string // of the rows' names in timesFile
	row    string
	took   progress.Times
	said   time.Time
	stop   chan struct{}
}

// show begins to show how far the rows are.
func (b *bench) show(list []row, peers bool) *shown {
	s := &shown{line: progress.NewLine(os.Stderr), took: progress.Times{}, said: time.Now(), stop: make(chan struct{}),
		prefix: fmt.Sprintf("%d × %v, ", b.rounds, b.window)}
	if peers {
		s.prefix += "peers, "
	}
	known := progress.Times{}
	known.ReadTimes(timesFile)
	var names []string
	costs := map[string]progress.Cost{}
	for _, r := range list {
		c, ok := known[s.prefix+r.name]
		if !ok {
			c.Time = b.guess(r, peers)
		}
		names = append(names, r.name)
		costs[r.name] = c
	}
	s.plan = progress.NewPlan(names, func(n string) progress.Cost { return costs[n] })
	s.line.Printf("%d rows, %s\n", len(list), progress.About(s.plan.Left(s.said)))
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				s.tick(time.Now())
			case <-s.stop:
				return
			}
		}
	}()
	return s
}

// guess is what a row takes that nobody has timed: its windows, and the time in which
// servers start and connections are made.
func (b *bench) guess(r row, peers bool) time.Duration {
	window := b.window
	if r.job.Window > 0 {
		window = r.job.Window
	}
	runs := 2
	if r.floor && !b.quick {
		runs++
	}
	if peers {
		runs += len(r.others)
	}
	one := window*5/4 + 500*time.Millisecond + time.Duration(r.job.Idle)*300*time.Microsecond
	return time.Duration(b.rounds*runs) * one
}

func (s *shown) begin(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.row = name
	s.plan.Begin(name, time.Now())
}

// end: a row has ended, with what it says of itself.
func (s *shown) end(good bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := progress.Cost{Time: s.plan.End(s.row, time.Now())}
	s.took[s.row] = took
	if good {
		_ = progress.Keep(timesFile, s.prefix+s.row, took)
	}
}

// tick rewrites the line; where there is none, the rows' own lines are enough, but in
// long ones.
func (s *shown) tick(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	left := ""
	if d := s.plan.Left(now); d > 0 {
		left = "; " + progress.About(d) + " left"
	}
	n, of := s.plan.At()
	text := fmt.Sprintf("[%d/%d] %s, %s%s", n, of, s.row, progress.Took(s.plan.Elapsed(s.row, now)), left)
	if !s.line.Live() && now.Sub(s.said) >= 2*time.Minute {
		s.said = now
		s.line.Printf("%s\n", text)
	}
	s.line.Show(text)
}

// finish says what the whole has taken since it was begun, and which rows most of that.
func (s *shown) finish(begun time.Time) {
	close(s.stop)
	rows := slices.Collect(maps.Keys(s.took))
	slices.SortFunc(rows, func(a, b string) int { return cmp.Compare(s.took[b].Time, s.took[a].Time) })
	for i, r := range rows {
		rows[i] = fmt.Sprintf("%s (%s)", r, progress.Took(s.took[r].Time))
	}
	s.line.Printf("%s. The longest: %s\n", progress.Took(time.Since(begun)), progress.Names(rows, 5))
}

const nextSteps = `
A ratio above 1: this library is faster; its aim and what it was when it was last written down: docs/performance.md.
Next: one row alone: make bench QUICK=1 ROWS='100 connections, 64 B'. A change beside what was before it:
keep build/lib (cp -r build/lib /tmp/before), change, make lib, build/bench -against /tmp/before
`
