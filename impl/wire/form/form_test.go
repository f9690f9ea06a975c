package form

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// recorder writes down what a decoder says.
type recorder struct {
	out  strings.Builder
	data []byte
}

func (r *recorder) Begin(p *Part) error {
	fmt.Fprintf(&r.out, "%s", p.Name)
	if len(p.Filename) > 0 {
		fmt.Fprintf(&r.out, "[%s %s]", p.Filename, p.ContentType)
	}
	r.data = r.data[:0]
	return nil
}

func (r *recorder) Data(b []byte) error { r.data = append(r.data, b...); return nil }

func (r *recorder) End() error { fmt.Fprintf(&r.out, "=%q ", r.data); return nil }

func decode(contentType, in string, step int) (string, error) {
	var r recorder
	d := NewDecoder([]byte(contentType), &r)
	for b := []byte(in); len(b) > 0; b = b[min(step, len(b)):] {
		if err := d.Write(b[:min(step, len(b))]); err != nil {
			return r.out.String(), err
		}
	}
	err := d.Close()
	return r.out.String(), err
}

const multi = "multipart/form-data; boundary=XX"

var decodeTable = []struct {
	contentType, in, want string
	err                   error
}{
	{"application/x-www-form-urlencoded", "a=1&b=2", `a="1" b="2" `, nil},
	{"", "a=%41+%2b%26&b=&c=x=y", `a="A +&" b="" c="x=y" `, nil},
	{"", "a&b=1&&=x", `a="" b="1" ="x" `, nil},
	{"", "a%5b%5d=1", `a%5b%5d="1" `, nil},
	{"", "a=1&b", `a="1" `, nil},
	{"", "", "", nil},
	{"", "a=" + strings.Repeat("x", 500) + "%20" + strings.Repeat("+y", 200), `a="` + strings.Repeat("x", 500) + " " + strings.Repeat(" y", 200) + `" `, nil},
	{"", strings.Repeat("n", 31) + "=1", strings.Repeat("n", 31) + `="1" `, nil},
	{"", strings.Repeat("n", 32) + "=1", "", ErrNameTooLong},
	{"", "a=%zz", "a", ErrEscape},
	{"", "a=%4", "a", ErrIncomplete},
	{"", "a=x%", "a", ErrIncomplete},

	{multi, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n", `a="1" `, nil},
	{"Multipart/Form-Data; Charset=x; Boundary=\"XX\"; y", "--XX\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--XX--", `a="1" `, nil},
	{"multipart/related; boundary=XX;x", "--XX\r\n\r\n1\r\n--XX--", `="1" `, nil},
	{multi, "preamble --XX \r\n--X\r\n--XX \t\r\nX-Y-Z: --\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a;b \\\"c\\d.txt\"\r\n" +
		"Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\nline1\r\n--X\r\n\r\n--XYX\r\r\n-\r\n--XX\r\n" +
		"Content-Disposition: form-data; filename=\"\"; name=\"g\"\r\n\r\n\r\n--XX--epilogue\r\n--XX\r\n",
		`f[a;b "c\d.txt text/plain]="line1\r\n--X\r\n\r\n--XYX\r\r\n-" g="" `, nil},
	{multi, "--XX\nContent-Disposition: form-data; name=\"a\"\n\n1\r\n--XX--", `a="1" `, nil},
	{multi, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--XX--", `a="" `, nil},
	{multi, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--Xx\r\n--XX--", `a="--Xx" `, nil},
	{multi, "--XX\r\nContent-Disposition: form-data; name=\"" + strings.Repeat("n", 40) + "\"\r\n\r\n\r\n--XX--", strings.Repeat("n", 31) + `="" `, nil},
	{multi, "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--X", "a", ErrIncomplete},
	{multi, "--XX\r\nX: " + strings.Repeat("n", maxHeader) + "\r\n", "", ErrHeader},
	{multi, "--XX--", "", nil},
	{"multipart/form-data", "--XX\r\n\r\n1\r\n--XX--", "", nil},
}

func TestDecode(t *testing.T) {
	for i, c := range decodeTable {
		for _, step := range []int{1 << 20, 1, 2, 7} {
			got, err := decode(c.contentType, c.in, step)
			if got != c.want || !errors.Is(err, c.err) || (err != nil) != (c.err != nil) {
				t.Errorf("%d step %d: %s, %v; want %s, %v", i, step, got, err, c.want, c.err)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, c := range decodeTable {
		f.Add(c.contentType, c.in, uint8(3))
	}
	f.Fuzz(func(t *testing.T, contentType, in string, step uint8) {
		got, err := decode(contentType, in, len(in)+1)
		got1, err1 := decode(contentType, in, 1)
		got2, err2 := decode(contentType, in, int(step)+1)
		if got != got1 || got != got2 || err != err1 || err != err2 {
			t.Fatal(got, err, got1, err1, got2, err2)
		}
	})
}

// gather runs a form through Params with the wanted names a, b and c.
func gather(contentType, in string, size, step int, reuse bool) (string, error) {
	var out strings.Builder
	var p Params
	p.Reuse = reuse
	p.Lookup = func(name []byte) int { return bytes.IndexByte([]byte("abc"), append(name, 0)[0]) }
	p.Stored = func(i int, v []byte) error { fmt.Fprintf(&out, "%d=%s ", i, v); return nil }
	p.File = func(name, filename, data []byte, s State) error {
		fmt.Fprintf(&out, "%s/%s:%d:%s ", name, filename, s, data)
		return nil
	}
	p.Init(make([]byte, size))
	d := NewDecoder([]byte(contentType), &p)
	var err error
	for b := []byte(in); len(b) > 0 && err == nil; b = b[min(step, len(b)):] {
		err = d.Write(b[:min(step, len(b))])
	}
	if err == nil {
		err = d.Close()
	}
	return out.String(), err
}

func TestParams(t *testing.T) {
	file := "--XX\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n\"\r\n\r\n0123456789\r\n--XX--"
	part := "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n12\r\n"
	for _, c := range []struct {
		contentType, in string
		size            int
		reuse           bool
		want            string
		err             error
	}{
		{"", "a=1&b=2&c=&x=3&a=4", 64, false, "0=1 1=2 0=4 ", nil},
		{"", "a=12&b=345", 7, false, "0=12 ", ErrStorage},
		{"", "a=12&b=345", 8, false, "0=12 1=345 ", nil},
		{"", "a=12&b=34", 7, false, "0=12 1=34 ", nil},
		{"", "a=123456&b=123456", 8, true, "0=123456 1=123456 ", nil},
		{"", "a=1234567", 8, true, "", ErrStorage},
		{"", "a=123456&x=1", 8, false, "0=123456 ", nil},
		{"", "a=123456&b=1", 8, false, "0=123456 ", ErrStorage},
		{"", "x=" + strings.Repeat("y", 1000) + "&a=1", 8, false, "0=1 ", nil},
		{multi, file, 6, false, "f/n:2: f/n:0:01234 f/n:1:56789 ", nil},
		{multi, part + file, 8, false, "0=12 f/n:2: f/n:0:0123 f/n:0:4567 f/n:1:89 ", nil},
		{multi, file, 1, false, "f/n:2: ", ErrStorage},
	} {
		for _, step := range []int{1 << 20, 1} {
			got, err := gather(c.contentType, c.in, c.size, step, c.reuse)
			if got != c.want || err != c.err {
				t.Errorf("%q size %d: %q %v, want %q %v", c.in, c.size, got, err, c.want, c.err)
			}
		}
	}
}

// TestEnding: the end is seen in whatever pieces it comes, and nowhere else.
func TestEnding(t *testing.T) {
	part := "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n12\r\n--X\r\n"
	for _, c := range []struct {
		contentType, in string
		end             int // bytes until it is over, 0: never
	}{
		{multi, part + "--XX--\r\nmore", len(part) + 6},
		{"Multipart/Form-Data; charset=x; boundary=\"XX\"", "--XX--", 6},
		{multi, "preamble --XX-- \r\n--XX--", 24},
		{multi, part + "--XX-", 0},
		{multi, part + "--XX -- \r\n", 0},
		{multi, part + "--XXX--", 0},
		{multi, "", 0},
	} {
		for cut := range len(c.in) + 1 {
			e := NewEnding([]byte(c.contentType))
			if e == nil {
				t.Fatalf("%q has no ending", c.contentType)
			}
			first, second := e.Next([]byte(c.in[:cut])), e.Next([]byte(c.in[cut:]))
			if first != (c.end > 0 && cut >= c.end) || second != (c.end > 0) {
				t.Errorf("%q cut at %d: %v %v", c.in, cut, first, second)
			}
		}
	}
	for _, s := range []string{"", "multipart/form-data", "multipart/form-data; boundary=", "multipart/related; boundary=XX",
		"text/plain; boundary=XX"} {
		if NewEnding([]byte(s)) != nil {
			t.Errorf("%q has an ending", s)
		}
	}
}
