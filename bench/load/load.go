// SPDX-License-Identifier: MIT

// Package load makes the work that a server is measured with, checks every
// byte that comes back, and reads the server's CPU clock around the measured
// window. Connections without TLS are served by one epoll loop, so that the
// generator costs little; TLS ones by a goroutine each.
package load

import (
	"fmt"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// Job says what to do to which server.
type Job struct {
	Addr string // host:port
	Pid  int    // the server's process
	// ws, raw (echoed bytes, no protocol), http, connect (connect, upgrade, close), h2post,
	// h2ws, and what Debian's programs speak: mqtt, janus, tty
	Kind string

	Conns    int
	InFlight int // messages on their way on each connection
	Size     int // of a message, bytes
	Text     bool
	Deflate  bool
	TLS      bool
	TLS12    bool // not TLS 1.3
	Resume   bool // connect: the session of the connection before

	Streams int // of each HTTP/2 connection

	Path string // http, h2post
	File string // what Path answers with

	Idle  int  // more connections, upgraded, that do nothing
	Quiet bool // only hold the idle ones: what is measured is the server at rest
	Once  bool // each of them has one message echoed first

	Warm, Window time.Duration
}

// Result is what was measured in the window.
type Result struct {
	Ops       int64
	CPU, Wall time.Duration // CPU: user and system time of the whole process
	// Latency of an operation, sorted percentiles.
	P50, P99, P999  time.Duration
	RSS             int64 // bytes, of the server, after the load
	RSSBefore       int64 // before the first connection; of idle ones, behind one that has gone
	Faults, Threads int   // of the server
	Peak            int64 // the most that its RSS ever was
}

// PerOp is the server's CPU time for one operation, in µs.
func (r Result) PerOp() float64 {
	if r.Ops == 0 {
		return 0
	}
	return float64(r.CPU.Nanoseconds()) / 1000 / float64(r.Ops)
}

// Rate is operations per second.
func (r Result) Rate() float64 { return float64(r.Ops) / r.Wall.Seconds() }

// CPU reads the CPU clock of a process.
func CPU(pid int) (time.Duration, error) {
	var ts unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|2), &ts); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(ts.Nano()), nil
}

// window measures: it is told of operations as they complete.
type window struct {
	job       *Job
	from, to  time.Time
	inside    bool
	over      bool
	cpu0      time.Duration
	began     time.Time
	latencies []uint32 // ns/16
	r         Result
	err       error
}

func newWindow(j *Job) *window {
	now := time.Now()
	return &window{job: j, from: now.Add(j.Warm), to: now.Add(j.Warm + j.Window), latencies: make([]uint32, 0, 1<<20)}
}

// tick is called often; false: the window is over.
func (w *window) tick(now time.Time) bool {
	switch {
	case w.over:
		return false
	case !w.inside && !now.Before(w.from):
		w.inside = true
		w.began = now
		w.cpu0, w.err = CPU(w.job.Pid)
	case w.inside && !now.Before(w.to):
		w.over = true
		c, err := CPU(w.job.Pid)
		if err != nil {
			w.err = err
		}
		w.r.CPU, w.r.Wall = c-w.cpu0, time.Since(w.began)
	}
	return !w.over && w.err == nil
}

// done notes one operation that was begun at a time.
func (w *window) done(begun, now time.Time) {
	if !w.inside || w.over {
		return
	}
	w.r.Ops++
	if len(w.latencies) < cap(w.latencies) {
		w.latencies = append(w.latencies, uint32(min(now.Sub(begun)>>4, 1<<32-1)))
	}
}

func (w *window) result() (Result, error) {
	if w.err != nil {
		return Result{}, w.err
	}
	l := w.latencies
	slices.Sort(l)
	at := func(p float64) time.Duration {
		if len(l) == 0 {
			return 0
		}
		return time.Duration(l[min(len(l)-1, int(p*float64(len(l))))]) << 4
	}
	w.r.P50, w.r.P99, w.r.P999 = at(.5), at(.99), at(.999)
	return w.r, nil
}

// Run does a job.
func Run(j Job) (Result, error) {
	raiseLimit()
	if j.Quiet {
		if err := visitOnce(j); err != nil {
			return Result{}, err
		}
	}
	before, err := RSS(j.Pid)
	if err != nil {
		return Result{}, err
	}
	idle, err := openIdle(&j)
	defer func() {
		for _, c := range idle {
			c.Close()
		}
	}()
	if err != nil {
		return Result{}, err
	}
	var r Result
	switch {
	case j.Quiet:
		r, err = rest(&j)
	case j.Kind == "connect":
		r, err = runConnect(&j)
	case j.Streams > 0:
		r, err = runH2(&j)
	case j.TLS:
		r, err = runTLS(&j)
	default:
		r, err = runPlain(&j)
	}
	if err != nil {
		return r, err
	}
	r.RSSBefore = before
	if r.RSS, err = RSS(j.Pid); err == nil {
		r.Peak, err = peak(j.Pid)
	}
	return r, err
}

// visitOnce makes one of the idle connections, and ends it. The code that each of them needs
// is no part of what one of them keeps.
func visitOnce(j Job) error {
	j.Idle = min(j.Idle, 1)
	one, err := openIdle(&j)
	for _, c := range one {
		c.Close()
	}
	return err
}

// rest waits; nothing is asked of the server.
func rest(j *Job) (Result, error) {
	w := newWindow(j)
	for w.tick(time.Now()) {
		time.Sleep(time.Millisecond * 20)
	}
	return w.result()
}

func raiseLimit() {
	want := unix.Rlimit{Cur: 120000, Max: 120000}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &want) == nil {
		return
	}
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) == nil {
		l.Cur = l.Max
		_ = unix.Setrlimit(unix.RLIMIT_NOFILE, &l)
	}
}
