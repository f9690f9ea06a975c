// SPDX-License-Identifier: MIT

package lejp

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unsafe"
)

// cPaths is a C array of C strings.
func cPaths(paths ...string) (unsafe.Pointer, uint8) {
	array := make([]*byte, len(paths))
	for i, p := range paths {
		array[i] = unsafe.StringData(p + "\x00")
	}
	return unsafe.Pointer(unsafe.SliceData(array)), uint8(len(array))
}

var names = map[Reason]string{
	Constructed: "new", Destructed: "gone", Start: "start", Complete: "done",
	Failed: "failed", PairName: "name", ValTrue: "true", ValFalse: "false",
	ValNull: "null", ValNumInt: "int", ValNumFloat: "float",
	ValStrStart: "str", ValStrChunk: "chunk", ValStrEnd: "strend",
	ArrayStart: "[", ArrayEnd: "]", ObjectStart: "{", ObjectEnd: "}",
}

// events parses text in pieces and tells what the callback saw.
func events(text string, piece int, paths ...string) (string, int) {
	c := New(5)
	var out []string
	call := func(_ unsafe.Pointer, why Reason) int8 {
		s := names[why]
		if why&isValue != 0 {
			s += "(" + string(c.Buf[:c.NPos]) + ")"
		}
		if why == PairName || why&isValue != 0 {
			path, _, _ := bytes.Cut(c.Path[:], []byte{0})
			s += "@" + string(path)
			if c.PathMatch != 0 {
				s += fmt.Sprintf("#%d", c.PathMatch)
			}
		}
		if why != Start { // there may be one a piece
			out = append(out, s)
		}
		return 0
	}
	p, n := cPaths(paths...)
	Construct(c, nil, nil, p, n, call)
	r := Continue
	for rest := []byte(text); len(rest) > 0 && r == Continue; {
		k := min(piece, len(rest))
		if r = Parse(c, rest[:k], call); r >= 0 {
			r += len(rest) - k
		}
		rest = rest[k:]
	}
	Destruct(c, call)
	return strings.Join(out, " "), r
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text  string
		paths string
		want  string
		r     int
	}{
		{`{"a":1}`, "a", "new { name@a#1 int(1)@a#1 } done gone", 0},
		{`{"a":true,"b":false,"c":null}x`, "b",
			"new { name@a true()@a name@b#1 false()@b#1 name@c null()@c } done gone", 1},
		{`{"a":-1.5e+3 }`, "", "new { name@a float(-1.5e+3)@a } done gone", 0},
		{`{"a":2e5}`, "", "new { name@a int(2e5)@a } done gone", 0},
		{`{"a":{"b":{"c":"d"}}}`, "a.b.c a.*",
			"new { name@a { name@a.b#2 { name@a.b.c#1 str strend(d)@a.b.c#1 } } } done gone", 0},
		{`[1,[2]]`, "[]", "new [ int(1)@[] [ int(2)@[][] ] ] done gone", 0},
		{`{"a":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac"}`, "",
			"new { name@a str strend(\"\\/\b\f\n\r\tAé€)@a } done gone", 0},
		{"# c {\n{ # d\n\"a\" : 1 # e\n}", "", "new { name@a int(1)@a } done gone", 0},
		{`x`, "", "new failed gone", rejectIdleNoBrace},
		{`{}`, "", "new { failed gone", rejectMembersNoClose},
		{`{a`, "", "new { failed gone", rejectNoOpenQuote},
		{"{\"\n", "", "new { failed gone", rejectIllegalCtrl},
		{`{"\x`, "", "new { failed gone", rejectIllegalEsc},
		{`{"\u00g`, "", "new { failed gone", rejectIllegalHex},
		{`{"a",`, "", "new { failed gone", rejectMissingColon},
		{`{"a":x`, "", "new { name@a failed gone", rejectBadValueStart},
		{`{"a":1.}`, "", "new { name@a failed gone", rejectNoFraction},
		{`{"a":-}`, "", "new { name@a failed gone", rejectNumFormat},
		{`{"a":1ex`, "", "new { name@a failed gone", rejectBadExponent},
		{`{"a":trux`, "", "new { name@a failed gone", rejectUnknownToken},
		{`{"a":1]`, "", "new { name@a int(1)@a failed gone", rejectArrayUnderflow},
		{`[{"a":1]`, "", "new [ { name@[].a int(1)@[].a failed gone", rejectNotArray},
		// a '}' closes what was opened as an array, as in the reference
		{`{"a":[1}`, "", "new { name@a [ int(1)@a[] } gone", Continue},
		{`{"a":[{"b":1}x`, "", "new { name@a [ { name@a[].b int(1)@a[].b } failed gone", rejectNeitherCommaOrEnd},
		{`{"a":1 2`, "", "new { name@a int(1)@a failed gone", rejectNeitherCommaOrEnd},
		{`{"a":` + strings.Repeat("[", 6), "", "new { name@a [ [ [ [ [ [ failed gone", rejectIndexStack},
		{`{"a":`, "", "new { name@a gone", Continue},
	} {
		for _, piece := range []int{1000, 1, 3} {
			got, r := events(c.text, piece, strings.Fields(c.paths)...)
			if got != c.want || r != c.r {
				t.Errorf("%s by %d: %d\n%s\n%s", c.text, piece, r, got, c.want)
			}
		}
	}
}

func TestChunks(t *testing.T) {
	long := strings.Repeat("0123456789", 60)
	got, r := events(`{"a":"`+long+`"}`, 7)
	want := fmt.Sprintf("new { name@a str chunk(%s)@a chunk(%s)@a strend(%s)@a } done gone",
		long[:ChunkSize], long[ChunkSize:2*ChunkSize], long[2*ChunkSize:])
	if got != want || r != 0 {
		t.Errorf("%d %s", r, got)
	}
}

func TestDepth(t *testing.T) {
	deep := strings.Repeat(`{"a":`, MaxDepth+1)
	if _, r := events(deep, 9); r != rejectStackOverflow {
		t.Errorf("%d", r)
	}
	// a name longer than the path goes on behind it, and wraps at 256
	for _, n := range []int{127, 128, 200, 300, 600} {
		name := strings.Repeat("n", n)
		if _, r := events(`{"`+name+`":1}`, 50); r != 0 {
			t.Errorf("name of %d: %d", n, r)
		}
	}
}

func TestRefuse(t *testing.T) {
	for why := range names {
		c := New(5)
		failed := false
		call := func(_ unsafe.Pointer, r Reason) int8 {
			failed = failed || r == Failed
			if r == why {
				return -1
			}
			return 0
		}
		Construct(c, nil, nil, nil, 0, call)
		r := Parse(c, []byte(`{"a":[true,false,null,1,1.5,"`+
			strings.Repeat("x", 300)+`"],"b":{"c":1}}`), call)
		ignored := why == Constructed || why == Destructed ||
			why == Start || why == Failed || why == ArrayEnd
		if ignored != (r == 0) || ignored == failed {
			t.Errorf("%s: %d", names[why], r)
		}
		if !ignored && r != rejectCallback {
			t.Errorf("%s: %d", names[why], r)
		}
	}
}

func TestWildcard(t *testing.T) {
	c := New(5)
	p, n := cPaths("x.*.y", "*.z", "all.*")
	Construct(c, nil, nil, p, n, func(unsafe.Pointer, Reason) int8 { return 0 })
	for _, k := range []struct {
		path  string
		match uint8
		wild  string
	}{
		{"x.abc.y", 1, "abc"}, {"q.z", 2, "q"}, {"all.a.b", 3, "a"}, {"none", 0, ""},
	} {
		copy(c.Path[:], k.path+"\x00")
		c.Parsers[0].PathLen = uint8(len(k.path))
		c.PathMatch = 0
		CheckPathMatch(c)
		if c.PathMatch != k.match {
			t.Errorf("%s: match %d", k.path, c.PathMatch)
			continue
		}
		dest := make([]byte, 10)
		got := Wildcard(c, 0, dest)
		text, _, _ := bytes.Cut(dest, []byte{0})
		if k.match != 0 && got != len(k.wild)+1 || string(text) != k.wild {
			t.Errorf("%s: %d %q", k.path, got, text)
		}
		if Wildcard(c, 1, dest) != 0 || Wildcard(c, -1, dest) != 0 ||
			Wildcard(c, 0, nil) != 0 {
			t.Errorf("%s: a wildcard that is not there", k.path)
		}
	}
	// more wildcards than there is room for
	many, n := cPaths("*.*.*.*.*.*.*")
	Construct(c, nil, nil, many, n, func(unsafe.Pointer, Reason) int8 { return 0 })
	copy(c.Path[:], "a.b.c.d.e.f.g\x00")
	CheckPathMatch(c)
	if c.PathMatch != 1 || c.WildCount != 5 {
		t.Errorf("match %d, %d wildcards", c.PathMatch, c.WildCount)
	}
}

func TestPush(t *testing.T) {
	c := New(5)
	var got []string
	call := func(cb unsafe.Pointer, why Reason) int8 {
		got = append(got, fmt.Sprintf("%s%d", names[why], c.ParserSP))
		if why == PairName && c.ParserSP == 0 {
			Push(c, nil, nil, 0, nil)
		}
		if why == ObjectEnd && c.ParserSP > 0 {
			Pop(c)
		}
		return 0
	}
	Construct(c, nil, nil, nil, 0, call)
	r := Parse(c, []byte(`{"a":{"b":1}}`), call)
	want := "new0 start0 {0 name0 {1 name1 int1 }1 }0 done0"
	if s := strings.Join(got, " "); s != want || r != 0 {
		t.Errorf("%d %s", r, s)
	}
	for range MaxParsers - 1 {
		if !Push(c, nil, nil, 0, nil) {
			t.Error("refused too early")
		}
	}
	if Push(c, nil, nil, 0, nil) {
		t.Error("one too many")
	}
	got = nil
	ChangeCallback(c, nil, call)
	if s := strings.Join(got, " "); s != "gone4 new4 start4" {
		t.Error(s)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"\u00e9"}],"x":{"y":-1.5e3}} # c`), 3)
	f.Add([]byte(`[[[[[[]]]]]]`), 1)
	f.Fuzz(func(t *testing.T, text []byte, piece int) {
		whole, r := events(string(text), len(text)+1, "a[]", "x.*", "*")
		parts, r2 := events(string(text), max(piece, 1), "a[]", "x.*", "*")
		if whole != parts || r != r2 {
			t.Fatalf("%d %s\n%d %s", r, whole, r2, parts)
		}
	})
}
