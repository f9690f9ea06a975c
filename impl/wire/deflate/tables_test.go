// SPDX-License-Identifier: MIT

package deflate

import (
	"bytes"
	"flag"
	"fmt"
	"go/format"
	"math/bits"
	"os"
	"testing"
)

var writeTables = flag.Bool("tables", false, "write tables.go anew")

// TestTables: tables.go, which a start does not have to compute, is what RFC 1951 says.
// Seen to fail with one number changed.
func TestTables(t *testing.T) {
	var s bytes.Buffer
	s.WriteString("// SPDX-License-Identifier: MIT\n\n// Made by go test -run TestTables -tables.\n\npackage deflate\n\n" +
		"// Symbol templates: entries that lack only the code length.\n")
	lit, dist := makeLitSymbols(), makeDistSymbols()
	table(&s, "litSymbols", "[fixedLitCodes]entry", lit[:])
	table(&s, "distSymbols", "[fixedDists]entry", dist[:])
	clen := makeClenSymbols()
	table(&s, "clenSymbols", "[numClenCodes]entry", clen[:])
	s.WriteString("\n// Symbols for lengths and distances, the inverse of litSymbols and distSymbols.\n")
	length, codes := makeLengthCodes(lit[:]), makeDistCodes(dist[:])
	s.WriteString("// lengthCodes goes by length-3, less 257.\n")
	table(&s, "lengthCodes", "[256]uint8", length[:])
	s.WriteString("\n// distCodes goes by distance-1 below 256, then by (distance-1)>>7.\n")
	table(&s, "distCodes", "[512]uint8", codes[:])
	s.WriteString("\n// The codes of RFC 1951 §3.2.6.\n")
	fixed, fixedD := makeFixedLit(), makeFixedDist()
	table(&s, "fixedLit", "[fixedLitCodes]codeword", fixed[:])
	table(&s, "fixedDist", "[fixedDists]codeword", fixedD[:])
	want, err := format.Source(s.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if *writeTables {
		if err := os.WriteFile("tables.go", want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile("tables.go"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("tables.go is not what it should be (%v)", err)
	}
}

func table[T uint8 | entry | codeword](s *bytes.Buffer, name, kind string, values []T) {
	fmt.Fprintf(s, "var %s = %s{", name, kind)
	for i, v := range values {
		if i%16 == 0 {
			s.WriteString("\n")
		}
		fmt.Fprintf(s, "%#x,", uint32(v))
	}
	s.WriteString("\n}\n")
}

// makeLitSymbols is the table of RFC 1951 §3.2.5: lengths 3 to 258 in groups of
// four codes, each group with one extra bit more.
func makeLitSymbols() (t [fixedLitCodes]entry) {
	for i := range t[:endOfBlock] {
		t[i] = entryLiteral | entry(i)<<16
	}
	t[endOfBlock] = entryEnd
	base := 3
	for i := range 28 {
		extra := max(0, i/4-1)
		t[endOfBlock+1+i] = entry(base)<<16 | entry(extra)<<8
		base += 1 << extra
	}
	t[285] = maxMatch << 16
	t[286], t[287] = entryBad, entryBad
	return t
}

// makeDistSymbols is the same for distances, in groups of two.
func makeDistSymbols() (t [fixedDists]entry) {
	base := 1
	for i := range maxDistCodes {
		extra := max(0, i/2-1)
		t[i] = entry(base)<<16 | entry(extra)<<8
		base += 1 << extra
	}
	t[30], t[31] = entryBad, entryBad
	return t
}

func makeClenSymbols() (t [numClenCodes]entry) {
	for i := range t {
		t[i] = entry(i) << 16
	}
	return t
}

func makeLengthCodes(litSymbols []entry) (t [256]uint8) {
	for code, e := range litSymbols[endOfBlock+1 : 286] {
		for i := range 1 << e.extraBits() {
			if l := int(e.value()) - 3 + i; l < len(t) {
				t[l] = uint8(code)
			}
		}
	}
	return t
}

func makeDistCodes(distSymbols []entry) (t [512]uint8) {
	for code, e := range distSymbols[:maxDistCodes] {
		for i := range 1 << e.extraBits() {
			if d := int(e.value()) - 1 + i; d < 256 {
				t[d] = uint8(code)
			} else {
				t[256+d>>7] = uint8(code)
			}
		}
	}
	return t
}

func makeFixedLit() (t [fixedLitCodes]codeword) {
	lens := fixedLitLens()
	codewords(t[:], lens[:])
	return t
}

func makeFixedDist() (t [fixedDists]codeword) {
	for i := range t {
		t[i] = codeword(bits.Reverse8(uint8(i))>>3) | 5<<16
	}
	return t
}
