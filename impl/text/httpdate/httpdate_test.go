// SPDX-License-Identifier: MIT

package httpdate

import (
	"net/http"
	"testing"
)

// net/http is the second opinion. Seen to fail without RFC850.
func TestParse(t *testing.T) {
	for _, text := range []string{
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, 06 Nov 1994 08:49:37 CET", "06 Nov 1994 08:49:37 GMT", "", "Sun", "Sun, 32 Nov 1994 08:49:37 GMT",
	} {
		got, err := Parse(text)
		want, failed := http.ParseTime(text)
		if (err == nil) != (failed == nil) || err == nil && !got.Equal(want) {
			t.Errorf("%q: %v %v, net/http %v %v", text, got, err, want, failed)
		}
		if err == nil && Format(got.Unix()) != got.UTC().Format(http.TimeFormat) {
			t.Errorf("%q comes back as %q", text, Format(got.Unix()))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Sun, 06 Nov 1994 08:49:37 GMT")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse(text)
		want, failed := http.ParseTime(text)
		if (err == nil) != (failed == nil) || err == nil && !got.Equal(want) {
			t.Errorf("%q: %v %v, net/http %v %v", text, got, err, want, failed)
		}
		if _, e := ParseCookie(text); e != nil && err == nil {
			t.Errorf("%q is no cookie's time", text)
		}
	})
}
