// SPDX-License-Identifier: MIT

package deflate

import "sync"

// buffer is pooled memory of a power of two bytes.
type buffer struct {
	data  []byte
	class int // log2 of the size
}

// maxBufferClass is the largest size that anything here asks for.
const maxBufferClass = 16

var bufferPools [maxBufferClass + 1]sync.Pool

// takeBuffer returns a buffer of 1<<class bytes with any contents.
func takeBuffer(class int) *buffer {
	if b, _ := bufferPools[class].Get().(*buffer); b != nil {
		return b
	}
	return &buffer{data: make([]byte, 1<<class), class: class}
}

func (b *buffer) release() { bufferPools[b.class].Put(b) }
