// SPDX-License-Identifier: MIT

package load

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

var tlsConfig = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}

func openTLS(j *Job, with *tls.Config, s stream) (*tls.Conn, *bufio.Reader, error) {
	raw, err := net.Dial("tcp", j.Addr)
	if err != nil {
		return nil, nil, err
	}
	c := tls.Client(raw, with)
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if err := c.Handshake(); err != nil {
		c.Close()
		return nil, nil, err
	}
	r := bufio.NewReaderSize(c, 16<<10)
	if j.webSocket() {
		err = upgradeOn(c, r, j)
	}
	if g, ok := s.(greeter); ok && err == nil {
		err = g.greet(struct {
			io.Reader
			io.Writer
		}{r, c})
	}
	if err != nil {
		c.Close()
		return nil, nil, err
	}
	return c, r, nil
}

func upgradeOn(c io.Writer, r *bufio.Reader, j *Job) error {
	if _, err := io.WriteString(c, upgradeRequest(j)); err != nil {
		return err
	}
	var got []byte
	for !bytes.HasSuffix(got, []byte("\r\n\r\n")) {
		line, err := r.ReadBytes('\n')
		got = append(got, line...)
		if err != nil {
			return fmt.Errorf("upgrade: got %q and then %w", got, err)
		}
	}
	return checkUpgrade(j, got)
}

// team runs n workers until the window is over or one fails.
type team struct {
	mu   sync.Mutex
	w    *window
	stop chan struct{}
	once sync.Once
	err  error // also of one that fails when the window is over: nobody is forgotten
}

func (t *team) end() { t.once.Do(func() { close(t.stop) }) }

// done notes an operation; false: it is over.
func (t *team) done(begun time.Time) bool {
	now := time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.w.done(begun, now)
	select {
	case <-t.stop:
		return false
	default:
	}
	if !t.w.tick(now) {
		t.end()
		return false
	}
	return true
}

func runTeam(j *Job, n int, work func(t *team, i int) error) (Result, error) {
	t := &team{w: newWindow(j), stop: make(chan struct{})}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if err := work(t, i); err != nil {
				t.mu.Lock()
				t.err = cmp.Or(t.err, fmt.Errorf("connection %d: %w", i, err))
				t.mu.Unlock()
				t.end()
			}
		})
	}
	// Workers that wait for a server that is silent end with their deadlines.
	wg.Wait()
	if t.err != nil {
		return Result{}, t.err
	}
	return t.w.result()
}

func runTLS(j *Job) (Result, error) {
	m := newMessages(j)
	conns := make([]*tls.Conn, j.Conns)
	readers := make([]*bufio.Reader, j.Conns)
	streams := make([]stream, j.Conns)
	defer func() {
		for _, c := range conns {
			if c != nil {
				c.NetConn().Close()
			}
		}
	}()
	err := inParallel(j.Conns, j.atOnce(), func(i int) (err error) {
		if streams[i], err = newStream(j, m, i); err == nil {
			conns[i], readers[i], err = openTLS(j, tlsConfig, streams[i])
		}
		return err
	})
	if err != nil {
		return Result{}, err
	}
	for _, c := range conns {
		_ = c.SetDeadline(time.Now().Add(j.Warm + j.Window + 20*time.Second))
	}
	return runTeam(j, j.Conns, func(t *team, i int) error {
		s := streams[i]
		buf := make([]byte, 32<<10)
		var begun []time.Time // of those that are on their way
		for ask, on := max(1, j.InFlight), true; ; {
			for ; ask > 0 && on; ask-- {
				begun = append(begun, time.Now())
				if _, err := conns[i].Write(s.next()); err != nil {
					return err
				}
			}
			if len(begun) == 0 {
				return nil
			}
			n, err := readers[i].Read(buf)
			if err == nil {
				ask, err = s.feed(buf[:n])
			}
			if err != nil {
				return err
			}
			for _, at := range begun[:ask] {
				on = t.done(at) && on
			}
			begun = append(begun[:0], begun[ask:]...)
		}
	})
}

// runConnectTLS connects, upgrades and closes, over and over. A worker that
// resumes has a cache of its own, which its first connection fills.
func runConnectTLS(j *Job) (Result, error) {
	one := func(with *tls.Config, resumed bool) error {
		c, r, err := openTLS(j, with, nil)
		if err != nil {
			return err
		}
		defer c.NetConn().Close()
		if c.ConnectionState().DidResume != resumed {
			return fmt.Errorf("the session was resumed: %t, expected: %t", !resumed, resumed)
		}
		if _, err := c.Write(closeFrame); err != nil {
			return err
		}
		answer, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("close: %w", err)
		}
		return checkClose(answer)
	}
	return runTeam(j, j.Conns, func(t *team, _ int) error {
		with := tlsConfig
		if j.Resume {
			with = tlsConfig.Clone()
			with.ServerName = "localhost"
			with.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		}
		if j.TLS12 {
			with = with.Clone()
			with.MaxVersion = tls.VersionTLS12
		}
		for first := true; ; first = false {
			begun := time.Now()
			if err := one(with, j.Resume && !first); err != nil {
				return err
			}
			if !t.done(begun) {
				return nil
			}
		}
	})
}
