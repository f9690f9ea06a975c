// SPDX-License-Identifier: MIT

package engine

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sysSend, sysRecv, sysReady and sysFIN go straight to the kernel: the sockets are non-blocking,
// so there is no need to tell the scheduler of a call that cannot wait. The functions
// of package unix would take a detour to those of syscall.

// sysSend sends; with more the rest of a segment waits for what follows.
func sysSend(fd int, b []byte, more bool) (int, error) {
	flags := unix.MSG_NOSIGNAL | unix.MSG_DONTWAIT
	if more {
		flags |= unix.MSG_MORE
	}
	n, _, e := syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(len(b)), uintptr(flags), 0, 0)
	if e == syscall.ENOTSOCK {
		n, _, e = syscall.RawSyscall(unix.SYS_WRITE, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	}
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

func sysRecv(fd int, b []byte) (int, error) {
	n, _, e := syscall.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
		uintptr(len(b)), unix.MSG_DONTWAIT, 0, 0)
	if e == syscall.ENOTSOCK {
		n, _, e = syscall.RawSyscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
	}
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// sysReady asks what a descriptor is ready for of what is wanted, without waiting.
func sysReady(fd int, want int16) (int16, error) {
	p := unix.PollFd{Fd: int32(fd), Events: want}
	var atOnce unix.Timespec
	if _, _, e := syscall.RawSyscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(&p)), 1, uintptr(unsafe.Pointer(&atOnce)), 0, 0, 0); e != 0 {
		return 0, e
	}
	return p.Revents, nil
}

// sysFIN ends what is sent.
func sysFIN(fd int) { _, _, _ = syscall.RawSyscall(unix.SYS_SHUTDOWN, uintptr(fd), unix.SHUT_WR, 0) }

// Ready asks whether the descriptor is ready for what is wanted, without waiting.
func (c *Conn) Ready(want int16) bool {
	now, err := sysReady(c.fd, want)
	return err == nil && now&want != 0
}
