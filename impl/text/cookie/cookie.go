// SPDX-License-Identifier: MIT

// Package cookie knows HTTP cookies as clients keep them (RFC 6265), and the
// lines of a cookie jar in the format of Netscape, curl and wget:
//
//	domain, subdomains (TRUE, FALSE), path, secure, expiry, name, value
//
// with tabs between them. It does no I/O.
package cookie

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"libwebsockets/impl/text/httpdate"
)

// Cookie is one that was set by a server.
type Cookie struct {
	Domain     string // in lower case, without a dot in front
	Subdomains bool   // those of Domain get it, too
	Path       string
	Secure     bool  // only over TLS
	Expires    int64 // seconds since 1970, 0: at the end of the session
	Name       string
	Value      string
}

// Header is the first line of a jar; some programs insist on it.
const Header = "# Netscape HTTP Cookie File\n"

const (
	yes = "TRUE"
	no  = "FALSE"
	// httpOnly begins lines of cookies that scripts do not see; there are none here.
	httpOnly = "#HttpOnly_"
)

// ParseLine reads a line of a jar, without its end; false: it has no cookie.
func ParseLine(line string) (c Cookie, ok bool) {
	f := strings.Split(strings.TrimPrefix(strings.TrimSuffix(line, "\r"), httpOnly), "\t")
	if len(f) < 6 || len(f) > 7 || strings.ContainsAny(strings.TrimSuffix(line, "\r"), "\r\n") || strings.HasPrefix(f[0], "#") {
		return c, false
	}
	at, err := strconv.ParseInt(f[4], 10, 64)
	if err != nil || f[0] == "" || f[2] == "" || f[5] == "" {
		return c, false
	}
	c = Cookie{Path: f[2], Secure: f[3] == yes, Expires: max(at, 0), Name: f[5]}
	if len(f) == 7 {
		c.Value = f[6]
	}
	var dot bool
	c.Domain, dot = strings.CutPrefix(strings.ToLower(f[0]), ".")
	// Upstream writes TRUE for what only the host itself gets; it has no dot.
	c.Subdomains = dot && f[1] == yes
	return c, c.Domain != "" && c.Domain[0] != '.' && c.Domain[0] != '#'
}

// Line is the cookie's line in a jar, without its end.
func (c *Cookie) Line() string {
	word := map[bool]string{false: no, true: yes}
	domain := c.Domain
	if c.Subdomains {
		domain = "." + domain
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%s\t%s", domain, word[c.Subdomains], c.Path, word[c.Secure], c.Expires, c.Name, c.Value)
}

// Tag names the cookie of a line: "domain|path|name", as the line has them.
func Tag(line string) (tag string, ok bool) {
	if _, ok = ParseLine(line); !ok {
		return "", false
	}
	f := strings.Split(strings.TrimPrefix(line, httpOnly), "\t")
	return f[0] + "|" + f[2] + "|" + strings.TrimSuffix(f[5], "\r"), true
}

// Same tells whether o is the same cookie, which one of them replaces.
func (c *Cookie) Same(o *Cookie) bool {
	return c.Domain == o.Domain && c.Path == o.Path && c.Name == o.Name
}

// Expired tells whether the cookie's time is over.
func (c *Cookie) Expired(now time.Time) bool { return c.Expires != 0 && c.Expires <= now.Unix() }

// For tells whether a request gets the cookie (RFC 6265 §5.4).
func (c *Cookie) For(host, path string, secure bool) bool {
	host = strings.ToLower(host)
	return (host == c.Domain || c.Subdomains && below(host, c.Domain)) && PathMatch(pathOnly(path), c.Path) && (secure || !c.Secure)
}

func below(host, domain string) bool {
	_, err := netip.ParseAddr(host)
	return err != nil && strings.HasSuffix(host, "."+domain)
}

// PathMatch is RFC 6265 §5.1.4.
func PathMatch(request, path string) bool {
	rest, ok := strings.CutPrefix(request, path)
	return ok && (rest == "" || strings.HasSuffix(path, "/") || rest[0] == '/')
}

func pathOnly(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}

var (
	errForeign = errors.New("it is for another domain")
	errUnfit   = errors.New("it does not fit into a cookie jar")
)

// Set reads a Set-Cookie header's value in the answer to a request (RFC 6265
// §5.3). A cookie that has expired deletes the one of that name.
func Set(value, host, path string, now time.Time) (c Cookie, err error) {
	h, err := parse(value)
	if err != nil {
		return c, err
	}
	host = strings.ToLower(host)
	c = Cookie{Domain: host, Path: h.path, Secure: h.secure, Name: h.name, Value: h.value}
	switch domain := strings.ToLower(strings.TrimPrefix(h.domain, ".")); {
	case domain == "":
	case domain != host && !below(host, domain):
		return c, errForeign
	case domain != host || strings.Contains(domain, "."):
		suffix, _ := publicsuffix.PublicSuffix(domain)
		_, number := netip.ParseAddr(host)
		if domain == suffix && domain != host {
			return c, fmt.Errorf("nobody owns %s", domain)
		}
		c.Domain, c.Subdomains = domain, domain != suffix && number != nil
	}
	if !strings.HasPrefix(c.Path, "/") {
		c.Path = "/"
		if i := strings.LastIndexByte(pathOnly(path), '/'); i > 0 {
			c.Path = path[:i]
		}
	}
	switch {
	case h.hasAge && h.maxAge <= 0:
		c.Expires = 1
	case h.hasAge:
		c.Expires = now.Unix() + h.maxAge
	case h.expires != "":
		at, err := httpdate.ParseCookie(h.expires)
		if err != nil {
			return c, fmt.Errorf("expires: %w", err)
		}
		c.Expires = max(at.Unix(), 1)
	}
	if back, ok := ParseLine(c.Line()); !ok || back != c {
		return c, errUnfit
	}
	return c, nil
}

// TagMatch tells whether a tag matches a pattern of three parts, in each of which
// '*' stands for anything. In a lookup the pattern's path is a request's, which the
// cookie's has to be good for.
func TagMatch(pattern, tag string, lookup bool) bool {
	for part := range 3 {
		var p, t string
		p, pattern, _ = strings.Cut(pattern, "|")
		t, tag, _ = strings.Cut(tag, "|")
		if part == 1 && lookup {
			if !PathMatch(p, t) {
				return false
			}
		} else if !glob(p, t) {
			return false
		}
	}
	return true
}

// glob matches a pattern with '*'.
func glob(pattern, s string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, first)
	for ok {
		var piece string
		piece, rest, star = strings.Cut(rest, "*")
		if !star {
			return strings.HasSuffix(s, piece)
		}
		_, s, ok = strings.Cut(s, piece)
	}
	return false
}
