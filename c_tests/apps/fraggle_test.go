// SPDX-License-Identifier: MIT

package apps

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// 10,000 messages each way, of random sizes in random fragments, arrive whole.
// (Built with a checksum or a fragment spoiled in prog/fraggle.c, each run fails.)
func TestFraggle(t *testing.T) {
	d, o := debian(t), ours(t)
	for _, mode := range []string{"plain", "deflate"} {
		for _, p := range []struct{ srv, cli library }{{d, d}, {o, o}, {o, d}, {d, o}} {
			t.Run(mode+", "+p.srv.name+" server, "+p.cli.name+" client", func(t *testing.T) {
				fraggle(t, p.srv, p.cli, mode)
			})
		}
	}
}

func fraggle(t *testing.T, srv, cli library, mode string) {
	src := filepath.Join("prog", "fraggle.c")
	build := func(l library) string {
		return compile(t, "gcc", src, append([]string{"-std=c11", "-Wall", "-Wextra", "-Werror"}, l.link()...)...)
	}
	port := harness.FreePort(t)
	args := []string{fmt.Sprint(port), "10000"}
	if mode == "deflate" {
		args = append(args, "deflate")
	}
	s := program{srv.name, build(srv), srv}.start(t, append([]string{"server"}, args...)...)
	s.Listening(port)
	c := program{cli.name, build(cli), cli}.start(t, append([]string{"client"}, args...)...)
	for _, p := range []*struct {
		name string
		err  error
	}{{"client", c.Wait(50 * time.Second)}, {"server", s.Wait(10 * time.Second)}} {
		if p.err != nil {
			t.Errorf("%s: %v\nclient: %q %s\nserver: %q %s", p.name, p.err, c.All(), tail(c), s.All(), tail(s))
		}
	}
	t.Logf("client %q, server %q", c.All(), s.All())
}
