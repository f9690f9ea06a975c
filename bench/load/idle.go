// SPDX-License-Identifier: MIT

package load

import (
	"fmt"
	"io"

	"golang.org/x/sys/unix"
)

// openIdle makes the connections that only are there.
func openIdle(j *Job) ([]io.Closer, error) {
	var all []io.Closer
	k := *j
	k.Kind = "ws"
	var m *messages
	if j.Once {
		m = newMessages(&k)
	}
	for i := range j.Idle {
		var c io.Closer
		var s *sock
		var err error
		if j.TLS {
			c, _, err = openTLS(&k, tlsConfig)
		} else if s, err = open(&k); s != nil {
			c = s
		}
		if err == nil && m != nil && s != nil {
			err = s.exchange(&k, m)
		}
		if c != nil {
			all = append(all, c)
		}
		if err != nil {
			return all, fmt.Errorf("idle connection %d: %w", i, err)
		}
	}
	return all, nil
}

// exchange has one message echoed, and keeps nothing of it.
func (c *sock) exchange(j *Job, m *messages) error {
	s, err := newStream(j, m)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(c.fd, false); err != nil {
		return err
	}
	if _, err := unix.Write(c.fd, s.next()); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := unix.Read(c.fd, buf)
		if err != nil || n == 0 {
			return fmt.Errorf("no answer (%v)", err)
		}
		if done, err := s.feed(buf[:n]); err != nil || done > 0 {
			return err
		}
	}
}
