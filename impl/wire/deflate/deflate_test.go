// SPDX-License-Identifier: MIT

package deflate

import (
	"bytes"
	stdflate "compress/flate"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// deflateMessage compresses data piece by piece, with flushes in between if rnd
// says so, behind a prefix that must stay.
func deflateMessage(t testing.TB, z *Deflater, data []byte, piece sizes, rnd *rand.Rand) []byte {
	t.Helper()
	msg := []byte("prefix")
	for {
		p := data[:min(piece(), len(data))]
		data = data[len(p):]
		own := bytes.Clone(p)
		msg = z.Write(msg, own, len(data) == 0)
		clear(own) // it must not be kept
		if len(data) == 0 {
			break
		}
		if rnd.IntN(4) == 0 {
			msg = z.Flush(msg)
		}
	}
	rest, ok := bytes.CutPrefix(msg, []byte("prefix"))
	if !ok {
		t.Fatal("what was in dst is gone")
	}
	return rest
}

// TestRoundTrip sends messages through all combinations of parameters.
func TestRoundTrip(t *testing.T) {
	for _, level := range []int{0, 1, 2, 6, 9} {
		for bits := 8; bits <= 15; bits++ {
			for _, noTakeover := range []bool{false, true} {
				name := fmt.Sprintf("level %d, %d bits, no takeover %t", level, bits, noTakeover)
				t.Run(name, func(t *testing.T) {
					roundTrip(t, DeflaterConfig{level, bits, noTakeover})
				})
			}
		}
	}
}

func roundTrip(t *testing.T, cfg DeflaterConfig) {
	var d Deflater
	var i Inflater
	d.Init(cfg)
	i.Init(InflaterConfig{cfg.WindowBits, cfg.NoContextTakeover})
	defer d.Release()
	defer i.Release()
	rnd := random(uint64(cfg.WindowBits))

	messages := []int{0, 1, 5, 0, 100, 257, 258, 3, 1000, 20, 5000, 65535, 65536, 7, 70000}
	for n, size := range messages {
		for name, data := range corpus(size) {
			cut := []int{1 << 20, 1 + size/3, 1 + size/20}[n%3]
			msg := deflateMessage(t, &d, data, upTo(rnd, cut), rnd)
			if len(msg) > len(data)+len(data)/8+64+10*21 {
				t.Errorf("%s: %d bytes became %d", name, len(data), len(msg))
			}
			got, err := inflateMessage(&i, msg, upTo(rnd, 5000), upTo(rnd, 5000))
			if err != nil || !bytes.Equal(got, data) {
				t.Fatalf("message %d, %s, %d bytes: %d bytes, %v", n, name, size, len(got), err)
			}
		}
	}
}

// TestDeflateStandardLibrary has the standard library decompress a megabyte, in
// one stream of messages.
func TestDeflateStandardLibrary(t *testing.T) {
	for _, level := range []int{1, 5, 9} {
		var d Deflater
		d.Init(DeflaterConfig{Level: level})
		rnd := random(9)
		var stream, want []byte
		for _, size := range []int{0, 10, 100, 10000, 1 << 20} {
			for _, data := range corpus(size) {
				want = append(want, data...)
				stream = append(stream, deflateMessage(t, &d, data, upTo(rnd, 1<<18), rnd)...)
				stream = append(stream, tail[:]...)
			}
		}
		d.Release()
		got, err := io.ReadAll(stdflate.NewReader(bytes.NewReader(stream)))
		if err != io.ErrUnexpectedEOF || !bytes.Equal(got, want) {
			t.Fatalf("level %d: %d bytes, want %d; %v", level, len(got), len(want), err)
		}
	}
}

// TestDeflateFlush checks that what is flushed can be read without what follows.
func TestDeflateFlush(t *testing.T) {
	var d Deflater
	var i Inflater
	out := make([]byte, 100)
	for n := range 10 {
		text := fmt.Sprintf("part %d of a message", n)
		frame := d.Flush(d.Write(nil, []byte(text), false))
		if k, _, err := i.Inflate(out, frame); err != nil || string(out[:k]) != text {
			t.Fatalf("part %d: %q, %v", n, out[:k], err)
		}
	}
	last := d.Write(nil, nil, true)
	if _, _, err := i.Inflate(out, last); err != nil {
		t.Fatal(err)
	}
	if k, done, err := i.EndMessage(out); k != 0 || !done || err != nil {
		t.Fatal(k, done, err)
	}
}

func TestDeflateEmpty(t *testing.T) {
	for _, noTakeover := range []bool{false, true} {
		var d Deflater
		d.Init(DeflaterConfig{NoContextTakeover: noTakeover})
		for n := range 3 {
			if got := d.Write(nil, nil, true); !bytes.Equal(got, []byte{0}) {
				t.Errorf("empty message %d: %x", n, got)
			}
		}
	}
}

// TestDeflateContext checks that context takeover makes the difference.
func TestDeflateContext(t *testing.T) {
	size := func(cfg DeflaterConfig) (first, later int) {
		var d Deflater
		d.Init(cfg)
		defer d.Release()
		text := []byte(`{"type":"tick","symbol":"ABC","price":12.25}`)
		first = len(d.Write(nil, text, true))
		return first, len(d.Write(nil, text, true))
	}
	for bits := 8; bits <= 15; bits++ {
		if first, later := size(DeflaterConfig{WindowBits: bits}); later > 8 {
			t.Errorf("%d bits: %d bytes, then %d", bits, first, later)
		}
		if first, later := size(DeflaterConfig{WindowBits: bits, NoContextTakeover: true}); first != later {
			t.Errorf("%d bits, no takeover: %d bytes, then %d", bits, first, later)
		}
	}
}

func TestDeflateRelease(t *testing.T) {
	var d Deflater
	d.Init(DeflaterConfig{NoContextTakeover: true})
	d.Write(nil, []byte("hello"), true)
	if d.Holding() != 0 {
		t.Error("a compressor is held without context")
	}
	d.Init(DeflaterConfig{})
	d.Write(nil, []byte("hello"), true)
	if d.Holding() == 0 {
		t.Error("the context is gone")
	}
	if d.Release(); d.Holding() != 0 {
		t.Error("a compressor is held after Release")
	}
}

// TestDeflateRatio keeps the compression near that of the standard library, also
// far behind the first window.
func TestDeflateRatio(t *testing.T) {
	for _, name := range []string{"text", "mixed", "short"} {
		data := corpus(600000)[name]
		for _, level := range []int{1, 6, 9} {
			var d Deflater
			d.Init(DeflaterConfig{Level: level})
			ours := len(d.Write(nil, data, true))
			d.Release()
			if theirs := len(pack(t, data, level)); ours > theirs+theirs/8 {
				t.Errorf("%s, level %d: %d bytes, the standard library has %d", name, level, ours, theirs)
			}
		}
	}
}

// TestDeflateRepeat: a message that was there before takes its matches alone, of 258 bytes
// each. Where each of them is looked up anew, what the search skipped breaks them up.
func TestDeflateRepeat(t *testing.T) {
	data := corpus(10000)["noise"]
	var d Deflater
	var i Inflater
	d.Init(DeflaterConfig{Level: FastLevel})
	i.Init(InflaterConfig{})
	for n := range 3 {
		msg := d.Write(nil, data, true)
		got, err := inflateMessage(&i, msg, func() int { return 1000 }, func() int { return 1000 })
		if err != nil || !bytes.Equal(got, data) {
			t.Fatalf("message %d: %d bytes, %v", n, len(got), err)
		}
		// 39 of at most 8 + 18 bits; some bytes in front that the search had passed by
		if n > 0 && len(msg) > 150 {
			t.Errorf("message %d takes %d bytes", n, len(msg))
		}
	}
}

// TestDeflateHolds checks what stays with a connection between messages.
func TestDeflateHolds(t *testing.T) {
	for _, tt := range []struct{ level, bits, traffic, want int }{
		{1, 15, 1000, 22 << 10},
		{1, 15, 1 << 20, 82 << 10},
		{1, 8, 1 << 20, 50 << 10},
		{6, 15, 1 << 20, 210 << 10},
	} {
		var d Deflater
		d.Init(DeflaterConfig{Level: tt.level, WindowBits: tt.bits})
		d.Write(nil, corpus(tt.traffic)["mixed"], true)
		if d.Holding() > tt.want {
			t.Errorf("%+v: holds %d bytes", tt, d.Holding())
		}
		d.Release()
	}
}

func TestDeflateAllocs(t *testing.T) {
	data := corpus(5000)["text"]
	for _, noTakeover := range []bool{false, true} {
		var d Deflater
		d.Init(DeflaterConfig{NoContextTakeover: noTakeover})
		dst := d.Write(make([]byte, 0, 8192), data, true)
		n := testing.AllocsPerRun(50, func() { dst = d.Write(dst[:0], data, true) })
		// A garbage collection in between may empty the pools.
		if n > 1 {
			t.Errorf("no takeover %t: %v allocations", noTakeover, n)
		}
	}
}

// TestDeflateDeterministic compresses with what other streams have left behind in
// the pools.
func TestDeflateDeterministic(t *testing.T) {
	for _, level := range []int{1, 6} {
		var first []byte
		for n := range 4 {
			var d Deflater
			d.Init(DeflaterConfig{Level: level})
			got := d.Write(nil, corpus(2000)["mixed"], true)
			d.Release()
			if first == nil {
				first = got
			}
			if !bytes.Equal(got, first) {
				t.Errorf("level %d, round %d: other bytes", level, n)
			}
			for _, data := range corpus(3000 * (n + 1)) {
				d.Write(nil, data, false)
				d.Release()
			}
		}
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, data := range corpus(500) {
		f.Add(data, uint64(1), byte(0x31), byte(20))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64, mode, cut byte) {
		rnd := random(seed)
		cfg := DeflaterConfig{int(mode>>4) % 10, 8 + int(mode&7), mode&8 != 0}
		var d Deflater
		var i Inflater
		d.Init(cfg)
		i.Init(InflaterConfig{cfg.WindowBits, cfg.NoContextTakeover})
		pieces := upTo(rnd, 1+int(cut)*int(cut))
		for n := range 3 {
			part := data[len(data)*n/3:]
			got, err := inflateMessage(&i, deflateMessage(t, &d, part, pieces, rnd), pieces, pieces)
			if err != nil || !bytes.Equal(got, part) {
				t.Fatalf("message %d: %d bytes, want %d; %v", n, len(got), len(part), err)
			}
		}
		d.Release()
		i.Release()
	})
}

func BenchmarkDeflate(b *testing.B) {
	for _, cfg := range []DeflaterConfig{{Level: 1}, {Level: 1, NoContextTakeover: true}, {Level: 6}, {Level: 9}} {
		for _, size := range []int{50, 1000, 100000} {
			for _, name := range []string{"text", "mixed", "noise"} {
				b.Run(fmt.Sprintf("%+v/%s/%d", cfg, name, size), func(b *testing.B) {
					var d Deflater
					d.Init(cfg)
					var dst []byte
					// Not the same message again and again.
					data := corpus(16 * size)[name]
					n := 0
					total := 0
					b.SetBytes(int64(size))
					b.ReportAllocs()
					for b.Loop() {
						dst = d.Write(dst[:0], data[n*size:][:size], true)
						n = (n + 1) % 16
						total += len(dst)
					}
					b.ReportMetric(float64(total)/float64(b.N)/float64(size), "ratio")
				})
			}
		}
	}
}

// BenchmarkMessage is both directions of a connection on which services exchange
// messages of 1 KiB, with context takeover.
func BenchmarkMessage(b *testing.B) {
	rnd := random(1)
	words := []string{"temperature", "status", "ok", "room", "kitchen", "timestamp", "value", "sensor", "open", "closed"}
	var plain, packed [16][]byte
	for i := range plain {
		p := []byte("[")
		for len(p) < 1024 {
			p = fmt.Appendf(p, `{"id":%d,"%s":"%s","%s":%d.%02d},`, rnd.IntN(100000), words[rnd.IntN(10)],
				words[rnd.IntN(10)], words[rnd.IntN(10)], rnd.IntN(100), rnd.IntN(100))
		}
		plain[i] = p[:1024]
		packed[i] = pack(b, plain[i], 6)
	}
	b.Run("inflate", func(b *testing.B) {
		var z Inflater
		out := make([]byte, 2048)
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			o, _, err := z.Inflate(out, packed[n%16])
			if _, done, _ := z.EndMessage(out[o:]); o != 1024 || err != nil || !done {
				b.Fatal(o, err)
			}
		}
	})
	b.Run("deflate", func(b *testing.B) {
		var d Deflater
		d.Init(DeflaterConfig{Level: 1})
		var dst []byte
		total := 0
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			dst = d.Write(dst[:0], plain[n%16], true)
			total += len(dst)
		}
		b.ReportMetric(float64(total)/float64(b.N)/1024, "ratio")
	})
}
