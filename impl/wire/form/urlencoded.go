package form

import "bytes"

type urlState uint8

const (
	urlName    urlState = iota // before '='
	urlValue                   // after it
	urlEscape                  // after '%'
	urlEscape2                 // after '%' and a digit
)

// urlencoded decodes name=value&name=value (HTML Standard, URL-encoded form data).
type urlencoded struct {
	sink  Sink
	err   error
	state urlState
	high  byte
	n     int // bytes in name
	name  [MaxName]byte
	part  Part
	run   [runSize]byte // decoded bytes on their way out
}

const runSize = 128

func (u *urlencoded) Write(in []byte) error {
	for len(in) > 0 && u.err == nil {
		switch u.state {
		case urlName:
			in, u.err = u.onName(in)
		case urlValue:
			in, u.err = u.onValue(in)
		default:
			var n int
			n, u.err = u.decodeRun(in)
			in = in[n:]
		}
	}
	return u.err
}

func (u *urlencoded) Current() *Part { return &u.part }

// onName takes bytes of the name. A name without '=' has an empty value.
func (u *urlencoded) onName(in []byte) (rest []byte, err error) {
	n := bytes.IndexAny(in, "=&")
	if n < 0 {
		return nil, u.addName(in)
	}
	if err := u.addName(in[:n]); err != nil {
		return nil, err
	}
	if in[n] == '&' && u.n == 0 {
		return in[n+1:], nil
	}
	u.part = Part{Name: u.name[:u.n]}
	if err := u.sink.Begin(&u.part); err != nil {
		return nil, err
	}
	u.n, u.state = 0, urlValue
	if in[n] == '&' {
		return in[n+1:], u.end()
	}
	return in[n+1:], nil
}

func (u *urlencoded) addName(b []byte) error {
	n := copy(u.name[u.n:], b)
	u.n += n
	if n < len(b) {
		u.part = Part{Name: u.name[:]} // what is at hand when it ends
		return ErrNameTooLong
	}
	return nil
}

func (u *urlencoded) end() error {
	u.state = urlName
	return u.sink.End()
}

// onValue takes a long run of plain bytes as it is, or a decoded run, and the '&'
// behind it.
func (u *urlencoded) onValue(in []byte) (rest []byte, err error) {
	plain := bytes.IndexAny(in, "&%+")
	if plain < 0 {
		return nil, u.sink.Data(in)
	}
	used := plain
	if plain >= runSize || in[plain] == '&' {
		if plain > 0 {
			err = u.sink.Data(in[:plain])
		}
	} else {
		used, err = u.decodeRun(in)
	}
	if err == nil && used < len(in) && in[used] == '&' && u.state == urlValue {
		used++
		err = u.end()
	}
	return in[used:], err
}

// decodeRun decodes until '&', the end of in, or as much as run holds.
func (u *urlencoded) decodeRun(in []byte) (used int, err error) {
	n := 0
	for used < len(in) && n < len(u.run) {
		c := in[used]
		switch {
		case u.state != urlValue:
			done, err := u.onEscape(c)
			if err != nil {
				return used, err
			}
			used++
			if !done {
				continue
			}
			c = u.high
		case c == '&':
			return used, u.sink.Data(u.run[:n])
		case c == '%':
			u.state = urlEscape
			used++
			continue
		default:
			used++
			if c == '+' {
				c = ' '
			}
		}
		u.run[n] = c
		n++
	}
	if n == 0 {
		return used, nil
	}
	return used, u.sink.Data(u.run[:n])
}

// onEscape takes a digit of an escape; when it was the second, the byte is in high.
func (u *urlencoded) onEscape(c byte) (done bool, err error) {
	d := hexDigit(c)
	if d < 0 {
		return false, ErrEscape
	}
	if u.state == urlEscape {
		u.high, u.state = byte(d)<<4, urlEscape2
		return false, nil
	}
	u.high |= byte(d)
	u.state = urlValue
	return true, nil
}

// Close ends the last value: the body's end is as good as '&'. A cut escape loses
// the value, and so does a name without '='.
func (u *urlencoded) Close() error {
	switch {
	case u.err != nil:
	case u.state == urlValue:
		u.err = u.end()
	case u.state != urlName:
		u.err = ErrIncomplete
	}
	return u.err
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
