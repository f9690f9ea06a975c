// SPDX-License-Identifier: MIT

// Package purify makes untrusted strings safe to put into SQL, JSON and file
// names. Input ends at its length or at a NUL; output ends with a NUL.
package purify

const upperHex = "0123456789ABCDEF"

// Both escapers stop when fewer than this many bytes of dst may be left for
// the next character, as the reference does.
const (
	sqlReserve  = 2
	jsonReserve = 6
)

// SQL writes src to dst with each single quote doubled, cut to what fits.
// It returns the length without the NUL. dst needs at least one byte.
func SQL(dst, src []byte) int {
	n := 0
	left := len(dst)
	for _, c := range src {
		if c == 0 || left <= sqlReserve {
			break
		}
		if c == '\'' {
			dst[n] = c
			n++
			left--
		}
		dst[n] = c
		n++
		left--
	}
	dst[n] = 0
	return n
}

// escapeLetter is what follows the backslash in the short form, or 0.
func escapeLetter(c byte) byte {
	switch c {
	case '\t':
		return 't'
	case '\n':
		return 'n'
	case '\r':
		return 'r'
	case '\\':
		return '\\'
	}
	return 0
}

// needsHex tells if c is written as \u00XX. Bytes above 127 are: the
// reference takes them for negative.
func needsHex(c byte) bool { return c == '"' || c < ' ' || c >= 0x80 }

// JSON writes src to dst escaped for the inside of a JSON string, cut to what
// fits. It returns the length without the NUL and how much of src it took.
// dst needs at least one byte.
func JSON(dst, src []byte) (wrote, used int) {
	// The reference counts a short escape as one byte of the room and can
	// so overrun it: both its count and the true one must be kept.
	left := len(dst)
	for _, c := range src {
		if c == 0 || left <= jsonReserve || wrote+2 >= len(dst) {
			break
		}
		letter := escapeLetter(c)
		switch {
		case letter != 0:
			dst[wrote], dst[wrote+1] = '\\', letter
			wrote += 2
		case needsHex(c):
			if wrote+6 >= len(dst) {
				dst[wrote] = 0
				return wrote, used
			}
			copy(dst[wrote:], `\u00`)
			dst[wrote+4], dst[wrote+5] = upperHex[c>>4], upperHex[c&15]
			wrote += 6
			left -= 5
		default:
			dst[wrote] = c
			wrote++
		}
		left--
		used++
	}
	dst[wrote] = 0
	return wrote, used
}

// AppendJSON appends c as it is escaped for the inside of a JSON string.
func AppendJSON(dst []byte, c byte) []byte {
	if letter := escapeLetter(c); letter != 0 {
		return append(dst, '\\', letter)
	}
	if needsHex(c) {
		return append(dst, '\\', 'u', '0', '0', upperHex[c>>4], upperHex[c&15])
	}
	return append(dst, c)
}

// JSONLen is an upper bound of the length JSON needs for all of src, without
// the NUL.
func JSONLen(src []byte) int {
	n := 0
	for _, c := range src {
		switch {
		case c == '\t' || c == '\n' || c == '\r':
			n += 2
		case c == '\\' || needsHex(c):
			n += 6
		default:
			n++
		}
	}
	return n
}

// Filename replaces, in place, what can lead out of a directory or means
// something to a shell or another system's paths, with '_'.
func Filename(name []byte) {
	for i, c := range name {
		switch {
		case c == '.' && i+1 < len(name) && name[i+1] == '.':
			name[i], name[i+1] = '_', '_'
		case c == ':' || c == '\\' || c == '$' || c == '%':
			name[i] = '_'
		}
	}
}
