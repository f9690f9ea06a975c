// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"

	"libwebsockets/bench/load"
)

// A server that does nothing, and its start.

// started runs prog/start.c once.
func (b *bench) started(env string) (load.Result, error) { return begun(exec.Command(b.starter), env) }

// runtimeStarted is the floor: a library that is nothing but Go's runtime.
func (b *bench) runtimeStarted() (load.Result, error) {
	return begun(exec.Command(b.floorStart, b.runtime), "GOMAXPROCS=1", "GODEBUG=profstackdepth=0,memprofilerate=0") // as ours (Makefile, capi/c/boot.c)
}

func begun(cmd *exec.Cmd, env ...string) (r load.Result, err error) {
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if err != nil {
		return r, err
	}
	var wall, cpu float64
	if _, err := fmt.Sscan(string(out), &wall, &cpu, &r.Faults, &r.Threads); err != nil {
		return r, fmt.Errorf("start: %q: %w", out, err)
	}
	r.Ops, r.Wall, r.CPU = 1, time.Duration(wall*1000), time.Duration(cpu*1000)
	return r, nil
}

// givenBack is when what a start leaves behind has been given back (impl/engine/lull.go).
const givenBack = 6 * time.Second

// idle looks at a server with one listener, some time after its start; served has it serve
// a connection then, which ends.
func idle(after time.Duration, served bool) func(b *bench, env string) (load.Result, error) {
	return func(b *bench, env string) (r load.Result, err error) {
		p, err := b.start([]string{env}, b.server, "dir="+b.site, "buf=4096")
		if err != nil {
			return r, err
		}
		defer p.stop()
		time.Sleep(after)
		if served {
			if r, err = b.run(p, load.Job{Kind: "ws", Conns: 1, Size: 64, InFlight: 1, Window: 20 * time.Millisecond}, b.loadCPU); err != nil {
				return r, err
			}
		}
		if err = p.asleep(); err != nil {
			return r, err
		}
		if r.RSS, err = load.RSS(p.pid()); err != nil {
			return r, err
		}
		tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", p.pid()))
		r.Threads = len(tasks)
		return r, err
	}
}

// asleep returns when a process has taken no CPU time for a while: when what it began with is over.
func (p *process) asleep() error {
	var was time.Duration
	begun := time.Now()
	for since := begun; time.Since(begun) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		is, err := load.CPU(p.pid())
		if err != nil {
			return err
		}
		if is != was {
			was, since = is, time.Now()
		}
		if time.Since(since) > 200*time.Millisecond {
			return nil
		}
	}
	return fmt.Errorf("it does not come to rest")
}

func idleRows() []row {
	const rounds = 60
	mib := func(r load.Result) float64 { return float64(r.RSS) / (1 << 20) }
	return []row{
		{name: "first lws_create_context, CPU", once: (*bench).started, least: (*bench).runtimeStarted, rounds: rounds, reach: 0.5, hold: 0.2, quick: true},
		{name: "first lws_create_context, from call to return", once: (*bench).started, least: (*bench).runtimeStarted, rounds: rounds, reach: 0.5, hold: 0.2, quick: true,
			value: func(r load.Result) float64 { return float64(r.Wall.Nanoseconds()) / 1000 }},
		{name: "first lws_create_context, page faults", once: (*bench).started, least: (*bench).runtimeStarted, rounds: 10, limit: 245, quick: true,
			value: func(r load.Result) float64 { return float64(r.Faults) }},
		{name: "server that has just started, RSS", once: idle(0, false), unit: "MiB", value: mib, limit: 8.5, quick: true},
		{name: "idle server, RSS", once: idle(givenBack, false), rounds: 1, unit: "MiB", value: mib, limit: 6.4},
		{name: "idle server behind its first connection, RSS", once: idle(givenBack, true), rounds: 1, unit: "MiB", value: mib, limit: 7.5, quick: true},
		{name: "idle server behind its first connection, threads", once: idle(0, true), least: (*bench).runtimeStarted, limit: 6, quick: true,
			value: func(r load.Result) float64 { return float64(r.Threads) }},
	}
}

// asInstalled has the kernel forget what it knows of a file that was just written: it would
// have it in larger pieces than one that was read, and map all of each.
func asInstalled(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}
