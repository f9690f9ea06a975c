// SPDX-License-Identifier: MIT

package abitest

import (
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is linked in is paid by every program. Debian strips what it installs.
const maxStripped = 5_000_000

// net/http came in for a date and a list of domains, and crypto/tls and x509 with it: 1.5 MB; crypto/sha1
// and crypto/rand brought the module for FIPS 140: 215 KB. Seen to fail without the Makefile's overlay, and with crypto/sha1.
func TestSize(t *testing.T) {
	for _, a := range abis {
		t.Run(a.name, func(t *testing.T) {
			a.needLibrary(t)
			stripped := filepath.Join(t.TempDir(), "stripped")
			run(t, nil, "strip", "--strip-unneeded", "-o", stripped, a.library())
			s, err := os.Stat(stripped)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes", s.Size())
			if s.Size() > maxStripped {
				t.Errorf("%d bytes, more than %d: go list -deps ./capi/core shows what came in", s.Size(), maxStripped)
			}
			f, err := elf.Open(a.library())
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			symbols, err := f.Symbols()
			if err != nil {
				t.Fatal(err)
			}
			for _, y := range symbols {
				for _, no := range []string{"net/http.", "net.", "crypto/", "archive/zip.", "compress/flate."} {
					if strings.HasPrefix(y.Name, no) {
						t.Fatalf("%s is linked in", y.Name)
					}
				}
			}
		})
	}
}
