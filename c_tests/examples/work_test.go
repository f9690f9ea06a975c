// SPDX-License-Identifier: MIT

package examples

import (
	"net"
	"os"
	"regexp"

	"libwebsockets/c_tests/harness"
)

func init() {
	none := func(what string) map[int]string {
		return map[int]string{17: "Debian's has no " + what, 19: "Debian's has no " + what}
	}
	drives = append(drives,
		drive{folder: "api-tests/api-test-lws_dsh", does: "its own checks", single: none("lws_dsh"), run: func(r *rig) { r.ended(r.start()) }},
		drive{folder: "api-tests/api-test-lws_sequencer", does: "three pages, a server that says nothing, and one that there is not, one after the other", single: none("sequencers"), run: sequence},
		drive{folder: "ws-server/minimal-ws-server-threadpool", does: "each client's task counts on a thread of the pool, and its end goes on while tasks run", single: none("thread pools"), run: countingTasks},
	)
}

// sequence: its fourth step ends by its own timeout, 3 s, and the name of its fifth is not there.
func sequence(r *rig) {
	s := r.serveHTTP(443, "warmcat.com", func(q request) string {
		if q.path == "/404.html" {
			return fixed(404, "none")(q)
		}
		return fixed(200, "page")(q)
	})
	r.listen(22, "")
	noNames(r)
	p := r.start()
	r.ended(p)
	r.noteRequests(s)
	for _, line := range []string{"seq done step 0 (resp 200)", "seq done step 1 (resp 200)", "seq done step 2 (resp 404)", "test 3 got expected timeout", "test 4 failed as expected", "Completed: PASS"} {
		r.waitLog(p, regexp.QuoteMeta(line))
	}
}

// noNames is a name server that knows no name.
func noNames(r *rig) {
	c, err := net.ListenPacket("udp", "127.0.0.1:53")
	must(r, err)
	r.Cleanup(func() { c.Close() })
	go func() {
		b := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if n > 12 {
				b[2], b[3], b[11] = b[2]|0x80, 0x83, 0 // an answer: NXDOMAIN; no additional records
				_, _ = c.WriteTo(b[:n], from)
			}
		}
	}()
}

func countingTasks(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	var all []*harness.Raw
	for range 5 { // the pool has three threads
		all = append(all, r.ws(r.dial(7681), "/", "lws-minimal", ""))
	}
	for i, text := range []string{"pos 1000000", "pos 2000000"} {
		for _, w := range all[:3] {
			if m := r.message(w); m != text {
				r.Errorf("message %d: %q", i, m)
			}
		}
	}
	all[0].Close() // threads are free for the others
	must(r, all[1].CloseCleanly())
	for _, w := range all[3:] {
		if m := r.message(w); m != "pos 1000000" {
			r.Errorf("%q", m)
		}
	}
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}
