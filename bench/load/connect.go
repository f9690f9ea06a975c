// SPDX-License-Identifier: MIT

package load

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// closeFrame is a close frame with code 1000, masked with zeros.
var closeFrame = []byte{0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8}

func checkClose(answer []byte) error {
	if len(answer) < 2 || answer[0] != 0x88 || len(answer) != 2+int(answer[1]) {
		return fmt.Errorf("close is answered with % x", answer)
	}
	return nil
}

// visit is one short connection.
type visit struct {
	fd       int
	begun    time.Time
	got      []byte
	upgraded bool
}

// runConnect keeps Conns short connections going: connect, upgrade, close.
func runConnect(j *Job) (Result, error) {
	if j.TLS {
		return runConnectTLS(j)
	}
	runtime.LockOSThread()
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return Result{}, err
	}
	defer unix.Close(ep)
	request := []byte(upgradeRequest(j))
	visits := make([]visit, j.Conns)
	defer func() {
		for _, v := range visits {
			if v.fd > 0 {
				unix.Close(v.fd)
			}
		}
	}()
	begin := func(i int) error {
		v := &visits[i]
		v.begun, v.got, v.upgraded = time.Now(), v.got[:0], false
		if v.fd, err = dial(j.Addr); err != nil {
			return err
		}
		if _, err := unix.Write(v.fd, request); err != nil {
			return err
		}
		return unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, v.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(i)})
	}
	for i := range visits {
		if err := begin(i); err != nil {
			return Result{}, err
		}
	}
	w := newWindow(j)
	events := make([]unix.EpollEvent, 256)
	buf := make([]byte, 4096)
	for idle := 0; w.tick(time.Now()); {
		n, err := unix.EpollWait(ep, events, 1000)
		if err != nil && err != unix.EINTR {
			return Result{}, err
		}
		if idle++; n > 0 {
			idle = 0
		} else if idle > 20 {
			return Result{}, errors.New("the server does not answer any more")
		}
		for _, e := range events[:max(n, 0)] {
			v := &visits[e.Fd]
			over, err := v.event(j, buf)
			if err != nil {
				return Result{}, err
			}
			if !over {
				continue
			}
			unix.Close(v.fd)
			w.done(v.begun, time.Now())
			if err := begin(int(e.Fd)); err != nil {
				return Result{}, err
			}
		}
	}
	return w.result()
}

// event reads what there is; over: the server has closed as it should.
func (v *visit) event(j *Job, buf []byte) (over bool, err error) {
	n, err := unix.Read(v.fd, buf)
	if err != nil {
		return false, fmt.Errorf("read: %w", err)
	}
	if n == 0 {
		return true, checkClose(v.got)
	}
	v.got = append(v.got, buf[:n]...)
	if v.upgraded || !bytes.HasSuffix(v.got, []byte("\r\n\r\n")) {
		return false, nil
	}
	if err := checkUpgrade(j, v.got); err != nil {
		return false, err
	}
	v.upgraded, v.got = true, v.got[:0]
	_, err = unix.Write(v.fd, closeFrame)
	return false, err
}
