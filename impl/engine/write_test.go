// SPDX-License-Identifier: MIT

package engine

import (
	"bytes"
	"testing"
)

// TestOutQueue: a queue that never gets empty stays in order and does not grow
// with what has passed through it.
func TestOutQueue(t *testing.T) {
	var q *outQueue
	var in, out byte
	next := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i], in = in, in+1
		}
		return b
	}
	q = q.add(next(5000))
	for i := range 2000 {
		q = q.add(next(1000 + i%7))
		n := 1000 + i%7
		got := q.b[q.off : q.off+n]
		want := make([]byte, n)
		for k := range want {
			want[k], out = out, out+1
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("round %d: not in order", i)
		}
		q = q.drop(n)
	}
	if !q.full() || len(q.b)-q.off != 5000 {
		t.Errorf("%d bytes are left, not 5000", len(q.b)-q.off)
	}
	if cap(q.b) > 100_000 {
		t.Errorf("the queue takes %d bytes for 5000", cap(q.b))
	}
	q = q.drop(5000)
	if q.full() {
		t.Error("the memory of an empty queue is kept")
	}
}
