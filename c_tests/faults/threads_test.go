// SPDX-License-Identifier: MIT

// Package faults puts the library into the situations that real programs and
// networks bring: foreign threads, cancellation, signals, fork, unloading,
// scarce descriptors and memory, slow and rude peers.
//
// Each test was seen to fail: its comment says how.
package faults

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

func prog(name string) string { return "./prog/" + name }

// load keeps n echo connections busy until enough, which it tells the number of
// echoes so far, holds; it returns the first error.
func load(addr string, n int, enough func(echoes int) bool) error {
	var all sync.WaitGroup
	var total atomic.Int32
	errs := make(chan error, n)
	for i := range n {
		all.Go(func() { errs <- echoes(addr, 40*i+1, &total, enough) })
	}
	all.Wait()
	for range n {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func echoes(addr string, size int, total *atomic.Int32, enough func(echoes int) bool) error {
	r, err := h.Dial(addr, "", 50*time.Second)
	if err != nil {
		return err
	}
	defer r.Close()
	for k := 0; ; k++ {
		if enough(int(total.Load())) {
			return r.CloseCleanly()
		}
		msg := bytes.Repeat([]byte{byte('a' + k%26)}, size)
		if err := r.SendMessage(h.Binary, msg); err != nil {
			return err
		}
		_, got, err := r.ReceiveMessage()
		if err != nil {
			return fmt.Errorf("echo %d: %w", k, err)
		}
		if !bytes.Equal(got, msg) {
			return fmt.Errorf("echo %d is %.40q, want %.40q", k, got, msg)
		}
		total.Add(1)
	}
}

// loadFor is load for at least a time and a number of echoes.
func loadFor(addr string, n int, d time.Duration, least int) error {
	end := time.Now().Add(d)
	return load(addr, n, func(echoes int) bool { return echoes >= least && time.Now().After(end) })
}

// TestWorkers: threads write and ask for WRITEABLE while the service thread
// runs, as rtpengine and kamailio do. With the reference's library messages
// are torn or the program crashes; with our connection lock taken out of
// lws_write too.
func TestWorkers(t *testing.T) {
	const threads, messages = 8, 12000
	p := h.Start(t, h.Build(t, prog("workers.c")), strconv.Itoa(messages)).Ready()
	var all sync.WaitGroup
	for i := range threads {
		all.Go(func() {
			if err := workerPeer(p.Addr(), messages); err != nil {
				t.Errorf("connection %d: %v", i, err)
			}
		})
	}
	all.Wait()
	p.Stop()
}

// workerPeer reads everything of one connection and keeps echoes under way.
func workerPeer(addr string, messages int) error {
	r, err := h.Dial(addr, "", 40*time.Second)
	if err != nil {
		return err
	}
	defer r.Close()
	next := map[string]int{}
	var last time.Time // when the threads' last message came
	if err := r.SendMessage(h.Text, []byte("0 x")); err != nil {
		return err
	}
	for {
		_, msg, err := r.ReceiveMessage()
		if err != nil {
			return fmt.Errorf("after %v: %w", next, err)
		}
		f := strings.SplitN(string(msg), " ", 3)
		seq, err := strconv.Atoi(f[1])
		if err != nil {
			return fmt.Errorf("message %.60q", msg)
		}
		if f[0] == "end" {
			if next["t"] != messages || next["w"] != seq || seq == 0 {
				return fmt.Errorf("at the end %v of %d messages, %d from WRITEABLE", next, messages, seq)
			}
			if d := time.Since(last); d > 3*time.Second {
				return fmt.Errorf("the last request for WRITEABLE was answered after %v: it woke nobody", d)
			}
			if f, err := r.Receive(); err != nil || f.Op != h.Close {
				return fmt.Errorf("after the end came %v, %v", f, err)
			}
			if err := r.SendMessage(h.Close, h.ClosePayload(1000, "")); err != nil {
				return err
			}
			return r.End()
		}
		if seq != next[f[0]] {
			return fmt.Errorf("message %s %d came, want %d", f[0], seq, next[f[0]])
		}
		next[f[0]]++
		last = time.Now()
		if f[0] == "e" && next["t"] < messages/2 { // then the threads alone wake the service
			if err := r.SendMessage(h.Text, []byte(strconv.Itoa(seq+1)+" x")); err != nil {
				return err
			}
		} else if f[0] != "e" && strings.Trim(f[2], string(rune('a'+seq%26))) != "" {
			return fmt.Errorf("message %s %d is torn: %.60q", f[0], seq, f[2])
		}
	}
}

// TestCancel: pthread_cancel on the service thread, idle and under load. A
// build that enters Go without disabling cancellation aborts.
func TestCancel(t *testing.T) {
	const rounds = 12
	p := h.Start(t, h.Build(t, prog("cancel.c")), strconv.Itoa(rounds))
	for i := range rounds {
		p.Ready()
		if i%2 == 0 {
			var stop atomic.Bool
			go func() { _ = load(p.Addr(), 4, func(int) bool { return stop.Load() }) }()
			defer stop.Store(true)
		}
		p.WaitLine("^CANCELLED", 10*time.Second)
	}
	if err := p.Wait(10 * time.Second); err != nil {
		t.Errorf("%v\n%s", err, p.Log())
	}
}

// TestHammer: lws_cancel_service from eight threads at once neither stops the
// echo nor goes unnoticed.
func TestHammer(t *testing.T) {
	p := h.Start(t, h.Build(t, prog("hammer.c"))).Ready()
	p.WaitLine("^AWAKE$", 10*time.Second)
	if err := loadFor(p.Addr(), 4, 2*time.Second, 100); err != nil {
		t.Error(err)
	}
	p.Stop()
	all := strings.Join(p.All(), "\n")
	var calls, seen int
	if _, err := fmt.Sscanf(all[strings.Index(all, "CALLS"):], "CALLS %d SEEN %d", &calls, &seen); err != nil {
		t.Fatalf("%v in %q", err, all)
	}
	t.Logf("%d calls, EVENT_WAIT_CANCELLED %d times", calls, seen)
	if calls < 1000 || seen < 10 {
		t.Errorf("too few: %d calls, %d callbacks", calls, seen)
	}
}

// TestAlarm: signals with a plain handler that needs much stack. A build
// without go_lwsgo_grow_stack crashes here.
func TestAlarm(t *testing.T) {
	p := h.Start(t, h.Build(t, prog("alarm.c"))).Ready()
	end := time.Now().Add(3 * time.Second)
	err := load(p.Addr(), 40, func(echoes int) bool {
		return echoes >= 100 && time.Now().After(end) && slices.Contains(p.All(), "MANY")
	})
	if err != nil {
		t.Error(err)
	}
	p.Stop()
}

// TestDestroyInHandler: a signal handler that destroys the context while Go is
// at work. Without lwsgo_interrupted most rounds hang or crash.
func TestDestroyInHandler(t *testing.T) {
	exe := h.Build(t, prog("quit.c"))
	for i := range 12 {
		p := h.Start(t, exe, fmt.Sprint(i)).Ready()
		_ = loadFor(p.Addr(), 8, 300*time.Millisecond, 0) // ends in the middle
		p.WaitLine("^END$", 10*time.Second)
		if err := p.Wait(10 * time.Second); err != nil {
			t.Fatalf("round %d: %v\n%s", i, err, p.Log())
		}
	}
}
