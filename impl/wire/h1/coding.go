// SPDX-License-Identifier: MIT

package h1

import "bytes"

// Accepts tells whether an Accept-Encoding field names coding, which is in lower case,
// with a weight above 0 (RFC 9110 §12.4.2, §12.5.3). "*" is not taken for it.
func Accepts(field []byte, coding string) bool {
	for more := true; more; {
		var one, weight []byte
		one, field, more = bytes.Cut(field, []byte{','})
		one, weight, _ = bytes.Cut(one, []byte{';'})
		if one = trim(one); len(one) == len(coding) && foldEqual(one, coding) {
			return !noWeight(trim(weight))
		}
	}
	return false
}

// Choose finds which of the codings, named in lower case, an Accept-Encoding field weighs
// most (RFC 9110 §12.5.3), the first of those that it weighs alike; -1: it names none, or
// weighs "identity" more. taken has a bit for each that it takes at all.
func Choose(field []byte, codings []string) (best int, taken uint8) {
	best, most, plain := -1, 0, 0
	for more := true; more; {
		var one, params []byte
		one, field, more = bytes.Cut(field, []byte{','})
		one, params, _ = bytes.Cut(one, []byte{';'})
		if one = trim(one); len(one) == len(identity) && foldEqual(one, identity) {
			plain = weight(trim(params))
			continue
		}
		for i, k := range codings {
			if len(one) != len(k) || !foldEqual(one, k) || taken&(1<<i) != 0 {
				continue
			}
			w := weight(trim(params))
			if w > 0 {
				taken |= 1 << i
			}
			if w > most || w == most && w > 0 && i < best {
				best, most = i, w
			}
		}
	}
	if most < plain {
		best = -1
	}
	return best, taken
}

const identity = "identity"

// weight is a weight in thousandths; what is none counts as 1, as it is for no weight.
func weight(params []byte) int {
	switch {
	case noWeight(params):
		return 0
	case len(params) < 4 || params[0]|' ' != 'q' || string(params[1:4]) != "=0.":
		return 1000
	}
	w, scale := 0, 100
	for _, c := range params[4:] {
		if c < '0' || c > '9' || scale == 0 {
			break
		}
		w += int(c-'0') * scale
		scale /= 10
	}
	return max(w, 1)
}

// noWeight tells that w is a weight of 0: "q=0", "q=0.000".
func noWeight(w []byte) bool {
	return len(w) > 2 && w[0]|' ' == 'q' && w[1] == '=' && w[2] == '0' && len(bytes.Trim(w[2:], "0.")) == 0
}
