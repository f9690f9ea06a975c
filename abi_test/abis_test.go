// SPDX-License-Identifier: MIT

package abitest

import (
	"os"
	"strings"
	"testing"
)

const (
	root       = ".."
	ourInclude = root + "/include"
)

// abi is one of the interfaces that the library has: what of it is ours, and
// where Debian has it.
type abi struct {
	name    string // the number of the library
	version string // the original's
	define  string // makes it of our headers, which serve all
	debian  string // what Debian has in /usr, unpacked
	symbols int    // how many Debian's library has
	needed  bool   // else its tests are skipped where Debian's is not
	// Go's numbers that its headers do not have, or otherwise: why
	lacks, other map[string]string
}

var (
	abi17 = abi{"17", "4.1.6", "LWS_ABI=17", root + "/build/reference/root/usr", 348, true, nil, other17}
	abi19 = abi{"19", "4.3.5", "LWS_ABI=19", root + "/build/reference/19/root/usr", 409, false, lacks19, other19}
	abis  = []abi{abi17, abi19}
)

var (
	lacks19 = map[string]string{"engine.ReasonOPENSSLContextRequiresPrivateKey": "v4.2 dropped it"}
	// v4.2 has a header before them
	other19 = map[string]string{
		"wire/h1.TokenClientSentProtocols": tokenMoved, "wire/h1.TokenClientPeerAddress": tokenMoved,
		"wire/h1.TokenClientURI": tokenMoved, "wire/h1.TokenClientHost": tokenMoved,
		"wire/h1.TokenClientOrigin": tokenMoved, "wire/h1.TokenClientMethod": tokenMoved,
		"wire/h1.TokenClientIface": tokenMoved, "wire/h1.TokenClientALPN": tokenMoved,
	}
	other17 = map[string]string{"wire/h1.TokenCount": "there is one that this ABI does not have"}
)

// tokenMoved is why: WSI_TOKEN_DSS_SIGNATURE.
const tokenMoved = "what is behind the headers' tokens moves with their number"

func (a abi) soname() string       { return "libwebsockets.so." + a.name }
func (a abi) library() string      { return root + "/build/lib/" + a.soname() }
func (a abi) debianHeader() string { return a.debian + "/include" }
func (a abi) debianLib() string    { return a.debian + "/lib/x86_64-linux-gnu/" + a.soname() }
func (a abi) exportMap() string    { return root + "/capi/abi/" + a.name + "/exports.map" }

func (a abi) needReference(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(a.debianLib()); err == nil {
		return
	}
	if !a.needed {
		t.Skipf("no reference: tools/fetch-reference -a %s", a.name)
	}
	t.Fatal("the reference is not there: run `make reference`")
}

func (a abi) needLibrary(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(a.library()); err != nil {
		t.Fatal("our library is not there: run `make lib`")
	}
}

func (a abi) extensions(t *testing.T) *Extensions {
	t.Helper()
	ext, err := LoadExtensions("extensions.txt", a.name)
	if err != nil {
		t.Fatal(err)
	}
	return ext
}

// unit is a source for this interface of our headers.
func (a abi) unit(source string) string {
	name, value, _ := strings.Cut(a.define, "=")
	return "#define " + name + " " + value + "\n" + source
}

// ours is what our headers of this interface declare.
func (a abi) ours(t *testing.T, source string) *Facts {
	t.Helper()
	return parse(t, ourInclude, a.unit(source))
}

// theirs is what Debian's do.
func (a abi) theirs(t *testing.T, source string) *Facts {
	t.Helper()
	return parse(t, a.debianHeader(), source)
}

func parse(t *testing.T, dir, source string) *Facts {
	t.Helper()
	f, err := ParseUnit(Unit{Dir: dir, Source: source, Extra: []string{"testdata"}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}
