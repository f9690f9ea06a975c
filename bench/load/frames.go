// SPDX-License-Identifier: MIT

package load

import (
	"encoding/binary"
	"fmt"
	"iter"
)

// frames takes a server's WebSocket frames apart, which may be cut anywhere.
type frames struct {
	hdr    []byte
	inside bool   // behind a header
	left   uint64 // of the frame's payload
	op     byte
	final  bool
}

// piece takes a header, as far as it has not been taken, and what there is of its
// payload; not ok: that needs bytes which have not come.
func (f *frames) piece(b []byte) (p, rest []byte, ok bool) {
	if !f.inside {
		if b, ok = f.header(b); !ok {
			return nil, b, false
		}
		f.inside = true
	} else if len(b) == 0 {
		return nil, b, false
	}
	n := int(min(uint64(len(b)), f.left))
	if f.left -= uint64(n); f.left == 0 {
		f.inside, f.hdr = false, f.hdr[:0]
	}
	return b[:n], b[n:], true
}

// data are the pieces of b that are in messages. A server's control frames are an error here.
func (f *frames) data(b []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for {
			p, rest, ok := f.piece(b)
			if !ok {
				return
			}
			b = rest
			if f.op > opBinary {
				yield(nil, fmt.Errorf("a frame with opcode %d", f.op))
				return
			}
			if !yield(p, nil) {
				return
			}
		}
	}
}

// over tells whether the last piece has ended a message.
func (f *frames) over() bool { return !f.inside && f.final }

func (f *frames) header(b []byte) (rest []byte, ok bool) {
	for need := 2; ; {
		if len(f.hdr) >= 2 {
			switch f.hdr[1] {
			case 126:
				need = 4
			case 127:
				need = 10
			}
		}
		n := min(need-len(f.hdr), len(b))
		f.hdr, b = append(f.hdr, b[:n]...), b[n:]
		switch {
		case len(f.hdr) < need && n == 0:
			return b, false
		case len(f.hdr) < need || need == 2 && f.hdr[1] >= 126:
			continue
		}
		break
	}
	f.final, f.op, f.left = f.hdr[0]&0x80 != 0, f.hdr[0]&15, uint64(f.hdr[1])
	switch len(f.hdr) {
	case 4:
		f.left = uint64(binary.BigEndian.Uint16(f.hdr[2:]))
	case 10:
		f.left = binary.BigEndian.Uint64(f.hdr[2:])
	}
	return b, true
}
