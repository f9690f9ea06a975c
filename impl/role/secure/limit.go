// SPDX-License-Identifier: MIT

package secure

import (
	"errors"
	"sync"
	"sync/atomic"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// limits is what a context keeps for TLS: how many sessions there may be at a
// time, and what is offered with ALPN.
type limits struct {
	max int64
	now atomic.Int64 // connections of all threads count
	// Likewise of servers' handshakes.
	maxShaking int64
	shaking    atomic.Int64
	alpn       string
	daily      *engine.Timer // looks at the certificates
	clients    map[string]*shared
	once       sync.Once
	pools      []*tls.Pool // of each thread, made for its first connection
}

var errLimit = errors.New("tls restriction limit")

// Setup notes a new context's limits of TLS sessions and of servers' handshakes at a
// time, 0 for none, and the protocols that it offers where a vhost does not say, "" for
// all there are.
func Setup(ctx *engine.Context, max, shaking int, alpn string) {
	ctx.TLS = &limits{max: int64(max), maxShaking: int64(shaking), alpn: alpn}
}

func limitsOf(ctx *engine.Context) *limits { return ctx.TLS.(*limits) }

// Close ends with the context.
func (l *limits) Close() {
	for _, p := range l.pools {
		p.Close()
	}
	l.pools = nil
}

// pool gives the buffers of c's thread, whose lock is held.
func (l *limits) pool(c *engine.Conn) (*tls.Pool, error) {
	l.once.Do(func() { l.pools = make([]*tls.Pool, len(c.Ctx.Threads)) })
	p := &l.pools[c.PT().Index]
	if *p == nil {
		made, err := tls.NewPool()
		if err != nil {
			return nil, err
		}
		*p = made
	}
	return *p, nil
}

// take takes a place for a session; false: there is none. With the last one
// taken, TLS listeners stop accepting: the kernel's backlog keeps the peers.
func (l *limits) take(ctx *engine.Context) bool {
	if l.max <= 0 {
		return true
	}
	for {
		n := l.now.Load()
		if n >= l.max {
			engine.Noticef("TLS session limit (%d) reached", l.max)
			return false
		}
		if l.now.CompareAndSwap(n, n+1) {
			if n+1 == l.max {
				l.gate(ctx)
			}
			return true
		}
	}
}

// back gives a place back; nil has none.
func (l *limits) back(ctx *engine.Context) {
	if l == nil || l.max <= 0 {
		return
	}
	if l.now.Add(-1) == l.max-1 {
		l.gate(ctx)
	}
}

// begin takes a place for a handshake; false: there is none.
func (l *limits) begin(ctx *engine.Context) bool {
	if l.maxShaking <= 0 {
		return true
	}
	n := l.shaking.Add(1)
	if n > l.maxShaking {
		l.shaking.Add(-1)
		engine.Noticef("TLS handshake limit (%d) reached", l.maxShaking)
		return false
	}
	if n == l.maxShaking {
		l.gate(ctx)
	}
	return true
}

// end gives it back.
func (l *limits) end(ctx *engine.Context) {
	if l.maxShaking > 0 && l.shaking.Add(-1) == l.maxShaking-1 {
		l.gate(ctx)
	}
}

// gate has TLS listeners accept, or not.
func (l *limits) gate(ctx *engine.Context) {
	on := !l.Full()
	engine.Infof("TLS limits: accepting %v", on)
	for _, v := range ctx.Vhosts() {
		if !v.Secured() {
			continue
		}
		for _, c := range v.Listeners() {
			set := func() {
				if !c.Dead() {
					c.NoRead = l.Full()
					c.TouchPoll()
				}
			}
			if len(ctx.Threads) == 1 {
				set()
			} else { // its lock may not be to be had here
				c.PT().Send(set, nil)
			}
		}
	}
}

// Full tells whether there is no place left.
func (l *limits) Full() bool {
	return l.max > 0 && l.now.Load() >= l.max || l.maxShaking > 0 && l.shaking.Load() >= l.maxShaking
}
