// SPDX-License-Identifier: MIT

package deflate

import (
	"bytes"
	stdflate "compress/flate"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// random returns a generator that repeats itself in every run.
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// sizes chooses the pieces that a test cuts its data into.
type sizes func() int

func upTo(rnd *rand.Rand, n int) sizes { return func() int { return 1 + rnd.IntN(n) } }

// inflateMessage runs a whole message through z, with input and output in pieces.
func inflateMessage(z *Inflater, msg []byte, in, out sizes) (got []byte, err error) {
	for len(msg) > 0 {
		piece := msg[:min(in(), len(msg))]
		msg = msg[len(piece):]
		for full := true; full || len(piece) > 0; {
			room := make([]byte, out())
			n, used, err := z.Inflate(room, piece)
			got = append(got, room[:n]...)
			if err != nil {
				return got, err
			}
			if n < len(room) && used < len(piece) {
				return got, errors.New("stopped for no reason")
			}
			full = n == len(room)
			piece = piece[used:]
		}
	}
	for done := false; !done; {
		room := make([]byte, out())
		var n int
		n, done, err = z.EndMessage(room)
		got = append(got, room[:n]...)
		if err != nil {
			return got, err
		}
		if !done && n != len(room) {
			return got, errors.New("not done, yet not full")
		}
	}
	return got, nil
}

// TestInflateRFC has the examples of RFC 7692 §7.2.3.
func TestInflateRFC(t *testing.T) {
	hello := "Hello"
	tests := []struct {
		name     string
		messages []string
		want     []string
	}{
		{"one block", []string{"\xf2\x48\xcd\xc9\xc9\x07\x00"}, []string{hello}},
		{"shared window", []string{"\xf2\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00"}, []string{hello, hello}},
		{"no compression", []string{"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"}, []string{hello}},
		{"final block", []string{"\xf3\x48\xcd\xc9\xc9\x07\x00\x00", "\xf2\x48\xcd\xc9\xc9\x07\x00"}, []string{hello, hello}},
		{"two blocks", []string{"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"}, []string{hello}},
		{"empty message", []string{"\x00", "\x00"}, []string{"", ""}},

		// Not in the RFC, but unambiguous.
		{"final block, no extra byte", []string{"\xf3\x48\xcd\xc9\xc9\x07\x00", "\xf2\x00\x11\x00\x00"}, []string{hello, hello}},
		{"empty message, no extra byte", []string{"", "\xf2\x48\xcd\xc9\xc9\x07\x00", ""}, []string{"", hello, ""}},
		{"final block, then another", []string{"\xf3\x48\xcd\xc9\xc9\x07\x00\xf2\x00\x11\x00\x00"}, []string{hello + hello}},
	}
	for _, tt := range tests {
		for _, size := range []int{1, 2, 3, 1000} {
			exactly := func() int { return size }
			var z Inflater
			for i, m := range tt.messages {
				got, err := inflateMessage(&z, []byte(m), exactly, exactly)
				if err != nil || string(got) != tt.want[i] {
					t.Errorf("%s, message %d, pieces of %d: %q, %v", tt.name, i, size, got, err)
				}
			}
		}
	}
}

// corpus makes data of several kinds.
func corpus(size int) map[string][]byte {
	rnd := random(uint64(size))
	noise := make([]byte, size)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	words := strings.Fields("the quick brown fox jumps over the lazy dog while libraries of code grow")
	var text bytes.Buffer
	for text.Len() < size {
		text.WriteString(words[rnd.IntN(len(words))])
		text.WriteByte(' ')
	}
	mixed := bytes.Clone(text.Bytes()[:size])
	for i := 0; i < size; i += 1 + rnd.IntN(200) {
		mixed[i] = byte(rnd.Uint32())
	}
	short := make([]byte, size) // many matches at small distances
	for i := range short {
		short[i] = "ab"[rnd.IntN(8)/7]
	}
	return map[string][]byte{
		"zeros": make([]byte, size), "noise": noise, "text": text.Bytes()[:size],
		"mixed": mixed, "short": short,
	}
}

// pack compresses with the standard library, as one message.
func pack(t testing.TB, data []byte, level int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := stdflate.NewWriter(&b, level)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()[:b.Len()-len(tail)]
}

func TestInflateStandardLibrary(t *testing.T) {
	for _, size := range []int{0, 1, 10, 1000, 40000, 300000} {
		for name, data := range corpus(size) {
			for _, level := range []int{-2, 0, 1, 6, 9} {
				msg := pack(t, data, level)
				rnd := random(uint64(level + 5))
				for _, cut := range []int{7, 300, 1 << 20} {
					if cut == 7 && size > 1000 {
						continue
					}
					var z Inflater
					for range 2 {
						got, err := inflateMessage(&z, msg, upTo(rnd, cut), upTo(rnd, cut))
						if err != nil || !bytes.Equal(got, data) {
							t.Fatalf("%s, %d bytes, level %d, pieces up to %d: %d bytes, %v",
								name, size, level, cut, len(got), err)
						}
					}
					z.Release()
				}
			}
		}
	}
}

// TestInflateEveryCut cuts the input at every byte and the output at every byte.
func TestInflateEveryCut(t *testing.T) {
	data := corpus(700)["mixed"]
	msg := pack(t, data, 9)
	for cut := range msg {
		first := true
		in := func() int {
			if first {
				first = false
				return max(cut, 1)
			}
			return len(msg)
		}
		var z Inflater
		got, err := inflateMessage(&z, msg, in, func() int { return 4096 })
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("input cut at %d: %v", cut, err)
		}
	}
	for cut := 1; cut < len(data); cut++ {
		var z Inflater
		got, err := inflateMessage(&z, msg, func() int { return len(msg) }, func() int { return cut })
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("output cut at %d: %v", cut, err)
		}
	}
}

func TestInflateErrors(t *testing.T) {
	tests := []struct {
		name, msg string
		want      error
	}{
		{"reserved block type", "\x06", ErrCorrupt},
		{"stored length", "\x00\x05\x00\xfa\xfe", ErrCorrupt},
		{"distance before the start", "\xf2\x00\x11\x00\x00", ErrCorrupt},
		{"too many literal codes", "\xf4\xff\xff\xff", ErrCorrupt},
		{"inside a stored block", "\x00\x05\x00\xfa\xffabc", ErrCorrupt}, // the tail's bytes end it, and go on as a block
		{"inside a long stored block", "\x00\x50\x00\xaf\xffabc", ErrTruncated},
		{"inside a dynamic header", "\x04", ErrCorrupt},
	}
	for _, tt := range tests {
		var z Inflater
		huge := func() int { return 1000 }
		_, err := inflateMessage(&z, []byte(tt.msg), huge, huge)
		if err != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if z.Holding() != 0 {
			t.Errorf("%s: holds %d bytes after an error", tt.name, z.Holding())
		}
		if _, _, again := z.Inflate(make([]byte, 10), []byte{0}); again != ErrCorrupt {
			t.Errorf("%s: goes on after an error: %v", tt.name, again)
		}
	}
}

// TestInflateWindowLimit has a match just inside and just outside of the window:
// in another message, and in the same one with little and with much room for the
// output, which go different ways.
func TestInflateWindowLimit(t *testing.T) {
	for _, tt := range []struct {
		gap  int
		bits string // a fixed block: length 3, then the distance (code, extra bits), end
		ok   bool
	}{
		{256, "0 10 0000001 01111 111111 0000000", true},
		{257, "0 10 0000001 10000 0000000 0000000", false},
	} {
		first := append([]byte("0123456789"), make([]byte, tt.gap-10)...)
		before := pack(t, first, 0)
		match := append(packBits(bitString(tt.bits+" 000")), "\x14\x00\xeb\xff....................\x00"...)
		for _, room := range []int{tt.gap + 5, 4000} {
			for _, join := range []bool{false, true} {
				var z Inflater
				z.Init(InflaterConfig{WindowBits: 8})
				huge, out := func() int { return 1 << 20 }, func() int { return room }
				msg := match
				if join {
					msg = append(append(bytes.Clone(before), tail[:]...), match...)
				} else if _, err := inflateMessage(&z, before, huge, out); err != nil {
					t.Fatal(err)
				}
				got, err := inflateMessage(&z, msg, huge, out)
				want := "012...................."
				if tt.ok != (err == nil) || tt.ok && !bytes.HasSuffix(got, []byte(want)) {
					t.Errorf("distance %d, room %d, in one %t: %q, %v", tt.gap, room, join, got, err)
				}
			}
		}
	}
}

func bitString(s string) (bits []byte) {
	for _, c := range s {
		if c != ' ' {
			bits = append(bits, byte(c-'0'))
		}
	}
	return bits
}

func packBits(bits []byte) []byte {
	b := make([]byte, (len(bits)+7)/8)
	for i, bit := range bits {
		b[i/8] |= bit << (i % 8)
	}
	return b
}

// TestInflateBounded inflates 64 MiB of zeros, three a bit, into 4 KiB.
func TestInflateBounded(t *testing.T) {
	const total = 64 << 20
	msg := pack(t, make([]byte, total), 9)
	var z Inflater
	out := make([]byte, 4096)
	sum := 0
	for in := msg; ; {
		n, used, err := z.Inflate(out, in)
		if err != nil {
			t.Fatal(err)
		}
		in = in[used:]
		if sum += n; n == 0 && len(in) == 0 {
			break
		}
		if h := z.Holding(); h > 48<<10 {
			t.Fatalf("holds %d bytes", h)
		}
	}
	if _, done, err := z.EndMessage(out); !done || err != nil || sum != total {
		t.Fatalf("%d bytes, done %t, %v", sum, done, err)
	}
	if z.Release(); z.Holding() != 0 {
		t.Error("holds memory after Release")
	}
}

// TestInflateLarge has a megabyte of each kind.
func TestInflateLarge(t *testing.T) {
	rnd := random(1)
	for name, data := range corpus(1 << 20) {
		var z Inflater
		got, err := inflateMessage(&z, pack(t, data, 6), upTo(rnd, 1<<15), upTo(rnd, 1<<16))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

// TestInflateHolds checks what stays with a connection between messages.
func TestInflateHolds(t *testing.T) {
	msg := pack(t, corpus(500)["text"], 9)
	huge := func() int { return 1 << 20 }
	for _, tt := range []struct {
		cfg  InflaterConfig
		want int
	}{
		{InflaterConfig{}, 1 << 10},
		{InflaterConfig{WindowBits: 9}, 1 << 9},
		{InflaterConfig{NoContextTakeover: true}, 0},
	} {
		var z Inflater
		z.Init(tt.cfg)
		if _, err := inflateMessage(&z, msg, huge, huge); err != nil {
			t.Fatal(err)
		}
		if z.Holding() > tt.want {
			t.Errorf("%+v: holds %d bytes", tt.cfg, z.Holding())
		}
	}
}

func TestInflateAllocs(t *testing.T) {
	msg := pack(t, corpus(5000)["text"], 6)
	var z Inflater
	out := make([]byte, 8192)
	n := testing.AllocsPerRun(50, func() {
		if _, _, err := z.Inflate(out, msg); err != nil {
			t.Fatal(err)
		}
		if _, _, err := z.EndMessage(out); err != nil {
			t.Fatal(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzInflate compares with the standard library, with pieces of random size.
func FuzzInflate(f *testing.F) {
	for name, data := range corpus(300) {
		for _, level := range []int{-2, 0, 1, 9} {
			f.Add(pack(f, data, level), uint64(len(name)), byte(20))
		}
	}
	f.Add([]byte("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"), uint64(1), byte(1))
	f.Fuzz(func(t *testing.T, msg []byte, seed uint64, cut byte) {
		rnd := random(seed)
		var z Inflater
		pieces := upTo(rnd, 1+int(cut)*int(cut))
		if cut == 255 {
			pieces = func() int { return 1 << 16 }
		}
		got, err := inflateMessage(&z, msg, pieces, pieces)

		// The standard library stops behind a final block, we go on: it sees a
		// prefix of what we see, unless it finds an error.
		r := stdflate.NewReader(io.MultiReader(bytes.NewReader(msg), bytes.NewReader(tail[:])))
		want, wantErr := io.ReadAll(io.LimitReader(r, 64<<20))
		var corrupt stdflate.CorruptInputError
		switch {
		case wantErr == nil && !bytes.HasPrefix(got, want):
			t.Fatalf("final block: %d bytes, want %d; %v", len(got), len(want), err)
		case errors.As(wantErr, &corrupt) && err == nil:
			t.Fatalf("no error, want %v", wantErr)
		case errors.Is(wantErr, io.ErrUnexpectedEOF) && err == nil && !bytes.Equal(got, want):
			t.Fatalf("%d bytes, want %d", len(got), len(want))
		case errors.Is(wantErr, io.ErrUnexpectedEOF) && !bytes.HasPrefix(want, got):
			t.Fatalf("%d bytes are no prefix of %d", len(got), len(want))
		}
		z.Release()
	})
}

func BenchmarkInflate(b *testing.B) {
	for _, size := range []int{100, 4000, 1 << 20} {
		for _, name := range []string{"text", "mixed", "short"} {
			data := corpus(size)[name]
			msg := pack(b, data, 6)
			out := make([]byte, min(2*size, 64<<10))
			b.Run(fmt.Sprintf("ours/%s/%d", name, size), func(b *testing.B) {
				var z Inflater
				z.Init(InflaterConfig{NoContextTakeover: true})
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					for in := msg; len(in) > 0; {
						_, used, err := z.Inflate(out, in)
						if err != nil {
							b.Fatal(err)
						}
						in = in[used:]
					}
					for done := false; !done; {
						_, done, _ = z.EndMessage(out)
					}
				}
			})
			b.Run(fmt.Sprintf("klauspost/%s/%d", name, size), func(b *testing.B) {
				whole := append(bytes.Clone(msg), 0, 0, 0xff, 0xff, 1, 0, 0, 0xff, 0xff)
				src := bytes.NewReader(whole)
				r := flate.NewReader(src)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					src.Reset(whole)
					r.(flate.Resetter).Reset(src, nil)
					for {
						if _, err := r.Read(out); err != nil {
							break
						}
					}
				}
			})
		}
	}
}
