// SPDX-License-Identifier: MIT

package conformance

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"

	h "libwebsockets/c_tests/harness"
	"libwebsockets/impl/wire/ws"
)

// cFrames is the C half's view of frames (prog/frames.c), under sanitizers.
type cFrames struct {
	in  io.Writer
	out io.Reader
}

func newCFrames(t testing.TB) *cFrames {
	exe := h.Program(t, append(h.Strict, "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-I"+filepath.Join(h.Top(), "capi/c"), "prog/frames.c")...)
	cmd := exec.Command(exe)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, said.String())
		}
	})
	return &cFrames{in, out}
}

// whole is what C makes of a piece: how long the header is, 0: it is nothing for C; the
// message, and the header of an answer of that kind and length.
func (c *cFrames) whole(t testing.TB, piece []byte) (header int, message, answer []byte) {
	if _, err := c.in.Write(append(binary.NativeEndian.AppendUint32(nil, uint32(len(piece))), piece...)); err != nil {
		t.Fatal(err)
	}
	number := func() int {
		var b [4]byte
		if _, err := io.ReadFull(c.out, b[:]); err != nil {
			t.Fatal(err)
		}
		return int(binary.NativeEndian.Uint32(b[:]))
	}
	take := func() []byte {
		b := make([]byte, number())
		if _, err := io.ReadFull(c.out, b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	if header = number(); header > 0 {
		message, answer = take(), take()
	}
	return header, message, answer
}

// compare checks what C makes of a piece against the decoder.
func (c *cFrames) compare(t testing.TB, piece []byte) {
	header, message, answer := c.whole(t, piece)
	var d ws.Decoder
	d.Init(ws.DecoderConfig{MustBeMasked: true})
	used, ch, ok, err := d.Next(bytes.Clone(piece))
	whole := ok && err == nil && ch.First && ch.Last && ch.Header.Fin && !ch.Header.Opcode.IsControl() && ch.Header.Length < 1<<16
	if whole != (header > 0) {
		t.Fatalf("%x: the decoder finds a whole short message: %v, C a header of %d bytes", piece, whole, header)
	}
	if !whole {
		return
	}
	if used != header+len(message) || !bytes.Equal(message, ch.Payload) {
		t.Fatalf("%x: %d bytes and %x; C: %d and %x", piece, used, ch.Payload, header+len(message), message)
	}
	want := make([]byte, ws.MaxHeaderLen)
	want = want[:ws.PutHeader(want, ws.Header{Fin: true, Opcode: ch.Header.Opcode, Length: uint64(len(message))})]
	if !bytes.Equal(answer, want) {
		t.Fatalf("the header of an answer of %d bytes: %x, C's %x", len(message), want, answer)
	}
}

// piece is a frame of any kind, cut or spoilt.
func piece(rnd *rand.Rand) []byte {
	n := []int{0, 1, 7, 8, 125, 126, 127, 128, 4000, 65535, 65536}[rnd.IntN(11)]
	if rnd.IntN(3) == 0 {
		n = rnd.IntN(300)
	}
	f := h.Frame{Fin: rnd.IntN(8) > 0, Op: byte(1 + rnd.IntN(2)), Masked: rnd.IntN(8) > 0, Payload: make([]byte, n)}
	binary.NativeEndian.PutUint32(f.Key[:], rnd.Uint32())
	for i := range f.Payload {
		f.Payload[i] = byte(rnd.Uint32())
	}
	if rnd.IntN(8) == 0 {
		f.Op = byte(rnd.IntN(16))
	}
	if rnd.IntN(8) == 0 {
		f.LenBytes = []int{2, 8}[rnd.IntN(2)]
		f.Declared = uint64(n)
	}
	b := f.Append(nil)
	for range rnd.IntN(3) {
		if rnd.IntN(4) == 0 {
			b[rnd.IntN(min(len(b), 14))] = byte(rnd.Uint32())
		}
	}
	switch rnd.IntN(4) {
	case 0:
		b = b[:rnd.IntN(len(b)+1)]
	case 1:
		b = append(b, byte(rnd.Uint32()))
	}
	return b
}

// TestFramesOfC: what C takes for a whole message is one, and the same. Seen to fail without
// the lower bound of the long form, and with a mask that begins anew behind 8 bytes.
func TestFramesOfC(t *testing.T) {
	c := newCFrames(t)
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	defer func() {
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}()
	for range 20000 {
		c.compare(t, piece(rnd))
	}
}

// FuzzFramesOfC is the same with what the fuzzer finds.
func FuzzFramesOfC(f *testing.F) {
	for _, s := range []string{"", "\x81\x80abcd", "\x82\x85abcdhello", "\x82\xfe\x00\x7eabcd" + string(make([]byte, 126)), "\x81\xfe\x00\x05abcdhello", "\x81\xff"} {
		f.Add([]byte(s))
	}
	c := newCFrames(f)
	f.Fuzz(func(t *testing.T, b []byte) { c.compare(t, b) })
}
