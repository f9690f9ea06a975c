// SPDX-License-Identifier: MIT

package load

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

var tlsConfig = &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}}

func openTLS(j *Job, with *tls.Config) (*tls.Conn, *bufio.Reader, error) {
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
	if j.Kind == "ws" || j.Kind == "connect" {
		if err := upgradeOn(c, r, j); err != nil {
			c.Close()
			return nil, nil, err
		}
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
	err  error
}

func (t *team) end(err error) {
	t.once.Do(func() { t.err = err; close(t.stop) })
}

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
		t.end(nil)
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
				t.end(err)
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
	for i := range conns {
		var err error
		if conns[i], readers[i], err = openTLS(j, tlsConfig); err != nil {
			return Result{}, fmt.Errorf("connection %d: %w", i, err)
		}
		defer conns[i].NetConn().Close()
		_ = conns[i].SetDeadline(time.Now().Add(j.Warm + j.Window + 20*time.Second))
	}
	return runTeam(j, j.Conns, func(t *team, i int) error {
		s, err := newStream(j, m)
		if err != nil {
			return err
		}
		buf := make([]byte, 32<<10)
		for {
			begun := time.Now()
			if _, err := conns[i].Write(s.next()); err != nil {
				return err
			}
			for done := 0; done == 0; {
				n, err := readers[i].Read(buf)
				if err != nil {
					return err
				}
				if done, err = s.feed(buf[:n]); err != nil {
					return err
				}
			}
			if !t.done(begun) {
				return nil
			}
		}
	})
}

// runConnectTLS connects, upgrades and closes, over and over. A worker that
// resumes has a cache of its own, which its first connection fills.
func runConnectTLS(j *Job) (Result, error) {
	one := func(with *tls.Config, resumed bool) error {
		c, r, err := openTLS(j, with)
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
