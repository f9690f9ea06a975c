// SPDX-License-Identifier: MIT

package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/cookie"
	wire "libwebsockets/impl/wire/h1"
)

// Jar is a file of cookies, which other processes may change, too. It is
// replaced as a whole, so that readers never see half of a change; who changes
// it holds the lock file of upstream's name meanwhile.
type Jar struct {
	Path string
	// Of a context's jar: what of it is held in memory, and how long a cookie may be.
	MaxBytes, MaxItems, MaxCookie int

	mu   sync.Mutex
	seen fs.FileInfo // of what is held, nil: nothing is
	held []cookie.Cookie
}

// Again is a jar for the same file.
func (j *Jar) Again() engine.CookieJar {
	return &Jar{Path: j.Path, MaxBytes: j.MaxBytes, MaxItems: j.MaxItems, MaxCookie: j.MaxCookie}
}

// maxJar is more than a jar has: the file is not ours alone.
const maxJar = 16 << 20

// Lines are the jar's lines that have a cookie whose time is not over. A file
// that is not there is empty.
func (j *Jar) Lines() ([]string, error) {
	if st, err := os.Stat(j.Path); err == nil && st.Size() > maxJar {
		return nil, fmt.Errorf("%s has %d bytes, more than %d", j.Path, st.Size(), maxJar)
	}
	b, err := os.ReadFile(j.Path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var l []string
	now := time.Now()
	for line := range strings.Lines(string(b)) {
		line = strings.TrimRight(line, "\r\n")
		if c, ok := cookie.ParseLine(line); ok && !c.Expired(now) {
			l = append(l, line)
		}
	}
	return l, nil
}

// lockTries times lockPause is how long another process may keep the jar.
const (
	lockTries = 100
	lockPause = 2 * time.Millisecond
	lockStale = 10 * time.Second
)

// lock takes the jar's lock file. One that is old was left behind.
func (j *Jar) lock() (unlock func(), err error) {
	name := j.Path + ".LCK"
	for range lockTries {
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			f.Close()
			return func() { os.Remove(name) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > lockStale {
			os.Remove(name)
			continue
		}
		time.Sleep(lockPause)
	}
	return nil, fmt.Errorf("another process holds %s", name)
}

// Change adds lines in front and drops those for which drop is true, as well
// as what has expired. It returns how many bytes of lines there are now.
func (j *Jar) Change(add []string, drop func(line string) bool) (size int, err error) {
	unlock, err := j.lock()
	if err != nil {
		return 0, err
	}
	defer unlock()
	l, err := j.Lines()
	if err != nil {
		return 0, err
	}
	l = append(slices.Clone(add), slices.DeleteFunc(l, drop)...)
	f, err := os.CreateTemp(filepath.Dir(j.Path), filepath.Base(j.Path)+".*.tmp")
	if err != nil {
		return 0, err
	}
	defer os.Remove(f.Name())
	var b strings.Builder
	b.WriteString(cookie.Header)
	for _, line := range l {
		size += len(line)
		b.WriteString(line + "\n")
	}
	_, err = f.WriteString(b.String())
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), j.Path)
	}
	return size, err
}

// cookies are those of the jar, from memory if the file has not changed.
func (j *Jar) cookies() ([]cookie.Cookie, error) {
	st, err := os.Stat(j.Path)
	if err == nil && j.seen != nil && os.SameFile(st, j.seen) && st.ModTime().Equal(j.seen.ModTime()) && st.Size() == j.seen.Size() {
		return j.held, nil
	}
	j.seen, j.held = nil, nil
	lines, lerr := j.Lines()
	if lerr != nil {
		return nil, lerr
	}
	var l []cookie.Cookie
	size := 0
	for _, line := range lines {
		if c, ok := cookie.ParseLine(line); ok {
			l = append(l, c)
			size += len(line)
		}
	}
	if err == nil && (j.MaxBytes == 0 || size <= j.MaxBytes) && (j.MaxItems == 0 || len(l) <= j.MaxItems) {
		j.seen, j.held = st, l
	}
	return l, nil
}

// For is the Cookie header for a request, "" when there is none: longer paths
// first (RFC 6265 §5.4).
func (j *Jar) For(host, path string, secure bool) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	l, err := j.cookies()
	if err != nil {
		engine.Errf("cookie jar: %v", err)
		return ""
	}
	now := time.Now()
	var fit []*cookie.Cookie
	for i := range l {
		if c := &l[i]; !c.Expired(now) && c.For(host, path, secure) {
			fit = append(fit, c)
		}
	}
	slices.SortStableFunc(fit, func(a, b *cookie.Cookie) int { return len(b.Path) - len(a.Path) })
	var text []string
	for _, c := range fit {
		text = append(text, c.Name+"="+c.Value)
	}
	return strings.Join(text, "; ")
}

// Take keeps what the Set-Cookie headers of an answer say. Cookies that are to
// last as long as the session are not kept.
func (j *Jar) Take(values []string, host, path string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	now := time.Now()
	var set []cookie.Cookie
	for _, v := range values {
		c, err := cookie.Set(v, host, path, now)
		switch {
		case err != nil:
			engine.Noticef("cookie jar: %s sets a cookie that is not taken: %v", host, err)
		case c.Expires == 0:
			engine.Infof("cookie jar: %s of %s is not kept: it has no time", c.Name, host)
		case j.MaxCookie != 0 && len(c.Line()) > j.MaxCookie:
			engine.Warnf("cookie jar: %s of %s has %d bytes, more than %d", c.Name, host, len(c.Line()), j.MaxCookie)
		default:
			set = append(slices.DeleteFunc(set, func(o cookie.Cookie) bool { return o.Same(&c) }), c)
		}
	}
	if len(set) == 0 {
		return
	}
	var lines []string
	for i := range set {
		if !set[i].Expired(now) {
			lines = append(lines, set[i].Line())
		}
	}
	_, err := j.Change(lines, func(line string) bool {
		c, _ := cookie.ParseLine(line)
		return slices.ContainsFunc(set, func(o cookie.Cookie) bool { return o.Same(&c) })
	})
	if err != nil {
		engine.Errf("cookie jar: %v", err)
	}
}

// jar is what the connection's requests take cookies from, nil: nothing.
func (s *State) jar(c *engine.Conn) engine.CookieJar {
	if s.info.Flags&CacheCookies == 0 {
		return nil
	}
	return c.Ctx.Cookies
}

// cookie is the Cookie header of the request, "" when there is none.
func (s *State) cookie(c *engine.Conn) string {
	if j := s.jar(c); j != nil {
		return j.For(withoutPort(s.info.Host), s.info.Path, s.info.Flags&UseSSL != 0)
	}
	return ""
}

// takeCookies keeps what the answer sets.
func (s *State) takeCookies(c *engine.Conn) {
	j := s.jar(c)
	if j == nil {
		return
	}
	var l []string
	for i := 0; ; i++ {
		f := c.Headers.Fragment(wire.TokenHTTPSetCookie, i)
		if f == nil {
			break
		}
		l = append(l, string(f))
	}
	if len(l) > 0 {
		j.Take(l, withoutPort(s.info.Host), s.info.Path)
	}
}
