// SPDX-License-Identifier: MIT

// Package enginetest lets roles be tested without C: a Program in Go that keeps
// what it is told, and connections whose other end is in the test's hands. Only
// tests import it.
package enginetest

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unsafe"

	"libwebsockets/impl/engine"
)

// Call is one callback that the program got.
type Call struct {
	Conn   *engine.Conn // nil: it belongs to no connection
	Reason engine.Reason
	// In and Len are what the callback got. Bytes is a copy of them, where they are
	// a text or data: for the reasons that Program.Data tells of.
	In    unsafe.Pointer
	Len   uintptr
	Bytes []byte
}

// Program is a program in Go. The zero value answers 0 to everything.
type Program struct {
	// On, if set, is the program's callback; its answer is the callback's. It may
	// call the engine with the context's lock taken, as a program's calls do.
	On func(k Call) int
	// Data tells of which reasons In and Len are bytes; nil: Received.
	Data func(r engine.Reason) bool
	// Levels is the mask of levels that are kept; 0: errors and warnings.
	Levels int
	// Lines are the log lines so far. Faults are those of a panic within the engine.
	Lines, Faults []string
	// Made and Gone count the WSI_CREATE and WSI_DESTROY that were told.
	Made, Gone int

	// Serving tells whether the caller is a service thread; nil: it is each of them.
	Serving func(f *engine.ThreadFace) bool

	mem map[unsafe.Pointer][]byte
}

// OnThread asks Serving.
func (p *Program) OnThread(f *engine.ThreadFace) bool { return p.Serving == nil || p.Serving(f) }

// Received tells of which reasons in and len are bytes that a peer sent.
func Received(r engine.Reason) bool {
	switch r {
	case engine.ReasonReceive, engine.ReasonClientReceive, engine.ReasonReceivePong, engine.ReasonClientReceivePong,
		engine.ReasonWSPeerInitiatedClose, engine.ReasonHTTP, engine.ReasonHTTPBody, engine.ReasonRAWRX:
		return true
	}
	return false
}

// Call runs On.
func (p *Program) Call(_ *engine.Protocol, f *engine.Face, r engine.Reason, _, in unsafe.Pointer, n uintptr) int {
	switch r {
	case engine.ReasonWSICreate:
		p.Made++
	case engine.ReasonWSIDestroy:
		p.Gone++
	}
	if p.On == nil {
		return 0
	}
	k := Call{Conn: engine.ConnOf(f), Reason: r, In: in, Len: n}
	data := p.Data
	if data == nil {
		data = Received
	}
	if in != nil && n > 0 && data(r) {
		k.Bytes = append(k.Bytes, unsafe.Slice((*byte)(in), n)...)
	}
	return p.On(k)
}

// Alloc gives memory that Free takes back.
func (p *Program) Alloc(n uintptr) unsafe.Pointer {
	if p.mem == nil {
		p.mem = map[unsafe.Pointer][]byte{}
	}
	b := make([]byte, n+1)
	p.mem[unsafe.Pointer(&b[0])] = b
	return unsafe.Pointer(&b[0])
}

// Free takes back what Alloc gave; anything else is a fault.
func (p *Program) Free(m unsafe.Pointer) {
	if _, ours := p.mem[m]; m != nil && !ours {
		p.Faults = append(p.Faults, fmt.Sprintf("free of %p, which nobody has", m))
	}
	delete(p.mem, m)
}

// Held is how many pieces of memory are not given back.
func (p *Program) Held() int { return len(p.mem) }

// CString gives s with a NUL behind it.
func (p *Program) CString(s string) unsafe.Pointer {
	m := p.Alloc(uintptr(len(s)))
	copy(p.mem[m], s)
	return m
}

// NewFace gives a new face.
// Trim does nothing.
func (p *Program) Trim() {}

func (p *Program) NewFace() *engine.Face { return &engine.Face{} }

// FreeFace leaves it to the garbage collector.
func (p *Program) FreeFace(*engine.Face) {}

// Log keeps a line.
func (p *Program) Log(_ int, l string) {
	p.Lines = append(p.Lines, l)
	if strings.Contains(l, "internal error") {
		p.Faults = append(p.Faults, l)
	}
}

// Lookup finds no name.
func (p *Program) Lookup(string) ([]netip.Addr, error) { return nil, errors.New("no such name") }

// LogLevel is what is kept.
// LogContext and what follows: nobody has a log context.
func (p *Program) LogContext(*engine.Face, *engine.VhostFace, *engine.ContextFace) unsafe.Pointer {
	return nil
}
func (p *Program) LogTo(unsafe.Pointer, int, string) {}
func (p *Program) LogLevelOf(unsafe.Pointer) int     { return 0 }
func (p *Program) Zone(int64) int                    { return 0 }

func (p *Program) LogLevel() int {
	if p.Levels != 0 {
		return p.Levels | engine.LogErr
	}
	return engine.LogErr | engine.LogWarn
}
