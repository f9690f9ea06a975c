package h1

import "bytes"

// heldMax is how many bytes of a name that may still come are held back: what
// fits struct lws_process_html_state with its NUL.
const heldMax = 14

// Expander replaces variables in a text that comes in pieces. A name is found
// when no other name begins with it; what replaces it is not looked at again.
type Expander struct {
	// Vars are the names, each with its '$'.
	Vars []string
	// Replace gives the text for one of them, valid until the next call.
	Replace func(i int) []byte
}

// Expand appends in with its variables replaced to dst, within dst's capacity.
// held is what the piece before kept back; the result's held is for the next
// one, and aliases neither. With final nothing is kept. ok is false when dst is full.
func (e *Expander) Expand(dst, held, in []byte, final bool) (out, kept []byte, ok bool) {
	text := in
	if len(held) > 0 {
		text = append(append(make([]byte, 0, len(held)+len(in)), held...), in...)
	}
	for len(text) > 0 {
		n := bytes.IndexByte(text, '$')
		if n < 0 {
			n = len(text)
		}
		add := text[:n]
		if n == 0 {
			var wait bool
			if n, add, wait = e.variable(text); wait && !final {
				return dst, append([]byte(nil), text...), true
			}
		}
		if len(dst)+len(add) > cap(dst) {
			return dst, nil, false
		}
		dst = append(dst, add...)
		text = text[n:]
	}
	return dst, nil, true
}

// variable looks at text, which begins with '$': it takes n bytes, for which add
// stands. wait: the text may go on as one of the names.
func (e *Expander) variable(text []byte) (n int, add []byte, wait bool) {
	for n = 1; ; n++ {
		hits, hit := 0, 0
		for i, v := range e.Vars {
			if len(v) >= n && v[:n] == string(text[:n]) {
				hits, hit = hits+1, i
			}
		}
		switch {
		case hits == 0 || n > heldMax:
			return 1, text[:1], false
		case hits == 1 && len(e.Vars[hit]) == n:
			return n, e.Replace(hit), false
		case n == len(text):
			return 1, text[:1], true
		}
	}
}
