// SPDX-License-Identifier: MIT

package tls

import (
	"slices"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// TestAdopt: sockets that are adopted on a vhost with TLS, in each way, by
// peers that speak TLS and that do not. Bytes that were read before are no part
// of the handshake: with all of the hello among them the connection waits,
// with some of it the handshake fails.
//
// Seen to fail: with LWS_ADOPT_ALLOW_SSL left unread.
func TestAdopt(t *testing.T) {
	who := newParties(t)
	exe := harness.Build(t, "./prog/adopt.c", "-lssl", "-lcrypto")
	for _, s := range []struct {
		how   string
		early []string
	}{
		{"vhost", []string{"0"}},
		{"readbuf", []string{"0", "3", "5", "9999"}}, // what follows is never the random part of the hello
		{"3", []string{"0"}},                         // LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET
		{"7", []string{"0"}},                         // and LWS_ADOPT_ALLOW_SSL
		{"2", []string{"0"}},
		{"6", []string{"0"}}, // raw, over TLS
	} {
		for _, talk := range []string{"tls", "plain"} {
			for _, early := range s.early {
				t.Run(strings.Join([]string{s.how, talk, early}, " "), func(t *testing.T) {
					t.Parallel()
					got := twice(t, func(t *testing.T, env []string) []string {
						p := harness.StartEnv(t, env, exe, who.srv.CertFile, who.srv.KeyFile, s.how, talk, early)
						must(t, p.Wait(2*patience))
						return p.All()
					})
					offered := s.how != "3" && s.how != "2"
					served := slices.Contains(got, "peer: shook hands") && slices.Contains(got, "peer: told 1, ended 1")
					if want := offered && talk == "tls" && early == "0"; served && !want || want && !served {
						t.Errorf("served over TLS: %v, want %v", served, want)
					}
				})
			}
		}
	}
}
