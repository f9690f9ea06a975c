// SPDX-License-Identifier: MIT

package main

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"libwebsockets/tools/progress"
)

// first is what parts take roughly, for who has not run them yet. docs/testing.md has
// its table from it.
//
//go:embed times
var first string

func defaults() progress.Times { return progress.ParseTimes(first) }

// costOf is what a part is expected to take, one that nobody knows a little.
func costOf(t progress.Times, part string) progress.Cost {
	if c, ok := t[part]; ok {
		return c
	}
	return progress.Cost{Time: 5 * time.Second}
}

const (
	docs               = "docs/testing.md"
	beginMark, endMark = "<!-- times: begin -->\n", "<!-- times: end -->"
)

// table is the times for people: the folders of impl are one part, and parts that take
// alike are in one line.
func table() string {
	all := map[string]time.Duration{}
	for part, c := range defaults() {
		if rest, ok := strings.CutPrefix(part, "impl/"); ok && rest != "" {
			part = "impl"
		}
		all[part] += c.Time
	}
	alike := map[time.Duration][]string{}
	for part, d := range all {
		d = rough(d)
		alike[d] = append(alike[d], "`"+part+"`")
	}
	var order []time.Duration
	for d := range alike {
		order = append(order, d)
	}
	slices.Sort(order)
	slices.Reverse(order)
	var s strings.Builder
	s.WriteString("| time | PART |\n|---|---|\n")
	for _, d := range order {
		slices.Sort(alike[d])
		fmt.Fprintf(&s, "| %s | %s |\n", short(d), strings.Join(alike[d], ", "))
	}
	return s.String()
}

// rough is a time in steps that mean something.
func rough(d time.Duration) time.Duration {
	for _, step := range []time.Duration{10, 20, 30, 60, 120, 180, 300, 420, 600, 900, 1200} {
		if d <= step*time.Second {
			return step * time.Second
		}
	}
	return d.Round(10 * time.Minute)
}

func short(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

// withTable is a page with the table in its place.
func withTable(page string) (string, error) {
	before, rest, ok := strings.Cut(page, beginMark)
	_, after, ok2 := strings.Cut(rest, endMark)
	if !ok || !ok2 {
		return "", fmt.Errorf("%s has no place for the table (%s)", docs, strings.TrimSpace(beginMark))
	}
	return before + beginMark + table() + endMark + after, nil
}

func writeTable(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	page, err := withTable(string(b))
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(page), 0o644)
}
