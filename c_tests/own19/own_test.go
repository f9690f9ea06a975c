// SPDX-License-Identifier: MIT

// Package own19 drives what only programs of libwebsockets.so.19 can ask for, beside
// Debian 13's library: members of the infos that v4.3 added, and a header that it knows.
package own19

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

var ref = harness.Ref19

// TestOwn: both libraries do the same with each.
//
// Seen to fail: with one of the members left out of the neutral info, with a queue of
// another depth, and with a header that is found by its unknown name.
func TestOwn(t *testing.T) {
	exe := harness.Program(t, append(append([]string{"prog/own.c"}, harness.Strict...), ref.Link(t)...)...)
	id := harness.SelfSigned(t)
	for name, says := range map[string]string{
		"depth": "took 5\n", "default-depth": "took 40\n", "ttl": "message late\ngot 1\n",
		"fast-open": "fast open 7\n", "no-fast-open": "fast open 0\n",
		"priority": "priority 3\n", "service": "service 4\n", "services": "service 0\n",
		"log": "to the client's, level 1: say: client\n", "log-context": "to the context's, level 1: say: client\n",
		"header": "copy 4 'abc='\n", "handshakes": "accepted 1\naccepted 2\naccepted 3\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := func(lib string) string {
				argv, env := ref.Run(t, ref.Root(t), lib, exe, name, fmt.Sprint(harness.FreePort(t)), id.CertFile, id.KeyFile)
				cmd := exec.Command("timeout", append([]string{"60"}, argv...)...)
				cmd.Env = append(os.Environ(), env...)
				out, err := cmd.CombinedOutput()
				if err != nil {
					out = fmt.Appendf(out, "-- %v\n", err)
				}
				return string(out)
			}
			want, have := run(ref.Lib(t)), run(harness.Lib(t))
			if !strings.Contains(want, says) || strings.Contains(want, "BAD") {
				t.Fatalf("the reference does not say %q:\n%s", says, want)
			}
			if want != have {
				t.Errorf("the reference:\n%sours:\n%s", want, have)
			}
		})
	}
}
