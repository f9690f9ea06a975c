// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// AccessLog is the file in which a vhost notes the requests that it has answered.
type AccessLog struct {
	fd     int
	failed atomic.Bool // the last line was not written
}

// OpenLog has the vhost note its requests in a file, which is made if need be, for the
// user that the context is to become.
func (v *Vhost) OpenLog(name string) error {
	fd, err := unix.Open(name, unix.O_RDWR|unix.O_APPEND|unix.O_CREAT|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return fmt.Errorf("unable to open log filepath %s: %w", name, err)
	}
	if uid := v.Ctx.UID; uid > 0 {
		if err := unix.Fchown(fd, uid, v.Ctx.GID); err != nil {
			Errf("unable to chown log file %s: %v", name, err)
		}
	}
	v.LogFile, v.Log = name, &AccessLog{fd: fd}
	return nil
}

// Put writes a line. Lines of several threads and processes do not mix (O_APPEND).
func (l *AccessLog) Put(line []byte) {
	if n, err := unix.Write(l.fd, line); err == nil && n == len(line) {
		l.failed.Store(false)
	} else if !l.failed.Swap(true) { // a full disk is told of once
		Errf("Failed to write log: %d of %d bytes, %v", n, len(line), err)
	}
}

func (l *AccessLog) close() {
	if l != nil {
		_ = unix.Close(l.fd)
	}
}

// logAgain opens a forked child's log anew. The descriptor that it has of its
// parent's goes, if it still is that.
func (v *Vhost) logAgain(o *Vhost, ours bool) {
	if o.Log == nil {
		return
	}
	if ours {
		o.Log.close()
	}
	if err := v.OpenLog(o.LogFile); err != nil {
		Errf("vhost %s: %v", v.Name, err)
	}
}

// PeerAddr is the address of the other end, of a stream that of its connection's;
// the zero Addr where there is none (unix sockets).
func (c *Conn) PeerAddr() netip.Addr {
	if n := c.carrier(); n != nil {
		return n.PeerAddr()
	}
	addr, _, _ := peerAddr(c.fd)
	return addr
}
