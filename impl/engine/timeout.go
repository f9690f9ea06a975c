// SPDX-License-Identifier: MIT

package engine

// TimeoutReason is enum pending_timeout.
type TimeoutReason int32

// The reasons that the engine uses itself, numbered as in lws-timeout-timer.h.
const (
	NoPendingTimeout           TimeoutReason = 0
	TimeoutAwaitingProxy       TimeoutReason = 1
	TimeoutAwaitingConnect     TimeoutReason = 2
	TimeoutEstablish           TimeoutReason = 3
	TimeoutAwaitingServer      TimeoutReason = 4
	TimeoutCloseAck            TimeoutReason = 6
	TimeoutSentClientHandshake TimeoutReason = 8
	TimeoutSSLAccept           TimeoutReason = 9
	TimeoutHTTPContent         TimeoutReason = 10
	TimeoutFlushBeforeClose    TimeoutReason = 12
	TimeoutCGI                 TimeoutReason = 14
	TimeoutKeepaliveIdle       TimeoutReason = 15
	TimeoutIssuePayload        TimeoutReason = 18
	TimeoutAwaitingSocks       TimeoutReason = 19
	TimeoutCloseSend           TimeoutReason = 24
	TimeoutHoldingHeaders      TimeoutReason = 25
	TimeoutClientConnIdle      TimeoutReason = 27
	TimeoutUserOK              TimeoutReason = 32
)

// Values of the seconds argument of lws_set_timeout with a meaning of their own.
const (
	killAsync = -1
	killSync  = -2
)

const (
	second = int64(1000000) // in the timers' microseconds
	// nascentWait is how long a timer waits for who makes its connection.
	nascentWait = 10000
)

// SetTimeout sets the connection's timeout in seconds (lws_set_timeout); when
// it passes, the connection is closed. 0 (with NoPendingTimeout) takes it back,
// -1 closes at the next turn, -2 now.
func (c *Conn) SetTimeout(r TimeoutReason, secs int) {
	if c.doomed && secs != killSync {
		return
	}
	switch secs {
	case killSync:
		c.timeoutStop()
		c.Close(CloseNoStatus)
	case killAsync:
		c.setTimeoutAt(r, Now())
	default:
		if r == NoPendingTimeout || secs <= 0 {
			c.timeoutStop()
			c.reason = NoPendingTimeout
			return
		}
		c.setTimeoutAt(r, Now()+int64(secs)*second)
	}
}

// SetTimeoutAsked is SetTimeout for the program: what it says holds, whatever the
// connection is at by then. So what it kills dies, also where a connect succeeds first.
func (c *Conn) SetTimeoutAsked(r TimeoutReason, secs int) {
	c.doomed = false
	c.SetTimeout(r, secs)
	c.recall()
	c.doomed = secs == killAsync
}

func (c *Conn) timeoutStop() {
	if c.timeout != nil {
		c.pt.StopTimer(c.timeout)
	}
}

func (c *Conn) setTimeoutAt(r TimeoutReason, at int64) {
	if c.Dead() {
		return
	}
	c.reason = r
	if c.timeout == nil {
		c.timeout = c.pt.newTimer(c, (*Conn).timedOut)
	}
	c.pt.SetTimer(c.timeout, at)
}

func (c *Conn) timedOut() {
	if c.Dead() {
		return
	}
	if c.nascent {
		c.setTimeoutAt(c.reason, Now()+nascentWait)
		return
	}
	c.doomed = false // what a role begins instead is not
	if c.reason != TimeoutUserOK && c.reason != TimeoutKeepaliveIdle {
		Infof("%s: TIMEDOUT WAITING on %d (state %s, did hdr %v)", c, c.reason, c.state, c.Headers != nil)
	}
	if c.state == StateWaitingToSendClose || c.state == StateAwaitingCloseAck || c.state == StateFlushingBeforeClose {
		c.broken = true
	}
	if k := c.Companion(); k != nil {
		k.TimedOut(c)
	}
	if t, ok := c.role.(Expirer); ok {
		t.TimedOut(c, c.reason)
		if c.Dead() {
			return
		}
	}
	c.broken = true // no lingering at a peer that kept us waiting
	c.close(CloseNoStatus)
}

// TimerCancel takes a timer back (LWS_SET_TIMER_USEC_CANCEL).
const TimerCancel = -1

// SetTimerUS asks for a TIMER callback in us microseconds, at once where that has passed
// (lws_set_timer_usecs).
func (c *Conn) SetTimerUS(us int64) {
	if us == TimerCancel {
		if c.seldom != nil && c.seldom.timer != nil {
			c.pt.StopTimer(c.seldom.timer)
		}
		return
	}
	if c.Dead() {
		return
	}
	r := c.needSeldom()
	if r.timer == nil {
		r.timer = c.pt.newTimer(c, (*Conn).timerDue)
	}
	c.pt.SetTimer(r.timer, Now()+max(us, 0))
}

func (c *Conn) timerDue() {
	if c.nascent {
		c.SetTimerUS(nascentWait)
		return
	}
	if !c.Dead() && c.Call(ReasonTimer, nil, 0) != 0 {
		c.Close(CloseNoStatus)
	}
}

// Valid notes that the peer has been heard (lws_validity_confirmed): the
// wait for the next ping starts again.
func (c *Conn) Valid() {
	if n := c.carrier(); n != nil {
		n.Valid()
		return
	}
	if c.hangupSecs == 0 || c.Dead() {
		return
	}
	if c.validity == nil {
		c.validity = c.pt.newTimer(c, (*Conn).validityDue)
	}
	secs := c.pingSecs
	c.pinged = secs == 0 || secs >= c.hangupSecs // no question first
	if c.pinged {
		secs = c.hangupSecs
	}
	c.pt.SetTimer(c.validity, Now()+int64(secs)*second)
}

func (c *Conn) validityDue() {
	if c.Dead() {
		return
	}
	if c.nascent {
		c.pt.SetTimer(c.validity, Now()+nascentWait)
		return
	}
	if c.pinged {
		Infof("%s: no sign of life for %d s: closing", c, c.hangupSecs)
		c.broken = true
		c.close(CloseNoStatus)
		return
	}
	c.pinged = true
	c.pt.SetTimer(c.validity, Now()+int64(c.hangupSecs-c.pingSecs)*second)
	if k, ok := c.role.(Keepalive); ok && !k.Ping(c) {
		c.close(CloseNoStatus)
	}
}

func (c *Conn) dropTimers() {
	c.pt.freeTimer(c.timeout)
	c.pt.freeTimer(c.validity)
	c.timeout, c.validity = nil, nil
	if c.seldom != nil {
		c.pt.freeTimer(c.seldom.timer)
		c.seldom.timer = nil
	}
}
