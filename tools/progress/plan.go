// SPDX-License-Identifier: MIT

package progress

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Cost is what a part took when it was last done: how long, and how many tests it had.
type Cost struct {
	Time  time.Duration
	Count int // 0: not known
}

// Times are the costs of parts, by name.
type Times map[string]Cost

// ParseTimes reads lines "name seconds count"; the count may be missing, a # begins a comment.
func ParseTimes(text string) Times {
	t := Times{}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		name, rest, ok := strings.Cut(strings.TrimSpace(line), "\t")
		f := strings.Fields(rest)
		if !ok || len(f) == 0 {
			continue
		}
		s, err := strconv.ParseFloat(f[0], 64)
		if err != nil || s < 0 || s > 1e6 {
			continue
		}
		c := Cost{Time: time.Duration(s * float64(time.Second))}
		if len(f) > 1 {
			c.Count, _ = strconv.Atoi(f[1])
		}
		t[name] = c
	}
	return t
}

// ReadTimes adds those of a file to t, if there is one.
func (t Times) ReadTimes(path string) {
	if b, err := os.ReadFile(path); err == nil {
		for n, c := range ParseTimes(string(b)) {
			t[n] = c
		}
	}
}

// Keep puts one cost into a file of them.
func Keep(path, name string, c Cost) error {
	all := Times{}
	all.ReadTimes(path)
	all[name] = c
	var names []string
	for n := range all {
		names = append(names, n)
	}
	slices.Sort(names)
	var s strings.Builder
	for _, n := range names {
		fmt.Fprintf(&s, "%s\t%.1f %d\n", n, all[n].Time.Seconds(), all[n].Count)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(s.String()), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// Plan is a list of parts, some of which are under way.
type Plan struct {
	// Beside is how many are done at a time; 0 is one.
	Beside   int
	names    []string
	costs    map[string]Cost
	done     map[string]bool
	began    map[string]time.Time // of those under way
	expected time.Duration
	took     time.Duration // of the parts that are done
}

// NewPlan is a plan of parts with the costs that are expected of them.
func NewPlan(names []string, cost func(name string) Cost) *Plan {
	p := &Plan{names: names, costs: map[string]Cost{}, done: map[string]bool{}, began: map[string]time.Time{}}
	for _, n := range names {
		p.costs[n] = cost(n)
	}
	return p
}

// Begin: a part begins.
func (p *Plan) Begin(name string, now time.Time) { p.began[name] = now }

// End: a part has ended; how long it took.
func (p *Plan) End(name string, now time.Time) time.Duration {
	d := p.Elapsed(name, now)
	delete(p.began, name)
	if _, planned := p.costs[name]; planned && !p.done[name] {
		p.done[name] = true
		p.expected += p.costs[name].Time
		p.took += d
	}
	return d
}

// Count is how many tests a part is expected to have, 0: not known.
func (p *Plan) Count(name string) int { return p.costs[name].Count }

// Elapsed is how long a part has been under way.
func (p *Plan) Elapsed(name string, now time.Time) time.Duration {
	if t, ok := p.began[name]; ok {
		return now.Sub(t)
	}
	return 0
}

// At is the number of the current part, or the next one, and how many there are.
func (p *Plan) At() (n, of int) { return min(len(p.done)+1, len(p.names)), len(p.names) }

// pace is how much slower it goes than expected, of what is done; little says nothing.
func (p *Plan) pace() float64 {
	const weight = float64(30 * time.Second)
	return min(max((float64(p.took)+weight)/(float64(p.expected)+weight), 0.4), 4)
}

// Left is how long the rest will take: no less than the longest part of it.
func (p *Plan) Left(now time.Time) time.Duration {
	var rest, longest float64
	for _, n := range p.names {
		if !p.done[n] {
			one := max(float64(p.costs[n].Time)*p.pace()-float64(p.Elapsed(n, now)), 0)
			rest, longest = rest+one, max(longest, one)
		}
	}
	return time.Duration(max(rest/float64(max(p.Beside, 1)), longest))
}
