// SPDX-License-Identifier: MIT

package work

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// TestStorm: clients come and go, while their tasks wait, run, synchronize, are done and
// are dequeued. Each task is cleaned up, once, and its pool ends while it is at work. The
// program runs under AddressSanitizer.
//
// Seen to fail: with tasks that stay when they are done and their connection has gone.
func TestStorm(t *testing.T) {
	each(t, func(t *testing.T, l library) {
		p := l.startWith(t, "pool", []string{"-fsanitize=address,undefined"},
			fmt.Sprint(harness.FreePort(t)), "3", "20", "end").Ready()
		send := func(s string) net.Conn {
			c, err := net.Dial("tcp", p.Addr())
			if err != nil {
				t.Error(err)
				return nil
			}
			fmt.Fprint(c, s)
			return c
		}
		send("GGGGGGGGGG").Close() // no task waits long
		var wg sync.WaitGroup
		for i := range 6 {
			r := rand.New(rand.NewPCG(uint64(i), 7))
			wg.Go(func() {
				for range 60 {
					var b strings.Builder
					for range 1 + r.IntN(4) {
						b.WriteByte("fcestbwoOfcs"[r.IntN(12)])
					}
					b.WriteString([]string{"", "", "d", "q", "du", "z", "X", "pX", "T"}[r.IntN(9)])
					c := send(b.String())
					if c == nil {
						return
					}
					if r.IntN(2) == 0 { // else while they wait
						_ = c.SetReadDeadline(time.Now().Add(time.Duration(r.IntN(20)) * time.Millisecond))
						_, _ = c.Read(make([]byte, 10))
					}
					if r.IntN(3) == 0 {
						_ = c.(*net.TCPConn).SetLinger(0)
					}
					c.Close()
				}
			})
		}
		wg.Wait()
		if !harness.Eventually(t, soon, "the tasks of those that have gone are cleaned up", func() bool {
			left, refused, _ := tasksOf(t, p)
			return left == refused
		}) {
			return
		}
		// At work when the end comes; there is room for them when the others' ends are known.
		began := regexp.MustCompile(`^l\d+: step 1`)
		if !harness.Eventually(t, soon, "a long task", func() bool {
			if c := send("llfc"); c != nil {
				t.Cleanup(func() { c.Close() })
			}
			time.Sleep(50 * time.Millisecond)
			return slices.ContainsFunc(p.All(), began.MatchString)
		}) {
			return
		}
		p.Signal(os.Interrupt)
		if err := p.Wait(time.Minute); err != nil {
			t.Fatalf("%v\n%s", err, p.Log())
		}
		if left, refused, all := tasksOf(t, p); left != refused || all-refused < 100 {
			t.Errorf("%d tasks, %d refused, %d not cleaned up", all, refused, left)
		}
	})
}

// tasksOf counts the tasks that a program tells of: those that are not cleaned up, refused ones
// among them.
func tasksOf(t *testing.T, p *harness.Proc) (left, refused, all int) {
	t.Helper()
	tasks := map[string]int{}
	for _, line := range p.All() {
		name, what, _ := strings.Cut(line, ": ")
		switch {
		case what == "enqueue":
			tasks[name]++
		case strings.HasPrefix(what, "cleanup"):
			tasks[name]--
		case line == "refused":
			refused++
		}
	}
	for name, n := range tasks {
		if n < 0 {
			t.Errorf("%s was cleaned up twice", name)
		}
		left += n
	}
	return left, refused, len(tasks)
}

// TestThreads: the C half under ThreadSanitizer, which cannot look into Go (prog/tsan.c).
//
// Seen to fail with a state that is set without the lock.
func TestThreads(t *testing.T) {
	t.Parallel()
	top := harness.Top()
	args := []string{"-U_GNU_SOURCE", "-fsanitize=thread", "-DLWS_ABI=19", "-DLWS_BUILDING_SHARED", "-Wall", "-Wextra", "-Werror", "-Wno-missing-field-initializers", "prog/tsan.c"}
	for _, dir := range []string{"include", "capi/core", "capi/c", "capi/abi/19"} {
		args = append(args, "-I"+filepath.Join(top, dir))
	}
	for _, file := range []string{"threadpool", "tasks", "sequencer", "sul", "dll2"} {
		args = append(args, filepath.Join(top, "capi/c", file+".c"))
	}
	p := harness.Start(t, harness.Program(t, append(args, "-lpthread")...))
	if err := p.Wait(time.Minute); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	if got := strings.Join(p.All(), "\n"); got != "tasks many, cleaned all, events many, sequencers left 0" {
		t.Error(got)
	}
}
