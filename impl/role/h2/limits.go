// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h2"
)

// What costs us more than the peer is limited: each kind has a bucket that
// is filled again with time. A peer that empties one is told
// ENHANCE_YOUR_CALM (RFC 9113 §10.5).
type limits struct {
	control bucket // frames that we have to answer, or that do nothing
	resets  bucket // streams that are opened for nothing
}

func (l *limits) init() {
	l.control = bucket{size: 1000, perSecond: 100}
	l.resets = bucket{size: 200, perSecond: 50}
	l.control.left, l.resets.left = l.control.size, l.resets.size
}

type bucket struct {
	size, left, perSecond int64
	at                    int64 // when it was last filled
}

var errCalm = &wire.Error{Code: wire.EnhanceYourCalm, Reason: "too many frames that do nothing"}

const secondUS = 1_000_000

// take takes one; false, with a log line: it is empty.
func (b *bucket) take(n *Net, what string) bool {
	now := engine.Now()
	if add := (now - b.at) * b.perSecond / secondUS; add > 0 {
		b.left, b.at = min(b.size, b.left+add), now
	}
	if b.left == 0 {
		engine.Warnf("%s: too many %s (limit %d, then %d a second): closing", n.c, what, b.size, b.perSecond)
		n.goAway(wire.EnhanceYourCalm, "too many "+what)
		n.c.SetLinger()
		return false
	}
	b.left--
	return true
}
