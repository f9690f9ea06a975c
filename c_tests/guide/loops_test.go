// SPDX-License-Identifier: MIT

package guide

import (
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"libwebsockets/c_tests/harness"
)

func init() {
	links["uv.c"] = []string{"-luv"}
	drives["poll"] = poll
	drives["uv"] = uv
}

// startInput starts the program with a pipe as its standard input.
func (r *run) startInput(args ...string) (*harness.Proc, io.WriteCloser) {
	r.Helper()
	cmd := exec.Command(r.exe, args...)
	cmd.Env = append(cmd.Environ(), "LD_LIBRARY_PATH="+harness.Lib(r), "ASAN_OPTIONS=detect_leaks=1")
	in, err := cmd.StdinPipe()
	must(r, err)
	return harness.StartCmd(r, cmd), in
}

func poll(r *run) {
	p, in := r.startInput(fmt.Sprint(r.port))
	p.Listening(r.port)
	for range 5 {
		c, d := r.dial("echo"), r.dial("echo")
		for i := range 20 {
			text := fmt.Sprint("message ", i)
			r.say(c, text)
			r.say(c, "next")
			r.say(d, text)
			r.hears(c, text)
			r.hears(c, "next")
			r.hears(d, text)
		}
		must(r, c.Close())
	}
	p.Idle(200*time.Millisecond, 40*time.Millisecond)
	_, err := io.WriteString(in, "quit\n")
	must(r, err)
	r.ended(p)
}

func uv(r *run) {
	p := r.serve()
	c := r.dial("ticks")
	last := 0
	for range 10 {
		n := 0
		text := r.hear(c)
		if _, err := fmt.Sscanf(text, "tick %d", &n); err != nil || n <= last {
			r.Fatalf("%q follows %d", text, last)
		}
		last = n
	}
	p.Stop()
	if strings.Contains(p.Log(), "] E: ") {
		r.Errorf("log:\n%s", p.Log())
	}
}
