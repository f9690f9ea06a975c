// SPDX-License-Identifier: MIT

package tls

import (
	"strings"
	"testing"
)

// TestOverruledCheck: a client's certificate that failed its check and is let in by
// the program's 0 is warned of, with who it is; one that passed is not. Seen to fail
// without the line in role/secure.
func TestOverruledCheck(t *testing.T) {
	for name, warned := range map[string]bool{"stranger": true, "client": false} {
		t.Run(name, func(t *testing.T) {
			who := newParties(t)
			id := who.client
			if warned {
				id = who.stranger
			}
			p := &guest{Proc: server(t, nil, append(who.files(), opts(optRequireClient), "ca="+who.ca.CertFile)...)}
			if saw := visit(p, who.config(shown(id))); saw[0] == "refused" {
				t.Error(saw)
			}
			p.settle(t)
			p.Stop()
			if line := "answered 0: accepted"; strings.Contains(p.Log(), line) != warned {
				t.Errorf("%q is to be in the log: %v; it is\n%s", line, warned, p.Log())
			}
		})
	}
}
