// SPDX-License-Identifier: MIT

package h2

import wire "libwebsockets/impl/wire/h2"

// past is what is remembered of a stream that ended not long ago.
type past struct {
	id uint32
	// reset: we reset it. What the peer sent before it knew is no error; else it is
	// one to send anything but WINDOW_UPDATE (RFC 9113 §5.1).
	reset bool
	// untold: it is told that when it sends more. Debian's clients do not end requests
	// that have no body, and take a reset behind the answer for a failure.
	untold bool
	tx     wire.Window // a WINDOW_UPDATE may be too large still (§6.9.1), unless we reset the stream
}

// note remembers a stream, in the place of the one that ended first.
func (n *Net) note(p past) {
	if o := n.pastOf(p.id); o != nil {
		*o = p
		return
	}
	n.past[n.pastAt] = p
	n.pastAt = (n.pastAt + 1) % len(n.past)
}

// pastOf finds a stream that has ended, nil when it is not remembered.
func (n *Net) pastOf(id uint32) *past {
	for i := range n.past {
		if n.past[i].id == id {
			return &n.past[i]
		}
	}
	return nil
}

// wasReset tells whether we reset the stream not long ago.
func (n *Net) wasReset(id uint32) bool {
	p := n.pastOf(id)
	return p != nil && p.reset
}

// quiet tells whether we have reset the stream and said so: nothing of it matters any more.
func (p *past) quiet() bool { return p.reset && !p.untold }

// ended tells that the peer has ended a stream by itself before it was told to.
func (p *past) ended() { p.reset, p.untold = false, false }

// lateHead looks at a HEADERS frame for a stream that has ended.
func (n *Net) lateHead(k *block) error {
	p := n.pastOf(k.id)
	switch {
	case p == nil || !p.reset:
		return errClosedStream
	case p.untold && k.end:
		p.ended()
	case p.untold:
		k.err = errTrailerEnd
	}
	return nil
}

// lateData looks at a DATA frame for a stream that has ended; end: END_STREAM.
func (n *Net) lateData(id uint32, end bool) error {
	p := n.pastOf(id)
	switch {
	case p == nil || !p.reset:
		return errClosedStream.On(id)
	case p.untold && end:
		p.ended()
	case p.untold:
		n.rst(id, wire.NoError)
	}
	return nil
}

// lateUpdate looks at a WINDOW_UPDATE for a stream that has ended.
func (n *Net) lateUpdate(id uint32, add int64) error {
	if p := n.pastOf(id); p != nil && !p.quiet() && !p.tx.Add(add) && !n.FixOverflow {
		return wire.ErrWindowOverflow.On(id)
	}
	return nil
}
