// SPDX-License-Identifier: MIT

// Package httpdate reads and writes the times of HTTP headers (RFC 9110 §5.6.7).
// net/http would do it, and bring a TLS stack of its own into every program.
package httpdate

import "time"

// Layout is how times are written: Sun, 06 Nov 1994 08:49:37 GMT.
const Layout = "Mon, 02 Jan 2006 15:04:05 GMT"

// Format writes seconds since 1970.
func Format(unix int64) string { return time.Unix(unix, 0).UTC().Format(Layout) }

// Parse reads the three forms that recipients have to know.
func Parse(text string) (time.Time, error) { return first(text, Layout, time.RFC850, time.ANSIC) }

// ParseCookie reads what an expiry of a cookie may be, too: other zones, and the
// form of Netscape's cookies.
func ParseCookie(text string) (time.Time, error) {
	return first(text, time.RFC1123, "Mon, 02-Jan-2006 15:04:05 MST", time.RFC850, time.ANSIC)
}

func first(text string, layouts ...string) (t time.Time, err error) {
	for _, l := range layouts {
		if t, err = time.Parse(l, text); err == nil {
			break
		}
	}
	return t, err
}
