// SPDX-License-Identifier: MIT

package deflate

import (
	"encoding/binary"
	"errors"
	"unsafe"
)

// Errors of the Inflater. RFC 7692 §7.2.2 does not say so, but 1007 is the usual
// close code for them.
var (
	ErrCorrupt   = errors.New("deflate: corrupt data")
	ErrTruncated = errors.New("deflate: message ends inside a block")
)

// tail is what a sender takes off the end of each message (RFC 7692 §7.2.1): the
// empty stored block of a flush, without the header bits.
var tail = [4]byte{0x00, 0x00, 0xff, 0xff}

// InflaterConfig is the receiving side of what was negotiated. The zero value is
// a full window with context takeover.
type InflaterConfig struct {
	WindowBits        int  // of the peer's compressor, 8 to 15; 0 is 15
	NoContextTakeover bool // of the peer: each message stands on its own
}

// Inflater decompresses the messages of one direction of a connection. The zero
// value is ready. All its memory but itself is pooled: see Release.
//
// For each message: call Inflate for all of its data, however that is cut up,
// then EndMessage until it is done.
type Inflater struct {
	limit      uint8 // log2 of the window size, 0 for MaxWindowBits
	noTakeover bool
	single     bool

	state inflateState
	final bool  // the block under way, or just ended, has BFINAL set
	open  bool  // there was input since the message began or its last final block ended
	tail  uint8 // how many bytes of the message's tail were taken

	hold uint64 // bits taken from the input and not used, the next one lowest
	held uint   // how many

	length uint // bytes left of a stored block or of a match
	dist   uint // of the match

	tables *tables // of the block under way, fixedTables or dyn
	dyn    *tables // from the pool, while a dynamic block or its header is read
	nLit   uint16  // sizes of the three codes of a dynamic block
	nDist  uint16
	nClen  uint16
	index  uint16 // of the code length to be read next

	win window
}

type inflateState uint8

const (
	atBlock      inflateState = iota // the next bits are a block's header
	inStoredSize                     // LEN and NLEN
	inStored                         // length > 0
	inDynSizes                       // HLIT, HDIST, HCLEN
	inClens                          // lengths of the code length code
	inLens                           // lengths of the other two codes
	inSymbols
	inCopy // length > 0; goes on with inSymbols
	broken
)

// cursor is the input and output of one call.
type cursor struct {
	out, in []byte
	o, i    int
}

// Init makes z ready for a new connection. What z held before it loses; call
// Release first.
func (z *Inflater) Init(cfg InflaterConfig) {
	*z = Inflater{limit: uint8(cfg.WindowBits), noTakeover: cfg.NoContextTakeover}
}

// InitSingle makes z ready for what is no message but ends with its final block, as a
// file does: see Ended.
func (z *Inflater) InitSingle() { *z = Inflater{single: true} }

// Release gives all memory back to the pools and forgets the history. After it z
// is as after Init.
func (z *Inflater) Release() {
	z.win.release()
	z.dropTables()
	*z = Inflater{limit: z.limit, noTakeover: z.noTakeover, single: z.single}
}

// Holding returns how many bytes of pooled memory z has at the moment.
func (z *Inflater) Holding() int {
	n := 0
	if z.win.ring != nil {
		n += len(z.win.ring.data)
	}
	if z.dyn != nil {
		n += int(unsafe.Sizeof(*z.dyn))
	}
	return n
}

// Inflate decompresses from in to out until out is full or in is used up, and
// returns how many bytes of each it came to. There may be more output than fits:
// unless nOut < len(out), call it again, with an empty in too. The part of out
// behind nOut may be scribbled on. After ErrCorrupt, every call returns that.
func (z *Inflater) Inflate(out, in []byte) (nOut, nIn int, err error) {
	c := cursor{out: out, in: in}
	for again := true; again && err == nil; {
		again, err = z.step(&c)
	}
	if err != nil {
		z.Release()
		z.state = broken
		return c.o, c.i, err
	}
	if c.i > 0 {
		z.open = true
	}
	if z.state == atBlock && z.final && z.held == 0 {
		z.open = false
	}
	z.win.add(out[:c.o], z.windowBits())
	return c.o, c.i, nil
}

// EndMessage ends a message after all of its data went through Inflate: it puts
// back the four bytes that the sender took off (RFC 7692 §7.2.2) and writes what
// output is left to out. If it is not done, out is full; call it again. The error
// is ErrCorrupt, or ErrTruncated if the data ends inside a block. Without context
// takeover the history is gone when it is done.
//
// A message that ends just behind a block with BFINAL set, without the additional
// byte that RFC 7692 §7.2.3.4 asks for, is taken as well, and so is an empty one.
func (z *Inflater) EndMessage(out []byte) (n int, done bool, err error) {
	if z.open || z.tail > 0 || z.state == broken {
		var used int
		n, used, err = z.Inflate(out, tail[z.tail:])
		if z.tail += uint8(used); err != nil {
			return n, false, err
		}
		whole := int(z.tail) == len(tail) && z.state == atBlock && z.held == 0
		switch {
		case !whole && n == len(out):
			return n, false, nil
		case !whole:
			z.Release()
			z.state = broken
			return n, false, ErrTruncated
		}
	}
	z.tail, z.open, z.final = 0, false, false
	if z.noTakeover {
		z.Release()
	}
	return n, true, nil
}

// Ended tells, behind InitSingle, that its final block is over, and which bytes behind that
// were taken from the input; they are told of once.
func (z *Inflater) Ended() (rest [8]byte, n int, ok bool) {
	if !z.single || !z.final || z.state != atBlock {
		return rest, 0, false
	}
	n = int(z.held / 8)
	binary.LittleEndian.PutUint64(rest[:], z.hold)
	z.hold, z.held = 0, 0
	return rest, n, true
}

// Between tells that no block is under way: what came so far may be all.
func (z *Inflater) Between() bool { return z.state == atBlock && z.held == 0 }

// step works on the state it finds. It returns true when it has left that for
// another, false when input or room for output has run out.
func (z *Inflater) step(c *cursor) (again bool, err error) {
	switch z.state {
	case atBlock:
		return z.blockHeader(c)
	case inStoredSize:
		return z.storedSize(c)
	case inStored:
		return z.stored(c), nil
	case inDynSizes:
		return z.dynSizes(c)
	case inClens:
		return z.clens(c)
	case inLens:
		return z.lens(c)
	case inSymbols:
		return z.symbols(c)
	case inCopy:
		return z.copyMatch(c), nil
	}
	return false, ErrCorrupt
}

// blockHeader reads BFINAL and BTYPE (RFC 1951 §3.2.3).
func (z *Inflater) blockHeader(c *cursor) (bool, error) {
	if z.single && z.final || !z.need(c, 3) {
		return false, nil
	}
	z.final = z.hold&1 != 0
	kind := z.hold >> 1 & 3
	z.drop(3)
	switch kind {
	case 0:
		z.drop(z.held & 7)
		z.state = inStoredSize
	case 1:
		z.tables = fixedTables()
		z.state = inSymbols
	case 2:
		z.state = inDynSizes
	default:
		return false, ErrCorrupt
	}
	return true, nil
}

// endBlock makes z ready for the next block. A final one ends at a byte boundary,
// and the message may go on behind it (RFC 7692 §7.2.3.4).
func (z *Inflater) endBlock() {
	z.state = atBlock
	z.dropTables()
	if z.final {
		z.drop(z.held & 7)
	}
}

// storedSize reads LEN and NLEN (RFC 1951 §3.2.4).
func (z *Inflater) storedSize(c *cursor) (bool, error) {
	if !z.need(c, 32) {
		return false, nil
	}
	size, check := uint16(z.hold), uint16(z.hold>>16)
	if size != ^check {
		return false, ErrCorrupt
	}
	z.drop(32)
	z.length = uint(size)
	if z.length == 0 {
		z.endBlock()
	} else {
		z.state = inStored
	}
	return true, nil
}

// stored copies a stored block, of which some bytes may be in hold already.
func (z *Inflater) stored(c *cursor) bool {
	for z.held >= 8 && z.length > 0 && c.o < len(c.out) {
		c.out[c.o] = byte(z.hold)
		c.o++
		z.length--
		z.drop(8)
	}
	if z.held == 0 {
		in := c.in[c.i:min(len(c.in), c.i+int(z.length))]
		n := copy(c.out[c.o:], in)
		c.o += n
		c.i += n
		z.length -= uint(n)
	}
	if z.length > 0 {
		return false
	}
	z.endBlock()
	return true
}

// need tops hold up to at least n bits, n <= 57. It reports false if the input
// does not have them.
func (z *Inflater) need(c *cursor, n uint) bool {
	if z.held < n {
		z.fill(c)
	}
	return z.held >= n
}

// fill takes as many whole bytes into hold as fit and are there.
func (z *Inflater) fill(c *cursor) {
	if len(c.in)-c.i >= 8 {
		n := (63 - z.held) / 8
		v := binary.LittleEndian.Uint64(c.in[c.i:])
		z.hold |= v & (1<<(n*8) - 1) << z.held
		z.held += n * 8
		c.i += int(n)
		return
	}
	for z.held <= 55 && c.i < len(c.in) {
		z.hold |= uint64(c.in[c.i]) << z.held
		z.held += 8
		c.i++
	}
}

// drop forgets n bits of hold.
func (z *Inflater) drop(n uint) {
	z.hold >>= n
	z.held -= n
}

func (z *Inflater) windowBits() int {
	if z.limit == 0 {
		return MaxWindowBits
	}
	return int(z.limit)
}

// dropTables returns the tables of a dynamic block to the pool.
func (z *Inflater) dropTables() {
	if z.dyn != nil {
		tablesPool.Put(z.dyn)
	}
	z.dyn, z.tables = nil, nil
}
