package h1

// Bounds of what is not data in a chunked body.
const (
	maxChunkSize = 1<<60 - 1 // chunk sizes, in bytes
	maxChunkLine = 1 << 10   // digits, and extensions, of one chunk, in bytes
	maxTrailers  = 8 << 10   // all trailer lines, in bytes
	upperHex     = "0123456789ABCDEF"
)

// chunkState is what comes next in a chunked body (RFC 9112 §7.1).
type chunkState uint8

const (
	chunkSize    chunkState = iota // digits
	chunkPad                       // white space after the digits
	chunkExt                       // extension, ignored
	chunkSizeLF                    // LF of the size line
	chunkData                      // bytes
	chunkDataCR                    // CR after the bytes
	chunkDataLF                    // LF after the bytes
	trailerStart                   // first byte of a trailer line or CR of the last line
	trailerLine                    // rest of a trailer line
	trailerLF                      // LF of a trailer line
	chunkEndLF                     // LF of the last line
	chunkDone
	chunkFailed
)

// Chunked decodes the chunked transfer coding, in pieces of any size. Extensions
// and trailers are skipped. Line ends are CR LF and nothing else: bodies are where
// a difference between two readers is a security hole. The zero value is ready.
type Chunked struct {
	remaining uint64
	count     int // digits, or bytes of this size line or of all trailers
	state     chunkState
}

// Next takes bytes from in: framing is skipped, and the first run of data, a part
// of in, is returned. used counts both. It is called again with in[used:] until
// done or until used is the whole of in; after done nothing is taken. The error is
// [ErrMalformed] or [ErrTooLarge], for good.
func (c *Chunked) Next(in []byte) (used int, data []byte, done bool, err error) {
	for used < len(in) && c.state != chunkDone {
		if c.state == chunkData {
			n := int(min(uint64(len(in)-used), c.remaining))
			data = in[used : used+n : used+n]
			if c.remaining -= uint64(n); c.remaining == 0 {
				c.state = chunkDataCR
			}
			return used + n, data, false, nil
		}
		if err := c.framing(in[used]); err != nil {
			c.state = chunkFailed
			return used, nil, false, err
		}
		used++
	}
	return used, nil, c.state == chunkDone, nil
}

func (c *Chunked) framing(b byte) error {
	switch c.state {
	case chunkSize:
		return c.onSize(b)
	case chunkPad, chunkExt:
		return c.onExtension(b)
	case chunkSizeLF:
		next := chunkData
		if c.remaining == 0 {
			next = trailerStart
		}
		c.count = 0
		return c.expect(b, '\n', next)
	case chunkDataCR:
		return c.expect(b, '\r', chunkDataLF)
	case chunkDataLF:
		return c.expect(b, '\n', chunkSize)
	case trailerStart, trailerLine:
		return c.onTrailer(b)
	case trailerLF:
		return c.expect(b, '\n', trailerStart)
	case chunkEndLF:
		return c.expect(b, '\n', chunkDone)
	}
	return ErrMalformed
}

func (c *Chunked) expect(b, want byte, next chunkState) error {
	if b != want {
		return ErrMalformed
	}
	c.state = next
	return nil
}

func (c *Chunked) onSize(b byte) error {
	if d := unhex(b); d >= 0 {
		c.remaining = c.remaining<<4 | uint64(d)
		if c.count++; c.count > maxChunkLine || c.remaining > maxChunkSize {
			return ErrTooLarge
		}
		return nil
	}
	if c.count == 0 {
		return ErrMalformed
	}
	c.count, c.state = 0, chunkPad
	return c.onExtension(b)
}

// onExtension takes what follows the digits of a size line.
func (c *Chunked) onExtension(b byte) error {
	switch {
	case b == '\r':
		c.state = chunkSizeLF
		return nil
	case b == '\n' || b == 0:
		return ErrMalformed
	case c.state == chunkPad && b == ';':
		c.state = chunkExt
	case c.state == chunkPad && !isBlank(b):
		return ErrMalformed
	}
	if c.count++; c.count > maxChunkLine {
		return ErrTooLarge
	}
	return nil
}

func (c *Chunked) onTrailer(b byte) error {
	switch {
	case b == '\r' && c.state == trailerStart:
		c.state = chunkEndLF
		return nil
	case b == '\r':
		c.state = trailerLF
	case b == '\n' || b == 0:
		return ErrMalformed
	default:
		c.state = trailerLine
	}
	if c.count++; c.count > maxTrailers {
		return ErrTooLarge
	}
	return nil
}
