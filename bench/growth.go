// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/bench/load"
)

// crowds are the numbers of connections of the growth figure: 100 of them (or
// all, when they are fewer) are echoing, the others are only there.
var crowds = []int{10, 100, 1000, 10000, 50000}

// point is what one library does with one crowd.
type point struct {
	conns int
	rate  float64 // messages a second of the server's CPU
}

// growth measures both libraries with growing crowds and draws docs/growth.svg.
func (b *bench) growth() error {
	var debian, ours []point
	for _, n := range crowds {
		if !enoughFiles(n) {
			fmt.Printf("%6d connections: skipped, the limit of descriptors cannot be raised to %d here\n", n, n+100)
			continue
		}
		r := row{name: fmt.Sprint(n), job: echo(min(n, 100), 64, 1)}
		r.job.Idle = n - r.job.Conns
		var d, o samples
		for range min(b.rounds, 3) {
			x, err := b.once(r, true)
			if err != nil {
				return fmt.Errorf("with Debian's library and %d connections: %w", n, err)
			}
			d.add(r, x)
			if x, err = b.once(r, false); err != nil {
				return fmt.Errorf("with our library and %d connections: %w", n, err)
			}
			o.add(r, x)
		}
		perSecond := func(s samples) float64 {
			return s.middle(func(r load.Result) float64 { return float64(r.Ops) / r.CPU.Seconds() })
		}
		debian = append(debian, point{n, perSecond(d)})
		ours = append(ours, point{n, perSecond(o)})
		fmt.Printf("%6d connections: %8.0f messages a second of CPU with Debian's, %8.0f with ours\n", n, debian[len(debian)-1].rate, ours[len(ours)-1].rate)
	}
	return os.WriteFile("docs/growth.svg", []byte(plot(debian, ours)), 0o644)
}

// enoughFiles tells whether a process may have n connections.
func enoughFiles(n int) bool {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return false
	}
	if l.Max >= uint64(n)+100 {
		return true
	}
	return unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: l.Cur, Max: uint64(n) + 1000}) == nil
}

// plot draws the two curves, both axes logarithmic.
func plot(debian, ours []point) string {
	const w, h, left, bottom, top, right = 720, 420, 80, 50, 50, 30
	lowest, highest := math.Inf(1), 0.0
	for _, p := range append(append([]point(nil), debian...), ours...) {
		lowest, highest = min(lowest, p.rate), max(highest, p.rate)
	}
	y0, y1 := math.Floor(math.Log10(lowest)), math.Ceil(math.Log10(highest))
	x1 := math.Log10(float64(crowds[len(crowds)-1]))
	x := func(n float64) float64 { return left + (math.Log10(n)-1)/(x1-1)*(w-left-right) }
	y := func(v float64) float64 { return h - bottom - (math.Log10(v)-y0)/(y1-y0)*(h-bottom-top) }
	var s strings.Builder
	fmt.Fprintf(&s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n", w, h)
	fmt.Fprintf(&s, `<rect width="%d" height="%d" fill="white"/>`+"\n", w, h)
	fmt.Fprintf(&s, `<text x="%d" y="24" font-size="15">Echoed messages (64 B) for a second of server CPU; at most 100 connections are active</text>`+"\n", left-50)
	for e := y0; e <= y1; e++ {
		v := math.Pow(10, e)
		fmt.Fprintf(&s, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left, y(v), w-right, left-8, y(v)+4, thousands(v))
	}
	for _, n := range crowds {
		fmt.Fprintf(&s, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle">%s</text>`+"\n", x(float64(n)), top, h-bottom, x(float64(n)), h-bottom+18, thousands(float64(n)))
	}
	fmt.Fprintf(&s, `<text x="%d" y="%d" text-anchor="middle">connections</text>`+"\n", (w+left)/2, h-10)
	curve := func(points []point, colour, name string) {
		var d []string
		for _, p := range points {
			d = append(d, fmt.Sprintf("%.1f %.1f", x(float64(p.conns)), y(p.rate)))
			fmt.Fprintf(&s, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`+"\n", x(float64(p.conns)), y(p.rate), colour)
		}
		fmt.Fprintf(&s, `<path d="M%s" fill="none" stroke="%s" stroke-width="2"/>`+"\n", strings.Join(d, "L"), colour)
		if n := len(points); n > 0 {
			fmt.Fprintf(&s, `<text x="%.1f" y="%.1f" fill="%s" text-anchor="end">%s</text>`+"\n", x(float64(points[n-1].conns)), y(points[n-1].rate)-10, colour, name)
		}
	}
	curve(debian, "#b03030", "Debian's 4.1.6")
	curve(ours, "#2060b0", "this library")
	fmt.Fprintf(&s, "<!-- measured %s -->\n</svg>\n", time.Now().Format("2006-01-02"))
	return s.String()
}

func thousands(v float64) string {
	t := fmt.Sprintf("%.0f", v)
	for i := len(t) - 3; i > 0; i -= 3 {
		t = t[:i] + "," + t[i:]
	}
	return t
}
