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

// noWeight tells that w is a weight of 0: "q=0", "q=0.000".
func noWeight(w []byte) bool {
	return len(w) > 2 && w[0]|' ' == 'q' && w[1] == '=' && w[2] == '0' && len(bytes.Trim(w[2:], "0.")) == 0
}
