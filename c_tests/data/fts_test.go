// SPDX-License-Identifier: MIT

package data

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const (
	autocomplete = 1
	files        = 2
	lines        = 4
	quotes       = 8
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// texts are put into dir: of few letters, so that words begin alike, and books. Of letters
// above 127, of which the original loses some (row 286), there are few.
func texts(t *testing.T, dir string) (names []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	for i, letters := range []string{"ab", "abcdeABC_1", "the quick brown fox9", "hel"} {
		var b bytes.Buffer
		for range 300 * (i + 1) {
			for range r.IntN(12) {
				for range 1 + r.IntN(3*i+4) {
					b.WriteByte(letters[r.IntN(len(letters))])
				}
				b.WriteString([]string{" ", ", ", "-", "\t", "\r\n"}[r.IntN(5)])
			}
			if r.IntN(40) == 0 {
				b.WriteString(strings.Repeat("x", r.IntN(300)))
			}
			b.WriteByte('\n')
		}
		names = append(names, fmt.Sprintf("text%d", i))
		must(t, os.WriteFile(filepath.Join(dir, names[i]), b.Bytes(), 0o644))
	}
	for _, n := range []string{"canned-1.txt", "canned-2.txt", "the-picture-of-dorian-gray.txt"} {
		b, err := os.ReadFile(original.Ref.Source(t, "..", "..", "..", "19", "src", "libwebsockets-4.3.5", "minimal-examples", "api-tests", "api-test-fts", n))
		must(t, err)
		must(t, os.WriteFile(filepath.Join(dir, n), b, 0o644))
		names = append(names, n)
	}
	return names
}

// needles are words of a text, what they begin with, and what is not there.
func needles(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	seen := map[string]bool{}
	var out bytes.Buffer
	add := func(w []byte) {
		if !seen[string(w)] && bytes.IndexFunc(w, func(c rune) bool { return c == 0 || c > 127 }) < 0 {
			seen[string(w)] = true
			fmt.Fprintf(&out, "%s\n", w)
		}
	}
	for _, w := range []string{"", "a", "zzzz", "THE", "9", strings.Repeat("x", 30), strings.Repeat("x", 31), "hel lo", "[]"} {
		add([]byte(w))
	}
	for i, w := range bytes.Fields(text) {
		if i%7 == 0 && len(seen) < 1500 {
			for _, n := range []int{1, 2, 3, len(w) - 1, len(w)} {
				if n > 0 && n <= min(len(w), 30) {
					add(w[:n])
				}
			}
		}
	}
	return out.Bytes()
}

// An index of one text is the original's, byte for byte, however it comes; either library
// finds the same in it. Seen to fail with letters above 127 in the texts (row 286).
func TestFTS(t *testing.T) {
	dir := t.TempDir()
	ref := original.program(t, "fts")
	all := texts(t, dir)
	for _, name := range all {
		for _, piece := range []string{"1000000", "4096", "61"} {
			if piece == "61" && strings.HasPrefix(name, "the-") {
				continue
			}
			original.run(t, ref, dir, nil, "make", "index", piece, name)
			want, err := os.ReadFile(filepath.Join(dir, "index"))
			must(t, err)
			for _, l := range ours {
				l.run(t, l.program(t, "fts"), dir, nil, "make", l.Name, piece, name)
				got, err := os.ReadFile(filepath.Join(dir, l.Name))
				must(t, err)
				if !bytes.Equal(want, got) {
					n := 0
					for n < min(len(want), len(got)) && want[n] == got[n] {
						n++
					}
					t.Errorf("%s: %s by %s: %d bytes, not %d, the first other one at %d", l.Name, name, piece, len(got), len(want), n)
				}
			}
		}
		words := needles(t, filepath.Join(dir, name))
		for _, flags := range []int{autocomplete, files, autocomplete | files | lines, files | lines | quotes} {
			want, _ := original.run(t, ref, dir, words, "find", "index", strconv.Itoa(flags))
			for _, l := range ours {
				got, _ := l.run(t, l.program(t, "fts"), dir, words, "find", "index", strconv.Itoa(flags))
				differ(t, fmt.Sprintf("%s, %s, flags %d", name, l.Name, flags), want, got)
			}
		}
	}
}

// Of several texts either finds the same in its own index and in the other's. Where the
// original's has no line table (row 280) ours finds lines all the same, and offsets.
func TestFTSSeveral(t *testing.T) {
	dir := t.TempDir()
	ref := original.program(t, "fts")
	all := texts(t, dir)
	words := needles(t, filepath.Join(dir, "text2"))
	original.run(t, ref, dir, nil, append([]string{"make", "original", "5000"}, all...)...)
	for _, l := range ours {
		exe := l.program(t, "fts")
		l.run(t, exe, dir, nil, append([]string{"make", l.Name, "5000"}, all...)...)
		for _, args := range [][]string{{"1"}, {"2"}, {"3"}, {"2", "text1"}, {"2", "nobody"}} {
			want, _ := original.run(t, ref, dir, words, append([]string{"find", "original"}, args...)...)
			for _, index := range []string{"original", l.Name} {
				got, log := l.run(t, exe, dir, words, append([]string{"find", index}, args...)...)
				differ(t, fmt.Sprintf("%s in the index of %s, %q %s", l.Name, index, args, log), want, got)
			}
			got, _ := original.run(t, ref, dir, words, append([]string{"find", l.Name}, args...)...)
			differ(t, fmt.Sprintf("original in the index of %s, %q", l.Name, args), want, got)
		}
		// All lines are where they should be, with what stands there.
		checked := 0
		for _, name := range all {
			text, err := os.ReadFile(filepath.Join(dir, name))
			must(t, err)
			starts := []int{0}
			for i, c := range text {
				if c == '\n' {
					starts = append(starts, i+1)
				}
			}
			got, _ := l.run(t, exe, dir, words, "find", l.Name, "14", name)
			for line := range strings.Lines(got) {
				var n, at int
				if _, err := fmt.Sscanf(line, "  %d %d", &n, &at); err != nil || !strings.HasPrefix(line, "  ") {
					continue
				}
				checked++
				_, quote, _ := strings.Cut(strings.TrimLeft(line, " "), " ")
				_, quote, _ = strings.Cut(strings.TrimSuffix(quote, "\n"), " ")
				want, _, _ := strings.Cut(string(text[starts[n-1]:]), "\n")
				plain := len(want) < 255 && strings.IndexFunc(want, func(c rune) bool { return c < ' ' || c > 126 || c == '"' || c == '\\' }) < 0
				if at != starts[n-1] || plain && quote != want {
					t.Fatalf("%s, %s: line %d at %d, not %d: %q, not %q", l.Name, name, n, at, starts[n-1], quote, want)
				}
			}
		}
		if checked < 10000 {
			t.Errorf("only %d lines", checked)
		}
	}
}

// What is no index, or not a sane one, is an error in the log, and what is read and kept is bounded.
//
// Seen to fail: without any one look at the head; without the bound of what one search reads, of
// matches, of a node's children, or of where a name ends; with children and inputs in places where
// they cannot be.
func TestFTSHostile(t *testing.T) {
	dir := t.TempDir()
	all := texts(t, dir)
	exe := ours[0].program(t, "fts")
	ours[0].run(t, exe, dir, nil, append([]string{"make", "good", "5000"}, all[1:3]...)...)
	good, err := os.ReadFile(filepath.Join(dir, "good"))
	must(t, err)
	word := func(n int) uint32 { return binary.BigEndian.Uint32(good[n:]) }
	with := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.BigEndian.PutUint32(b[at:], v)
		return b
	}
	// An index by hand: what is at 20 on, its root, its table of count paths.
	index := func(root, table, count int, body string) []byte {
		b := make([]byte, 20, 20+len(body))
		for i, v := range []uint32{0xca7a5f75, uint32(root), uint32(20 + len(body)), uint32(table), uint32(count)} {
			binary.BigEndian.PutUint32(b[4*i:], v)
		}
		return append(b, body...)
	}
	const huge = "\x8f\xff\xff\xff\x7f"               // 4294967295
	table := "\x00\x00\x00\x18" + "\x14\x01\x05text1" // a path, at 24
	u32 := func(v int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(v))) }
	wide := func(numbers ...int) (s string) { // of four bytes each
		for _, v := range numbers {
			s += string([]byte{0x80 | byte(v>>21), 0x80 | byte(v>>14), 0x80 | byte(v>>7), byte(v & 0x7f)})
		}
		return s
	}
	// One path, at 24, whose line table is at 38; behind that inputs with the word "a", whose node
	// is at or behind its root, if it is not in front.
	const atLines = 38
	word1 := func(lines, inputs string, refs, children, more int) []byte {
		body := u32(24) + wide(atLines, 1) + "\x05text1" + lines + inputs
		node := 20 + len(body)
		child := wide(node, 1, 1, 1, 1+more) + "a"
		body += wide(refs, 0, 0, 0)
		root := 20 + len(body)
		return index(root, 20, 1, body+wide(0, children, 1, 1)+strings.Repeat(wide(node, 1, 1, 1, 1)+"b", children-1)+child)
	}
	behind := u32(24) + wide(atLines, 1) + "\x05text1"
	behind = string(index(20+len(behind), 20, 1, behind+wide(0, 1, 1, 1)+wide(20+len(behind)+37, 1, 1, 1, 1)+"a"+wide(0, 0, 0, 0)))
	table2 := "\x00\x00\x4e\x20\x00\x00\x00\x00" + strings.Repeat("\x01", 20000) // of 20000 lines
	inputs, last := "", 0
	for range 2000 {
		at := atLines + len(table2) + len(inputs)
		inputs, last = inputs+wide(last, 0, 1)+"\x01", at
	}
	none := "\x00\x00\x00\x00\x00\x00\x00\x00" // lines
	for _, c := range []struct {
		name  string
		index []byte
		says  string
		flags string // one search alone: others have another reason
		words string // likewise
	}{
		{"empty", nil, "unable to read file header", "", ""},
		{"short", good[:19], "unable to read file header", "", ""},
		{"no index", with(0, 0x7f454c46), "bad magic 7F 45 4C 46", "", ""},
		{"truncated", good[:len(good)-1], "file size doesn't match expected", "", ""},
		{"root behind the end", with(4, word(8)), "broken", "", ""},
		{"root in the head", with(4, 4), "broken", "", ""},
		{"paths behind the end", with(12, word(8)-4), "broken", "", ""},
		{"too many paths", with(16, 1<<30), "broken", "", ""},
		{"no paths", with(16, 0), "broken", "", ""},
		{"children for ever", index(20, 20, 0, "\x00"+huge+"\x01\x01"+strings.Repeat("\x00", 400)), "broken", "", ""},
		{"a child that is its parent", index(20, 20, 0, "\x00\x01\x01\x01"+"\x14\x01\x01\x01\x01a"), "broken", "", ""},
		{"a child behind the end", index(20, 20, 0, "\x00\x01\x01\x01"+huge+"\x01\x01\x01\x01a"), "broken", "", ""},
		{"a long name", index(20, 20, 0, "\x00\x01\x01\x01"+"\x14\x01\x01\x01"+huge+"a"), "broken", "", ""},
		{"lines for ever", index(48, 20, 1, table+"\x00\x00"+huge+"..........\x00\x00\x00\x00"+"\x24\x00\x01\x01"+"\x30\x01\x01\x01\x01a"), "broken", "", ""},
		{"a table for each of many", word1(table2, inputs, last, 1, 0), "broken", "6", ""},
		{"more matches than bytes", word1(none, wide(0, 0, 1<<27), atLines+8, 1, 0), "broken", "2", ""},
		{"inputs in the head", word1(none, "", 16, 1, 0), "broken", "2", ""},
		{"too many children", word1(none, "", 0, 600, 0), "broken", "2", ""},
		{"a child behind its parent", []byte(behind), "broken", "2", ""},
		{"a name that has no end", word1(none, "", 0, 1, 4), "broken", "2", "a"},
		{"files in a circle", index(48, 20, 1, table+"\x24\x00\x01\x01........................\x24\x00\x01\x01"), "broken", "", ""},
	} {
		must(t, os.WriteFile(filepath.Join(dir, "bad"), c.index, 0o644))
		for _, l := range ours {
			out, log := "", ""
			for _, flags := range map[bool][]string{true: {"1", "7", "14"}, false: {c.flags}}[c.flags == ""] {
				o, e := l.run(t, l.program(t, "fts"), dir, []byte(cmp.Or(c.words, "a\nab\nb\nthe\n")+"\n"), "find", "bad", flags)
				out, log = out+o, log+e
			}
			if !strings.Contains(log, c.says) {
				t.Errorf("%s, %s: the log does not say %q:\n%s%s", c.name, l.Name, c.says, out, log)
			}
		}
	}
}
