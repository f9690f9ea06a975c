// SPDX-License-Identifier: MIT

package tls

import (
	"crypto/tls"
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestServerNameLines: the lines about a hello's server name go to the log context of its
// connection, which is the vhost's, and whose level is its own: the process' has errors only,
// and gets none.
//
// Seen to fail: with the lines left out unless the process' level has informations.
func TestServerNameLines(t *testing.T) {
	t.Parallel()
	id := harness.SelfSigned(t)
	exe := harness.So19.Program(t, "prog/sni.c")
	for of, want := range map[string][]string{
		"vhost": {"to the vhost's: SNI 'localhost': vhost localhost", "to the vhost's: SNI 'nobody.test': vhost localhost"},
		"none":  {},
	} {
		t.Run(of, func(t *testing.T) {
			t.Parallel()
			p := harness.So19.Start(t, nil, exe, of, id.CertFile, id.KeyFile).Ready()
			for _, name := range []string{"localhost", "nobody.test"} {
				c, err := tls.Dial("tcp", p.Addr(), &tls.Config{InsecureSkipVerify: true, ServerName: name})
				if err != nil {
					t.Fatal(name, ": ", err)
				}
				c.Close()
			}
			p.Stop()
			got := slices.DeleteFunc(p.All(), func(l string) bool { return !strings.HasPrefix(l, "to ") })
			if !slices.Equal(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}
