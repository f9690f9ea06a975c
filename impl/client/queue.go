// SPDX-License-Identifier: MIT

package client

import (
	"slices"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/role/h2"
)

// Transactions with LCCSCF_PIPELINE to one endpoint share a connection, one
// after the other: the first is the leader, the others wait behind it and
// inherit its socket when its transaction is over.

// leads tells whether others can wait behind such a transaction.
func (i *Info) leads() bool {
	switch i.Method.S {
	case "GET", "POST", "PUT":
		return true
	}
	return false
}

// join puts c behind a connection to the same endpoint, if there is one.
func (s *State) join(c *engine.Conn) bool {
	if !s.pipeline || !s.info.leads() && !s.info.ws() {
		return false
	}
	for _, l := range c.PT().Queue(c.Vhost) {
		ls := endpointOf(l)
		if l == c || ls == nil || l.Dead() || l.Closing() || !s.sameEndpoint(ls) {
			continue
		}
		if l.State() == engine.StateIdling && !ls.keepAlive {
			continue
		}
		if n := h2.NetOf(l); n != nil {
			if !n.Alive() {
				continue
			}
			if n.Ready() {
				if s.info.ws() && !n.TakesWebSockets() {
					continue
				}
				share(c, n)
				return true
			}
		}
		c.SetState(engine.StateIssueHandshake)
		s.leader = l
		ls.followers = append(ls.followers, c)
		engine.Infof("%s: waits for its turn on %s", c, l)
		if l.State() == engine.StateIdling && ls.passOn(l) {
			s.takeOver(c)
		}
		return true
	}
	return false
}

// sameEndpoint tells whether o is connected to where s wants to. As in the
// reference it is the host name that o was made with which has to be the
// address.
func (s *State) sameEndpoint(o *State) bool {
	a, b := &s.info, &o.info
	return a.Address == o.hostName && a.Port == b.Port && a.Flags&UseSSL == b.Flags&UseSSL
}

// activate makes c one that others can queue behind.
func (s *State) activate(c *engine.Conn) {
	if s.hostName == "" {
		s.hostName = s.info.Host
	}
	if s.info.leads() && !s.active {
		s.active = true
		c.PT().SetQueue(c.Vhost, append(c.PT().Queue(c.Vhost), c))
	}
}

// leaveQueue takes c out of what others know of it. Those who waited for it
// begin anew, as nothing of theirs was sent yet.
func (s *State) leaveQueue(c *engine.Conn) {
	if l := s.leader; l != nil {
		s.leader = nil
		if ls := endpointOf(l); ls != nil {
			ls.followers = remove(ls.followers, c)
		}
	}
	if s.active {
		s.active = false
		c.PT().SetQueue(c.Vhost, remove(c.PT().Queue(c.Vhost), c))
	}
	q := s.followers
	s.followers = nil
	for _, f := range q {
		fs := StateOf(f)
		fs.leader = nil
		begin := func() {
			if !f.Dead() && !f.Closing() && fs.leader == nil && f.State() == engine.StateIssueHandshake && !fs.inherited {
				f.SetState(engine.StateUnconnected)
				fs.begin(f)
			}
		}
		c.PT().Later(func() { f.WhenMade(begin) })
	}
}

func remove(l []*engine.Conn, c *engine.Conn) []*engine.Conn {
	if n := slices.Index(l, c); n >= 0 {
		return slices.Delete(l, n, n+1)
	}
	return l
}

// passOn gives c's socket to the first who waits for it, whose takeOver is
// due then; c itself is closed in the next turn, without a further word to the
// program. false closes.
func (s *State) passOn(c *engine.Conn) bool {
	f := s.followers[0]
	fs := StateOf(f)
	rest := s.followers[1:]
	s.followers, s.active = nil, false
	fs.leader, fs.active, fs.inherited = nil, true, true
	fs.hostName, fs.info.KeepWarmSecs = s.hostName, s.info.KeepWarmSecs
	fs.followers = append(fs.followers, rest...)
	for _, r := range rest {
		StateOf(r).leader = f
	}
	queue := f.PT().Queue(f.Vhost)
	if n := slices.Index(queue, c); n >= 0 {
		queue[n] = f
	} else {
		f.PT().SetQueue(f.Vhost, append(queue, f))
	}
	c.SetErrorTold()
	c.SetTimeout(engine.TimeoutAwaitingProxy, -1)
	engine.Infof("%s: passes its connection on to %s", c, f)
	if !c.HandOver(f) {
		fail(f, "the shared connection broke")
		return false
	}
	return true
}

// takeOver sends the request on the socket that c has been given.
func (s *State) takeOver(c *engine.Conn) {
	if !s.inherited || c.Dead() {
		return
	}
	s.inherited = false
	if !s.issue(c) && !c.Dead() {
		c.Close(engine.CloseNoStatus)
	}
}
