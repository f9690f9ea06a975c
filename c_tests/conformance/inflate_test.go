// SPDX-License-Identifier: MIT

package conformance

import (
	"errors"
	"fmt"
)

// An inflater for judging what the library's compressor sends: it is simple,
// keeps everything in one slice, and refuses a distance that the negotiated
// window does not allow, which other inflaters silently take.
type inflater struct {
	window  int    // in bytes
	history []byte // output so far, as far back as references may go
	in      []byte
	bit     uint
	out     []byte
	far     int // largest distance seen
}

var errCut = errors.New("deflate data ends too early")

func (z *inflater) bits(n uint) int {
	v := 0
	for i := range n {
		if int(z.bit>>3) >= len(z.in) {
			panic(errCut)
		}
		v |= int(z.in[z.bit>>3]>>(z.bit&7)&1) << i
		z.bit++
	}
	return v
}

// huffman is a canonical code: how many codes of each length, and the symbols in order.
type huffman struct {
	count   [16]int
	symbols []int
}

func newHuffman(lengths []int) *huffman {
	h := &huffman{symbols: make([]int, len(lengths))}
	for _, l := range lengths {
		h.count[l]++
	}
	h.count[0] = 0
	var offs [17]int
	for i := 1; i < 16; i++ {
		offs[i+1] = offs[i] + h.count[i]
	}
	for s, l := range lengths {
		if l != 0 {
			h.symbols[offs[l]] = s
			offs[l]++
		}
	}
	return h
}

func (z *inflater) symbol(h *huffman) int {
	code, first, index := 0, 0, 0
	for l := 1; l < 16; l++ {
		code |= z.bits(1)
		if code-h.count[l] < first {
			return h.symbols[index+code-first]
		}
		index += h.count[l]
		first = (first + h.count[l]) << 1
		code <<= 1
	}
	panic(errors.New("no such code"))
}

var (
	lengthBase  = []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthExtra = []uint{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase    = []int{1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577}
	clenOrder   = []int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

func (z *inflater) emit(b byte) { z.history = append(z.history, b); z.out = append(z.out, b) }

func (z *inflater) stored() {
	z.bit = (z.bit + 7) &^ 7
	n := z.bits(16)
	if z.bits(16) != n^0xffff {
		panic(errors.New("bad stored length"))
	}
	for range n {
		z.emit(byte(z.bits(8)))
	}
}

func fixedCodes() (lit, dist *huffman) {
	l := make([]int, 288)
	for i := range l {
		switch {
		case i < 144, i >= 280:
			l[i] = 8
		case i < 256:
			l[i] = 9
		default:
			l[i] = 7
		}
	}
	d := make([]int, 30)
	for i := range d {
		d[i] = 5
	}
	return newHuffman(l), newHuffman(d)
}

func (z *inflater) dynamicCodes() (lit, dist *huffman) {
	nLit, nDist, nClen := z.bits(5)+257, z.bits(5)+1, z.bits(4)+4
	cl := make([]int, 19)
	for i := range nClen {
		cl[clenOrder[i]] = z.bits(3)
	}
	h := newHuffman(cl)
	var l []int
	for len(l) < nLit+nDist {
		switch s := z.symbol(h); s {
		default:
			l = append(l, s)
		case 16:
			prev := l[len(l)-1]
			for range 3 + z.bits(2) {
				l = append(l, prev)
			}
		case 17:
			l = append(l, make([]int, 3+z.bits(3))...)
		case 18:
			l = append(l, make([]int, 11+z.bits(7))...)
		}
	}
	return newHuffman(l[:nLit]), newHuffman(l[nLit:])
}

func (z *inflater) compressed(lit, dist *huffman) {
	for {
		s := z.symbol(lit)
		if s == 256 {
			return
		}
		if s < 256 {
			z.emit(byte(s))
			continue
		}
		n := lengthBase[s-257] + z.bits(lengthExtra[s-257])
		ds := z.symbol(dist)
		d := distBase[ds] + z.bits(uint(max(0, ds/2-1)))
		z.far = max(z.far, d)
		if d > z.window || d > len(z.history) {
			panic(fmt.Errorf("distance %d with a window of %d and %d bytes of history", d, z.window, len(z.history)))
		}
		for range n {
			z.emit(z.history[len(z.history)-d])
		}
	}
}

// message inflates the payload of one message (RFC 7692 §7.2.2).
func (z *inflater) message(p []byte) (out []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok {
				panic(r)
			}
			err = e
		}
	}()
	z.in = append(append([]byte(nil), p...), 0, 0, 0xff, 0xff)
	z.bit, z.out = 0, nil
	if n := len(z.history); n > 1<<16 {
		z.history = append([]byte(nil), z.history[n-1<<15:]...)
	}
	for int(z.bit>>3) < len(z.in) {
		final := z.bits(1)
		switch z.bits(2) {
		case 0:
			z.stored()
		case 1:
			z.compressed(fixedCodes())
		case 2:
			z.compressed(z.dynamicCodes())
		default:
			return nil, errors.New("reserved block type")
		}
		if final == 1 {
			z.bit = (z.bit + 7) &^ 7
			if rest := z.in[z.bit>>3:]; len(rest) <= 5 { // only the tail is left
				break
			}
		}
	}
	return z.out, nil
}
