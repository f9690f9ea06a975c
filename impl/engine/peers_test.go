// SPDX-License-Identifier: MIT

package engine

import (
	"encoding/binary"
	"net/netip"
	"testing"
)

// What is kept of peers is bounded by the connections that there are.
//
// Seen to fail with a Leave that does not forget.
func TestPeersAreForgotten(t *testing.T) {
	r := newRig(t)
	l := &r.ctx.peers
	var last []*PeerPlace
	for i := range 10_000 {
		var a [16]byte
		binary.BigEndian.PutUint64(a[8:], uint64(i))
		p := l.enter(netip.AddrFrom16(a), 2)
		if p == nil || l.enter(p.peer.addr, 1) != nil {
			t.Fatal("not counted right")
		}
		if last = append(last, p); len(last) > 100 {
			last[0].Leave()
			last = last[1:]
		}
	}
	if len(l.by) != len(last) {
		t.Errorf("%d peers are kept for %d connections", len(l.by), len(last))
	}
	for _, p := range last {
		p.Leave()
	}
	if len(l.by) != 0 {
		t.Errorf("%d peers are kept for nobody", len(l.by))
	}
}

// Heads go to who has waited longest, those of connections that end as well.
//
// Seen to fail with a dropHead that does not look for waiters.
func TestHeadsInTurn(t *testing.T) {
	r := newRig(t)
	r.ctx.Peers.Heads = 2
	ctx, addr := r.ctx, netip.MustParseAddr("192.0.2.1")
	var woken []*Conn
	wake := func(c *Conn) { woken = append(woken, c) }
	ctx.Lock()
	defer ctx.Unlock()
	var c []*Conn
	for i := range 6 {
		k := NewConn(r.ctx.First(), r.v, r.role, false)
		ctx.peers.enter(addr, 0).Take(k)
		for range 2 { // the second time nothing changes
			if k.TakeHead(wake) != (i < 2) {
				t.Fatalf("head %d", i)
			}
		}
		c = append(c, k)
	}
	c[3].DropHeaders() // waits no more
	c[0].DropHeaders()
	c[0].DropHeaders()
	c[1].Close(CloseNoStatusContextDestroy)
	r.ctx.First().runPosts()
	if len(woken) != 2 || woken[0] != c[2] || woken[1] != c[4] || !c[2].TakeHead(wake) || c[0].TakeHead(wake) {
		t.Errorf("%d got their heads", len(woken))
	}
	c[2].DropHeaders()
	c[5].Close(CloseNoStatusContextDestroy) // before it has heard of its head
	r.ctx.First().runPosts()
	if len(woken) != 3 || woken[2] != c[0] {
		t.Errorf("%d got their heads", len(woken))
	}
}
