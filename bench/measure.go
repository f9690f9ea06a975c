// SPDX-License-Identifier: MIT

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/bench/load"
)

// measured is a row with its figures, one of each round.
type measured struct {
	row
	debian, ours, floor samples
	uring               samples // the floor with io_uring, if it was asked for
	ratios              []float64
	peers               map[string]samples
	err                 error
	base                float64 // what the row that this is like took
}

type samples struct {
	values []float64
	all    []load.Result
}

func (s *samples) add(r row, res load.Result) {
	v := res.PerOp()
	if r.value != nil {
		v = r.value(res)
	}
	s.values = append(s.values, v)
	s.all = append(s.all, res)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Clone(v)
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// floors are the medians of the floor programs.
func (m *measured) floors() string {
	s := figure(median(m.floor.values))
	if m.floor.all != nil && m.once == nil {
		s += ", p99 " + m.floor.us(p99)
	}
	if len(m.uring.values) > 0 {
		s += " (io_uring " + figure(median(m.uring.values)) + ")"
	}
	return s
}

// middle is the median of a figure of all rounds.
func (s *samples) middle(f func(load.Result) float64) float64 {
	var v []float64
	for _, r := range s.all {
		v = append(v, f(r))
	}
	return median(v)
}

func p99(r load.Result) time.Duration { return r.P99 }

// us is the median of a time, in µs.
func (s *samples) us(d func(load.Result) time.Duration) string {
	return figure(s.middle(func(r load.Result) float64 { return float64(d(r).Nanoseconds()) / 1000 }))
}

func (m *measured) ratio() float64 { return median(m.ratios) }

// spread is how far the rounds' ratios lie apart, of the median.
func (m *measured) spread() float64 {
	if len(m.ratios) == 0 || m.ratio() == 0 {
		return 0
	}
	return (slices.Max(m.ratios) - slices.Min(m.ratios)) / m.ratio()
}

// noise is what a short measurement may be off, alike what a row may cost of the
// one that it is like.
const (
	noise = 0.12
	alike = 1.1
	// instrument is what one library may differ from itself.
	instrument = 0.05
)

// skipped: the row cannot be measured here.
func (m *measured) skipped() bool {
	var s *skipped
	return errors.As(m.err, &s)
}

func peak(s *samples) float64 {
	return s.middle(func(r load.Result) float64 { return float64(r.Peak) })
}

func after(s *samples) float64 {
	return s.middle(func(r load.Result) float64 { return float64(r.RSS) })
}

func (m *measured) allowance() float64 {
	if m.alike > 0 {
		return m.alike
	}
	return alike
}

func (m *measured) missed(quick bool) bool {
	allow := 0.0
	if quick {
		allow = noise
	}
	switch {
	case m.skipped():
		return false
	case m.err != nil:
		return true
	case m.same:
		return !(math.Abs(m.ratio()-1) <= instrument)
	case m.above > 0 && peak(&m.ours) > peak(&m.debian)+float64(m.above):
		return true
	case m.base > 0 && median(m.ours.values) > m.base*m.allowance()*(1+allow):
		return true
	case m.limit == 0:
		want := m.reach
		if m.hold > 0 {
			want = m.hold
		}
		return !(m.ratio() >= want*(1-allow))
	}
	return !(median(m.ours.values) <= m.limit*(1+allow))
}

// rates are operations a second, of what there were with Debian's library.
func (m *measured) rates() string {
	if m.h2 != nil || m.once != nil || m.job.Quiet {
		return "–"
	}
	debian := m.debian.middle(load.Result.Rate)
	s := figure(m.ours.middle(load.Result.Rate) / debian)
	if m.floor.all != nil {
		s += " (" + figure(m.floor.middle(load.Result.Rate)/debian) + ")"
	}
	return s
}

func (m *measured) line() string {
	if m.err != nil {
		return fmt.Sprintf("%-48s %v", m.name, m.err)
	}
	p99 := func(s *samples) float64 {
		return s.middle(func(r load.Result) float64 { return float64(r.P99.Microseconds()) })
	}
	p50 := func(s *samples) float64 {
		return s.middle(func(r load.Result) float64 { return float64(r.P50.Microseconds()) })
	}
	rate := func(s *samples) float64 { return s.middle(load.Result.Rate) }
	last := "floor " + m.floors()
	if m.program != nil {
		last = fmt.Sprintf("peak %s/%s MB", figure(peak(&m.debian)/1e6), figure(peak(&m.ours)/1e6))
	}
	return fmt.Sprintf("%-48s %9s %9s  ratio %6.2f (%s) ±%2.0f%%  %12s  rate %.2f  p50 %.0f/%.0f p99 %.0f/%.0f", m.name,
		figure(median(m.debian.values)), figure(median(m.ours.values)), m.ratio(), m.aim(), m.spread()*50, last,
		rate(&m.ours)/rate(&m.debian), p50(&m.debian), p50(&m.ours), p99(&m.debian), p99(&m.ours))
}

func figure(v float64) string {
	switch {
	case math.IsNaN(v):
		return "–"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

// measureLike measures a row behind those that it may be compared with.
func (b *bench) measureLike(r row, peers bool, others []measured) measured {
	m := b.measure(r, peers)
	for _, o := range others {
		if o.name == r.like {
			m.base = median(o.ours.values)
		}
	}
	return m
}

// measure does the rounds of a row: Debian's, ours, Debian's, ours …
func (b *bench) measure(r row, peers bool) measured {
	m := measured{row: r, peers: map[string]samples{}}
	if r.job.File != "" {
		m.job.File = b.site + "/" + r.job.File
	}
	rounds := b.rounds
	if b.quick && m.job.Idle > 0 { // Debian's takes long to have them all
		rounds = min(rounds, 2)
	}
	if r.rounds > 0 {
		rounds = r.rounds
	}
	for range rounds {
		d, err := b.once(m.row, true)
		if err != nil {
			m.err = fmt.Errorf("with Debian's library: %w", err)
			return m
		}
		o, err := b.once(m.row, r.same)
		if err != nil {
			m.err = fmt.Errorf("with our library: %w", err)
			return m
		}
		m.debian.add(r, d)
		m.ours.add(r, o)
		n := len(m.ours.values) - 1
		m.ratios = append(m.ratios, m.debian.values[n]/m.ours.values[n])
		if r.least != nil {
			l, err := r.least(b)
			if err != nil {
				m.err = fmt.Errorf("floor: %w", err)
				return m
			}
			m.floor.add(r, l)
		}
		if r.floor && !b.quick {
			if m.err = b.floorOnce(b.floor, &m.floor, m.row); m.err == nil && b.uring != "" && !r.tls && r.job.File == "" {
				m.err = b.floorOnce(b.uring, &m.uring, m.row)
			}
			if m.err != nil {
				return m
			}
		}
	}
	if peers {
		b.measurePeers(&m)
	}
	return m
}

func (b *bench) once(r row, debian bool) (load.Result, error) {
	if r.program != nil {
		return b.programOnce(r, debian)
	}
	env := "LD_LIBRARY_PATH=" + b.ours
	if debian {
		env = "LD_LIBRARY_PATH=" + b.debian
	}
	if r.once != nil {
		return r.once(b, env)
	}
	args := append([]string{b.server, "dir=" + b.site}, r.args...)
	if r.tls {
		args = append(args, "cert="+b.cert, "key="+b.key)
	}
	if debian {
		args = append(args, r.debian...)
	}
	cores := b.serverCPU
	if r.cores != "" {
		cores = r.cores
	}
	p, err := b.startOn(cores, []string{env}, args...)
	if err != nil {
		return load.Result{}, err
	}
	defer p.stop()
	return b.load(r, p)
}

func (b *bench) load(r row, p *process) (load.Result, error) {
	if r.h2 != nil {
		return b.runH2load(p, *r.h2)
	}
	cpu := b.loadCPU
	if r.sameCore {
		cpu = b.serverCPU
	}
	return b.run(p, r.job, cpu)
}

// floorOnce adds to s what a floor program takes for a row.
func (b *bench) floorOnce(exe string, s *samples, r row) error {
	args := []string{exe}
	if r.tls {
		args = []string{b.floorTLS, b.cert, b.key}
	}
	switch {
	case r.job.File != "":
		args = []string{b.floorFile, r.job.File}
	case r.job.Kind == "connect":
		args = append(args, "connect")
	default:
		r.job.Kind = "raw"
		r.job.Idle = 0 // the floor knows no upgrade
	}
	p, err := b.start(nil, args...)
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	defer p.stop()
	res, err := b.load(r, p)
	if err != nil {
		return fmt.Errorf("floor: %w", err)
	}
	s.add(r, res)
	return nil
}

var h2loadSaid = regexp.MustCompile(`(?s)finished in ([0-9.]+)(ms|s|us).*requests: (\d+) total.* (\d+) succeeded`)

// runH2load measures the whole of a run: handshakes are a part of it.
func (b *bench) runH2load(p *process, h h2load) (r load.Result, err error) {
	n := h.requests
	if b.quick {
		n /= 4
	}
	before, err := load.CPU(p.pid())
	if err != nil {
		return r, err
	}
	out, err := exec.Command("taskset", "-c", b.loadCPU, "h2load", "-n", strconv.Itoa(n), "-c", strconv.Itoa(h.clients),
		"-m", strconv.Itoa(h.streams), "-T", "20", "https://"+p.addr()+"/"+h.path).CombinedOutput()
	if err != nil {
		return r, fmt.Errorf("h2load: %w\n%s", err, out)
	}
	after, err := load.CPU(p.pid())
	if err != nil {
		return r, err
	}
	said := h2loadSaid.FindSubmatch(out)
	if said == nil || string(said[3]) != string(said[4]) || !bytes.Contains(out, []byte("Application protocol: h2")) {
		return r, fmt.Errorf("h2load says:\n%s", out)
	}
	wall, err := time.ParseDuration(string(said[1]) + string(said[2]))
	return load.Result{Ops: int64(n), CPU: after - before, Wall: wall}, err
}

func (m *measured) aim() string {
	if m.same {
		return fmt.Sprintf("%.2f to %.2f", 1-instrument, 1+instrument)
	}
	return fmt.Sprintf("%.2f", m.reach)
}

// markdown is the table of docs/performance.md.
func markdown(table []measured, peers bool) string {
	var s strings.Builder
	var u unix.Utsname
	_ = unix.Uname(&u)
	fmt.Fprintf(&s, "Measured on %s, Linux %s, server and load on a core each. CPU time of the server for an operation in µs,\n"+
		"medians; ratio: Debian's by ours, above 1 ours is better; spread: of the rounds' ratios; rate: operations a second, of Debian's.\n\n", time.Now().Format("2006-01-02"), strings.SplitN(unix.ByteSliceToString(u.Release[:]), "-", 2)[0])
	s.WriteString("| row | Debian 4.1.6 | ours | ratio | aim | spread | floor | rate: ours (floor) | p99 (p99.9) µs, Debian | ours |")
	if peers {
		s.WriteString(" others |")
	}
	s.WriteString("\n|---|---|---|---|---|---|---|---|---|---|")
	if peers {
		s.WriteString("---|")
	}
	s.WriteString("\n")
	for _, m := range table {
		if m.err != nil {
			fmt.Fprintf(&s, "| %s | %s |\n", m.name, strings.ReplaceAll(strings.SplitN(m.err.Error(), "\n", 2)[0], "|", "/"))
			continue
		}
		tail := func(s *samples) string {
			if m.h2 != nil || m.once != nil || m.job.Quiet {
				return "–"
			}
			return s.us(p99) + " (" + s.us(func(r load.Result) time.Duration { return r.P999 }) + ")"
		}
		unit, ratio, aim := "", fmt.Sprintf("%.2f", m.ratio()), m.aim()
		if m.unit != "" {
			unit = " " + m.unit
		}
		if m.limit > 0 {
			aim = "≤ " + figure(m.limit) + unit
		}
		if math.IsInf(m.ratio(), 0) || median(m.debian.values) == 0 {
			ratio = "–"
		}
		fmt.Fprintf(&s, "| %s | %s%s | %s%s | %s | %s | ±%.0f %% | %s | %s | %s | %s |", m.name, figure(median(m.debian.values)), unit,
			figure(median(m.ours.values)), unit, ratio, aim, m.spread()*50, m.floors(), m.rates(), tail(&m.debian), tail(&m.ours))
		if peers {
			var others []string
			for name, p := range m.peers {
				others = append(others, name+" "+figure(median(p.values)))
			}
			slices.Sort(others)
			fmt.Fprintf(&s, " %s |", strings.Join(others, ", "))
		}
		s.WriteString("\n")
	}
	return s.String()
}
