// SPDX-License-Identifier: MIT

package h1

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func spell(ranges []ByteRange, beyond bool) string {
	if beyond {
		return "beyond"
	}
	all := ""
	for _, r := range ranges {
		all += fmt.Sprintf("%d-%d ", r.Start, r.End-1)
	}
	return strings.TrimSpace(all)
}

func TestRanges(t *testing.T) {
	many := func(n int) string { return "bytes=" + strings.Repeat("1-1,", n-1) + "1-1" }
	for _, c := range []struct{ field, want string }{
		{"bytes=0-499", "0-499"},
		{"bytes=500-999", "500-999"},
		{"bytes=-500", "500-999"},
		{"bytes=500-", "500-999"},
		{"bytes=0-0,-1", "0-0 999-999"},
		{"bytes=500-600,601-999", "500-600 601-999"},
		{"bytes=500-700,601-999", "500-700 601-999"},
		{"bytes=2-3,0-1", "2-3 0-1"},
		{"bytes=0-999", "0-999"},
		{"bytes=0-1000", "0-999"},
		{"bytes=999-", "999-999"},
		{"Bytes=1-2", "1-2"},
		{"bytes=\t1-2 ,, 3-3,", "1-2 3-3"},
		{"bytes=0001-0002", "1-2"},
		{"bytes=-2000", "0-999"},
		{"bytes=990-99999999999999999999999999", "990-999"},
		{"bytes=-99999999999999999999999999", "0-999"},
		{many(MaxRanges), strings.TrimSpace(strings.Repeat("1-1 ", MaxRanges))},

		{"bytes=1000-", "beyond"},
		{"bytes=1000-1001", "beyond"},
		{"bytes=-0", "beyond"},
		{"bytes=5-2", "beyond"},
		{"bytes=99999999999999999999999999-", "beyond"},
		{"bytes=99999999999999999999999999-99999999999999999999999999", "beyond"},
		{"bytes=9223372036854775807-9223372036854775807", "beyond"},
		{"bytes=1000-,5-4", "beyond"},
		{"bytes=1000-,5-5", "5-5"},

		{"", ""}, {"bytes", ""}, {"bytes=", ""}, {"bytes=,", ""}, {"lines=1-2", ""}, {"bytes 1-2", ""},
		{"bytes=1", ""}, {"bytes=-", ""}, {"bytes=a-b", ""}, {"bytes=1-b", ""}, {"bytes=--1", ""}, {"bytes=-1-2", ""},
		{"bytes=1-2-3", ""}, {"bytes=+1-2", ""}, {"bytes=0x1-2", ""}, {"bytes=1 - 2", ""}, {"bytes=1-2;3-4", ""},
		{"bytes=1-2,x", ""}, {"bytes=1.5-2", ""}, {"bytes=1-2\x00", ""},
		{many(MaxRanges + 1), ""},
		{many(100000), ""},
		{"bytes=0-,0-", ""},
		{"bytes=0-500,400-900", ""},
		{"bytes=" + strings.Repeat("0-,", 10000), ""},
		{"bytes=" + strings.Repeat("5-4,", 10000), ""},
		{"bytes=" + strings.Repeat("1", 100000) + "-", "beyond"},
	} {
		if got := spell(Ranges(nil, []byte(c.field), 1000)); got != c.want {
			t.Errorf("%.60q: %s, want %s", c.field, got, c.want)
		}
	}
	if got := spell(Ranges(nil, []byte("bytes=0-,-1"), 0)); got != "" {
		t.Errorf("of nothing: %s", got)
	}
	if got := spell(Ranges(nil, []byte("bytes=1-,0-0"), 1<<63-1)); got != "1-9223372036854775806 0-0" {
		t.Errorf("of the largest: %s", got)
	}
}

func TestRangesAllocateNothing(t *testing.T) {
	room, field := make([]ByteRange, 0, 4), []byte("bytes=1-2,-3, 5-")
	if n := testing.AllocsPerRun(100, func() { Ranges(room, field, 100) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzRanges: whatever is asked for, what comes of it lies within the size, is not
// empty, and is no more than the size in all; what was in front stays.
func FuzzRanges(f *testing.F) {
	for _, s := range []string{"bytes=0-1", "bytes=-5,7-", "bytes=1000-", "bytes= 1-2 ,,3-99999999999999999999", "bytes=5-2", "lines=1-2"} {
		f.Add([]byte(s), int64(1000))
		f.Add([]byte(s), int64(1<<63-1))
	}
	f.Fuzz(func(t *testing.T, field []byte, size int64) {
		front := []ByteRange{{7, 8}}
		got, beyond := Ranges(slices.Clone(front), field, size)
		if len(got) > 1+MaxRanges || got[0] != front[0] || beyond && len(got) > 1 {
			t.Fatalf("%q of %d: %v %v", field, size, got, beyond)
		}
		left := size
		for _, r := range got[1:] {
			if left -= r.Len(); r.Start < 0 || r.Len() <= 0 || r.End > size || left < 0 {
				t.Fatalf("%q of %d: %v", field, size, got)
			}
		}
	})
}
