// SPDX-License-Identifier: MIT

package load

import (
	"fmt"
	"io"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// openIdle makes the connections that only are there.
func openIdle(j *Job) ([]io.Closer, error) {
	k := *j
	if !k.webSocket() {
		k.Kind = "ws"
	}
	var m *messages
	if j.Once {
		m = newMessages(&k)
	}
	all := make([]io.Closer, j.Idle)
	err := inParallel(j.Idle, k.atOnce(), func(i int) error {
		var s stream
		if k.Kind == "mqtt" {
			s = newMQTT(nil, i, true)
		}
		if j.TLS {
			c, _, err := openTLS(&k, tlsConfig, s)
			if err == nil {
				all[i] = c
			}
			return err
		}
		c, err := open(&k, s)
		if err != nil {
			return err
		}
		all[i] = c
		if m != nil {
			return c.exchange(&k, m)
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("idle %w", err)
	}
	return slices.DeleteFunc(all, func(c io.Closer) bool { return c == nil }), err
}

// atOnce is how many connections are made at a time.
func (j *Job) atOnce() int {
	switch {
	case j.Kind == "mqtt": // the broker looks for new ones ten times a second
		return 100
	case j.TLS && j.Idle == 0:
		return 10
	case !j.TLS && !j.Quiet: // Debian's looks at all that there are for each few that have something to say
		return 32
	}
	return 1
}

// inParallel makes n connections, some at a time.
func inParallel(n, atOnce int, open func(i int) error) error {
	var all sync.WaitGroup
	opening, errs := make(chan bool, atOnce), make([]error, n)
	for i := range n {
		opening <- true
		all.Go(func() {
			defer func() { <-opening }()
			errs[i] = open(i)
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("connection %d: %w", i, err)
		}
	}
	return nil
}

// exchange has one message echoed, and keeps nothing of it.
func (c *sock) exchange(j *Job, m *messages) error {
	s, err := newStream(j, m, 0)
	if err != nil {
		return err
	}
	if err := unix.SetNonblock(c.fd, false); err != nil {
		return err
	}
	if _, err := fdIO(c.fd).Write(s.next()); err != nil {
		return err
	}
	buf := make([]byte, 16<<10)
	for {
		n, err := fdIO(c.fd).Read(buf)
		if err != nil || n == 0 {
			return fmt.Errorf("no answer (%v)", err)
		}
		if done, err := s.feed(buf[:n]); err != nil || done > 0 {
			return err
		}
	}
}
