// SPDX-License-Identifier: MIT

package examples

import "strings"

// neverDone: the original does not get to the end of lws_context_destroy in a
// libuv loop that is the program's.
var neverDone = map[string][]difference{"--uv": {{row: 105, line: `lws_destroy_context\(\) done`}}}

// dies: what Debian's so.19 cannot do with these loops.
var dies = map[string]map[int]string{"--ev": {19: "Debian's ends in a segmentation fault"}}

func init() {
	for _, loop := range []string{"--uv", "--ev", "--glib"} {
		drives = append(drives, []drive{
			{folder: "http-server/minimal-http-server-eventlib", label: loop, does: "every file in that loop, the end by ctrl-C", loops: true, single: dies[loop], run: func(r *rig) {
				p := r.serve(7681, loop)
				r.site()
				r.stop(p)
			}},
			{folder: "http-server/minimal-http-server-eventlib-foreign", label: loop, loops: true,
				does: "every file in a loop of the program's own, its timer goes on before and behind", run: func(r *rig) {
					r.mask(`Foreign 1Hz timer`, "tick")
					p := r.serve(7681, loop)
					r.site()
					code := r.exit(p)
					for _, l := range r.logged(p) {
						if !strings.Contains(l, "Foreign 1Hz timer") {
							r.note("%s", l)
						}
					}
					if n := strings.Count(p.Log(), "Foreign 1Hz timer"); n < 18 || n > 23 {
						r.Errorf("the timer came %d times", n)
					}
					r.note("exit %d", code)
				}, differs: append(neverDone[loop], difference{row: 24, line: `^E: CLIENT_CONNECTION_ERROR`, abi: 19})},
		}...)
	}
	drives = append(drives, []drive{
		{folder: "http-server/minimal-http-server-eventlib-demos", label: "--uv", does: "the same in libuv", loops: true, run: func(r *rig) { demos(r, "--uv") }},
		{folder: "http-server/minimal-http-server-eventlib-smp", label: "--uv", does: "the same in libuv", loops: true, run: func(r *rig) {
			r.mask(debiansThreads, ourThreads)
			p := r.serve(7681, "--uv")
			r.site()
			r.leave(p)
		}},
		{folder: "http-client/minimal-http-client-multi", label: "--uv", does: "eight connections in libuv", loops: true,
			single: map[int]string{19: "Debian's does not end"}, run: func(r *rig) { multi(r, "--h1", "--uv") }},
		{folder: "ws-server/minimal-ws-server-threads-foreign-smp", abi: 17, does: "messages of two threads, in libuv", loops: true,
			run: func(r *rig) { threads(r, `^svc, myconfig: spam tid: ([12]), msg: (\d+)$`) }},
	}...)
}
