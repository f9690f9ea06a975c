// SPDX-License-Identifier: MIT

package engine

import "sync/atomic"

// Counters are what a vhost tells of its connections (lws_json_dump_vhost).
type Counters struct {
	rx, tx     atomic.Uint64 // bytes, of the connections that have ended
	H1Conns    atomic.Uint64 // that made an HTTP/1 request
	H1Requests atomic.Uint64
	H2Requests atomic.Uint64
	H2ALPN     atomic.Uint64 // connections that settled for HTTP/2
	H2Streams  atomic.Uint64
	Upgrades   atomic.Uint64 // to WebSocket
	Rejected   atomic.Uint64 // by reject_service_keywords
}

// Traffic is how many bytes went over sockets, in and out.
type Traffic struct{ Rx, Tx uint64 }

// leaveTraffic adds what an ended connection has had to that of its vhost.
func (c *Conn) leaveTraffic() {
	if v := c.Vhost; v != nil {
		v.Count.rx.Add(c.F.Traffic.Rx)
		v.Count.tx.Add(c.F.Traffic.Tx)
	}
	c.F.Traffic = Traffic{}
}

// Status is what a context is at.
type Status struct {
	Conns     int // that live, those that listen among them
	Polled    int // descriptors
	Headers   int // connections that hold a request's headers
	Waiting   int // that wait for the right to
	Listening int // vhosts that listen
	Traffic   map[*Vhost]Traffic
}

// Status looks at all connections. The lock is held.
func (ctx *Context) Status() Status {
	s := Status{Traffic: map[*Vhost]Traffic{}}
	for _, v := range ctx.Vhosts() {
		s.Traffic[v] = Traffic{v.Count.rx.Load(), v.Count.tx.Load()}
		if len(v.Listeners()) > 0 {
			s.Listening++
		}
	}
	for _, pt := range ctx.Threads {
		s.Polled += len(pt.order)
		for _, c := range pt.live {
			s.Conns++
			if c.Headers != nil {
				s.Headers++
			}
			t := s.Traffic[c.Vhost]
			t.Rx += c.F.Traffic.Rx
			t.Tx += c.F.Traffic.Tx
			s.Traffic[c.Vhost] = t
		}
	}
	s.Waiting = ctx.peers.awaiting()
	return s
}

// awaiting is how many connections wait for a head.
func (l *peers) awaiting() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.by {
		n += int(p.waiters.Load())
	}
	return n
}
