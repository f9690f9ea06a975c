// SPDX-License-Identifier: MIT

package sha1

import (
	"crypto/sha1"
	"testing"
)

// TestSum: as the standard library's, at each length up to some blocks, and without an allocation. Seen to fail where
// only the last block is looked at, and without noescape or nocallback.
func TestSum(t *testing.T) {
	data := make([]byte, 5*64)
	for i := range data {
		data[i] = byte(i*i + 7)
	}
	for n := range data {
		if got, want := Sum(data[:n]), sha1.Sum(data[:n]); got != want {
			t.Fatalf("%d bytes: %x, not %x", n, got, want)
		}
	}
	if got := testing.AllocsPerRun(100, func() { Sum(data[:60]) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte("abc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got, want := Sum(data), sha1.Sum(data); got != want {
			t.Errorf("%x, not %x", got, want)
		}
	})
}

func BenchmarkSum(b *testing.B) {
	data := make([]byte, 60)
	for b.Loop() {
		Sum(data)
	}
}

func BenchmarkStandard(b *testing.B) {
	data := make([]byte, 60)
	for b.Loop() {
		sha1.Sum(data)
	}
}

func BenchmarkLong(b *testing.B) {
	data := make([]byte, 1<<16)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		Sum(data)
	}
}
