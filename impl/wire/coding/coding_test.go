// SPDX-License-Identifier: MIT

package coding

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// bodies are what is encoded and decoded.
func bodies() map[string][]byte {
	rnd := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, 100_000)
	for i := range noise {
		noise[i] = byte(rnd.Uint32())
	}
	return map[string][]byte{
		"nothing": nil,
		"a byte":  {'a'},
		"text":    []byte(strings.Repeat("what is said more than once, ", 5000)),
		"noise":   noise,
		"zeros":   make([]byte, 1<<20),
	}
}

// other decodes with the standard library.
func other(k Coding, b []byte) ([]byte, error) {
	if k == Deflate {
		return io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// TestEncode encodes in pieces; what is out after each can be decoded then.
//
// Seen to fail: without the blocks' ends in Flush; without the sum in End.
func TestEncode(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for name, body := range bodies() {
		for _, k := range Ours {
			var e Encoder
			e.Init(k)
			var out []byte
			for at := 0; at < len(body); {
				n := min(1+rnd.IntN(40_000), len(body)-at)
				if rnd.IntN(2) == 0 {
					out = e.More(out, body[at:at+n])
				} else {
					out = e.Flush(out, body[at:at+n])
					if so, _ := other(k, out); !bytes.Equal(so, body[:at+n]) {
						t.Fatalf("%s, %s: %d bytes flushed, %d come out", k, name, at+n, len(so))
					}
				}
				at += n
			}
			out = e.End(out, nil)
			if got, err := other(k, out); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%s, %s: %d bytes for %d, %v", k, name, len(got), len(body), err)
			}
			if got, err := decode(k, out, 999, 999); err != nil || !bytes.Equal(got, body) {
				t.Errorf("%s, %s: ours: %d bytes for %d, %v", k, name, len(got), len(body), err)
			}
			if e.Holding() != 0 {
				t.Errorf("%s: %d bytes are held behind the end", k, e.Holding())
			}
		}
	}
}

// TestEncodeAllocates: a stream that has begun takes no memory for a piece.
func TestEncodeAllocates(t *testing.T) {
	piece := []byte(strings.Repeat("a line of an answer\n", 50))
	var e Encoder
	e.Init(Gzip)
	buf := e.Flush(nil, bytes.Repeat(piece, 200))
	if n := testing.AllocsPerRun(200, func() { buf = e.Flush(buf[:0], piece) }); n > 0 {
		t.Errorf("%v allocations for a piece", n)
	}
	if h := e.Holding(); h > 96<<10 {
		t.Errorf("%d bytes are held", h)
	}
	e.Release()
}

// decode decodes in pieces of at most so many bytes.
func decode(k Coding, b []byte, in, out int) ([]byte, error) {
	var d Decoder
	d.Init(k)
	defer d.Release()
	buf := make([]byte, out)
	var got []byte
	for {
		piece := b[:min(in, len(b))]
		n, used, err := d.Decode(buf, piece)
		got = append(got, buf[:n]...)
		b = b[used:]
		switch {
		case err != nil:
			return got, err
		case n < len(buf) && used < len(piece):
			return got, errors.New("it stopped")
		case n < len(buf) && len(b) == 0:
			return got, d.End()
		}
	}
}

func gzipped(b []byte, h gzip.Header) []byte {
	var w bytes.Buffer
	z := gzip.NewWriter(&w)
	z.Header = h
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func zlibbed(b []byte) []byte {
	var w bytes.Buffer
	z := zlib.NewWriter(&w)
	_, _ = z.Write(b)
	_ = z.Close()
	return w.Bytes()
}

func deflated(b []byte, end bool) []byte {
	var w bytes.Buffer
	z, _ := flate.NewWriter(&w, 1)
	_, _ = z.Write(b)
	_ = z.Flush()
	if end {
		_ = z.Close()
	}
	return w.Bytes()
}

// TestDecode decodes what others have encoded, cut up in all ways.
func TestDecode(t *testing.T) {
	for name, body := range bodies() {
		head := gzip.Header{Name: "a name", Comment: "a comment", Extra: []byte("extra")}
		for what, c := range map[string]struct {
			k Coding
			b []byte
		}{
			"gzip":                 {Gzip, gzipped(body, gzip.Header{})},
			"gzip, a long head":    {Gzip, gzipped(body, head)},
			"gzip, junk behind":    {Gzip, append(gzipped(body, head), "junk, and more of it"...)},
			"deflate, zlib":        {Deflate, zlibbed(body)},
			"deflate, raw":         {Deflate, deflated(body, true)},
			"deflate, raw, no end": {Deflate, deflated(body, false)},
		} {
			for _, size := range [][2]int{{1, 1}, {1, 4096}, {3, 70_000}, {1000, 7}, {1 << 20, 4096}, {1 << 20, 1 << 21}} {
				if len(body) > 1<<19 && size[0]*size[1] < 1000 {
					continue
				}
				if got, err := decode(c.k, c.b, size[0], size[1]); err != nil || !bytes.Equal(got, body) {
					t.Errorf("%s, %s, pieces of %d: %d bytes for %d, %v", what, name, size, len(got), len(body), err)
				}
			}
		}
	}
	two := append(gzipped([]byte("one "), gzip.Header{}), gzipped([]byte("two"), gzip.Header{})...)
	for _, size := range []int{1, 5, 1000} {
		if got, err := decode(Gzip, two, size, 100); string(got) != "one two" || err != nil {
			t.Errorf("two members: %q, %v", got, err)
		}
	}
}

// TestDecodeHostile: what is no body of the coding is an error, and nothing is held then.
func TestDecodeHostile(t *testing.T) {
	good := gzipped([]byte("some text"), gzip.Header{})
	spoilt := func(i int) []byte {
		b := bytes.Clone(good)
		b[i] ^= 1
		return b
	}
	withFlags := func(f byte) []byte {
		b := bytes.Clone(good)
		b[3] = f
		return b
	}
	zs := zlibbed([]byte("some text"))
	zs[len(zs)-1] ^= 1
	for name, c := range map[string]struct {
		k   Coding
		b   []byte
		err error
	}{
		"no gzip":              {Gzip, []byte("some text, in plain words"), ErrCorrupt},
		"another method":       {Gzip, spoilt(2), ErrCorrupt},
		"unknown flags":        {Gzip, withFlags(0x80), ErrCorrupt},
		"nothing":              {Gzip, nil, ErrTruncated},
		"a part of the head":   {Gzip, good[:5], ErrTruncated},
		"an endless name":      {Gzip, append(withFlags(flagName)[:10], bytes.Repeat([]byte{'a'}, 1<<20)...), ErrTruncated},
		"extra beyond the end": {Gzip, append(withFlags(flagExtra)[:10], 255, 255, 0), ErrTruncated},
		"another sum":          {Gzip, spoilt(len(good) - 8), ErrSum},
		"another size":         {Gzip, spoilt(len(good) - 4), ErrSum},
		"no trailer":           {Gzip, good[:len(good)-8], ErrTruncated},
		"half a trailer":       {Gzip, good[:len(good)-3], ErrTruncated},
		"an end in a block":    {Gzip, good[:12], ErrTruncated},
		"a bad block":          {Gzip, append(bytes.Clone(gzipHead), 0xff, 0xff, 0xff), ErrCorrupt},
		"deflate, bad":         {Deflate, []byte("\xff\xff\xff\xff"), ErrCorrupt},
		"deflate, cut":         {Deflate, deflated(bytes.Repeat([]byte("abc"), 1000), true)[:9], ErrTruncated},
		"zlib, another sum":    {Deflate, zs, ErrSum},
		"zlib, no sum":         {Deflate, zs[:len(zs)-4], ErrTruncated},
	} {
		if got, err := decode(c.k, c.b, 1<<20, 100); err != c.err {
			t.Errorf("%s: %q, %v, not %v", name, got, err, c.err)
		}
	}
}

// TestDecodeBomb: what a bomb holds is no more than for others, and each call gives what it is asked for.
func TestDecodeBomb(t *testing.T) {
	bomb := gzipped(make([]byte, 64<<20), gzip.Header{})
	var d Decoder
	d.Init(Gzip)
	out := make([]byte, 1000)
	total := 0
	for in := bomb; ; {
		n, used, err := d.Decode(out, in)
		in = in[used:]
		total += n
		if err != nil {
			t.Fatal(err)
		}
		if h := d.Holding(); h > 64<<10 {
			t.Fatalf("%d bytes are held", h)
		}
		if n < len(out) {
			break
		}
	}
	if total != 64<<20 || d.End() != nil || d.Holding() != 0 {
		t.Errorf("%d bytes, %v, %d held", total, d.End(), d.Holding())
	}
}

// FuzzDecode: whatever comes, however it is cut, is decoded as the standard library does,
// or an error.
func FuzzDecode(f *testing.F) {
	for _, b := range bodies() {
		b = b[:min(len(b), 2000)]
		f.Add(gzipped(b, gzip.Header{Name: "n"}), uint8(1), uint16(7))
		f.Add(zlibbed(b), uint8(10), uint16(1))
		f.Add(deflated(b, true), uint8(0), uint16(100))
	}
	f.Fuzz(func(t *testing.T, b []byte, in uint8, out uint16) {
		const most = 1 << 20
		for _, k := range Ours {
			var d Decoder
			d.Init(k)
			buf := make([]byte, int(out)+1)
			var got []byte
			var err error
			for left := b; err == nil && len(got) < most; {
				piece := left[:min(int(in)+1, len(left))]
				n, used, e := d.Decode(buf, piece)
				if n > len(buf) || used > len(piece) || e == nil && n < len(buf) && used < len(piece) {
					t.Fatalf("%s: %d of %d bytes in, %d of %d out, %v", k, used, len(piece), n, len(buf), e)
				}
				got, left, err = append(got, buf[:n]...), left[used:], e
				if err == nil && n < len(buf) && len(left) == 0 {
					err = d.End()
					break
				}
			}
			d.Release()
			if d.Holding() != 0 {
				t.Fatalf("%s: %d bytes are held", k, d.Holding())
			}
			if err == nil && k == Gzip && len(got) < most {
				if want, werr := other(k, b); !bytes.HasPrefix(got, want) || werr == nil && len(got) != len(want) {
					t.Fatalf("gzip: %d bytes, the standard library has %d, %v", len(got), len(want), werr)
				}
			}
		}
	})
}
