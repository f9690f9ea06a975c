// SPDX-License-Identifier: MIT

package enginetest

import (
	"net/netip"
	"sync/atomic"
	"unsafe"

	"libwebsockets/impl/engine"
)

// running is the program of the test that runs. What the engine does in goroutines of its own (look-ups,
// the look for a lull) outlasts a test, and asks for the process's program at any time.
var running atomic.Pointer[engine.Program]

func init() { engine.Prog = current{} }

// SetProgram makes p the process's program.
func SetProgram(p engine.Program) { running.Store(&p) }

// current is the process's program: that of the test that runs.
type current struct{}

func (current) now() engine.Program { return *running.Load() }

func (c current) Call(p *engine.Protocol, f *engine.Face, r engine.Reason, user, in unsafe.Pointer, n uintptr) int {
	return c.now().Call(p, f, r, user, in, n)
}
func (c current) Alloc(n uintptr) unsafe.Pointer           { return c.now().Alloc(n) }
func (c current) Free(p unsafe.Pointer)                    { c.now().Free(p) }
func (c current) Trim()                                    { c.now().Trim() }
func (c current) CString(s string) unsafe.Pointer          { return c.now().CString(s) }
func (c current) NewFace() *engine.Face                    { return c.now().NewFace() }
func (c current) FreeFace(f *engine.Face)                  { c.now().FreeFace(f) }
func (c current) Log(level int, line string)               { c.now().Log(level, line) }
func (c current) LogLevel() int                            { return c.now().LogLevel() }
func (c current) LogLevelOf(cx unsafe.Pointer) int         { return c.now().LogLevelOf(cx) }
func (c current) Zone(at int64) int                        { return c.now().Zone(at) }
func (c current) OnThread(f *engine.ThreadFace) bool       { return c.now().OnThread(f) }
func (c current) Lookup(s string) ([]netip.Addr, error)    { return c.now().Lookup(s) }
func (c current) LogTo(cx unsafe.Pointer, l int, s string) { c.now().LogTo(cx, l, s) }
func (c current) LogContext(f *engine.Face, v *engine.VhostFace, x *engine.ContextFace) unsafe.Pointer {
	return c.now().LogContext(f, v, x)
}
