// SPDX-License-Identifier: MIT

package h1

import (
	"bytes"
	"testing"
)

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

func TestChoose(t *testing.T) {
	codings := []string{"br", "gzip", "deflate"}
	for field, want := range map[string]struct {
		best  int
		taken uint8
	}{
		"":                                    {-1, 0},
		"gzip":                                {1, 2},
		"GZIP , Deflate":                      {1, 6},
		"deflate, gzip":                       {1, 6},
		"deflate, gzip, br":                   {0, 7},
		"gzip;q=0.5, deflate;q=0.8":           {2, 6},
		"gzip;q=0.5, deflate;q=0.55":          {2, 6},
		"gzip;q=0.001,deflate;q=0.002":        {2, 6},
		"gzip;q=0, deflate":                   {2, 4},
		"gzip;q=0.000":                        {-1, 0},
		"gzip; q=0":                           {-1, 0},
		"gzip;q=1.000, br;q=0.9":              {1, 3},
		"identity, gzip;q=0.5":                {-1, 2},
		"identity;q=0.5, gzip;q=0.5":          {1, 2},
		"identity;q=0, gzip;q=0.1":            {1, 2},
		"*":                                   {-1, 0},
		"*;q=0.1, gzip;q=0":                   {-1, 0},
		"gzipx, xgzip, g, x-gzip":             {-1, 0},
		"gzip;q=0, gzip;q=1":                  {1, 2},
		"gzip;q=abc":                          {1, 2},
		",,;q=1,;,gzip;,":                     {1, 2},
		"gzip;q=0.99999999999999999999999999": {1, 2},
	} {
		if best, taken := Choose([]byte(field), codings); best != want.best || taken != want.taken {
			t.Errorf("%q: %d, %03b, not %d, %03b", field, best, taken, want.best, want.taken)
		}
	}
}

// FuzzChoose: what is chosen is taken, and what is taken is named.
func FuzzChoose(f *testing.F) {
	for _, s := range []string{"gzip, deflate, br", "gzip;q=0.5,*;q=0", "identity;q=1, br;q=0.1", ";;,,q=,"} {
		f.Add([]byte(s))
	}
	codings := []string{"br", "gzip", "deflate"}
	f.Fuzz(func(t *testing.T, b []byte) {
		best, taken := Choose(b, codings)
		if best >= 0 && taken&(1<<best) == 0 || taken>>len(codings) != 0 {
			t.Fatalf("%q: %d of %b", b, best, taken)
		}
		for i, k := range codings {
			if taken&(1<<i) != 0 && !bytes.Contains(bytes.ToLower(b), []byte(k)) {
				t.Fatalf("%q: %s is taken", b, k)
			}
			if Accepts(b, k) && taken&(1<<i) == 0 {
				t.Fatalf("%q: %s is not taken", b, k)
			}
		}
	})
}
