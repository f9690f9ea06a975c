// SPDX-License-Identifier: MIT

package lecp

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

var names = map[Reason]string{
	Constructed: "new", Destructed: "gone", Failed: "failed",
	ValTrue: "true", ValFalse: "false", ValNull: "null", ValUndefined: "undefined",
	ValNumInt: "int", ValNumUint: "uint", ValSimple: "simple",
	ValFloat16: "half", ValFloat32: "single", ValFloat64: "double",
	ValStrStart: "text", ValStrChunk: "textchunk", ValStrEnd: "textend",
	ValBlobStart: "bytes", ValBlobChunk: "byteschunk", ValBlobEnd: "bytesend",
	ArrayStart: "[", ArrayEnd: "]", ObjectStart: "{", ObjectEnd: "}",
	TagStart: "tag", TagEnd: "gat", ElementStart: "<", ElementEnd: ">",
	LiteralCBOR: "raw",
}

// show is what a callback can see of an event.
func show(c *Ctx, why Reason) string {
	s := names[why]
	switch why {
	case ValNumInt:
		s += fmt.Sprint(int64(c.Item.U))
	case ValNumUint, ValSimple, TagStart:
		s += fmt.Sprint(c.Item.U)
	case ValFloat16:
		h := *(*uint16)(unsafe.Pointer(&c.Item.U))
		s += fmt.Sprint(math.Float32frombits(Single(h)))
	case ValFloat32:
		s += fmt.Sprint(*(*float32)(unsafe.Pointer(&c.Item.U)))
	case ValFloat64:
		s += fmt.Sprint(*(*float64)(unsafe.Pointer(&c.Item.U)))
	case ValStrChunk, ValStrEnd:
		s += fmt.Sprintf("(%s)", c.Buf[:c.NPos])
	case ValBlobChunk, ValBlobEnd:
		s += fmt.Sprintf("(%x)", c.Buf[:c.NPos])
	}
	return s
}

// parse gives input to a parser in pieces and collects what see makes of the
// events.
func parse(input []byte, piece int, see func(*Ctx, Reason) string) (string, int) {
	var c Ctx
	var out []string
	call := func(c *Ctx, _ unsafe.Pointer, why Reason) int8 {
		if s := see(c, why); s != "" {
			out = append(out, s)
		}
		return 0
	}
	Construct(&c, nil, nil, nil, 0, call)
	res := done
	for len(input) > 0 && (res == done || res == Continue) {
		n := min(piece, len(input))
		res = Parse(&c, input[:n], call)
		input = input[n:]
	}
	return strings.Join(out, " "), res
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(s, err)
	}
	return b
}

func events(t testing.TB, text string, piece int) (string, int) {
	s, res := parse(unhex(t, text), piece, func(c *Ctx, why Reason) string {
		if why == Constructed {
			return ""
		}
		return show(c, why)
	})
	return s, res
}

// vectors are the examples of RFC 8949, Appendix A, with the writer's format
// where there is one that makes them.
var vectors = []struct{ cbor, want, format string }{
	{"00", "uint0", "0"},
	{"01", "uint1", "1"},
	{"0a", "uint10", "10"},
	{"17", "uint23", "23"},
	{"1818", "uint24", "24"},
	{"1819", "uint25", "25"},
	{"1864", "uint100", "100"},
	{"1903e8", "uint1000", "1000"},
	{"1a000f4240", "uint1000000", "1000000"},
	{"1b000000e8d4a51000", "uint1000000000000", "1000000000000"},
	{"1bffffffffffffffff", "uint18446744073709551615", "18446744073709551615"},
	{"c249010000000000000000", "tag2 bytes bytesend(010000000000000000) gat", ""},
	{"3bffffffffffffffff", "int0", ""}, // it wraps around
	{"c349010000000000000000", "tag3 bytes bytesend(010000000000000000) gat", ""},
	{"20", "int-1", "-1"},
	{"29", "int-10", "-10"},
	{"3863", "int-100", "-100"},
	{"3903e7", "int-1000", "-1000"},
	{"f90000", "half0", ""},
	{"f98000", "half-0", ""},
	{"f93c00", "half1", ""},
	{"fb3ff199999999999a", "double1.1", ""},
	{"f93e00", "half1.5", ""},
	{"f97bff", "half65504", ""},
	{"fa47c35000", "single100000", ""},
	{"fa7f7fffff", "single3.4028235e+38", ""},
	{"fb7e37e43c8800759c", "double1e+300", ""},
	{"f90001", "half5.9604645e-08", ""},
	{"f90400", "half6.1035156e-05", ""},
	{"f9c400", "half-4", ""},
	{"fbc010666666666666", "double-4.1", ""},
	{"f97c00", "half+Inf", ""},
	{"f97e00", "halfNaN", ""},
	{"f9fc00", "half-Inf", ""},
	{"fa7f800000", "single+Inf", ""},
	{"fa7fc00000", "singleNaN", ""},
	{"faff800000", "single-Inf", ""},
	{"fb7ff0000000000000", "double+Inf", ""},
	{"fb7ff8000000000000", "doubleNaN", ""},
	{"fbfff0000000000000", "double-Inf", ""},
	{"f4", "false", ""},
	{"f5", "true", ""},
	{"f6", "null", ""},
	{"f7", "undefined", ""},
	{"f0", "simple16", ""},
	{"f8ff", "simple255", ""},
	{"c074323031332d30332d32315432303a30343a30305a",
		"tag0 text textend(2013-03-21T20:04:00Z) gat", "0('2013-03-21T20:04:00Z')"},
	{"c11a514b67b0", "tag1 uint1363896240 gat", "1(1363896240)"},
	{"c1fb41d452d9ec200000", "tag1 double1.3638962405e+09 gat", ""},
	{"d74401020304", "tag23 bytes bytesend(01020304) gat", ""},
	{"d818456449455446", "tag24 bytes bytesend(6449455446) gat", ""},
	{"d82076687474703a2f2f7777772e6578616d706c652e636f6d",
		"tag32 text textend(http://www.example.com) gat", "32('http://www.example.com')"},
	{"40", "bytes bytesend()", ""},
	{"4401020304", "bytes bytesend(01020304)", ""},
	{"60", "text textend()", "''"},
	{"6161", "text textend(a)", "'a'"},
	{"6449455446", "text textend(IETF)", "'IETF'"},
	{"62225c", `text textend("\)`, `'"\\'`},
	{"62c3bc", "text textend(ü)", "'ü'"},
	{"63e6b0b4", "text textend(水)", "'水'"},
	{"64f0908591", "text textend(𐅑)", "'𐅑'"},
	{"80", "[ ]", "[]"},
	{"83010203", "[ < uint1 > < uint2 > < uint3 > ]", "[1, 2, 3]"},
	{"8301820203820405", "[ < uint1 > < [ < uint2 > < uint3 > ] > < [ < uint4 > < uint5 > ] > ]",
		"[1,[2,3],[4,5]]"},
	{"98190102030405060708090a0b0c0d0e0f101112131415161718181819",
		"[ " + numbered(25) + "]", "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25]"},
	{"a0", "{ }", "{}"},
	{"a201020304", "{ uint1 uint2 uint3 uint4 }", "{1:2,3:4}"},
	{"a26161016162820203", "{ text textend(a) uint1 text textend(b) [ < uint2 > < uint3 > ] }",
		"{'a':1,'b':[2,3]}"},
	{"826161a161626163", "[ < text textend(a) > < { text textend(b) text textend(c) } > ]",
		"['a',{'b':'c'}]"},
	{"a56161614161626142616361436164614461656145",
		"{ text textend(a) text textend(A) text textend(b) text textend(B) text textend(c) " +
			"text textend(C) text textend(d) text textend(D) text textend(e) text textend(E) }",
		"{'a':'A','b':'B','c':'C','d':'D','e':'E'}"},
	{"5f42010243030405ff", "bytes byteschunk(0102) byteschunk(030405) bytesend()", ""},
	{"7f657374726561646d696e67ff", "text textchunk(strea) textchunk(ming) textend()",
		"<t'strea','ming'>"},
	{"9fff", "[ ]", ""},
	{"9f018202039f0405ffff",
		"[ < uint1 > < [ < uint2 > < uint3 > ] > < [ < uint4 > < uint5 > ] > ]", ""},
	{"83018202039f0405ff",
		"[ < uint1 > < [ < uint2 > < uint3 > ] > < [ < uint4 > < uint5 > ] > ]", ""},
	{"83019f0203ff820405",
		"[ < uint1 > < [ < uint2 > < uint3 > ] > < [ < uint4 > < uint5 > ] > ]", ""},
	{"bf61610161629f0203ffff", "{ text textend(a) uint1 text textend(b) [ < uint2 > < uint3 > ] }", ""},
	{"826161bf61626163ff", "[ < text textend(a) > < { text textend(b) text textend(c) } > ]", ""},
	{"bf6346756ef563416d7421ff", "{ text textend(Fun) true text textend(Amt) int-2 }", ""},
}

func numbered(n int) (s string) {
	for i := range n {
		s += fmt.Sprintf("< uint%d > ", i+1)
	}
	return s
}

func bothWays(t *testing.T, cbor, want string, res int) {
	t.Helper()
	for _, piece := range []int{1 << 20, 1, 2, 3, 7} {
		if got, r := events(t, cbor, piece); got != want || r != res {
			t.Errorf("%.40s by %d: %d\n%.200s\n%.200s", cbor, piece, r, got, want)
		}
	}
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		bothWays(t, v.cbor, v.want, done)
		all := unhex(t, v.cbor)
		for n := 1; n < len(all); n++ { // every split; all but the last bytes go on
			if _, r := parse(all[:n], n, show); r != Continue {
				t.Errorf("%s: %d after %d", v.cbor, r, n)
			}
		}
	}
}

// In the reference an item changes with what was on its level before, strings
// in what has an indefinite length break off at 254 bytes, simple values do not
// count as elements, a length of 0 in more than one byte takes a byte.
func TestWellFormed(t *testing.T) {
	long := strings.Repeat("61", 300)
	chunks := "textchunk(" + strings.Repeat("a", 254) + ") "
	for _, c := range [][2]string{
		{"82 7f6161ff 7818" + strings.Repeat("61", 24),
			"[ < text textchunk(a) textend() > < text textend(" + strings.Repeat("a", 24) + ") > ]"},
		{"82 7f6161ff 816162", "[ < text textchunk(a) textend() > < [ < text textend(b) > ] > ]"},
		{"82 9f01ff 980102", "[ < [ < uint1 > ] > < [ < uint2 > ] > ]"},
		{"9f79012c" + long + "ff", "[ < text " + chunks + "textend(" + strings.Repeat("a", 46) + ") > ]"},
		{"7f 79012c" + long + "ff", "text text " + chunks + "textchunk(" + strings.Repeat("a", 46) + ") textend()"},
		{"82f0f8ff", "[ < simple16 > < simple255 > ]"},
		{"83 5800 7800 9800", "[ < bytes bytesend() > < text textend() > < [ ] > ]"},
		{"82 b800 01", "[ < { } > < uint1 > ]"},
		{"7f60616160ff", "text textchunk(a) textend()"},
		{"5f580041005800ff", "bytes byteschunk(00) bytesend()"},
		{"01 02", "uint1 uint2"},
	} {
		bothWays(t, c[0], c[1], done)
	}
}

func TestMalformed(t *testing.T) {
	for _, cbor := range []string{
		"1c", "1d", "1e", "1f", "3c", "3f", "5c", "7e", "9d", "bc", "dc", "df", "fc", "fd", "fe",
		"f800", "f818", "f81f", // RFC 8949 §3.3
		"ff", "81ff", "8200ff", "a1ff", "a100ff", "bf00ff", "9fc1ff", // §3.2.1
		"7f4100ff", "5f6100ff", "5f00ff", "7f7f6161ffff", "5f5f4100ffff", "5f41005f", "7f616100", // §3.2.3
		"5f5c", "7f7fff", "9f81ff",
	} {
		for _, piece := range []int{100, 1} {
			if s, r := events(t, cbor, piece); r != rejectBadCoding || !strings.HasSuffix(s, "failed") {
				t.Errorf("%s: %d %s", cbor, r, s)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		cbor   string
		res    int
		failed bool
	}{
		{strings.Repeat("81", 7) + "00", done, false},
		{strings.Repeat("81", 8), StackOverflow, true}, // indexes
		{strings.Repeat("a100", 11) + "00", done, false},
		{strings.Repeat("a100", 12), StackOverflow, true},
		{strings.Repeat("bf00", 12), StackOverflow, true},
		{strings.Repeat("c1", 11) + "00", done, false},
		{strings.Repeat("c1", 12), StackOverflow, false},
		{strings.Repeat("c1", 11) + "7f", StackOverflow, true},
		{"a1 787e" + strings.Repeat("61", 126) + "00", done, false},
		{"a1 787f" + strings.Repeat("61", 127), StackOverflow, true}, // path
		{"bb8000000000000000", StackOverflow, true},
		{"bb7fffffffffffffff", Continue, false},
		{"9bffffffffffffffff", Continue, false},
		{"5bffffffffffffffff00", Continue, false},
	} {
		s, r := events(t, c.cbor, 5)
		if r != c.res || strings.HasSuffix(s, "failed") != c.failed {
			t.Errorf("%.30s: %d %.300s", c.cbor, r, s)
		}
	}
}

func path(c *Ctx) string {
	p, _, _ := bytes.Cut(c.Path[:], []byte{0})
	return string(p)
}

func TestPathsAndKeys(t *testing.T) {
	patterns := []string{".b.*\x00", ".a[]\x00"}
	var array []*byte
	for _, p := range patterns {
		array = append(array, unsafe.StringData(p))
	}
	for _, c := range []struct{ cbor, want string }{
		{"a1 6161 82 01 02", ".a#0k .a[]#2:0 .a[]#2:1"},
		{"a1 6162 a1 6163 02", ".b#0k .b.c#1k .b.c#1"},
		// after an array of one its level is not taken for the middle of a map
		{"82 8101 a1 6162 02", "[][]#0:0:0 [].b#0:1k [].b#0:1"},
		{"a2 01 02 03 04", ".#0k .#0 .#0k .#0"},
		{"a1 7f6161ff 02", ".#0k .#0"},
	} {
		var x Ctx
		var out []string
		call := func(x *Ctx, _ unsafe.Pointer, why Reason) int8 {
			if why&isValue == 0 || why == ValStrChunk {
				return 0
			}
			s := fmt.Sprintf("%s#%d", path(x), x.PathMatch)
			for _, i := range x.Indexes[:x.IPos] {
				s += fmt.Sprintf(":%d", i)
			}
			if IsKey(x) {
				s += "k"
			}
			out = append(out, s)
			return 0
		}
		Construct(&x, nil, nil, unsafe.Pointer(&array[0]), uint8(len(array)), call)
		Parse(&x, unhex(t, c.cbor), call)
		if got := strings.Join(out, " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.cbor, got, c.want)
		}
	}
}

// A refusal ends the parsing where something could still be refused.
func TestRefuse(t *testing.T) {
	input := unhex(t, "8a f4f5f6f7 01 20 f90000 fa00000000 fb0000000000000000 c1 84 6161 4100 a10102 f8ff")
	ends := []Reason{ArrayEnd, ObjectEnd, TagEnd, ElementEnd}
	for why := range names {
		var x Ctx
		failed, met := false, false
		call := func(_ *Ctx, _ unsafe.Pointer, r Reason) int8 {
			failed = failed || r == Failed
			if r == why {
				met = true
				return 1
			}
			return 0
		}
		Construct(&x, nil, nil, nil, 0, call)
		met = false
		r := Parse(&x, input, call)
		refused := met && !slices.Contains(ends, why)
		if (r == rejectCallback) != refused || failed != (refused && why != TagStart) {
			t.Errorf("%s: %d %v", names[why], r, failed)
		}
	}
}

func TestSubtree(t *testing.T) {
	var x Ctx
	var out []string
	var call Invoke
	call = func(x *Ctx, _ unsafe.Pointer, why Reason) int8 {
		out = append(out, show(x, why))
		if why == ValBlobEnd {
			inner := slices.Clone(x.Buf[:x.NPos])
			if r := Subtree(x, inner, call); r != Continue {
				t.Error(r)
			}
		}
		return 0
	}
	Construct(&x, nil, nil, nil, 0, call)
	r := Parse(&x, unhex(t, "82 43 820102 03"), call)
	want := "new [ < bytes bytesend(820102) [ < uint1 > < uint2 > ] > < uint3 > ]"
	if got := strings.Join(out, " "); got != want || r != done {
		t.Errorf("%d %s", r, got)
	}
	for x.SP < maxDepth-1 {
		x.SP++
	}
	if Subtree(&x, []byte{0}, call) != StackOverflow || x.SP != maxDepth-1 {
		t.Error("no limit")
	}
}

func TestRaw(t *testing.T) {
	var x Ctx
	var raw []byte
	var call Invoke
	call = func(x *Ctx, _ unsafe.Pointer, why Reason) int8 {
		switch why {
		case TagStart:
			ReportRaw(x, 1, call)
		case TagEnd:
			ReportRaw(x, 0, call)
		case LiteralCBOR:
			raw = append(raw, x.Raw[:x.RawLen]...)
		}
		return 0
	}
	inner := append([]byte{0x78, 200}, bytes.Repeat([]byte{'x'}, 200)...)
	Construct(&x, nil, nil, nil, 0, call)
	input := append(append([]byte{0x83, 1, 0xc1}, inner...), 2)
	if r := Parse(&x, input, call); r != done || !bytes.Equal(raw, inner) {
		t.Errorf("%d %x", r, raw)
	}
}

// However the input is cut, the events are the same; and nothing is out of
// bounds.
func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add(unhex(f, v.cbor))
	}
	f.Add(unhex(f, "9f7f6161ff5f5800ffa1826162a0fff8ff"))
	f.Fuzz(func(t *testing.T, input []byte) {
		see := func(c *Ctx, why Reason) string {
			return show(c, why) + path(c) + fmt.Sprint(c.SP, c.IPos, IsKey(c))
		}
		a, ra := parse(input, len(input)+1, see)
		for _, piece := range []int{1, 3} {
			if b, rb := parse(input, piece, see); a != b || ra != rb {
				t.Errorf("%x by %d: %d %s\n%d %s", input, piece, ra, a, rb, b)
			}
		}
	})
}
