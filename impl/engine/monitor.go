// SPDX-License-Identifier: MIT

package engine

import "net/netip"

// Monitor is what is measured of how a client connection came about
// (lws_conmon_wsi_take). The steps are in µs; 0 is a step that was not taken,
// so one that was took 1 at least.
type Monitor struct {
	DNS, Connect, TLS uint32
	Response          uint32 // from the request to the first bytes of the answer
	Lookup            LookupResult
	Status            int            // of the answer, 0: none
	Peer              netip.AddrPort // invalid: none, or no IP
	Found             []netip.Addr   // the name's addresses, where they are wanted
	busy              string         // what the connection is at, for the text of its error
	since             int64          // when the current step began, 0: none has
}

// LookupResult is what became of looking up a name: enum lws_conmon_dns_disposition.
type LookupResult uint8

// The results of a lookup.
const (
	LookupNone LookupResult = iota
	LookupOK
	LookupUnreachable
	LookupNoResult
)

// Begin begins a step.
func (m *Monitor) Begin() {
	if m != nil {
		m.since = Now()
	}
}

// End ends the step that has begun last; another End does nothing.
func (m *Monitor) End(step *uint32) {
	if m.since != 0 {
		*step = uint32(max(1, Now()-m.since))
		m.since = 0
	}
}

// SetBusy says what a client connection is at, for the text of its error; "": nothing.
func (c *Conn) SetBusy(with string) {
	if c.Monitor == nil {
		c.Monitor = new(Monitor)
	}
	c.Monitor.busy = with
}

// Busy is what SetBusy has said.
func (c *Conn) Busy() string {
	if c.Monitor == nil {
		return ""
	}
	return c.Monitor.busy
}
