package h1

import (
	"strings"
	"testing"
)

var testVars = Expander{
	Vars: []string{"$a", "$name", "$namelong", "$empty"},
	Replace: func(i int) []byte {
		return []byte([]string{"<A>", "never", "NL", ""}[i])
	},
}

func expandAll(pieces ...string) string {
	var out, held []byte
	for i, p := range pieces {
		dst := make([]byte, 0, 4096)
		dst, held, _ = testVars.Expand(dst, held, []byte(p), i == len(pieces)-1)
		out = append(out, dst...)
	}
	return string(out)
}

func TestExpand(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"plain":                   "plain",
		"x$ay":                    "x<A>y",
		"$a$a":                    "<A><A>",
		"$$a":                     "$<A>",
		"$nam":                    "$nam",
		"$namelong!":              "NL!",
		"$namelo":                 "$namelo",
		"$name!":                  "$name!", // another name begins with it
		"$empty|":                 "|",
		"cost $5":                 "cost $5",
		strings.Repeat("$a-", 20): strings.Repeat("<A>-", 20),
	} {
		if got := expandAll(in); got != want {
			t.Errorf("%q gives %q, want %q", in, got, want)
		}
		for i := 0; i <= len(in); i++ {
			if got := expandAll(in[:i], in[i:]); got != want {
				t.Errorf("%q cut at %d gives %q, want %q", in, i, got, want)
			}
		}
	}
	if _, _, ok := testVars.Expand(make([]byte, 0, 5), nil, []byte("ab$aa"), true); ok {
		t.Error("more than the room was used")
	}
}

// FuzzExpand: where a text is cut makes no difference.
func FuzzExpand(f *testing.F) {
	f.Add("x$a$namelong$name$$", 3, 9)
	f.Add("$", 0, 1)
	f.Fuzz(func(t *testing.T, text string, i, j int) {
		if len(text) > 500 || i < 0 || j < i || j > len(text) {
			t.Skip()
		}
		if whole, cut := expandAll(text), expandAll(text[:i], text[i:j], text[j:]); whole != cut {
			t.Errorf("%q: whole %q, cut %q", text, whole, cut)
		}
	})
}
