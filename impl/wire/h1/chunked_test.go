package h1

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// decodeChunked feeds in step bytes at a time and gathers the data.
func decodeChunked(in []byte, step int) (data []byte, used int, done bool, err error) {
	var c Chunked
	for used < len(in) && !done && err == nil {
		var n int
		var d []byte
		n, d, done, err = c.Next(in[used:min(len(in), used+step)])
		data = append(data, d...)
		used += n
	}
	return data, used, done, err
}

func TestChunked(t *testing.T) {
	for _, c := range []struct {
		in, want string
		err      error
	}{
		{"0\r\n\r\n", "", nil},
		{"5\r\nhello\r\n0\r\n\r\n", "hello", nil},
		{"5\r\nhello\r\n00A\r\n0123456789\r\n000\r\n\r\n", "hello0123456789", nil},
		{"a;x=y;z=\"q\"\r\n0123456789\r\n0;e\r\nX-T: 1\r\nX-U: 2\r\n\r\n", "0123456789", nil},
		{strings.Repeat("0", 900) + "5\r\nhello\r\n" + strings.Repeat("0", 900) + "\r\n\r\n", "hello", nil},
		{strings.Repeat("0", maxChunkLine+1), "", ErrTooLarge},
		{"1 \t\r\na\r\n0\r\n\r\n", "a", nil},
		{"1 ;a\r\na\r\n0\r\n\r\n", "a", nil},
		{"\r\n", "", ErrMalformed},
		{"g\r\n", "", ErrMalformed},
		{"-1\r\n", "", ErrMalformed},
		{"0x1\r\n", "", ErrMalformed},
		{"1\na\n0\n\n", "", ErrMalformed},
		{"1;a\nb", "", ErrMalformed},
		{"1\r\nab\r\n", "", ErrMalformed},
		{"1\r\na\rb", "", ErrMalformed},
		{"1 2\r\n", "", ErrMalformed},
		{"0\r\nX: y\n\r\n", "", ErrMalformed},
		{"1000000000000000\r\n", "", ErrTooLarge},
		{"1;" + strings.Repeat("x", maxChunkLine+1), "", ErrTooLarge},
		{"0\r\n" + strings.Repeat("x:y\r\n", maxTrailers), "", ErrTooLarge},
	} {
		for _, step := range []int{1 << 20, 1, 3} {
			in := []byte(c.in)
			if c.err == nil {
				in = append(in, "GET "...)
			}
			data, used, done, err := decodeChunked(in, step)
			if err != c.err {
				t.Errorf("%.40q step %d: error %v, want %v", c.in, step, err, c.err)
			}
			if err == nil && (!done || used != len(c.in) || string(data) != c.want) {
				t.Errorf("%.40q step %d: %q done %v used %d", c.in, step, data, done, used)
			}
		}
	}
}

func FuzzChunked(f *testing.F) {
	f.Add([]byte("5;a\r\nhello\r\n0\r\nX: y\r\n\r\nrest"), uint8(2))
	f.Fuzz(func(t *testing.T, in []byte, step uint8) {
		d1, u1, done1, err1 := decodeChunked(in, len(in)+1)
		d2, u2, done2, err2 := decodeChunked(in, int(step)+1)
		if u1 != u2 || done1 != done2 || err1 != err2 || !bytes.Equal(d1, d2) {
			t.Fatal(u1, u2, done1, done2, err1, err2)
		}
		if again, _, ok, err := decodeChunked(fmt.Appendf(nil, "%X\r\n%s\r\n0\r\n\r\n", len(d1), d1), 7); !ok || err != nil || !bytes.Equal(again, d1) {
			t.Fatal(ok, err)
		}
	})
}
