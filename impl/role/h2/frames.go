// SPDX-License-Identifier: MIT

package h2

import (
	"libwebsockets/impl/engine"
	wire "libwebsockets/impl/wire/h2"
)

// Errors of frames where the state of connection and stream matters.
var (
	errFirstFrame   = &wire.Error{Code: wire.ProtocolError, Reason: "the first frame is no SETTINGS"}
	errEvenStream   = &wire.Error{Code: wire.ProtocolError, Reason: "Even Stream ID"}
	errIdleStream   = &wire.Error{Code: wire.ProtocolError, Reason: "a frame for an idle stream"}
	errClosedStream = &wire.Error{Code: wire.StreamClosed, Reason: "a frame for a closed stream"}
	errHalfClosed   = &wire.Error{Code: wire.StreamClosed, Reason: "invalid rx for state"}
	errPush         = &wire.Error{Code: wire.ProtocolError, Reason: "PUSH_PROMISE"}
	errOverWindow   = &wire.Error{Code: wire.FlowControlError, Reason: "more DATA than the window allows"}
	errLength       = &wire.Error{Code: wire.ProtocolError, Reason: "the body is not as long as content-length told"}
)

// event acts on one frame, or a piece of one.
func (n *Net) event(ev *wire.Event) error {
	if !n.settled && (ev.Type != wire.Settings || ev.Flags.Has(wire.Ack)) {
		return errFirstFrame
	}
	switch ev.Type {
	case wire.Data:
		return n.data(ev)
	case wire.Headers, wire.Continuation:
		return n.headers(ev)
	case wire.Settings:
		return n.settings(ev)
	case wire.Ping:
		return n.ping(ev)
	case wire.WindowUpdate:
		return n.windowUpdate(ev)
	case wire.RstStream:
		return n.rstStream(ev)
	case wire.GoAway:
		return n.peerGoAway(ev)
	case wire.Priority: // read and ignored (RFC 9113 §5.3.2)
		if !n.limits.control.take(n, "PRIORITY frames") {
			return errCalm
		}
	case wire.PushPromise:
		return errPush
	}
	return nil
}

func (n *Net) settings(ev *wire.Event) error {
	if ev.Flags.Has(wire.Ack) {
		return nil
	}
	if !n.limits.control.take(n, "SETTINGS frames") {
		return errCalm
	}
	if err := n.apply(ev.Payload); err != nil {
		return err
	}
	if !n.c.Issue(wire.AppendSettingsAck(nil)) {
		return nil
	}
	n.pump()
	if n.settled {
		return nil
	}
	n.settled = true
	if fn := n.Settled; fn != nil {
		n.Settled = nil
		if !fn(n) {
			return errNoStream
		}
	}
	return nil
}

// errNoStream: the request that the connection was made for cannot be served.
var errNoStream = &wire.Error{Code: wire.InternalError, Reason: "the first request failed"}

// apply takes over the peer's settings.
func (n *Net) apply(payload []byte) error {
	return wire.EachSetting(payload, func(s wire.Setting) error {
		if err := wire.CheckSetting(s); err != nil {
			return err
		}
		if s.ID == 0 || s.ID >= wire.SettingCount {
			return nil
		}
		if s.ID == wire.InitialWindowSize {
			change := int64(s.Value) - int64(n.peer[s.ID])
			for _, st := range n.streams {
				if !st.tx.Add(change) {
					return wire.ErrWindowOverflow
				}
				st.unhold()
			}
			for i := range n.past {
				n.past[i].tx.Add(change)
			}
		}
		n.peer[s.ID] = s.Value
		return nil
	})
}

func (n *Net) ping(ev *wire.Event) error {
	if ev.Flags.Has(wire.Ack) {
		n.c.Valid()
		return nil
	}
	if !n.limits.control.take(n, "PING frames") {
		return errCalm
	}
	n.c.Issue(wire.AppendPing(nil, true, [8]byte(ev.Payload)))
	return nil
}

const optFixWindowOverflow engine.Option = 1 << 31

func (n *Net) windowUpdate(ev *wire.Event) error {
	add := int64(wire.Uint32(ev.Payload) &^ (1 << 31))
	if add == 0 {
		return wire.ErrZeroUpdate.On(ev.Stream)
	}
	win := &n.tx
	var st *Stream
	if ev.Stream != 0 {
		if st = n.stream(ev.Stream); st == nil {
			if !n.opened(ev.Stream) {
				return errIdleStream
			}
			return n.lateUpdate(ev.Stream, add)
		}
		win = &st.tx
	}
	if !win.Add(add) {
		if !n.FixOverflow {
			return wire.ErrWindowOverflow.On(ev.Stream)
		}
		*win = wire.MaxWindow
	}
	if st != nil {
		st.unhold()
		if st.manual && st.c.Call(engine.ReasonWSITXCreditGet, nil, uintptr(add)) != 0 {
			st.c.Close(engine.CloseNoStatus)
		}
	} else {
		for _, st := range n.streams {
			st.unhold()
		}
	}
	if !n.c.Dead() {
		n.pump()
	}
	return nil
}

func (n *Net) rstStream(ev *wire.Event) error {
	st := n.stream(ev.Stream)
	if st == nil {
		if !n.opened(ev.Stream) {
			return errIdleStream
		}
		n.note(past{id: ev.Stream}) // it knows that the stream is closed
		return nil
	}
	if !n.client && !n.limits.resets.take(n, "streams that are opened and reset") {
		return errCalm
	}
	engine.Infof("%s: the peer resets the stream, error 0x%x", st.c, wire.Uint32(ev.Payload))
	st.resetDone = true
	if !st.peerEnded || !st.owes() { // else all has come, and the end is told behind it
		st.kill()
	}
	return nil
}

func (n *Net) peerGoAway(ev *wire.Event) error {
	if !n.limits.control.take(n, "GOAWAY frames") {
		return errCalm
	}
	last, code, text := wire.ParseGoAway(ev.Payload)
	engine.Noticef("%s: GOAWAY: last sid %d, error 0x%08X, string '%.100s'", n.c, last, uint32(code), text)
	n.leaving = true
	if n.client { // what it did not see can be asked elsewhere
		for _, st := range append([]*Stream(nil), n.streams...) {
			if st.id == 0 && !n.ending && !st.c.Dead() {
				if n.Owner == nil || !n.Owner.Unsent(n, st.c) {
					st.kill()
				}
			} else if st.id > last && !n.ending {
				st.resetDone = true
				st.kill()
			}
		}
	}
	return nil
}

// data hands out a piece of a DATA frame.
func (n *Net) data(ev *wire.Event) error {
	if ev.First {
		n.cur = nil
		if err := n.dataBegins(ev); err != nil {
			return err
		}
	}
	size := int64(len(ev.Payload) + ev.Skipped)
	n.rx -= size
	n.est -= int64(len(ev.Payload))
	st := n.cur
	if st != nil {
		st.rx -= size
		st.est -= int64(len(ev.Payload))
		st.body(ev.Payload, ev.Last && ev.Flags.Has(wire.EndStream))
	}
	if n.ending || n.c.Dead() {
		return nil
	}
	n.creditConn()
	if st != nil {
		st.credit()
	}
	return nil
}

// dataBegins looks at the header of a DATA frame.
func (n *Net) dataBegins(ev *wire.Event) error {
	if int64(ev.Length) > n.rx {
		return errOverWindow
	}
	if ev.Length == 0 && !ev.Flags.Has(wire.EndStream) && !n.limits.control.take(n, "empty DATA frames") {
		return errCalm
	}
	st := n.stream(ev.Stream)
	switch {
	case st == nil && !n.opened(ev.Stream):
		return errIdleStream
	case st == nil:
		return n.lateData(ev.Stream, ev.Flags.Has(wire.EndStream))
	case st.peerEnded || !st.headSeen:
		return errHalfClosed.On(ev.Stream)
	case int64(ev.Length) > st.rx:
		return errOverWindow.On(ev.Stream)
	}
	n.cur = st
	return nil
}

// creditConn lets the peer send more, when it has used half of what it may.
func (n *Net) creditConn() bool {
	if n.rx > connWindow/2 {
		return true
	}
	add := connWindow - n.rx
	n.rx += add
	return n.c.Issue(wire.AppendWindowUpdate(nil, 0, uint32(add)))
}
