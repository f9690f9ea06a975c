// SPDX-License-Identifier: MIT

package abitest

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Debian's hardening (dpkg-buildflags, hardening=+bindnow) is in each file that is installed.
// Seen to fail without -z now and without the stack protector.
func TestHardened(t *testing.T) {
	abi17.needLibrary(t)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(abi17.library()), "*.so*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, name := range files {
		f, err := elf.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if v, err := f.DynValue(elf.DT_FLAGS_1); err != nil || len(v) != 1 || v[0]&uint64(elf.DF_1_NOW) == 0 {
			t.Errorf("%s: not bound when it is loaded (%v, %v)", name, v, err)
		}
		if !slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_RELRO }) {
			t.Errorf("%s: no RELRO", name)
		}
		if stack := slices.IndexFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_GNU_STACK }); stack < 0 || f.Progs[stack].Flags&elf.PF_X != 0 {
			t.Errorf("%s: an executable stack", name)
		}
		symbols, err := f.ImportedSymbols()
		if err != nil {
			t.Fatal(err)
		}
		// The plugins have no arrays on the stack.
		if !slices.ContainsFunc(symbols, func(s elf.ImportedSymbol) bool { return s.Name == "__stack_chk_fail" }) && !bytes.Contains([]byte(name), []byte("evlib")) {
			t.Errorf("%s: no stack protector", name)
		}
	}
}

// The same source makes the same file, wherever it lies, and whatever commit it is. Seen to fail with Go's build id,
// and with the commit that Go puts into what it builds.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the library once more")
	}
	abi17.needLibrary(t)
	there := filepath.Join(t.TempDir(), "another-folder")
	if err := os.Mkdir(there, 0o755); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "cp", "-a", root+"/Makefile", root+"/go.mod", root+"/go.sum", root+"/tools", root+"/capi", root+"/impl", root+"/include", there)
	if err := os.Remove(there + "/capi/core/headers.gen.h"); err != nil {
		t.Fatal(err)
	}
	run(t, nil, "git", "-C", there, "init", "-q")
	run(t, nil, "git", "-C", there, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "another")
	run(t, []string{"GOFLAGS=-buildvcs=true"}, "make", "-s", "-C", there, "build/lib/"+abi17.soname(), "ABI="+abi17.name)
	one, err := os.ReadFile(abi17.library())
	if err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(there, "build/lib", abi17.soname()))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one, other) {
		t.Errorf("%s is another file when it is built in another folder (%d and %d bytes)", abi17.soname(), len(one), len(other))
	}
}
