// SPDX-License-Identifier: MIT

package coding

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"unsafe"

	"libwebsockets/impl/wire/deflate"
)

// Errors of the Decoder.
var (
	ErrCorrupt   = errors.New("coding: corrupt data")
	ErrTruncated = errors.New("coding: the data ends too early")
	ErrSum       = errors.New("coding: the check sum is that of other data")
)

// Decoder decodes one body. What it holds does not depend on how much that is, or on how
// much comes of it.
type Decoder struct {
	coding Coding
	state  decoderState
	zlib   bool // Deflate in its own format (RFC 1950), which some leave off
	whole  bool // a member is complete: there may be no other

	z    deflate.Inflater
	sum  uint32 // of what was decoded, of this member
	size uint32

	flags byte // of a gzip head
	skip  int  // bytes of it to come
	part  [10]byte
	have  int // of part

	back  [16]byte // what was taken from the input too early, and comes before it
	nBack int

	stream unsafe.Pointer // the library's, for Brotli
}

type decoderState uint8

const (
	inHead decoderState = iota
	inExtraLength
	inExtra
	inName
	inComment
	inHeadSum
	inData
	inTrailer
	inNothing // behind the end
	failed
)

// The flags of a gzip head (RFC 1952 §2.3.1).
const (
	flagHeadSum = 1 << 1
	flagExtra   = 1 << 2
	flagName    = 1 << 3
	flagComment = 1 << 4
	flagsUnused = 0xe0
)

// Init makes d ready for a body.
func (d *Decoder) Init(k Coding) { *d = Decoder{coding: k} }

// Release gives memory back to the pools.
func (d *Decoder) Release() {
	d.z.Release()
	if d.stream != nil {
		library.FreeDecoder(d.stream)
		d.stream = nil
	}
}

// Holding is how many bytes of pooled memory d has at the moment.
func (d *Decoder) Holding() int { return d.z.Holding() }

// Decode decodes from in to out until out is full or in is used up, and tells how much of
// each it came to. As long as out was filled there may be more: call it again, with an
// empty in too. What lies behind nOut in out may be scribbled on.
func (d *Decoder) Decode(out, in []byte) (nOut, nIn int, err error) {
	if d.coding == Brotli {
		return d.brotli(out, in)
	}
	for again := true; again && err == nil; {
		var o, i int
		if n := d.nBack; n > 0 {
			early := d.back
			d.nBack = 0
			o, i, again, err = d.step(out[nOut:], early[:n])
			d.unread(early[i:n])
			again = again || d.nBack == 0
		} else {
			o, i, again, err = d.step(out[nOut:], in[nIn:])
			nIn += i
		}
		nOut += o
	}
	if err != nil {
		d.Release()
		d.state = failed
	}
	return nOut, nIn, err
}

// unread has b come behind what was unread before, and before the input.
func (d *Decoder) unread(b []byte) { d.nBack += copy(d.back[d.nBack:], b) }

// End tells whether what came is a whole body. A deflated one without a final block is
// taken for whole: libwebsockets sends such.
func (d *Decoder) End() error {
	atHead := d.state == inHead && d.have == 0
	switch {
	case d.state == failed:
		return ErrCorrupt
	case d.state == inNothing, atHead && (d.whole || d.coding == Deflate):
		return nil
	case d.coding == Deflate && d.state == inData && d.nBack == 0 && d.z.Between():
		return nil
	}
	return ErrTruncated
}

// step does what the state asks for; again: there may be more to do.
func (d *Decoder) step(out, in []byte) (nOut, nIn int, again bool, err error) {
	switch {
	case d.state == failed:
		return 0, 0, false, ErrCorrupt
	case d.state == inData:
		return d.data(out, in)
	case d.state == inTrailer && d.trailerLen() == 0:
		d.goTo(inNothing)
		return 0, 0, true, nil
	case len(in) == 0:
		return 0, 0, false, nil
	}
	switch d.state {
	case inHead:
		if nIn = d.gather(in, d.headLen()); d.have == d.headLen() {
			err = d.head()
		}
	case inExtraLength:
		if nIn = d.gather(in, 2); d.have == 2 {
			d.skip = int(binary.LittleEndian.Uint16(d.part[:]))
			d.goTo(inExtra)
		}
	case inExtra:
		nIn = min(d.skip, len(in))
		if d.skip -= nIn; d.skip == 0 {
			d.behind(flagExtra)
		}
	case inName:
		nIn = d.text(in, flagName)
	case inComment:
		nIn = d.text(in, flagComment)
	case inHeadSum:
		if nIn = d.gather(in, 2); d.have == 2 {
			d.behind(flagHeadSum)
		}
	case inTrailer:
		if nIn = d.gather(in, d.trailerLen()); d.have == d.trailerLen() {
			err = d.trailer()
		}
	case inNothing:
		nIn = len(in)
	}
	return 0, nIn, err == nil, err
}

func (d *Decoder) goTo(s decoderState) { d.state, d.have = s, 0 }

// gather takes bytes into part, up to n.
func (d *Decoder) gather(in []byte, n int) int {
	k := copy(d.part[d.have:n], in)
	d.have += k
	return k
}

func (d *Decoder) headLen() int {
	if d.coding == Deflate {
		return 2
	}
	return 10
}

// head acts on a head that is in part.
func (d *Decoder) head() error {
	p := d.part[:]
	if d.coding == Deflate {
		const method, largest, dictionary = 8, 7, 0x20
		d.zlib = p[0]&15 == method && p[0]>>4 <= largest && p[1]&dictionary == 0 && binary.BigEndian.Uint16(p)%31 == 0
		d.beginData()
		if !d.zlib { // it is what is deflated already
			d.unread(p[:2])
		}
		return nil
	}
	switch {
	case p[0] != 0x1f || p[1] != 0x8b:
		if !d.whole {
			return ErrCorrupt
		}
		d.goTo(inNothing) // what is no further member
		return nil
	case p[2] != 8 || p[3]&flagsUnused != 0:
		return ErrCorrupt
	}
	d.flags, d.whole = p[3], false
	d.next()
	return nil
}

// behind goes on behind a part of a gzip head.
func (d *Decoder) behind(part byte) {
	d.flags &^= part
	d.next()
}

// next goes to the next part that a gzip head has.
func (d *Decoder) next() {
	switch f := d.flags; {
	case f&flagExtra != 0:
		d.goTo(inExtraLength)
	case f&flagName != 0:
		d.goTo(inName)
	case f&flagComment != 0:
		d.goTo(inComment)
	case f&flagHeadSum != 0:
		d.goTo(inHeadSum)
	default:
		d.beginData()
	}
}

// text skips what ends with a zero.
func (d *Decoder) text(in []byte, part byte) int {
	i := bytes.IndexByte(in, 0)
	if i < 0 {
		return len(in)
	}
	d.behind(part)
	return i + 1
}

func (d *Decoder) beginData() {
	d.goTo(inData)
	d.z.InitSingle()
	d.sum, d.size = 0, 0
	if d.coding == Deflate {
		d.sum = 1
	}
}

func (d *Decoder) data(out, in []byte) (nOut, nIn int, again bool, err error) {
	if nOut, nIn, err = d.z.Inflate(out, in); err != nil {
		return nOut, nIn, false, ErrCorrupt
	}
	d.size += uint32(nOut)
	switch {
	case d.coding == Gzip:
		d.sum = crc32.Update(d.sum, crc32.IEEETable, out[:nOut])
	case d.zlib:
		d.sum = adler(d.sum, out[:nOut])
	}
	rest, n, ended := d.z.Ended()
	if !ended {
		return nOut, nIn, false, nil
	}
	d.z.Release()
	d.goTo(inTrailer)
	mine := min(n, nIn) // the others came with an earlier input
	d.unread(rest[:n-mine])
	return nOut, nIn - mine, true, nil
}

func (d *Decoder) trailerLen() int {
	switch {
	case d.coding == Gzip:
		return 8
	case d.zlib:
		return 4
	}
	return 0
}

// trailer compares what a trailer says.
func (d *Decoder) trailer() error {
	if d.coding == Deflate {
		if binary.BigEndian.Uint32(d.part[:]) != d.sum {
			return ErrSum
		}
		d.goTo(inNothing)
		return nil
	}
	if binary.LittleEndian.Uint32(d.part[:]) != d.sum || binary.LittleEndian.Uint32(d.part[4:]) != d.size {
		return ErrSum
	}
	d.whole = true
	d.goTo(inHead) // another member may follow (RFC 1952 §2.2)
	return nil
}

// adler goes on with an Adler-32 sum (RFC 1950 §8.2), which hash/adler32 only begins.
func adler(sum uint32, b []byte) uint32 {
	const mod, most = 65521, 5552
	s1, s2 := sum&0xffff, sum>>16
	for len(b) > 0 {
		n := min(len(b), most)
		for _, c := range b[:n] {
			s1 += uint32(c)
			s2 += s1
		}
		s1 %= mod
		s2 %= mod
		b = b[n:]
	}
	return s2<<16 | s1
}
