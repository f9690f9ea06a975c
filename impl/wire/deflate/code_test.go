// SPDX-License-Identifier: MIT

package deflate

import (
	"math/bits"
	"testing"
)

// kraft returns the sum over all words of 2^-length, in units of 2^-15.
func kraft(lens []uint8) (sum int) {
	for _, l := range lens {
		if l > 0 {
			sum += 1 << (maxCodeLen - l)
		}
	}
	return sum
}

func TestCodeLengths(t *testing.T) {
	fibonacci := make([]uint16, 20) // the deepest tree for its sum
	a, b := uint16(1), uint16(1)
	for i := range fibonacci {
		fibonacci[i] = a
		a, b = b, a+b
	}
	even := make([]uint16, 286)
	for i := range even {
		even[i] = 7
	}
	tests := []struct {
		name  string
		freq  []uint16
		limit int
		want  string // lengths as letters, "" to check only that they are right
	}{
		{"none", []uint16{0, 0, 0}, 15, "110"},
		{"first only", []uint16{9, 0, 0}, 15, "110"},
		{"third only", []uint16{0, 0, 9}, 15, "101"},
		{"two", []uint16{1, 0, 900}, 15, "101"},
		{"skewed", []uint16{1, 1, 2, 4, 8}, 15, "44321"},
		{"skewed, limited", []uint16{1, 1, 2, 4, 8}, 3, ""},
		{"four alike", []uint16{5, 5, 5, 5}, 15, "2222"},
		{"fibonacci", fibonacci, 15, ""},
		{"fibonacci, limit 7", fibonacci[:19], 7, ""},
		{"even", even, 15, ""},
	}
	for _, tt := range tests {
		lens := make([]uint8, len(tt.freq))
		for i := range lens {
			lens[i] = 99
		}
		codeLengths(lens, tt.freq, tt.limit)
		text := ""
		for sym, l := range lens {
			text += string(rune('0' + l))
			if int(l) > tt.limit || l == 0 && tt.freq[sym] > 0 {
				t.Errorf("%s: symbol %d has length %d", tt.name, sym, l)
			}
		}
		if k := kraft(lens); k != 1<<maxCodeLen {
			t.Errorf("%s: the code fills %d of %d", tt.name, k, 1<<maxCodeLen)
		}
		if tt.want != "" && text != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.want)
		}
		for i := range tt.freq {
			for j := range tt.freq {
				if tt.freq[i] > tt.freq[j] && tt.freq[j] > 0 && lens[i] > lens[j] {
					t.Errorf("%s: symbol %d is more frequent than %d, but longer", tt.name, i, j)
				}
			}
		}
	}
}

// TestCodewords has the example of RFC 1951 §3.2.2.
func TestCodewords(t *testing.T) {
	lens := []uint8{3, 3, 3, 3, 3, 2, 4, 4}
	want := []uint16{0b010, 0b011, 0b100, 0b101, 0b110, 0b00, 0b1110, 0b1111}
	words := make([]codeword, len(lens))
	codewords(words, lens)
	for i, w := range words {
		got := bits.Reverse16(uint16(w.bits())) >> (16 - lens[i])
		if w.len() != uint(lens[i]) || got != want[i] {
			t.Errorf("symbol %d: %b with %d bits, want %b", i, got, w.len(), want[i])
		}
	}
}

// TestBuildTable decodes every word of random codes with the table made for them.
func TestBuildTable(t *testing.T) {
	rnd := random(4)
	for round := range 300 {
		n := 2 + rnd.IntN(maxLitCodes-1)
		freq := make([]uint16, n)
		for i := range freq {
			// Some absent, most rare, a few very frequent: long words.
			freq[i] = uint16(1<<rnd.IntN(15)) * uint16(rnd.IntN(3)/2+round%2)
		}
		lens, words := make([]uint8, n), make([]codeword, n)
		codeLengths(lens, freq, maxCodeLen)
		codewords(words, lens)
		var table [litTableSize]entry
		if !buildTable(table[:], litRoot, litSymbols[:], lens) {
			t.Fatalf("round %d: a complete code is refused", round)
		}
		for sym, w := range words {
			if w.len() == 0 {
				continue
			}
			hold := w.bits() | rnd.Uint64()<<w.len()
			e := table[hold&(1<<litRoot-1)]
			if e&entryLink != 0 {
				e = table[e.subtable(hold>>litRoot)]
			}
			if e != litSymbols[sym]|entry(w.len()) {
				t.Fatalf("round %d, symbol %d: entry %x", round, sym, e)
			}
		}
	}
}

func TestBuildTableRefuses(t *testing.T) {
	tests := []struct {
		name string
		lens []uint8
		ok   bool
	}{
		{"complete", []uint8{1, 2, 3, 3}, true},
		{"no code", []uint8{0, 0, 0}, true},
		{"one word of one bit", []uint8{0, 1, 0}, true},
		{"one word of two bits", []uint8{0, 2, 0}, false},
		{"too few", []uint8{1, 3, 3}, false},
		{"too many", []uint8{1, 1, 1}, false},
		{"one too many", []uint8{1, 2, 3, 3, 15}, false},
	}
	for _, tt := range tests {
		var table [distTableSize]entry
		if ok := buildTable(table[:], distRoot, distSymbols[:], tt.lens); ok != tt.ok {
			t.Errorf("%s: %t", tt.name, ok)
		}
	}
	var table [distTableSize]entry
	buildTable(table[:], distRoot, distSymbols[:], []uint8{0, 1})
	if table[0]&entryBad != 0 || table[1]&entryBad == 0 {
		t.Error("a word that is not in the code is accepted")
	}
}

// TestSymbols checks the corners of the tables of RFC 1951 §3.2.5.
func TestSymbols(t *testing.T) {
	for _, tt := range []struct {
		length, code int
		extra        uint
	}{{3, 257, 0}, {10, 264, 0}, {11, 265, 1}, {12, 265, 1}, {114, 279, 4}, {115, 280, 4}, {257, 284, 5}, {258, 285, 0}} {
		code := endOfBlock + 1 + int(lengthCodes[tt.length-3])
		if code != tt.code || litSymbols[code].extraBits() != tt.extra {
			t.Errorf("length %d: code %d, %d extra bits", tt.length, code, litSymbols[code].extraBits())
		}
	}
	for _, tt := range []struct {
		dist, code int
		extra      uint
	}{{1, 0, 0}, {4, 3, 0}, {5, 4, 1}, {256, 15, 6}, {257, 16, 7}, {384, 16, 7}, {385, 17, 7}, {24577, 29, 13}, {32768, 29, 13}} {
		code := distCode(tt.dist)
		if code != tt.code || distSymbols[code].extraBits() != tt.extra {
			t.Errorf("distance %d: code %d, %d extra bits", tt.dist, code, distSymbols[code].extraBits())
		}
	}
}

func TestWindow(t *testing.T) {
	rnd := random(3)
	for _, limit := range []int{8, 12, 15} {
		var w window
		var all []byte
		for range 200 {
			b := make([]byte, rnd.IntN(1<<rnd.IntN(limit+2)))
			for i := range b {
				b[i] = byte(rnd.Uint32())
			}
			w.add(b, limit)
			all = append(all, b...)
			if w.have < min(len(all), 1<<limit) {
				t.Fatalf("limit %d: only %d of %d bytes", limit, w.have, len(all))
			}
			if w.have == 0 {
				continue
			}
			dist := 1 + rnd.IntN(w.have)
			got := make([]byte, rnd.IntN(dist)+1)
			n := w.copyOut(got, dist, len(got))
			if from := len(all) - dist; n != len(got) || string(got) != string(all[from:from+n]) {
				t.Fatalf("limit %d: %d bytes at %d are wrong", limit, len(got), dist)
			}
		}
		if len(w.ring.data) > 1<<limit {
			t.Errorf("limit %d: ring of %d bytes", limit, len(w.ring.data))
		}
		w.release()
	}
}
