// SPDX-License-Identifier: MIT

package work

import (
	"fmt"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

const soon = 20 * time.Second

// scene is what a pool's clients do. A step begins with the client's number and is "N>"
// with commands (prog/pool.c), or "N<" for its end; or with "?", a line that is awaited.
type scene struct {
	name  string
	args  string // threads, queue, "end": the pool ends with the protocol
	steps string
}

var scenes = []scene{
	{"finish", "1 4", `1>f ?writeable.FINISHED 1>c ?writeable.FINISHED 1>e ?writeable.FINISHED 1>t ?writeable.STOPPED`},
	{"sync", "1 4", `1>s ?writeable.FINISHED 1>s ?writeable.FINISHED`},
	{"sync-stops", "1 4", `1>ys ?writeable.STOPPED 1>f ?writeable.FINISHED`},
	{"stray-sync", "1 4", `1>b ?b1:.step.1 1>z ?synced 1>g ?b1:.step.2 1>G ?writeable.FINISHED`},
	{"three", "3 4", `1>nb ?b1:.step.1 1>b ?b2:.step.1 1>b ?b3:.step.1 1>b ?enqueue 1>q ?shown 1>G ?b4:.step.3 1>k ?over`},
	{"limit", "1 2", `1>nb ?b1:.step.1 1>f ?enqueue 1>f ?enqueue 1>q ?shown 1>f ?refused 1>G ?f3:.step`},
	{"none", "1 4", `1>v ?status 1>q ?shown 1>u ?dequeue`},
	{"no-queue", "1 0", `1>f ?refused`},
	{"no-threads", "0 2", `1>f ?enqueue 1>v ?status 1>d ?dequeue`},
	{"dequeue-running", "1 4", `1>b ?b1:.step.1 1>f ?enqueue 1>d ?dequeue 1>q ?shown 1>d ?cleanup 1>d ?dequeue 1>G ?b1:.cleanup`},
	{"dequeue-done", "1 4", `1>nf ?f1:.step 1>k ?over 1>q ?shown 1>u ?dequeue 1>q ?shown`},
	{"dequeue-wsi", "1 4", `1>b ?b1:.step.1 1>f ?enqueue 1>u ?dequeue 1>v ?status 1>q ?shown 1>u ?cleanup 1>u ?dequeue 1>G ?b1:.cleanup`},
	{"dequeue-syncing", "1 4", `1>w ?w1:.step.1 1>g ?writeable.SYNCING 1>d ?dequeue ?w1:.cleanup`},
	{"close-running", "1 4", `2>b ?b1:.step.1 2< ?closed 1>g ?b1:.step.2 1>G ?b1:.cleanup`},
	{"close-queued", "1 4", `1>nb ?b1:.step.1 2>f ?enqueue 2< ?closed 1>G ?f2:.cleanup`},
	{"close-syncing", "1 4", `2>w ?w1:.step.1 1>g ?writeable.SYNCING 2< ?closed ?w1:.cleanup`},
	{"close-here", "1 4", `2>b ?b1:.step.1 2>X ?closed 1>g ?b1:.step.2 1>G ?b1:.cleanup`},
	{"close-timeout", "1 4", `2>b ?b1:.step.1 2>T ?closed 1>g ?b1:.step.2 1>G ?b1:.cleanup`},
	{"outlive", "1 4", `2>o ?o1:.step.1 1>g ?o1:.step.2 2< ?closed 1>g ?o1:.step.3.STOPPING 1>g ?o1:.cleanup`},
	{"outlive-sync-detached", "1 4", `2>O ?O1:.step.1 2< ?closed 1>G ?O1:.cleanup`},
	{"pool-finishes", "1 4", `1>b ?b1:.step.1 1>f ?enqueue 1>q ?shown 1>F ?finished 1>q ?shown 1>f ?refused 1>g ?b1:.step.2.STOPPING 1>g ?b1:.cleanup ?f2:.cleanup`},
	{"pool-destroyed", "1 4", `1>l ?l1:.step.1 1>D ?destroyed`},
	{"pool-destroyed-done", "1 4", `1>nf ?f1:.step 1>k ?over 1>D ?destroyed`},
	{"pool-finished-destroyed", "2 4", `1>l ?l1:.step.1 1>F ?finished 1>D ?destroyed`},
	{"end-running", "1 4 end", `1>l ?l1:.step.1`},
	{"end-done", "1 4 end", `1>nf ?f1:.step 1>k ?over`},
}

// play drives the program and gives what it printed.
func (l library) play(t *testing.T, s scene) []string {
	t.Helper()
	args := append([]string{fmt.Sprint(harness.FreePort(t))}, strings.Fields(s.args)...)
	p := l.start(t, "pool", args...).Ready()
	var clients [3]net.Conn
	client := func(n byte) net.Conn {
		i := n - '0'
		if clients[i] == nil {
			c, err := net.Dial("tcp", p.Addr())
			if err != nil {
				t.Fatal(err)
			}
			clients[i] = c
			t.Cleanup(func() { c.Close() })
			p.WaitLine("^adopted$", soon)
		}
		return clients[i]
	}
	client('1')
	matched := map[int]bool{} // lines that were waited for
	await := func(re *regexp.Regexp) {
		harness.Eventually(t, soon, re.String(), func() bool {
			for i, line := range p.All() {
				if !matched[i] && re.MatchString(line) {
					matched[i] = true
					return true
				}
			}
			return false
		})
	}
	for _, step := range strings.Fields(s.steps) {
		switch {
		case step[0] == '?':
			await(regexp.MustCompile(step[1:]))
		case step[1] == '>':
			fmt.Fprint(client(step[0]), step[2:])
		case step[1] == '<':
			client(step[0]).Close()
		}
	}
	p.Signal(os.Interrupt)
	if err := p.Wait(soon); err != nil {
		t.Fatalf("%s: %v\n%s", l.Name, err, p.Log())
	}
	return threads(p.All())
}

var ofTask = regexp.MustCompile(`^([a-zA-Z]\d+): |^(lws_threadpool_worker)`)

// threads sorts lines by whose they are: each task's, the pool's, and the service thread's.
// What comes first of two threads' is chance, where the driver does not wait, and so is
// whether one was idle when the pool ended ("bailing").
func threads(lines []string) []string {
	key := func(line string) string {
		if m := ofTask.FindStringSubmatch(line); m != nil {
			return m[1] + m[2]
		}
		return ""
	}
	l := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, "PORT") || strings.HasSuffix(line, ": bailing") })
	for i, line := range l {
		if strings.HasPrefix(line, "drop, ") { // row 270 of docs/quirks.md
			l[i] = "drop"
		}
	}
	// Once more, when the original has lost a wake-up.
	l = slices.CompactFunc(l, func(a, b string) bool { return a == b && a == "writeable SYNCING" })
	slices.SortStableFunc(l, func(a, b string) int { return strings.Compare(key(a), key(b)) })
	return l
}

// TestDequeueAtEnd: at the end of a connection DROP_PROTOCOL has its tasks, whatever ended
// it. The original often has taken them away by then (row 270 of docs/quirks.md).
func TestDequeueAtEnd(t *testing.T) {
	for _, s := range []struct {
		scene
		want string
	}{
		{scene{"close-dequeues", "1 4", `2>bf ?b1:.step.1 2>pX ?closed 1>G ?b1:.cleanup`}, `pool 1|adopted|adopted|drop|closed|drop|closed|destroyed at last|done|b1: enqueue|b1: step 1 RUNNING|b1: cleanup alone|f2: enqueue|f2: cleanup with wsi|lws_threadpool_worker: Exiting`},
		{scene{"close-dequeues-done", "1 4", `2>npf ?f1:.step 2>k ?over 2>X ?closed`}, `pool 1|adopted|adopted|over|drop|closed|drop|closed|destroyed at last|done|f1: enqueue|f1: step 1 RUNNING|f1: cleanup with wsi|lws_threadpool_worker: Exiting`},
		{scene{"close-dequeues-syncing", "1 4", `2>pw ?w1:.step.1 1>g ?writeable.SYNCING 2>X ?closed ?w1:.cleanup`}, `pool 1|adopted|adopted|writeable SYNCING|drop|closed|drop|closed|destroyed at last|done|lws_threadpool_worker: Exiting|w1: enqueue|w1: step 1 RUNNING|w1: cleanup alone`},
		{scene{"outlive-dequeues", "1 4", `2>po ?o1:.step.1 1>g ?o1:.step.2 2>X ?closed 1>g ?o1:.step.3.STOPPING 1>g ?o1:.cleanup`}, `pool 1|adopted|adopted|drop|closed|drop|closed|destroyed at last|done|lws_threadpool_worker: Exiting|o1: enqueue|o1: step 1 RUNNING|o1: step 2 RUNNING|o1: step 3 STOPPING|o1: cleanup alone`},
		{scene{"outlive-sync", "1 4", `2>pO ?O1:.step.1 2>X ?closed 1>G ?O1:.cleanup`}, `pool 1|adopted|adopted|drop|closed|drop|closed|destroyed at last|done|O1: enqueue|O1: step 1 RUNNING|O1: cleanup alone|lws_threadpool_worker: Exiting`},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, l library) { differ(t, strings.Split(s.want, "|"), l.play(t, s.scene)) })
		})
	}
}

// leaves are scenes in which 4.1.6 leaves tasks with a connection that has gone (row 270 of
// docs/quirks.md), and crashes or waits for ever: so.17 does there as 4.3.5 does.
var leaves = []string{"three", "limit", "close-running", "close-queued", "close-syncing", "close-here", "close-timeout", "outlive",
	"outlive-sync-detached", "end-running", "end-done"}

// TestPool: what tasks, their connections and the log see of a pool, in the order in
// which they see it.
//
// Seen to wait in vain on a library whose tasks stay with a connection that has gone; on ones
// that hold their lock while a task runs, is cleaned up by a worker or by the service thread, or
// while the program looks at a connection's tasks.
func TestPool(t *testing.T) {
	harness.RefFull.Root(t) // all is compared with them
	harness.RefFull17.Root(t)
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			want := original.play(t, s)
			each(t, func(t *testing.T, l library) {
				if l.Ref.ABI == 17 && !slices.Contains(leaves, s.name) {
					differ(t, of17.play(t, s), l.play(t, s))
				} else {
					differ(t, want, l.play(t, s))
				}
			})
		})
	}
}
