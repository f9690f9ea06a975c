// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"libwebsockets/bench/load"
	"libwebsockets/c_tests/harness"
)

// Debian's programs, unmodified, each on Debian's library and on ours. How they are
// started is harness'.

// program is one that a row runs.
type program struct {
	name  string
	ref   harness.Ref
	loops []string // the plugins that it needs
	// command is the program with the library in lib, and where it listens.
	command func(t testing.TB, b *bench, lib string) (cmd *exec.Cmd, plain, tls int)
}

var mosquitto = &program{name: "mosquitto", ref: harness.Ref19, command: func(t testing.TB, b *bench, lib string) (*exec.Cmd, int, int) {
	if !harness.Ref19.HasPrograms("usr/sbin/mosquitto") {
		t.Skip("Debian 13's programs are not here: run tools/fetch-reference -a 19 -p")
	}
	plain, tls := harness.FreePort(t), harness.FreePort(t)
	return harness.Ref19.Mosquitto(t, lib, fmt.Sprintf("listener %d 127.0.0.1\nprotocol websockets\n"+
		"listener %d 127.0.0.1\nprotocol websockets\ncertfile %s\nkeyfile %s\n", plain, tls, b.cert, b.key)), plain, tls
}}

// What the terminals show costs the server's core nothing but the reading. It comes at a
// rate that all can take: what lies in sockets when the window ends is no longer asked for.
var ttyd = &program{name: "ttyd", ref: harness.Ref19, loops: []string{"uv"}, command: func(t testing.TB, b *bench, lib string) (*exec.Cmd, int, int) {
	port := harness.FreePort(t)
	if b.steady == "" {
		var err error
		if b.steady, err = b.build("steady"); err != nil {
			t.Fatal(err)
		}
	}
	return harness.Ref19.Command(t, nil, harness.Ref19.Later(t), lib, harness.Ttyd(t), "-p", strconv.Itoa(port), "-i", "127.0.0.1", "-P", "300",
		"taskset", "-c", b.loadCPU, b.steady, "4"), port, 0
}}

var janus = &program{name: "janus", ref: harness.Ref17, command: func(t testing.TB, b *bench, lib string) (*exec.Cmd, int, int) {
	j := harness.Janus{WS: harness.FreePort(t), WSS: harness.FreePort(t), Admin: harness.FreePort(t), Cert: b.cert, Key: b.key}
	return j.Command(t, harness.Ref17, lib), j.WS, j.WSS
}}

const programsRSS = 5 << 20 // what ours may have above Debian's; the aim is 4 MB

func programRows() []row {
	talk := func(kind string, conns, size int) load.Job {
		return load.Job{Kind: kind, Conns: conns, Size: size, InFlight: 1}
	}
	broker := talk("mqtt", 100, 1024)
	crowded := broker
	crowded.Idle = 3000
	terminals := talk("tty", 50, 0)
	terminals.Warm, terminals.Window = time.Second, 2*time.Second // it forks at first
	const plain = "mosquitto, 100 clients, 1 KiB"
	return []row{
		{name: plain, program: mosquitto, job: broker, reach: 1.05, above: programsRSS},
		{name: "mosquitto, 100 clients + 3,000 idle, 1 KiB", program: mosquitto, job: crowded, reach: 1.3, above: programsRSS, like: plain},
		{name: "mosquitto over TLS, 100 clients, 1 KiB", program: mosquitto, job: over(broker), reach: 1.05, above: programsRSS},
		{name: "ttyd, 50 terminals, a KiB of output", program: ttyd, job: terminals, reach: 1.1},
		{name: "janus, 100 clients, info", program: janus, job: talk("janus", 100, 0), reach: 1},
		{name: "janus over TLS, 100 clients, info", program: janus, job: over(talk("janus", 100, 0)), reach: 1, hold: 0.95},
		{name: "the instrument: mosquitto, 100 clients, 1 KiB", program: mosquitto, job: broker, same: true},
	}
}

// programOnce measures a program on one of the libraries.
func (b *bench) programOnce(r row, debian bool) (res load.Result, err error) {
	p := r.program
	err = attempt(func(t testing.TB) {
		lib := p.library(t, b, debian)
		cmd, plain, tls := p.command(t, b, lib)
		b.confine(t, cmd)
		proc := harness.StartCmd(t, cmd)
		proc.Port = plain
		proc.Listening(plain)
		if r.job.TLS {
			proc.Port = tls
			proc.Listening(tls)
		}
		if found := harness.Mapped(t, proc.Pid()); len(found) != 1 || !found[filepath.Join(lib, p.ref.Soname())] {
			t.Fatalf("it has %v mapped, which is to be in %s", found, lib)
		}
		var failed error
		if res, failed = b.runOn(proc.Addr(), proc.Pid(), r.job, b.loadCPU); failed != nil {
			said := strings.Split(proc.Log(), "\n")
			t.Fatalf("%v\n%s", failed, strings.Join(said[max(0, len(said)-8):], "\n"))
		}
	})
	return res, err
}

// library is a folder with Debian's library, or ours, as the program finds it.
func (p *program) library(t testing.TB, b *bench, debian bool) string {
	t.Helper()
	from := b.lib
	switch {
	case debian && b.against == refLib && len(p.loops) > 0:
		return p.ref.WithPlugins(t, p.loops...)
	case debian && b.against == refLib:
		from = p.ref.Lib(t)
	case debian:
		from = b.against
	}
	dir := t.TempDir()
	harness.CopyFile(t, filepath.Join(from, p.ref.Soname()), filepath.Join(dir, p.ref.Soname()))
	for _, l := range p.loops {
		harness.CopyFile(t, filepath.Join(from, harness.Plugin(l)), filepath.Join(dir, harness.Plugin(l)))
	}
	return dir
}

// confine has a command run on the server's core, with descriptors for a crowd.
func (b *bench) confine(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Args = append([]string{"sh", "-c", `ulimit -n 8192 && exec taskset -c "$0" "$@"`, b.serverCPU, cmd.Path}, cmd.Args[1:]...)
	cmd.Path = sh
}

// skipped is why a program cannot be had here.
type skipped struct{ reason string }

func (s *skipped) Error() string { return "skipped: " + s.reason }

// attempt runs what is written for tests.
func attempt(f func(t testing.TB)) error {
	p := new(attempted)
	run := func(f func()) {
		done := make(chan bool)
		go func() {
			defer close(done)
			f()
		}()
		<-done
	}
	run(func() { f(p) })
	for i := len(p.cleanups) - 1; i >= 0; i-- {
		run(p.cleanups[i])
	}
	return p.err
}

// attempted is a test to those who take one.
type attempted struct {
	testing.TB
	cleanups []func()
	err      error
}

func (p *attempted) Helper()          {}
func (p *attempted) Cleanup(f func()) { p.cleanups = append(p.cleanups, f) }
func (p *attempted) Error(a ...any)   { p.fail(errors.New(strings.TrimSpace(fmt.Sprintln(a...)))) }
func (p *attempted) Errorf(format string, a ...any) {
	p.fail(fmt.Errorf(format, a...))
}
func (p *attempted) Fatal(a ...any) {
	p.Error(a...)
	runtime.Goexit()
}
func (p *attempted) Fatalf(format string, a ...any) {
	p.Errorf(format, a...)
	runtime.Goexit()
}
func (p *attempted) Skip(a ...any) { p.Skipf("%s", strings.TrimSpace(fmt.Sprintln(a...))) }
func (p *attempted) Skipf(format string, a ...any) {
	p.fail(&skipped{fmt.Sprintf(format, a...)})
	runtime.Goexit()
}
func (p *attempted) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *attempted) TempDir() string {
	dir, err := os.MkdirTemp("", "lwsbench")
	if err != nil {
		p.Fatal(err)
	}
	p.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// programsTable is the table of docs/performance.md.
func programsTable(table []measured) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Measured on %s, program and load on a core each. CPU time of the program's process for an operation in µs, RSS in\n"+
		"MB behind the load (in brackets the most that there was), medians.\n\n", time.Now().Format("2006-01-02"))
	s.WriteString("| row | Debian's | ours | ratio | aim | spread | RSS, Debian's | ours | p99 µs, Debian's | ours |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range table {
		if m.err != nil {
			fmt.Fprintf(&s, "| %s | %s |\n", m.name, strings.ReplaceAll(strings.SplitN(m.err.Error(), "\n", 2)[0], "|", "/"))
			continue
		}
		rss := func(s *samples) string { return figure(after(s)/1e6) + " (" + figure(peak(s)/1e6) + ")" }
		p99 := func(s *samples) string {
			if m.job.Kind == "tty" { // nobody asks
				return "–"
			}
			return figure(s.middle(func(r load.Result) float64 { return float64(r.P99.Microseconds()) }))
		}
		fmt.Fprintf(&s, "| %s | %s | %s | %.2f | %s | ±%.0f %% | %s | %s | %s | %s |\n", m.name, figure(median(m.debian.values)), figure(median(m.ours.values)),
			m.ratio(), m.aim(), m.spread()*50, rss(&m.debian), rss(&m.ours), p99(&m.debian), p99(&m.ours))
	}
	return s.String()
}
