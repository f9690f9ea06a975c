// SPDX-License-Identifier: MIT

package raw

import (
	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

type file struct{}

var _ engine.Polled = file{}

// File is the role of adopted descriptors that are no sockets ("raw-file"):
// the program reads them itself.
var File engine.Role = file{}

var fileReasons = engine.Reasons{
	Adopt:     engine.ReasonRAWAdoptFile,
	Writeable: engine.ReasonRAWWriteableFile,
	Close:     engine.ReasonRAWCloseFile,
	Bind:      engine.ReasonRAWFileBindProtocol,
	Unbind:    engine.ReasonRAWFileDropProtocol,

	ParentFirst: true,
}

func (file) Name() string                                   { return "raw-file" }
func (file) Reasons(bool) *engine.Reasons                   { return &fileReasons }
func (file) CloseVia(*engine.Conn, engine.CloseStatus) bool { return false }
func (file) Gone(*engine.Conn)                              {}

func (file) Readable(c *engine.Conn) bool {
	return c.Call(engine.ReasonRAWRXFile, nil, 0) == 0 && !c.Over()
}

// Writeable asks the program, when the descriptor takes something: the program writes
// to it, so that nothing else tells of one that does not.
func (f file) Writeable(c *engine.Conn) bool {
	p := []unix.PollFd{{Fd: int32(c.FD()), Events: unix.POLLOUT}}
	if n, err := unix.Poll(p, 0); err == nil && n == 0 {
		c.WantOut = true
		c.TouchPoll()
		return true
	}
	return f.Writable(c)
}

// Writable asks the program.
func (file) Writable(c *engine.Conn) bool {
	if c.WantOut {
		c.WantOut = false
		c.TouchPoll()
	}
	return c.Call(engine.ReasonRAWWriteableFile, nil, 0) == 0
}

func (file) Write(c *engine.Conn, b engine.Payload, how engine.WriteProtocol) int {
	return Socket.Write(c, b, how)
}

// FileBinder takes descriptors that are no sockets: a listen.Binder.
type FileBinder struct{}

// Accepts takes what is neither socket nor HTTP.
func (FileBinder) Accepts(_ *engine.Vhost, how engine.AdoptFlags) bool {
	return how&(engine.AdoptHTTP|engine.AdoptSocket) == 0
}

// Bind gives the descriptor to the named protocol, or the vhost's default one.
func (FileBinder) Bind(c *engine.Conn, _ engine.AdoptFlags, named bool) {
	c.SetRole(File)
	c.SetState(engine.StateEstablished)
	if v := c.Vhost; !named && v.DefaultIndex < len(v.Protocols) {
		c.SetProtocol(v.Protocols[v.DefaultIndex])
	}
}

// Bound has nothing to add.
func (FileBinder) Bound(*engine.Conn) {}

// AdoptReason tells the program of the descriptor.
func (FileBinder) AdoptReason() engine.Reason { return engine.ReasonRAWAdoptFile }
