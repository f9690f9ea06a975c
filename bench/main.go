// SPDX-License-Identifier: MIT

// Bench measures one C server (prog/server.c) on Debian's libwebsockets.so.17
// and on ours, in turns in one run, and prints a table: the server's own CPU
// time for an operation, which holds still where throughput on shared cores
// does not.
//
//	bench [-rounds N] [-rows REGEXP] [-quick] [-peers] [-uring] [-growth] [-programs] [-table] [-next]
//
// Server and load have a core each. -quick measures the rows that decide, with
// short windows, and fails when one falls under its ratio by more than the
// noise allowance, twice. -programs measures Debian's programs instead, as -quick does with
// the same end. -growth measures many numbers of connections and draws
// docs/growth.svg; -table puts the table into docs/performance.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"libwebsockets/bench/load"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "load" {
		loadProcess(os.Args[2])
		return
	}
	var (
		rounds  = flag.Int("rounds", usualRounds, "how often each row is measured on each library")
		only    = flag.String("rows", "", "only rows whose name matches")
		quick   = flag.Bool("quick", false, "short windows; exit status 1 when a ratio is missed")
		peers   = flag.Bool("peers", false, "other servers as well")
		uring   = flag.Bool("uring", false, "the floor with io_uring as well")
		growth  = flag.Bool("growth", false, "messages/s with 10 to 50,000 connections, as docs/growth.svg")
		debians = flag.Bool("programs", false, "programs of Debian's on both libraries; exit status 1 as with -quick")
		against = flag.String("against", refLib, "the folder of the library to compare with, Debian's by default")
		lib     = flag.String("lib", "build/lib", "the folder of our library")
		into    = flag.Bool("table", false, "write the table into "+tableFile)
		next    = flag.Bool("next", false, "say at the end what to do next")
	)
	flag.Parse()
	begun := time.Now()
	b, err := prepare(*against, *lib)
	if err != nil {
		fail(err)
	}
	defer b.cleanup()
	b.rounds, b.window, b.quick = *rounds, time.Second, *quick
	if *quick {
		b.rounds, b.window = min(*rounds, 3), 350*time.Millisecond
	}
	if *debians && *rounds == usualRounds && !*quick {
		b.rounds = 7 // they are noisier
	}
	if *uring {
		if b.uring, err = b.build("uring"); err != nil {
			b.cleanup()
			fail(err)
		}
	}
	if *growth {
		if err := b.growth(); err != nil {
			b.cleanup()
			fail(err)
		}
		return
	}
	choose := regexp.MustCompile(*only)
	var table []measured
	missed := 0
	all, strict := rows(*quick), *quick
	if *debians {
		all, strict = programRows(), true
	}
	list := slices.DeleteFunc(all, func(r row) bool { return !choose.MatchString(r.name) })
	far := b.show(list, *peers)
	for _, r := range list {
		far.begin(r.name)
		m := b.measureLike(r, *peers, table)
		far.line.Printf("%s\n", m.line())
		if m.missed(strict) && strict { // what is slower is so twice
			m = b.measureLike(r, *peers, table)
			far.line.Printf("%s\n", m.line())
		}
		far.end(m.err == nil)
		if m.missed(strict) {
			missed++
		}
		table = append(table, m)
	}
	far.finish(begun)
	text, name := markdown(table, *peers), "bench"
	if *debians {
		text, name = programsTable(table), "programs"
	}
	fmt.Print("\n", text)
	if *into {
		if err := intoTable(name, text); err != nil {
			b.cleanup()
			fail(err)
		}
	}
	if *next {
		fmt.Print(nextSteps)
	}
	if strict {
		skips := 0
		for _, m := range table {
			if m.skipped() {
				skips++
			}
		}
		fmt.Printf("%d passed, %d failed", len(table)-missed-skips, missed)
		if skips > 0 {
			fmt.Printf(", %d skipped", skips)
		}
		fmt.Println()
		if missed > 0 {
			b.cleanup()
			os.Exit(1)
		}
	}
}

const usualRounds = 5

func fail(err error) {
	fmt.Fprintln(os.Stderr, "bench:", err)
	os.Exit(1)
}

// loadProcess is the load generator, a process of its own so that it can be
// kept to its core.
func loadProcess(job string) {
	var j load.Job
	if err := json.Unmarshal([]byte(job), &j); err != nil {
		fail(err)
	}
	r, err := load.Run(j)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		fail(err)
	}
}

const tableFile = "docs/performance.md"

// intoTable puts a table between its marks.
func intoTable(name, text string) error {
	b, err := os.ReadFile(tableFile)
	if err != nil {
		return err
	}
	begin, end := "<!-- "+name+": begin -->", "<!-- "+name+": end -->"
	before, rest, ok := strings.Cut(string(b), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for the table (%s)", tableFile, begin)
	}
	return os.WriteFile(tableFile, []byte(before+begin+"\n"+text+end+after), 0o644)
}
