// SPDX-License-Identifier: MIT

package deflate

import (
	"math/bits"
	"sync"
	"unsafe"
)

// Compression levels, as zlib counts them.
const (
	FastLevel = 1
	BestLevel = 9
)

// DeflaterConfig is the sending side of what was negotiated, and the level.
type DeflaterConfig struct {
	Level             int  // FastLevel to BestLevel; anything else is FastLevel
	WindowBits        int  // 8 to 15; 0 is 15
	NoContextTakeover bool // each message is to stand on its own
}

// Deflater compresses the messages of one direction of a connection. The zero
// value is ready. All its memory but itself is pooled: see Release.
type Deflater struct {
	cfg DeflaterConfig
	c   *compressor // nil between messages without context takeover, and at first
}

// Init makes z ready for a new connection. What z held before it loses; call
// Release first.
func (z *Deflater) Init(cfg DeflaterConfig) { *z = Deflater{cfg: cfg} }

// Release gives all memory back to the pools and forgets the history. It may be
// called between the messages of any connection: to use the history is a
// compressor's right, not its duty (RFC 7692 §7.1.1).
func (z *Deflater) Release() {
	if z.c != nil {
		z.c.release()
		z.c = nil
	}
}

// Holding returns how many bytes of pooled memory z has at the moment.
func (z *Deflater) Holding() int {
	if z.c == nil {
		return 0
	}
	return z.c.size()
}

// Write compresses src and appends to dst what is ready to be sent, which may be
// nothing: only the end of a message forces everything out. Then the last four
// bytes of that are left off, as RFC 7692 §7.2.1 demands. An empty message is one
// zero byte (§7.2.3.6). src is not kept.
func (z *Deflater) Write(dst, src []byte, endOfMessage bool) []byte {
	if z.c == nil {
		z.c = takeCompressor(z.cfg)
	}
	dst = z.c.write(dst, src, endOfMessage)
	if !endOfMessage {
		return dst
	}
	if z.cfg.NoContextTakeover {
		z.Release()
	}
	return dst[:len(dst)-len(tail)]
}

// Flush appends to dst everything that was written so far and is not out yet, so
// that the receiver can decompress it without what follows. The message goes on;
// if nothing follows, end it with an empty Write.
func (z *Deflater) Flush(dst []byte) []byte {
	if z.c == nil {
		z.c = takeCompressor(z.cfg)
	}
	return z.c.write(dst, nil, true)
}

// minInputClass is the size that a compressor's buffer starts with, as a logarithm.
const minInputClass = 12

// compressor is the state of one stream. Its buffer has the history and behind
// that the input that is not compressed yet; it grows with them, then it slides.
type compressor struct {
	matcher
	buf      *buffer // where matcher.data is; nil if there was no input
	maxClass int
	effort   *effort
	pos, end int // buf.data[pos:end] is to be compressed

	// hold and held are the bits of the last byte, between two calls.
	hold uint64
	held uint
}

var compressorPool = sync.Pool{New: func() any { return new(compressor) }}

func takeCompressor(cfg DeflaterConfig) *compressor {
	c := compressorPool.Get().(*compressor)
	windowBits := cfg.WindowBits
	if windowBits == 0 {
		windowBits = MaxWindowBits
	}
	c.reach = 1 << windowBits
	// Half of it is always history, and sliding a small buffer is no bargain.
	c.maxClass = max(windowBits+1, 15)
	if cfg.Level > FastLevel && cfg.Level <= BestLevel {
		c.effort = &efforts[cfg.Level]
		c.prev = chainPool.Get().(*chain)
	}
	return c
}

// release returns c to the pool in its initial state. The chain needs no
// clearing, for one is only followed from a position that this stream has set.
func (c *compressor) release() {
	if c.buf != nil {
		c.buf.release()
	}
	if c.prev != nil {
		chainPool.Put(c.prev)
	}
	*c = compressor{}
	compressorPool.Put(c)
}

// size returns how much memory c has.
func (c *compressor) size() int {
	n := int(unsafe.Sizeof(*c))
	if c.buf != nil {
		n += len(c.buf.data)
	}
	if c.prev != nil {
		n += int(unsafe.Sizeof(*c.prev))
	}
	return n
}

// write takes all of src and appends to dst what was compressed. To flush is to
// compress all there is and to end it with an empty stored block.
func (c *compressor) write(dst, src []byte, flush bool) []byte {
	w := bitWriter{dst: dst, hold: c.hold, held: c.held}
	for len(src) > 0 {
		if c.room() == 0 {
			c.compress(&w)
			c.makeRoom(len(src))
		}
		n := copy(c.data[c.end:c.end+c.room()], src)
		src = src[n:]
		c.end += n
	}
	if flush {
		c.compress(&w)
		w.reserve(blockHeader + len(tail))
		putStored(&w, nil)
	}
	c.hold, c.held = w.hold, w.held
	return w.dst
}

// compress writes blocks until no input is left.
func (c *compressor) compress(w *bitWriter) {
	if c.pos == c.end {
		return
	}
	e := encoderPool.Get().(*encoder)
	for c.pos < c.end {
		end := min(c.end, c.pos+maxBlock)
		tokens := e.tokens[:0]
		if c.effort == nil {
			tokens = c.greedy(tokens, c.pos, end)
		} else {
			tokens = c.lazy(tokens, c.pos, end, c.effort)
		}
		e.block(w, tokens, c.data[c.pos:end])
		c.pos = end
	}
	encoderPool.Put(e)
}

// room returns how much input fits into the buffer as it is.
func (c *compressor) room() int {
	if c.buf == nil {
		return 0
	}
	return len(c.data) - slack - c.end
}

// makeRoom makes room for some input, and for more if n bytes are to come. There
// is none that is not compressed.
func (c *compressor) makeRoom(n int) {
	class := bits.Len(uint(c.end + n + slack - 1))
	class = min(max(class, minInputClass), c.maxClass)
	if c.buf != nil && class <= c.buf.class {
		d := len(c.data) / 2
		copy(c.data, c.data[d:c.end])
		c.pos -= d
		c.end -= d
		c.slide(d)
		return
	}
	larger := takeBuffer(class)
	if c.buf != nil {
		copy(larger.data, c.data[:c.end])
		c.buf.release()
	}
	c.buf, c.data = larger, larger.data
}
