// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h2"
)

// Allowance is how many bytes may be written now, 0 or more, for HTTP on
// HTTP/2; -1 for everything else, where no limit is known
// (lws_get_peer_write_allowance).
func Allowance(c *engine.Conn) int {
	if st := StreamOf(c); st != nil && c.F.Role&engine.FaceWS == 0 {
		return max(st.allowance()-c.Unsent(), 0)
	}
	if n := NetOf(c); n != nil {
		return n.tx.Left()
	}
	return -1
}

// Credit is lws_wsi_tx_credit: with add 0 it tells how much the peer may send
// (toUs) or we may, else it changes that.
func Credit(c *engine.Conn, toUs bool, add int) int {
	st, n := StreamOf(c), NetOf(c)
	switch {
	case st == nil && n == nil || c.F.Role&engine.FaceWS != 0:
		return 0
	case add == 0 && !toUs:
		return Allowance(c)
	case add == 0 && st != nil:
		return int(min(st.est, st.n.est))
	case add == 0:
		return int(n.est)
	case toUs:
		Grant(c, ownStream, add)
		return 0
	}
	if st != nil {
		st.tx.Add(int64(add))
		n = st.n
	}
	n.tx.Add(int64(add))
	n.pump()
	return 0
}

// ownStream stands for the stream that c is (LWS_H2_STREAM_SID).
const ownStream = -1

// Grant lets the peer send n bytes more on a stream (lws_h2_update_peer_txcredit);
// false: there is no such stream.
func Grant(c *engine.Conn, sid, n int) bool {
	net := NetOf(c.Network())
	if net == nil {
		return false
	}
	st := StreamOf(c)
	if sid > 0 {
		st = net.stream(uint32(sid))
	} else if sid == 0 {
		st = nil
	}
	if st != nil {
		st.grant(int64(n))
	} else if add := min(int64(n), wire.MaxWindow-net.rx); add > 0 {
		net.rx += add
		net.est += add
		net.c.Issue(wire.AppendWindowUpdate(nil, 0, uint32(add)))
	}
	return true
}

// Estimate is how much the peer may send, as far as we know
// (lws_h2_get_peer_txcredit_estimate).
func Estimate(c *engine.Conn) int {
	if st := StreamOf(c); st != nil {
		return int(st.est)
	}
	if n := NetOf(c); n != nil {
		return int(n.est)
	}
	return 0
}

// LongPoll ends our side of a client's stream and waits for what the server
// has to say, for ever (lws_h2_client_stream_long_poll_rxonly); false: c is no stream.
func LongPoll(c *engine.Conn) bool {
	st := StreamOf(c)
	if st == nil {
		return false
	}
	if !st.ending {
		st.ending = true
		if st.headSent {
			c.Issue(nil)
		}
	}
	Immortal(c)
	return true
}
