// SPDX-License-Identifier: MIT

package h1

import "testing"

func TestAccepts(t *testing.T) {
	for field, want := range map[string]bool{
		"gzip": true, "GZip": true, "deflate, gzip": true, "br;q=1.0, gzip;q=0.5": true, "gzip ; q=1": true, "gzip;q=0.001": true,
		"gzip;q=": true, "gzip;x": true, ",,gzip,": true,
		"": false, "gzip;q=0": false, "gzip; Q=0.000": false, "x-gzip": false, "gzipped": false, "deflate": false, "*": false, "identity": false,
		"gzip;q=0, gzip": false,
	} {
		if got := Accepts([]byte(field), "gzip"); got != want {
			t.Errorf("%q: %v", field, got)
		}
	}
}
