// SPDX-License-Identifier: MIT

package engine

import "golang.org/x/sys/unix"

// lingerMax bounds what is read and thrown away from a half-closed peer, and
// lingerSecs how long it may take.
const (
	lingerMax  = 1 << 20
	lingerSecs = 2
)

// linger is a half-closed socket on which the peer may still be sending:
// closing it at once would answer with a reset, which can overtake our last bytes.
type linger struct {
	left  int
	timer Timer
}

// startLinger takes over fd; false: there is nothing to wait for.
func (pt *Thread) startLinger(fd int) bool {
	l := &linger{left: lingerMax}
	if pt.drain(fd, l) || pt.ctx.destroying {
		return false
	}
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd), Pad: evLinger}
	if unix.EpollCtl(pt.epfd, unix.EPOLL_CTL_ADD, fd, &ev) != nil {
		return false
	}
	l.timer.Fire = func(int64) { pt.endLinger(fd) }
	for len(pt.lingers) <= fd {
		pt.lingers = append(pt.lingers, nil)
	}
	pt.lingers[fd] = l
	pt.SetTimer(&l.timer, Now()+lingerSecs*second)
	return true
}

// drain throws away what has come; true: the peer is done.
func (pt *Thread) drain(fd int, l *linger) bool {
	var b [4096]byte
	for l.left > 0 {
		n, err := sysRecv(fd, b[:])
		if err == unix.EAGAIN {
			return false
		}
		if err != nil || n == 0 {
			return true
		}
		l.left -= n
	}
	return true
}

func (pt *Thread) lingerEvent(fd int) {
	if l := pt.lingerOf(fd); l != nil && pt.drain(fd, l) {
		pt.endLinger(fd)
	}
}

func (pt *Thread) lingerOf(fd int) *linger {
	if fd < 0 || fd >= len(pt.lingers) {
		return nil
	}
	return pt.lingers[fd]
}

func (pt *Thread) endLinger(fd int) {
	l := pt.lingerOf(fd)
	if l == nil {
		return
	}
	pt.lingers[fd] = nil
	pt.dropTimer(&l.timer)
	_ = unix.Close(fd)
}

// unread tells whether the descriptor holds input that nobody has read. A pipe tells
// at the end that is written to how much is in it, which nobody can read there.
func (c *Conn) unread() bool {
	if c.fd < 0 || c.datagram || c.KeepFD {
		return false
	}
	n, err := unix.IoctlGetInt(c.fd, unix.TIOCINQ) // FIONREAD
	if err != nil || n <= 0 {
		return false
	}
	return c.Ready(unix.POLLIN)
}
