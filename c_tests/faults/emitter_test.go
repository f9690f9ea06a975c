// SPDX-License-Identifier: MIT

package faults

import (
	"strings"
	"testing"
	"time"

	h "libwebsockets/c_tests/harness"
)

// TestEmitter: the program's log emitter takes a lock and calls the library;
// other threads call the library with that lock held. Where lines are emitted
// under the library's own lock both wait for each other for ever; where they
// are emitted late the program sees an error before its line.
func TestEmitter(t *testing.T) {
	p := h.Start(t, h.Build(t, prog("emitter.c"))).Ready()
	if err := loadFor(p.Addr(), 3, 500*time.Millisecond, 20); err != nil {
		t.Error(err)
	}
	for range 40 { // each says much at its begin and end
		r, err := h.Dial(p.Addr(), "", 10*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CloseCleanly(); err != nil {
			t.Error(err)
		}
		r.Close()
	}
	p.WaitLine("^WORKED$", 40*time.Second)
	p.Stop()
	if all := strings.Join(p.All(), "\n"); !strings.Contains(all, "LINES many") {
		t.Errorf("printed %q", all)
	}
}
