// SPDX-License-Identifier: MIT

package tls

import (
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestMidway: the vhost or the context of connections in the middle of a
// handshake, or of a large write, is destroyed, or their certificate is loaded
// again. Our run is with the address sanitizer; the callbacks are counted and
// compared, and no descriptor stays.
//
// Seen to fail: with connections of a destroyed vhost that were left open.
func TestMidway(t *testing.T) {
	who := newParties(t)
	prog, flags := "./prog/midway.c", []string{"-lssl", "-lcrypto"}
	plain, checked := harness.Build(t, prog, flags...), harness.Build(t, prog, append(flags, "-fsanitize=address")...)
	for _, what := range []string{"vhost", "context", "update"} {
		for how, many := range map[string]string{"silent": "100", "hello": "100", "tail": "100", "write": "5"} {
			t.Run(what+" "+how, func(t *testing.T) {
				t.Parallel()
				twice(t, func(t *testing.T, env []string) []string {
					exe, args := plain, []string{who.srv.CertFile, who.srv.KeyFile, what, how, many}
					if len(env) == 0 {
						exe, env, args = checked, []string{"ASAN_OPTIONS=detect_leaks=1"}, append(args, "wait")
					}
					p := harness.StartEnv(t, env, exe, args...)
					if err := p.Wait(2 * patience); err != nil || strings.Contains(p.Log(), "Sanitizer") {
						t.Errorf("%v\n%s", err, p.Log())
					}
					out := p.All()
					if !slices.Contains(out, "descriptors left 0") {
						t.Errorf("descriptors are left:\n%s", strings.Join(out, "\n"))
					}
					return out
				})
			})
		}
	}
}
