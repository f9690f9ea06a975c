// SPDX-License-Identifier: MIT

package quirks

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"libwebsockets/c_tests/harness"
)

// uv and ev are LWS_SERVER_OPTION_LIBUV and _LIBEV.
const (
	uv = "0x400"
	ev = "0x4"
)

// loop is a context in a loop that the library made, with the plugin.
func loop(t *testing.T, s side, args ...string) *harness.Proc {
	t.Helper()
	exe := s.Program(t, "prog/loop.c")
	s.Plugins = []string{"uv", "ev"}
	var p *harness.Proc
	if s.Ours {
		p = s.Start(t, nil, exe, args...)
	} else {
		p = s.Ref.Start(t, nil, s.Ref.Root(t), s.Ref.WithPlugins(t, s.Plugins...), exe, args...)
	}
	t.Cleanup(p.Kill)
	return p
}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		8: func(t *testing.T, s side) string {
			dir, from := t.TempDir(), s.Ref.Lib(t)
			if s.Ours {
				from = harness.Lib(t)
			}
			for _, f := range []string{s.Ref.Soname(), harness.Plugin("uv")} {
				harness.CopyFile(t, filepath.Join(from, f), filepath.Join(dir, f))
			}
			exe := s.Program(t, "prog/loop.c")
			var cmd *exec.Cmd
			if s.Ours {
				cmd = s.command(t, exe, uv)
				cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+dir)
			} else {
				cmd = s.Ref.Command(t, nil, s.Ref.Root(t), dir, exe, uv)
			}
			p := harness.StartCmd(t, cmd)
			t.Cleanup(p.Kill)
			if !prints(p, "SERVES") {
				return strings.Join(p.All(), "; ")
			}
			return ""
		},
		105: func(t *testing.T, s side) string {
			p := loop(t, s, uv, "destroy")
			ends(p)
			return differs(strings.Join(p.All(), "; "), "SERVES; PROTOCOL_DESTROY; ENDED whole")
		},
		106: func(t *testing.T, s side) string {
			p := loop(t, s, uv)
			if !prints(p, "SERVES") {
				t.Fatal(p.All(), p.Log())
			}
			p.Signal(syscall.SIGSEGV)
			if !ends(p) {
				return "stays"
			}
			return ""
		},
	})
}
