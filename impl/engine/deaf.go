// SPDX-License-Identifier: MIT

package engine

// A peer that is gone may have said why: a server that does not want the rest of a
// request answers and closes, a WebSocket sends its close frame. As long as something
// of that has yet to be handed out the connection is deaf: what is written is thrown
// away, and it ends when all has been read. Linux keeps what came before a reset.

// owed tells whether something has come that the program has yet to get. What comes
// behind a request that is being answered is none: nobody hears the answer.
func (c *Conn) owed() bool {
	return c.carriedOwe() || c.Owed()
}

// carriedOwe tells it of the connections that c carries.
func (c *Conn) carriedOwe() bool {
	k, ok := c.role.(Carrier)
	return ok && !c.Closing() && !c.broken && k.Owes(c)
}

// Owed is owed, of what has not reached a connection that c carries.
func (c *Conn) Owed() bool {
	if c.bye.begun || c.broken || c.state.answering() || c.state == StateDiscardBody {
		return false
	}
	return c.unread() || len(c.Kept()) > 0 || c.RxPending || c.TLS != nil && c.TLS.Pending() > 0
}

func (c *Conn) goDeaf() {
	if c.deaf {
		return
	}
	c.recall()
	c.deaf = true
	c.out, c.answers = nil, 0
	if c.mute() {
		c.wantWrite = false
	}
	c.touchPoll()
}

// Deaf tells whether the peer takes nothing more.
func (c *Conn) Deaf() bool { return c.deaf }

// mute tells whether there is no use in writing: the connection reads what has come,
// and ends. A program that does not receive has its WRITEABLE, in which it may decide
// to receive again.
func (c *Conn) mute() bool { return c.deaf && c.hears() }

// sendFailed notes that the peer takes nothing more. What has come is read before
// the connection ends; false: there is nothing.
func (c *Conn) sendFailed(err error) bool {
	if c.owed() {
		Infof("%s: send failed: %v, reading what has come", c, err)
		c.goDeaf()
		return true
	}
	level := LogInfo
	if c.client && !c.bye.begun {
		level = LogNotice
	}
	Logf(level, "%s: send failed: %v", c, err)
	c.SetBroken()
	return false
}

// peerGone is called when the poll tells of the peer's end while nothing is read.
// What has come waits for the program; false: there is nothing. The poll would
// tell again and again: from now on reads need none, the last of them finds the end.
func (c *Conn) peerGone() bool {
	if !c.owed() {
		return false
	}
	Infof("%s: the peer is gone, what it sent waits for the program", c)
	c.goDeaf()
	c.gone = true
	c.detach()
	if c.readAhead() {
		c.pt.again(c)
	}
	return true
}

// Over tells whether the peer is gone and all that it sent was read, for roles whose
// program reads by itself and need not see the end.
func (c *Conn) Over() bool { return c.gone && !c.owed() }

// Outlast is called by a Carrier at its peer's end, with an error or without: the connection
// neither reads nor writes any more, until those that it carries have handed out what
// they keep. Then it is the role's to close; false: they keep nothing.
func (c *Conn) Outlast() bool {
	was := c.broken
	c.broken = false
	if !c.carriedOwe() {
		c.broken = was
		return false
	}
	Infof("%s: the peer is gone, streams keep what it sent", c)
	c.NoRead, c.gone = true, true
	c.goDeaf()
	c.detach()
	return !c.Dead()
}

// discard is a write to a peer that is gone. A program that does not receive may go on
// as with one that does not read, for a while.
func (c *Conn) discard(n int) bool {
	if c.mute() {
		return true
	}
	if c.answers += int32(min(n, answersMax+1)); c.answers > answersMax {
		Infof("%s: the peer is gone, and the program writes on without receiving", c)
		c.broken = true
	}
	return !c.broken
}
