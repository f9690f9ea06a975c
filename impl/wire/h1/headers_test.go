package h1

import (
	"strings"
	"testing"
)

func filled(t *testing.T) *Headers {
	t.Helper()
	h, p := new(Headers), Parser{}
	p.Init(Request, 0)
	in := "GET /p?x=1&y=2&x=3 HTTP/1.1\r\nAccept: a\r\nAccept: b\r\nCookie: ck=1;k=2\r\nCookie: c2=2; c3=abc\r\n" +
		"Upgrade:\r\nX-A: va\r\n\r\n"
	if _, done, err := p.Parse(h, []byte(in)); !done || err != nil {
		t.Fatal(done, err)
	}
	return h
}

// TestCopy was seen to fail with a Joined that gives the first of several.
func TestCopy(t *testing.T) {
	h := filled(t)
	for _, c := range []struct {
		t    Token
		want string
	}{
		{TokenGetURI, "/p"}, {TokenHTTPURIArgs, "x=1,y=2,x=3"}, {TokenHTTPAccept, "a,  b"},
		{TokenHTTPCookie, "ck=1;k=2; c2=2; c3=abc"}, {TokenUpgrade, ""}, {TokenHost, ""},
	} {
		if n := h.Total(c.t); n != len(c.want) {
			t.Errorf("%v: total %d", c.t, n)
		}
		dst := []byte(strings.Repeat("Z", len(c.want)+1))
		if n := h.Copy(dst, c.t); n != len(c.want) || string(dst) != c.want+"\x00" {
			t.Errorf("%v: %d %q", c.t, n, dst)
		}
		if got := h.Joined(c.t); string(got) != c.want {
			t.Errorf("%v: joined %q", c.t, got)
		}
		if n := h.Copy(dst[:len(c.want)], c.t); len(c.want) > 0 && (n != -1 || dst[0] != 0) {
			t.Errorf("%v: short buffer gives %d", c.t, n)
		}
	}
	if !h.Has(TokenUpgrade) || h.Has(TokenHost) || h.Value(TokenHost) != nil || h.Raw(TokenHost) != nil {
		t.Error("presence")
	}
}

func TestCopyFragment(t *testing.T) {
	h := filled(t)
	var dst [8]byte
	for _, c := range []struct {
		t               Token
		i, size, n, len int
	}{
		{TokenHTTPAccept, 0, 8, 1, 1}, {TokenHTTPAccept, 1, 8, 3, 3}, {TokenHTTPAccept, 1, 3, -1, 3},
		{TokenHTTPAccept, 2, 8, -1, 0}, {TokenUpgrade, 0, 1, 0, 0}, {TokenUpgrade, 0, 0, -1, 0},
		{TokenHost, 0, 8, -1, 0}, {TokenHTTPAccept, -1, 8, -1, 0},
	} {
		if n, l := h.CopyFragment(dst[:c.size], c.t, c.i), h.FragmentLen(c.t, c.i); n != c.n || l != c.len {
			t.Errorf("%v %d: copy %d, length %d", c.t, c.i, n, l)
		}
	}
}

func TestArgs(t *testing.T) {
	h := filled(t)
	dst := make([]byte, 8)
	if n := h.CopyArg(dst, "x="); n != 2 || cstr(dst, n) != "1" {
		t.Error(n, dst)
	}
	if n := h.CopyArgValue(dst, "x"); n != 1 || cstr(dst, 0) != "1" {
		t.Errorf("CopyArgValue: %d %q", n, dst)
	}
	if n := h.CopyArg(dst[:3], "y="); n != -1 {
		t.Error(n)
	}
}

func TestCustom(t *testing.T) {
	h := filled(t)
	dst := make([]byte, 3)
	if h.CustomLen("x-a:") != 2 || h.CustomCopy(dst, "x-a:") != 2 || string(dst) != "va\x00" {
		t.Errorf("%q", dst)
	}
	if h.CustomCopy(dst[:2], "x-a:") != -1 || h.CustomLen("X-A:") != -1 || h.CustomLen("x-a") != -1 || h.CustomCopy(dst, "x-") != -1 {
		t.Error("found")
	}
}

func TestSet(t *testing.T) {
	var h Headers
	for _, v := range []string{"one", "two", ""} {
		if err := h.Set(TokenClientURI, []byte(v)); err != nil {
			t.Fatal(err)
		}
		if got := h.Value(TokenClientURI); string(got) != v || h.Has(TokenClientURI) != (v != "") {
			t.Errorf("%q", got)
		}
	}
	if err := h.Set(TokenClientURI, make([]byte, DefaultLimit)); err != ErrTooLarge {
		t.Error(err)
	}
	var err error
	for range maxFragments {
		if err = h.Add(TokenHTTPVia, nil); err != nil {
			break
		}
	}
	if err != ErrTooLarge {
		t.Error(err)
	}
}

func TestCookie(t *testing.T) {
	h := filled(t)
	dst := make([]byte, 4)
	for _, c := range []struct {
		name string
		n    int
		err  error
	}{{"ck", 1, nil}, {"k", 1, nil}, {"c2", 1, nil}, {"c3", 3, nil}, {"c", 0, ErrNoCookie}, {"ab", 0, ErrNoCookie}} {
		if n, err := h.Cookie(dst, c.name); n != c.n || err != c.err {
			t.Errorf("%q: %d %v", c.name, n, err)
		}
	}
	if _, err := h.Cookie(dst[:3], "c3"); err != ErrTooLarge {
		t.Error(err)
	}
}

func TestRaw(t *testing.T) {
	h := new(Headers)
	if err := h.AddTarget(TokenGetURI, []byte("/a;b&c?d")); err != nil {
		t.Fatal(err)
	}
	if got := string(h.Raw(TokenGetURI)); got != "/a\x00\x00b\x00" {
		t.Errorf("%q", got)
	}
	if i, m := h.Method(); i != 0 || m != TokenGetURI {
		t.Error(i, m)
	}
}

func TestFraming(t *testing.T) {
	h, p := new(Headers), Parser{}
	p.Init(Response, 0)
	in := "HTTP/1.1 206 X\r\nContent-Length: 12\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: x, chunked\r\n\r\n"
	if h.ContentLength() != -1 || h.Chunked() || h.StatusCode() != 0 {
		t.Error("empty")
	}
	if _, done, err := p.Parse(h, []byte(in)); !done || err != nil {
		t.Fatal(err)
	}
	if h.ContentLength() != 12 || !h.Chunked() || h.StatusCode() != 206 {
		t.Error(h.ContentLength(), h.Chunked(), h.StatusCode())
	}
}

// FuzzCookie: any Cookie header and name; a value that is found is part of the
// header and within bounds.
func FuzzCookie(f *testing.F) {
	f.Add("a=1; b=2", "b", 8)
	f.Add("; =; a", "", 1)
	f.Add("a==b;a", "a", 0)
	f.Fuzz(func(t *testing.T, header, name string, room int) {
		if room < 0 || room > 1<<12 {
			t.Skip()
		}
		var h Headers
		if h.Add(TokenHTTPCookie, []byte(header)) != nil {
			t.Skip()
		}
		dst := make([]byte, room)
		n, err := h.Cookie(dst, name)
		if err == nil && (n >= room || !strings.Contains(header, name+"="+string(dst[:n])) || dst[n] != 0) {
			t.Errorf("%q of %q: %q", name, header, dst[:n])
		}
	})
}
