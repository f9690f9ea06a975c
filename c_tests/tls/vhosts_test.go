// SPDX-License-Identifier: MIT

package tls

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

const (
	optGlobalInit     = 1<<12 | 1<<6 // without the system's CAs, which take long to load
	optExplicitVhosts = 1 << 13
)

// vhosts runs the program that makes vhosts with both libraries; contexts are
// their arguments.
func vhosts(t *testing.T, contexts [][]string) {
	t.Helper()
	exe := harness.Build(t, "./prog/vhosts.c")
	var all []string
	for _, c := range contexts {
		all = append(append(all, "context"), c...)
	}
	var got [2][]string
	for i, l := range libraries {
		env := l.env(t)
		if env == nil {
			t.Log("no reference library here: only ours is run")
			continue
		}
		p := harness.StartEnv(t, env, exe, all...)
		must(t, p.Wait(patience))
		got[i] = strings.Split(strings.Join(p.All(), "\n"), "-- ")[1:]
		if len(got[i]) != len(contexts) {
			t.Fatalf("%s: %d contexts, want %d", l.name, len(got[i]), len(contexts))
		}
	}
	for i, ours := range got[1] {
		if got[0] != nil && got[0][i] != ours {
			t.Errorf("%v\nreference: %s\nours: %s", contexts[i], got[0][i], ours)
		}
	}
}

// TestVhostSettings: whether a vhost is made, and with which callbacks, with
// files that are there, empty, broken, missing or of the wrong kind, named by
// an empty path or not given at all.
//
// Seen to fail: with an empty path taken for one that is not given.
func TestVhostSettings(t *testing.T) {
	t.Parallel()
	who := newParties(t)
	dir := t.TempDir()
	missing, garbage := filepath.Join(dir, "missing.pem"), filepath.Join(dir, "garbage.pem")
	must(t, os.WriteFile(garbage, []byte("bad"), 0o600))
	certs := []string{"", "cert=", "cert=" + who.srv.CertFile, "cert=" + missing, "cert=" + garbage}
	keys := []string{"", "key=", "key=" + who.srv.KeyFile, "key=" + missing, "key=" + garbage, "key=" + who.other.KeyFile}
	authorities := []string{"", "ca=", "ca=" + missing, "ca=" + who.ca.CertFile}
	memory := []string{"certmem=" + who.srv.CertFile, "keymem=" + who.srv.KeyFile}
	tlsOn := fmt.Sprintf("options=0x%x", optGlobalInit)
	var all [][]string
	add := func(l ...string) {
		var c []string
		for _, a := range l {
			if a != "" {
				c = append(c, a)
			}
		}
		all = append(all, c)
	}
	for _, port := range []string{"port=-1", "port=0"} {
		for _, cert := range certs {
			for _, key := range keys {
				if port == "port=0" && cert != "" && key == "" {
					continue // quirk 32
				}
				for _, o := range []int{0, optRequireClient, optIgnoreMissing, optCreateCtx, optRequireClient | optIgnoreMissing, optRedirect} {
					add(port, fmt.Sprintf("options=0x%x", optGlobalInit|o), cert, key)
				}
				add(port, "options=0", cert, key) // no TLS at all
				client := strings.NewReplacer("cert=", "ccert=", "key=", "ckey=")
				add(port, tlsOn, client.Replace(cert), client.Replace(key))
			}
		}
		for _, ca := range authorities {
			for _, cca := range authorities {
				add(port, fmt.Sprintf("options=0x%x", optGlobalInit|optRequireClient), ca, strings.Replace(cca, "ca=", "cca=", 1),
					"cert="+who.srv.CertFile, "key="+who.srv.KeyFile)
			}
		}
		add(port, tlsOn, memory[0])
		add(port, tlsOn, memory[1])
		add(port, tlsOn, memory[0], memory[1])
		add(port, tlsOn, memory[0], "key="+who.srv.KeyFile)
		add(port, tlsOn, memory[0], memory[1], "cert="+who.srv.CertFile)
		add(port, tlsOn, memory[0], memory[1], "key="+who.srv.KeyFile)
		for _, o := range []int{optGlobalInit, optGlobalInit | optIgnoreMissing} {
			add(port, fmt.Sprintf("options=0x%x", o), memory[0], memory[1], "cert="+missing, "key="+missing)
			add(port, fmt.Sprintf("options=0x%x", o), memory[0], memory[1], "cert="+garbage, "key="+garbage)
			add(port, fmt.Sprintf("options=0x%x", o), memory[0], memory[1], "cert="+who.srv.CertFile, "key="+missing)
		}
		add(port, tlsOn, memory[0], memory[1], "cert="+who.srv.CertFile, "key="+who.srv.KeyFile)
	}
	vhosts(t, all)
}

// TestCertAging: which protocols of which vhosts are told about whose
// certificate, in which order, whatever they answer.
//
// Seen to fail: when a protocol's answer kept the vhost's others from being told.
func TestCertAging(t *testing.T) {
	t.Parallel()
	who := newParties(t)
	many, one := fmt.Sprintf("options=0x%x", optGlobalInit|optExplicitVhosts), fmt.Sprintf("options=0x%x", optGlobalInit)
	var contexts [][]string
	words := func(format string) {
		pair := strings.Join(who.files(), " ")
		contexts = append(contexts, strings.Fields(strings.NewReplacer("MANY", many, "ONE", one, "PAIR", pair).Replace(format)))
	}
	words("MANY port=-1 vhost port=0 name=a PAIR vhost port=0 name=b vhost port=0 name=c serve")
	words("ONE port=0 PAIR serve")
	words("ONE port=0 serve")
	words("ONE port=0 PAIR refuse vhost port=0 name=b serve vhost port=0 name=c vhost port=-1 name=d serve")
	words("ONE port=0 vhost port=0 name=b vhost port=0 name=c PAIR serve vhost port=0 name=d options=0x4000000 cert=/none key=/none vhost port=0 name=e PAIR serve")
	words("MANY port=0 refuse vhost port=0 name=b PAIR vhost port=0 name=c serve vhost port=0 name=d cert=/none vhost port=0 name=e")
	vhosts(t, contexts)
}
