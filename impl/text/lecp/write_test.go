// SPDX-License-Identifier: MIT

package lecp

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"unsafe"
)

// goArgs are the arguments of a call: integers, float64, strings (with a NUL).
type goArgs struct {
	t    testing.TB
	rest []any
}

func (a *goArgs) next() any {
	if len(a.rest) == 0 {
		a.t.Fatal("too few arguments")
	}
	v := a.rest[0]
	a.rest = a.rest[1:]
	return v
}

func (a *goArgs) Number(kind uint8) uint64 {
	switch v := a.next().(type) {
	case float64:
		return math.Float64bits(v)
	case uint64:
		return v
	case int:
		return uint64(v)
	case string:
		a.t.Fatal("a number was asked for")
	}
	return 0
}

func (a *goArgs) Pointer() unsafe.Pointer {
	s, ok := a.next().(string)
	if !ok {
		a.t.Fatal("a pointer was asked for")
	}
	return unsafe.Pointer(unsafe.StringData(s + "\x00"))
}

// write writes with buffers of the given size.
func write(t testing.TB, size int, format string, args ...any) ([]byte, error) {
	var w Writer
	var out []byte
	buf := make([]byte, size+1) // its end is inside
	Init(&w, unsafe.Pointer(&buf[0]), uintptr(size))
	for {
		res, err := Printf(&w, []byte(format), &goArgs{t, args})
		if res == Fail {
			return nil, err
		}
		if res == Again && w.Used != uintptr(size) {
			t.Errorf("%s: %d of %d bytes used", format, w.Used, size)
		}
		out = append(out, buf[:w.Used]...)
		if res == Finished {
			return out, nil
		}
		SetBuf(&w, unsafe.Pointer(&buf[0]), uintptr(size))
	}
}

func TestWriteVectors(t *testing.T) {
	for _, v := range vectors {
		if v.format == "" {
			continue
		}
		for _, size := range []int{1000, 1, 2, 3, 5} {
			got, err := write(t, size, v.format)
			if want := unhex(t, v.cbor); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s by %d: %x %v, want %x", v.format, size, got, err, want)
			}
		}
	}
}

func TestWriteArguments(t *testing.T) {
	for _, c := range []struct {
		format string
		args   []any
		want   string
	}{
		{"%d", []any{-1}, "20"},
		{"%u", []any{-1}, "1affffffff"},
		{"%lu", []any{-1}, "1bffffffffffffffff"},
		{"%lld", []any{math.MinInt64}, "3b7fffffffffffffff"},
		{"[%d,%ld,%lld,%u,%lu,%llu]", []any{-500, 70000, 1 << 40, 23, 24, 65535},
			"8639 01f3 1a00011170 1b0000010000000000 17 1818 19ffff"},
		{"{%s:%.*s,%.*b:%d}", []any{"key", 2, "value", 3, "\x01\x02\x03", 7},
			"a2 636b6579 627661 43010203 07"},
		{"[%s,%.*b]", []any{"", 0, ""}, "82 60 40"},
		{"%s", []any{strings.Repeat("x", 300)}, "79012c" + strings.Repeat("78", 300)},
		{"[%t(%s),%llt(1),%lt([])]", []any{32, "a", 1 << 40, 55799},
			"83 d8206161 db000001000000000001 d9d9f780"},
		{"[123(1),12(%d)]", []any{2}, "82 d87b01 cc02"},
		{"<b%.*b,%.*b>", []any{1, "a", 2, "bc"}, "5f 4161 426263 ff"},
		{`['\'', '\\a']`, nil, "82 6127 625c61"},
		{"['%d:]']", nil, "81 6425643a5d"},
		{"[-0,\n-1, 0]", nil, "83 00 20 00"},
		{"%f", []any{0.0}, "f90000"},
		{"%f", []any{math.Copysign(0, -1)}, "f98000"},
		{"%f", []any{65504.0}, "f97bff"},
		{"%f", []any{5.960464477539063e-8}, "f90001"},
		{"%f", []any{100000.0}, "fa47c35000"},
		{"%f", []any{1.401298464324817e-45}, "fa00000001"},
		{"%f", []any{1.1}, "fb3ff199999999999a"},
		{"%f", []any{math.Inf(-1)}, "f9fc00"},
		{"%f", []any{math.NaN()}, "fb7ff8000000000001"},
		{"[%f,%f]", []any{1.5, 1e300}, "82 f93e00 fb7e37e43c8800759c"},
	} {
		for _, size := range []int{1000, 1, 2, 3, 7} {
			got, err := write(t, size, c.format, c.args...)
			if want := unhex(t, c.want); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s by %d: %x %v, want %x", c.format, size, got, err, want)
			}
		}
	}
}

// What one call opens another may close: then the length is indefinite.
func TestWriteParts(t *testing.T) {
	var w Writer
	var buf [64]byte
	Init(&w, unsafe.Pointer(&buf[0]), 63)
	for _, format := range []string{"[1,{'a':", "2,'b':<t'c'", ",'d'>}", ",3(", "4)]"} {
		if res, err := Printf(&w, []byte(format), nil); res != Finished {
			t.Error(format, err)
		}
	}
	if got := fmt.Sprintf("%x", buf[:w.Used]); got != "9f01bf616102"+"6162"+"7f61636164ff"+"ff"+"c304"+"ff" {
		t.Error(got)
	}
}

func TestWriteBad(t *testing.T) {
	for _, format := range []string{
		"]", "}", ")", ">", "[}", "{]", "[1,(2)]", "(1)", "[1:2]", "{1}", "{1:2,3}", "'abc", `'abc\`,
		"<", "<x>", "<t'a']", "-", "-5(1)", "18446744073709551616", "%", "%x", "%b", "%.*d", "%.s", "%t", "%t1",
		strings.Repeat("[", 17), strings.Repeat("[", 17) + strings.Repeat("]", 17),
		strings.Repeat("%d", 16), "[1", "{'a':1",
	} {
		args := []any{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
		_, err := write(t, 100, format, args...)
		if wellFormed := format == "[1" || format == "{'a':1"; (err == nil) != wellFormed {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, err := write(t, 100, "%.*s", -1, "x"); err != errLength {
		t.Error(err)
	}
	var w Writer
	var buf [64]byte
	Init(&w, unsafe.Pointer(&buf[0]), 63)
	for n := range 3 {
		if err := Int(&w, majorUint, false, math.MaxUint64); (err != nil) != (n == 2) {
			t.Error(n, err)
		}
	}
	if Flush(&w) || uintptr(w.At) != uintptr(w.Start)+18 {
		t.Error("not flushed")
	}
}

// However small the buffers are, the bytes are the same; and they parse.
func FuzzPrintf(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.format)
	}
	f.Add("[%d,{%s:%.*b},%t(%f),<t'a',%.*s>]")
	f.Fuzz(func(t *testing.T, format string) {
		if strings.ContainsRune(format, 0) {
			return
		}
		args := argsFor(format)
		a, err := write(t, len(format)*100+100, format, args...)
		if b, e := write(t, 1, format, args...); !bytes.Equal(a, b) || err != e {
			t.Errorf("%q: %x %v, by one %x %v", format, a, err, b, e)
		}
	})
}

// argsFor are arguments that a format asks for, as far as it is good.
func argsFor(format string) (args []any) {
	for at := 0; at < len(format); {
		t, err := next([]byte(format), at)
		at = t.end
		switch {
		case err != nil || t.c != '%' && !t.conv:
		case t.letter == 's' || t.letter == 'b':
			if t.sized {
				args = append(args, 2)
			}
			args = append(args, "text")
		default:
			args = append(args, 1000)
		}
	}
	return args
}
