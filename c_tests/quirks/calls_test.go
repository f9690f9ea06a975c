// SPDX-License-Identifier: MIT

package quirks

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// calls is what one of calls.c prints, up to DONE.
func calls(t *testing.T, s side, args ...string) string {
	t.Helper()
	p := s.run(t, []string{"TZ=XXX5"}, "calls", args...)
	ends(p)
	text := strings.Join(p.All(), "; ")
	if said, done := strings.CutSuffix(text, "DONE"); done {
		return strings.TrimSuffix(said, "; ")
	}
	if p.Running() {
		return text + "; hangs"
	}
	return text + "; crashes"
}

func init() {
	add(map[int]func(t *testing.T, s side) string{
		30: func(t *testing.T, s side) string {
			id := harness.SelfSigned(t)
			return differs(calls(t, s, "times", id.CertFile, id.KeyFile), fmt.Sprintf("%d; %d", id.Cert.NotBefore.Unix(), id.Cert.NotAfter.Unix()))
		},
		38: func(t *testing.T, s side) string { return calls(t, s, "signals") },
		49: func(t *testing.T, s side) string {
			const whole = "a [one] b $four c $tw [one]"
			for cut := range len("a $two b $four c $tw $two") {
				got := calls(t, s, "html", fmt.Sprint(cut))
				if strings.NewReplacer("{", "", "}", "").Replace(got) != whole {
					return got
				}
			}
			return ""
		},
		93: func(t *testing.T, s side) string { return differs(calls(t, s, "adopt"), "NULL") },
		94: func(t *testing.T, s side) string {
			return differs(calls(t, s, "deprecate"), "reload; returned")
		},
		96: func(t *testing.T, s side) string {
			dir, name := t.TempDir(), strings.Repeat("name", 80)
			write(t, filepath.Join(dir, "conf"), fmt.Sprintf(`{"vhosts": [{"name": "%s", "interface": "127.0.0.1", "port": "%d"}]}`, name, harness.FreePort(t)))
			return differs(calls(t, s, "config", dir, name), "0 found")
		},
		98: func(t *testing.T, s side) string {
			return differs(calls(t, s, "basic"), "1 ; 0 Basic dXNlcjpzZWNyZXQ=")
		},
		100: func(t *testing.T, s side) string { return differs(calls(t, s, "blob"), "stored") },
	})
}
