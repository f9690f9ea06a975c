// SPDX-License-Identifier: MIT

package ws

import (
	"fmt"
	"strings"
	"testing"
)

var someOptions = []ExtOption{{"none", ExtNone}, {"dec", ExtDec}, {"opt", ExtOptDec}, {"optional", ExtOptDec}}

func TestParseExtOptions(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"none", "none"},
		{"none; dec=12", "none dec=12"},
		{" opt ; opt=7 , dec", "opt opt=7"},
		{`dec="15"; none`, "dec=15 none"},
		{`dec="15`, "dec=15"},
		{"dec", "dec"}, // the reference, too, tells of it at the very end
		{"dec;", "error"},
		{"dec=", "error"},
		{"dec=x", "error"},
		{"dec=1x", "dec=1x"}, // the last byte counts, as in the reference
		{"none=1", "error"},
		{"unknown", "error"},
		{"optional=3", "error"}, // hidden by opt
		{"non", ""},
	} {
		var got []string
		err := ParseExtOptions([]byte(c.in), someOptions, func(o, at, n int) {
			s := someOptions[o].Name
			if at >= 0 {
				s += "=" + c.in[at:at+n]
			}
			got = append(got, s)
		})
		if err != nil {
			got = append(got, "error")
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%q: %q, want %q", c.in, s, c.want)
		}
	}
}

func FuzzExtOptions(f *testing.F) {
	for _, s := range []string{"none; dec=12", `opt="7", dec`, "dec=", "  ;;,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_ = ParseExtOptions([]byte(s), someOptions, func(o, at, n int) {
			if o < 0 || o >= len(someOptions) || at >= 0 && (n < 1 || at+n > len(s)) || at < -1 {
				t.Fatal(fmt.Sprint(o, at, n))
			}
		})
	})
}
