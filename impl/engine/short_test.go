// SPDX-License-Identifier: MIT

package engine

import (
	"testing"
	"unsafe"
)

// TestCancelled: C goes on with a turn behind a wait that was cancelled where the program did nothing
// that its end would have to do.
//
// Seen to fail: with each part of settled left out.
func TestCancelled(t *testing.T) {
	for name, d := range map[string]struct {
		do      func(r *rig)
		settled bool
	}{
		"nothing":       {func(*rig) {}, true},
		"WRITEABLE":     {func(r *rig) { r.c.AskWriteable() }, false},
		"a close":       {func(r *rig) { r.c.Close(CloseNoStatus) }, false},
		"a timer":       {func(r *rig) { r.c.SetTimerUS(1e6) }, true},
		"other events":  {func(r *rig) { r.c.FlowControl(false) }, false},
		"another one":   {func(r *rig) { r.ctx.First().Cancel() }, false},
		"a vhost's end": {func(r *rig) { r.v.Destroy() }, false},
		"the end":       {func(r *rig) { r.ctx.Destroy() }, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.turn(0)
			pt, told := r.ctx.First(), 0
			r.p.fn = func(_ *Face, reason Reason) int {
				if reason == ReasonEventWaitCancelled {
					told++
					r.ctx.Lock()
					defer r.ctx.Unlock()
					d.do(r)
				}
				return 0
			}
			pt.F.InTurn, pt.F.Cancel = 1, 1
			visits, settled := pt.Cancelled()
			if told != 1 || settled != d.settled || visits != pt.F.lock.visits && settled {
				t.Errorf("told %d times; settled: %v, want %v; %d visits, not %d", told, settled, d.settled, visits, pt.F.lock.visits)
			}
			r.p.fn = nil
			pt.TakeOver()
			r.turn(0)
		})
	}
}

// TestAfar: what another thread has asked for of a connection that ends meanwhile is not asked for of the next one
// that has its struct lws.
//
// Seen to fail: without the look at them before closed connections are reclaimed.
func TestAfar(t *testing.T) {
	r := newRig(t)
	r.turn(0)
	f := r.c.F
	f.Asked, r.ctx.First().F.Afar = 1, unsafe.Pointer(f)
	r.ctx.Lock()
	r.c.Close(CloseNoStatus)
	r.ctx.Unlock()
	r.turn(0)
	if f.Asked != 0 || r.ctx.First().F.Afar != nil {
		t.Errorf("asked: %d", f.Asked)
	}
}

// TestHeard: what C notes counts as if Go had been told at once; it does not note where the timer would be late.
//
// Seen to fail: without the look at it, without the time of it, with a ping on its way that does not count.
func TestHeard(t *testing.T) {
	r := newRig(t)
	c := r.c
	r.ctx.Lock()
	defer r.ctx.Unlock()
	if c.SetRetry(Retry{}); c.heeds() != 1 {
		t.Error("nothing is waited for, and it is not noted")
	}
	c.SetRetry(Retry{PingSecs: 10, HangupSecs: 20})
	if c.heeds() != 0 {
		t.Error("noted before the first time")
	}
	c.Valid()
	if c.heeds() != 1 {
		t.Error("not noted")
	}
	at := Now() - 3*second
	c.F.Heard, c.F.Lent = at, 1
	c.validityDue()
	if c.pinged || c.validity.At != at+10*second || c.F.Heard != 0 {
		t.Errorf("pinged: %v, due in %d µs", c.pinged, c.validity.At-at)
	}
	c.validityDue()
	if !c.pinged || c.heeds() != 0 || c.F.Lent != 0 {
		t.Errorf("pinged: %v, noted: %d, lent: %d", c.pinged, c.heeds(), c.F.Lent)
	}
	c.F.Heard = at
	if c.Valid(); c.F.Heard != 0 || c.heeds() != 1 {
		t.Error("older than what Go knows")
	}
}
