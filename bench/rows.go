// SPDX-License-Identifier: MIT

package main

import (
	"time"

	"libwebsockets/bench/load"
)

// row is one line of the table.
type row struct {
	name string
	args []string // of the server
	job  load.Job
	// reach is the ratio, Debian's by ours, that is aimed at; 0: limit counts.
	reach float64
	// hold is what is asked of a short run where reach was not reached: a row that
	// falls below it has become slower.
	hold float64
	// like is the row, further up, that this one must not cost much more than.
	like string
	// limit is the most that ours may be, for rows that are not compared.
	limit float64
	unit  string
	// value is the figure that counts; by default CPU µs for an operation.
	value func(load.Result) float64

	tls      bool
	sameCore bool
	// cores are what the server may use, where one is not enough.
	cores string
	// alike is how much more than like a row may cost; 0: the general allowance.
	alike  float64
	h2     *h2load // instead of job
	floor  bool
	debian []string // other arguments for Debian's library
	quick  bool
	others []string // which servers of others have a row like it
	// once is what is done instead of a job, and how often.
	once   func(b *bench, env string) (load.Result, error)
	least  func(b *bench) (load.Result, error) // the floor of that
	rounds int

	program *program // of Debian's, instead of ours (programs.go)
	above   int64    // bytes that the most RSS of ours may be above that of Debian's
	// same: Debian's library is on both sides. What is measured is the measuring.
	same bool
}

// h2load is a run of Debian's h2load.
type h2load struct {
	clients, streams, requests int
	path                       string
}

func echo(conns, size, inFlight int) load.Job {
	return load.Job{Kind: "ws", Conns: conns, Size: size, InFlight: inFlight}
}

func file(conns int, name string) load.Job {
	return load.Job{Kind: "http", Conns: conns, InFlight: 1, Path: "/" + name, File: name}
}

func over(j load.Job) load.Job { j.TLS = true; return j }

func streams(kind string) load.Job {
	return load.Job{Kind: kind, Conns: 50, Streams: 20, Size: 64, Path: "/post"}
}

func crowd(n int) load.Job {
	j := echo(100, 64, 1)
	j.Idle = n
	return j
}

func perIdle(n int) func(load.Result) float64 {
	return func(r load.Result) float64 { return float64(r.RSS-r.RSSBefore) / 1024 / float64(n) }
}

func rows(quick bool) []row {
	ws := []string{"gws", "gorilla"}
	json := load.Job{Kind: "ws", Conns: 100, Size: 1024, InFlight: 1, Text: true, Deflate: true}
	all := []row{
		{name: "1 connection, 64 B, same core", job: echo(1, 64, 1), reach: 1.15, hold: 1.08, sameCore: true, floor: true, quick: true, others: ws},
		{name: "100 connections, 64 B", job: echo(100, 64, 1), reach: 1.08, floor: true, quick: true, others: ws},
		{name: "100 connections, 125 B, 16 in flight", job: echo(100, 125, 16), reach: 7, floor: true, quick: true, others: ws},
		{name: "1,000 connections, 512 B", job: echo(1000, 512, 1), reach: 1.05, floor: true, quick: true, others: ws},
		// Debian's looks at each of them, which takes from 50 to 120 µs as the caches are.
		{name: "100 active + 10,000 idle, 64 B", job: crowd(10000), reach: 14, hold: 7, like: "100 connections, 64 B", floor: true, quick: true, others: ws},
		{name: "10 connections, 64 KiB", job: echo(10, 64<<10, 1), reach: 1.9, hold: 1.35, floor: true, quick: true, others: ws},
		{name: "1 connection, 1 MiB, fragments as they come", job: echo(1, 1<<20, 1), reach: 1.1, floor: true, quick: true},
		{name: "1 connection, 1 MiB, gathered", args: []string{"gather=1"}, job: echo(1, 1<<20, 1), reach: 2, hold: 1.6, floor: true, quick: true, others: ws},
		{name: "permessage-deflate, 100 connections, 1 KiB text", args: []string{"deflate=1"}, job: json, reach: 1.3, hold: 1.15, floor: true, quick: true, others: ws},
		{name: "TLS echo, 100 connections, 1 KiB", tls: true, job: over(echo(100, 1024, 1)), reach: 1.1, quick: true, floor: true},
		{name: "TLS connect + upgrade + close", tls: true, job: load.Job{Kind: "connect", Conns: 8, TLS: true}, reach: 1.05, hold: 0.97, quick: true, floor: true},
		{name: "TLS connect + upgrade + close, resumed", tls: true, job: load.Job{Kind: "connect", Conns: 8, TLS: true, Resume: true}, reach: 1.5, hold: 0.97, quick: true, floor: true},
		{name: "TLS 1.2 connect + upgrade + close, resumed", tls: true, job: load.Job{Kind: "connect", Conns: 8, TLS: true, TLS12: true, Resume: true}, reach: 1.5, hold: 0.95, floor: true},
		{name: "connect + upgrade + close", job: load.Job{Kind: "connect", Conns: 32}, reach: 1.5, hold: 1.1, floor: true, quick: true, others: ws},
		{name: "static 1 KiB, h1, 50 connections", job: file(50, "1k.txt"), reach: 1.4, floor: true, quick: true, others: []string{"nginx"}},
		{name: "static 1 MiB, h1, 10 connections", job: file(10, "1m.txt"), reach: 1.1, hold: 1, floor: true, quick: true, others: []string{"nginx"}},
		{name: "static 1 KiB, h1 TLS, 20 connections", tls: true, job: over(file(20, "1k.txt")), reach: 1.5, quick: true},
		{name: "static 1 KiB, h2 TLS, 20 × 10 streams", tls: true, h2: &h2load{20, 10, 20000, "1k.txt"}, reach: 3, quick: true, others: []string{"nginx"}},
		// Debian's fails here with a larger buffer.
		{name: "static 1 MiB, h2 TLS, 4 × 4 streams", tls: true, h2: &h2load{4, 4, 600, "1m.txt"}, reach: 1, quick: true, others: []string{"nginx"},
			debian: []string{"buf=4096"}},
		{name: "POST of 64 B, h2 TLS, 50 × 20 streams, a record each", tls: true, job: streams("h2post"), reach: 1.5, quick: true},
		{name: "WebSocket echo of 64 B, h2 TLS, 50 × 20 streams", tls: true, job: streams("h2ws"), reach: 1.5, hold: 8, quick: true},
		{name: "1 thread of two cores, 100 connections, 64 B", job: echo(100, 64, 1), cores: "0,1", reach: 1, hold: 0.85, quick: true},
		{name: "2 threads, 100 connections, 64 B", args: []string{"threads=2"}, job: echo(100, 64, 1), cores: "0,1", reach: 1, hold: 0.78,
			like: "1 thread of two cores, 100 connections, 64 B", alike: 1.35, quick: true},
		{name: "4 threads, 100 connections, 64 B", args: []string{"threads=4"}, job: echo(100, 64, 1), cores: "0,1", reach: 1, hold: 0.8},
		{name: "1 thread of two cores, 100 connections, 125 B, 16 in flight", job: echo(100, 125, 16), cores: "0,1", reach: 7},
		{name: "2 threads, 100 connections, 125 B, 16 in flight", args: []string{"threads=2"}, job: echo(100, 125, 16), cores: "0,1", reach: 7,
			like: "1 thread of two cores, 100 connections, 125 B, 16 in flight", alike: 1.05},
		{name: "4 threads, 100 connections, 125 B, 16 in flight", args: []string{"threads=4"}, job: echo(100, 125, 16), cores: "0,1", reach: 7},
		{name: "RSS of an idle connection, 10,000", unit: "KiB", value: perIdle(10000), limit: 1.15,
			job: load.Job{Kind: "ws", Idle: 10000, Quiet: true, Window: 50 * time.Millisecond}},
		{name: "RSS of an idle TLS connection, 3,000", unit: "KiB", value: perIdle(3000), limit: 17, tls: true,
			job: load.Job{Kind: "ws", Idle: 3000, TLS: true, Quiet: true, Window: 50 * time.Millisecond}},
		{name: "RSS of a connection with permessage-deflate, after one message, 1,000", unit: "KiB", value: perIdle(1000), limit: 27,
			args: []string{"deflate=1"}, quick: true,
			job: load.Job{Kind: "ws", Idle: 1000, Size: 1024, Text: true, Deflate: true, Quiet: true, Once: true, Window: 50 * time.Millisecond}},
		{name: "10,000 idle connections, 10 s, CPU", unit: "ms", limit: 10,
			value: func(r load.Result) float64 { return float64(r.CPU.Microseconds()) / 1000 },
			job:   load.Job{Kind: "ws", Idle: 10000, Quiet: true, Warm: 500 * time.Millisecond, Window: 10 * time.Second}},
		// Debian's is built without it: its own loop is the measure.
		{name: "own poll loop, 20 connections, 64 B", args: []string{"loop=poll"}, job: echo(20, 64, 1), reach: 1.1, hold: 1, floor: true, quick: true,
			debian: []string{"loop="}},
		{name: "libuv, 20 connections, 64 B", args: []string{"loop=uv"}, job: echo(20, 64, 1), reach: 1.1, quick: true},
		{name: "libev, 20 connections, 64 B", args: []string{"loop=ev"}, job: echo(20, 64, 1), reach: 1.1, quick: true},
		{name: "glib, 20 connections, 64 B", args: []string{"loop=glib"}, job: echo(20, 64, 1), reach: 1.1, quick: true},
		{name: "the instrument: 100 connections, 64 B", job: echo(100, 64, 1), same: true, quick: true},
	}
	all = append(all, idleRows()...)
	if !quick {
		return all
	}
	var few []row
	for _, r := range all {
		if r.quick {
			few = append(few, r)
		}
	}
	return few
}
