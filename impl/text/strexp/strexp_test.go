// SPDX-License-Identifier: MIT

package strexp

import (
	"bytes"
	"strings"
	"testing"
)

// lookup knows "x" and "long"; it puts out what fits and remembers the rest.
func lookup(e *Expander) Result {
	name, _, _ := bytes.Cut(e.Name[:], []byte{0})
	values := map[string]string{"x": "VALUE", "long": strings.Repeat("0123", 9), "e": ""}
	v, ok := values[string(name)]
	if !ok {
		return FatalNameUnknown
	}
	rest := v[e.ExpOfs:]
	n := min(len(rest), int(e.OutLen-e.Pos))
	for i := range n {
		e.put(rest[i])
	}
	if e.Pos == e.OutLen {
		e.ExpOfs += uint(n)
		return FilledOut
	}
	return Done
}

// expand runs in through outputs of the given size and joins them.
func expand(in string, size int) (string, Result) {
	e := Expander{Lookup: lookup}
	var all []byte
	text := []byte(in)
	for {
		e.Out, e.OutLen, e.Pos = make([]byte, size), uint(size), 0
		r, p := e.Expand(text)
		all = append(all, e.Out[:e.Pos]...)
		if r != FilledOut {
			return string(all), r
		}
		text = text[p.Used:]
	}
}

func TestExpand(t *testing.T) {
	for _, c := range []struct {
		in   string
		want string
		r    Result
	}{
		{"", "", Done},
		{"text", "text", Done},
		{"a${x}b", "aVALUEb", Done},
		{"${e}${x}${x}", "VALUEVALUE", Done},
		{"${long}!", strings.Repeat("0123", 9) + "!", Done},
		{"cost $5", "cost $5", Done},
		{"$$x", "$$$x", Done}, // the second '$' counts again
		{"$", "", Done},
		{"a${open", "a", Done},
		{"${no}", "", FatalNameUnknown},
		{"${" + strings.Repeat("n", 31) + "}", "", FatalNameUnknown},
		{"${" + strings.Repeat("n", 32) + "}", "", FatalNameTooLong},
	} {
		for _, size := range []int{100, 64, 7, 5} {
			got, r := expand(c.in, size)
			if r != c.r || r == Done && got != c.want {
				t.Errorf("%q by %d: %q %d", c.in, size, got, r)
			}
			if strings.Contains(c.in, "$5") || strings.Contains(c.in, "$$") {
				break // needs three bytes at once
			}
		}
	}
}

func TestMeasure(t *testing.T) {
	e := Expander{OutLen: 100, Lookup: lookup}
	r, p := e.Expand([]byte("a${x}b"))
	if r != Done || p != (Progress{true, 6, 7}) {
		t.Errorf("%d %+v", r, p)
	}
}

func FuzzExpand(f *testing.F) {
	f.Add([]byte("a${x}$${long}b${e}"), 9, 4)
	f.Fuzz(func(t *testing.T, in []byte, size, cut int) {
		size = min(max(size, 1), 64)
		cut = min(max(cut, 0), len(in))
		e := Expander{Lookup: lookup}
		for _, text := range [][]byte{in[:cut], in[cut:]} {
			for rounds := 0; rounds < 4096; rounds++ {
				e.Out, e.OutLen, e.Pos = make([]byte, size), uint(size), 0
				r, p := e.Expand(text)
				if e.Pos > uint(size) || p.Used > len(text) {
					t.Fatalf("%+v %+v", e, p)
				}
				if r < 0 {
					return
				}
				if r == Done {
					break
				}
				text = text[p.Used:]
			}
		}
	})
}
