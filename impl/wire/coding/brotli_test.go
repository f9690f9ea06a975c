// SPDX-License-Identifier: MIT

package coding

import (
	"bytes"
	"errors"
	"testing"
	"unsafe"
)

// pretended is a library whose coding has each byte once more, behind it. Its streams
// give three bytes at a time, and want nothing new before all is out.
type pretended struct {
	Library // nothing else is called
	held    []byte
	begun   int
	fails   int // after so many calls, 0: never
	none    bool
}

func (p *pretended) Encodes() bool { return true }
func (p *pretended) Decodes() bool { return false }

func (p *pretended) NewEncoder() unsafe.Pointer {
	if p.none {
		return nil
	}
	p.begun++
	return unsafe.Pointer(p)
}

func (p *pretended) FreeEncoder(unsafe.Pointer) { p.begun-- }

func (p *pretended) Encode(_ unsafe.Pointer, out, in []byte, _ bool) (nOut, nIn int, more bool, err error) {
	if p.fails--; p.fails == 0 || len(p.held) > 0 && len(in) > 0 || len(in) > brotliStep || len(out) == 0 {
		return 0, 0, false, errors.New("it fails")
	}
	for _, c := range in {
		p.held = append(p.held, c, c)
	}
	n := copy(out[:min(3, len(out))], p.held)
	p.held = p.held[n:]
	return n, len(in), len(p.held) > 0, nil
}

// TestLibrary: a library gets what it is promised, and is told of the end of what it began.
//
// Seen to fail: with the next piece given before all of one is out.
func TestLibrary(t *testing.T) {
	was := library
	defer func() { library = was }()
	if CanEncode(Brotli) || !CanEncode(Gzip) || len(Decodable()) != len(Ours) {
		t.Error("there is no library")
	}
	body := bytes.Repeat([]byte("0123456789"), 1000)
	for _, fails := range []int{0, 1, 5, 6000} {
		p := &pretended{fails: fails}
		Wire(p)
		if !CanEncode(Brotli) {
			t.Error("there is a library")
		}
		var e Encoder
		e.Init(Brotli)
		out := e.Flush(nil, nil)
		out = e.More(out, body[:5000])
		out = e.Flush(out, body[5000:])
		out = e.End(out, nil)
		var got []byte
		for i := 0; i < len(out); i += 2 {
			got = append(got, out[i])
		}
		if ok := fails == 0; ok != (e.Err() == nil) || ok != bytes.Equal(got, body) {
			t.Errorf("%d: %d bytes, %v", fails, len(got), e.Err())
		}
		if out = e.End(nil, body); fails != 0 && (len(out) > 0 || e.Err() == nil) {
			t.Errorf("%d: it goes on behind a failure", fails)
		}
		if e.Release(); p.begun != 0 {
			t.Errorf("%d: %d streams are left", fails, p.begun)
		}
	}
	Wire(&pretended{none: true})
	var e Encoder
	e.Init(Brotli)
	if out := e.End(nil, body); len(out) > 0 || e.Err() != ErrMemory {
		t.Errorf("%q, %v", out, e.Err())
	}
}
