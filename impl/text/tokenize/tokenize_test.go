// SPDX-License-Identifier: MIT

package tokenize

import (
	"fmt"
	"strings"
	"testing"
)

// all is what Next gives for text, as "elem:content" and an error or "end".
func all(text string, flags Flags) string {
	t := Tokenizer{In: []byte(text), Flags: flags}
	var out []string
	for {
		e := t.Next()
		if e <= 0 {
			return strings.Join(append(out, fmt.Sprint(int(e))), " ")
		}
		out = append(out, fmt.Sprintf("%d:%s", e,
			t.In[t.Start:t.Start+t.Len]))
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		text  string
		flags Flags
		want  string
	}{
		{"", 0, "0"},
		{" \t\r\n\f", 0, "0"},
		{"abc", 0, "2:abc 0"},
		{"abc\x00def", 0, "2:abc 0"},
		{"a,b", 0, "2:a 1:, 2:b 0"},
		{"a b", 0, "2:a 2:b 0"},
		{"12 3.5 1.2.3", 0, "3:12 4:3.5 -3"},
		{"12 3.5", NoFloats, "3:12 3:3 1:. 3:5 0"},
		{"12", NoIntegers, "2:12 0"},
		{"12a", 0, "2:12a 0"},
		{"a=b c = d", 0, "5:a 2:b 5:c 2:d 0"},
		{"1=2", 0, "-2"},
		{"1=2", NoIntegers, "5:1 2:2 0"},
		{"a:b", 0, "2:a 1:: 2:b 0"},
		{"a : b", AggColon, "6:a 2:b 0"},
		{`"x y" z`, 0, "7:x y 2:z 0"},
		{`a "b"`, 0, "7:b 0"}, // the string takes the token's place
		{`"open`, 0, "-4"},
		{"a-b", 0, "2:a 1:- 2:b 0"},
		{"a-b", MinusNonterm, "2:a-b 0"},
		{"a.b", DotNonterm, "2:a.b 0"},
		{"a/b", SlashNonterm, "2:a/b 0"},
		{"a*b *", 0, "2:a 1:* 2:b 1:* 0"},
		{"a*b *", AsteriskNonterm, "2:a*b 2:* 0"},
		{"a=b =1", EqualsNonterm, "2:a=b 2:=1 0"},
		{"1=2 = 3", EqualsNonterm, "2:1=2 2:= 3:3 0"},
		{"a=b", EqualsNonterm | RFC7230Delims, "2:a 1:= 2:b 0"},
		{"a#b\nc", HashComment, "2:a 2:c 0"},
		{`"a#b"`, HashComment, "7:a#b 0"},
		{"a, b", CommaSepList, "2:a 1:, 2:b 0"},
		{"a b", CommaSepList, "2:a -1"},
		{"a,,b", CommaSepList, "2:a 1:, -1"},
		{",a", CommaSepList, "-1"},
		{"a,", CommaSepList, "2:a 1:, -1"},
		{"text/html;q=1", RFC7230Delims | DotNonterm, "2:text 1:/ 2:html 1:; 5:q 3:1 0"},
		{"a+b*c", RFC7230Delims, "2:a+b*c 0"},
		{"é", RFC7230Delims, "2:é 0"},
		{"é", 0, "2:\xc3 -5"}, // as the reference: see delimits
		{"\xc3", 0, "-5"},
		{"\xc0\x80", 0, "-5"},
		{"\"\xed\xa0\x80\"", 0, "-5"},
		{"\"\xf0\x9f\x98\x80\"", 0, "7:\xf0\x9f\x98\x80 0"},
		{"\"\xf4\x90\x80\x80\"", 0, "-5"},
	} {
		if got := all(c.text, c.flags); got != c.want {
			t.Errorf("%q flags %x: %s, want %s", c.text, c.flags, got, c.want)
		}
	}
}

func FuzzNext(f *testing.F) {
	f.Add([]byte("a = \"b\", 1.5 # c\n: d"), uint16(0x1ff))
	f.Fuzz(func(t *testing.T, text []byte, flags uint16) {
		k := Tokenizer{In: text, Flags: Flags(flags)}
		for {
			before := k.Pos
			e := k.Next()
			if k.Pos > len(text) || k.Start+k.Len > len(text) {
				t.Fatalf("beyond the end: %+v", k)
			}
			if e <= 0 {
				return
			}
			if k.Pos <= before {
				t.Fatalf("no progress: %+v", k)
			}
			if k.Start < 0 {
				t.Fatalf("element %d without a place", e)
			}
		}
	})
}
