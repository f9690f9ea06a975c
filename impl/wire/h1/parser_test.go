package h1

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// dump renders everything a Headers holds, for comparing.
func dump(h *Headers) string {
	var b strings.Builder
	for t := Token(0); t < TokenCount; t++ {
		if !h.Has(t) {
			continue
		}
		fmt.Fprintf(&b, "%d=", int(t))
		for i := 0; h.find(t, i) != nil; i++ {
			if i > 0 {
				b.WriteByte('|')
			}
			b.Write(h.Fragment(t, i))
		}
		b.WriteByte('\n')
	}
	for _, c := range h.custom {
		fmt.Fprintf(&b, "%s%s\n", h.buf[c.name:c.name+c.nameLen], h.buf[c.value:c.value+c.valueLen])
	}
	return b.String()
}

func parseAll(kind Kind, limit int, in []byte, step int) (h *Headers, used int, done bool, err error) {
	h = new(Headers)
	var p Parser
	p.Init(kind, limit)
	for used < len(in) && !done && err == nil {
		var n int
		n, done, err = p.Parse(h, in[used:min(len(in), used+step)])
		used += n
	}
	return h, used, done, err
}

var parseTable = []struct {
	name string
	kind Kind
	in   string
	want string // dump; "" when err
	err  error
}{
	{"simple", Request, "GET /x HTTP/1.1\r\nHost: h\r\n\r\n", "0=/x\n3=h\n15=HTTP/1.1\n", nil},
	{"case, spaces, LF", Request, "get  /x  HTTP/1.0\nHOST:h \t\n\n", "0=/x\n3=h\n15=HTTP/1.0\n", nil},
	{"no version", Request, "GET /\r\nHost: h\r\n\r\n", "0=/\n3=h\n", nil},
	{"methods", Request, "PUT /x HTTP/1.1\r\n\r\n", "15=HTTP/1.1\n74=/x\n", nil},
	{"star", Request, "OPTIONS * HTTP/1.1\r\n\r\n", "2=*\n15=HTTP/1.1\n", nil},
	{"connect", Request, "CONNECT a:1 HTTP/1.1\r\n\r\n", "15=HTTP/1.1\n81=a:1\n", nil},
	{"proxy line", Request, "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\nGET / HTTP/1.1\r\n\r\n",
		"0=/\n15=HTTP/1.1\n77=TCP4 1.2.3.4 5.6.7.8 1 2\n", nil},
	{"empty lines first", Request, "\r\n\nGET / HTTP/1.1\r\n\r\n", "0=/\n15=HTTP/1.1\n", nil},
	{"absolute", Request, "GET http://q//a?b HTTP/1.0\r\n\r\n", "0=/a\n3=q\n15=HTTP/1.0\n76=b\n", nil},
	{"absolute, another host", Request, "GET HTTPS://q:1/a HTTP/1.1\r\nHost: r\r\n\r\n", "0=/a\n3=q:1\n15=HTTP/1.1\n", nil},
	{"absolute, no path", Request, "GET http://q HTTP/1.1\r\nHost: r\r\n\r\n", "0=/\n3=q\n15=HTTP/1.1\n", nil},
	{"absolute, arguments alone", Request, "GET http://q?a=/b HTTP/1.1\r\nHost:\r\n\r\n", "0=/\n3=q\n15=HTTP/1.1\n76=a=/b\n", nil},
	{"absolute, no Host", Request, "GET http://q/ HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"absolute, two Hosts", Request, "GET http://q/ HTTP/1.1\r\nHost: r\r\nHost: r\r\n\r\n", "", ErrMalformed},
	{"absolute, bad Host", Request, "GET http://q/ HTTP/1.1\r\nHost: r/\r\n\r\n", "", ErrMalformed},
	{"absolute, no authority", Request, "GET http:///a HTTP/1.1\r\nHost: r\r\n\r\n", "", ErrMalformed},
	{"absolute, a user", Request, "GET http://u@q/a HTTP/1.1\r\nHost: r\r\n\r\n", "", ErrMalformed},
	{"another scheme", Request, "GET ftp://q/a HTTP/1.0\r\n\r\n", "0=ftp:/q/a\n15=HTTP/1.0\n", nil},
	{"args", Request, "GET /a?x=1&y=2;z=%3d&w+w=a%26b&p%3dq=%3d HTTP/1.1\r\n\r\n",
		"0=/a\n15=HTTP/1.1\n76=x=1|y=2|z==|w w=a&b|p_q==\n", nil},
	{"empty args", Request, "GET /a? HTTP/1.1\r\n\r\n", "0=/a\n15=HTTP/1.1\n76=/\n", nil},
	{"only args", Request, "GET ?a=1 HTTP/1.1\r\n\r\n", "0=/\n15=HTTP/1.1\n76=a=1\n", nil},
	{"path split", Request, "GET /a;b&c HTTP/1.1\r\n\r\n", "0=/a|b|c\n15=HTTP/1.1\n", nil},
	{"plus", Request, "GET /+a+b?+c HTTP/1.1\r\n\r\n", "0=/+a b\n15=HTTP/1.1\n76= c\n", nil},
	{"sanitise", Request, "GET //a/./b/../c//d/.e/..f/... HTTP/1.0\r\n\r\n", "0=/a/c/d/.e/..f/...\n15=HTTP/1.0\n", nil},
	{"root stays", Request, "GET /../../a/..%2f%2e%2e/b HTTP/1.1\r\n\r\n", "0=/b\n15=HTTP/1.1\n", nil},
	{"dots at end", Request, "GET /a/b/.. HTTP/1.1\r\n\r\n", "0=/a\n15=HTTP/1.1\n", nil},
	{"dots before args", Request, "GET /a/..?x=1 HTTP/1.1\r\n\r\n", "0=/\n15=HTTP/1.1\n76=x=1\n", nil},
	{"escaped question mark", Request, "GET /a%3fb HTTP/1.1\r\n\r\n", "0=/a?b\n15=HTTP/1.1\n", nil},
	{"repeated", Request, "GET / HTTP/1.1\r\nAccept: a\r\nAccept: b\r\nAccept:c\r\n\r\n",
		"0=/\n15=HTTP/1.1\n17=a|  b| c\n", nil},
	{"repeated, first empty", Request, "GET / HTTP/1.1\r\nAccept:\r\nAccept: b\r\n\r\n", "0=/\n15=HTTP/1.1\n17=| b\n", nil},
	{"cookies", Request, "GET / HTTP/1.1\r\nCookie: a=1\r\nCookie: b=2\r\n\r\n", "0=/\n15=HTTP/1.1\n26=a=1|; b=2\n", nil},
	{"custom", Request, "GET / HTTP/1.1\r\nX-A: \t v  \r\nx-a:\r\nDelete: x\r\n\r\n", "0=/\n15=HTTP/1.1\nx-a:v\nx-a:\ndelete:x\n", nil},
	{"old origin", Request, "GET / HTTP/1.1\r\nSec-WebSocket-Origin: o\r\n\r\n", "0=/\n6=o\n15=HTTP/1.1\n", nil},
	{"same length twice", Request, "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "0=/\n15=HTTP/1.1\n27=5|  5\n", nil},
	{"chunked", Request, "POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n", "1=/\n15=HTTP/1.1\n68=Chunked\n", nil},

	{"unknown method", Request, "FOO / HTTP/1.1\r\n\r\n", "", ErrUnknownMethod},
	{"TLS hello", Request, "\x16\x03\x01\x02\x00\x01", "", ErrUnknownMethod},
	{"short method", Request, "GE\n", "", ErrUnknownMethod},
	{"bad escape", Request, "GET /a%zz HTTP/1.1\r\n\r\n", "", ErrForbidden},
	{"cut escape", Request, "GET /a%2 HTTP/1.1\r\n\r\n", "", ErrForbidden},
	{"cut escape in args", Request, "GET /?a%2 HTTP/1.1\r\n\r\n", "", ErrForbidden},
	{"escaped NUL", Request, "GET /a%00 HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"escaped NUL in args", Request, "GET /?%00 HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"bad version", Request, "GET / FOO\r\n\r\n", "", ErrMalformed},
	{"space in target", Request, "GET /a b HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"tab in target", Request, "GET /a\tb HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"no target", Request, "GET \r\n\r\n", "", ErrMalformed},
	{"space before colon", Request, "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "", ErrMalformed},
	{"no colon", Request, "GET / HTTP/1.1\r\nHost\r\n\r\n", "", ErrMalformed},
	{"no name", Request, "GET / HTTP/1.1\r\n: h\r\n\r\n", "", ErrMalformed},
	{"pseudo header", Request, "GET / HTTP/1.1\r\n:path: h\r\n\r\n", "", ErrMalformed},
	{"folded", Request, "GET / HTTP/1.1\r\nHost: h\r\n x\r\n\r\n", "", ErrMalformed},
	{"bare CR", Request, "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", "", ErrMalformed},
	{"NUL", Request, "GET / HTTP/1.1\r\nHost: h\x00\r\n\r\n", "", ErrMalformed},
	{"two hosts", Request, "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", "", ErrMalformed},
	{"two lengths", Request, "GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "", ErrMalformed},
	{"length list", Request, "GET / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", "", ErrMalformed},
	{"length sign", Request, "GET / HTTP/1.1\r\nContent-Length: +5\r\n\r\n", "", ErrMalformed},
	{"length overflow", Request, "GET / HTTP/1.1\r\nContent-Length: 9223372036854775808\r\n\r\n", "", ErrMalformed},
	{"length and chunked", Request, "GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "", ErrMalformed},
	{"not chunked last", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "", ErrMalformed},
	{"not chunked", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n", "", ErrMalformed},
	{"chunked and nothing", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked,\r\n\r\n", "", ErrMalformed},
	{"chunked in a list twice", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", "", ErrMalformed},
	{"another coding", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: gzip , chunked\r\n\r\n", "", ErrCoding},
	{"chunked twice", Request, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "", ErrMalformed},
	{"many empty lines", Request, "\n\n\n\n\nGET / HTTP/1.1\r\n\r\n", "", ErrMalformed},
	{"big value", Request, "GET / HTTP/1.1\r\nHost: " + strings.Repeat("x", DefaultLimit) + "\r\n\r\n", "", ErrTooLarge},
	{"big line", Request, "GET /" + strings.Repeat("x", lineFactor*DefaultLimit), "", ErrTooLarge},
	{"many headers", Request, "GET / HTTP/1.1\r\n" + strings.Repeat("Via: \r\n", 100) + "\r\n", "", ErrTooLarge},
	{"many unknown headers", Request, "GET / HTTP/1.1\r\n" + strings.Repeat("a:\r\n", 500) + "\r\n", "", ErrTooLarge},

	{"response", Response, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n", "15=200 OK\n65=x\n", nil},
	{"response 1.0", Response, "HTTP/1.0 404 Not  Found \r\n\r\n", "79=404 Not  Found\n", nil},
	{"no reason", Response, "HTTP/1.1 200\r\n\r\n", "15=200\n", nil},
	{"both lengths", Response, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "15=200 OK\n27=5\n68=chunked\n", nil},
	{"set-cookie", Response, "HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nSet-Cookie:b\r\n\r\n", "15=200 OK\n66=a| b\n", nil},
	{"response folded", Response, "HTTP/1.1 200 OK\r\nServer: x\r\n\t y \r\nX-A:\r\n  b\r\n\r\n", "15=200 OK\n65=x y\nx-a: b\n", nil},
	{"response space before colon", Response, "HTTP/1.1 200 OK\r\nServer : x\r\n\r\n", "15=200 OK\n65=x\n", nil},
	{"folded first", Response, "HTTP/1.1 200 OK\r\n x\r\n\r\n", "", ErrMalformed},
	{"not http", Response, "SSH-2.0-x\r\n", "", ErrMalformed},
	{"bad status", Response, "HTTP/1.1 2x0 OK\r\n\r\n", "", ErrMalformed},
	{"long status", Response, "HTTP/1.1 2000 OK\r\n\r\n", "", ErrMalformed},
}

func TestParse(t *testing.T) {
	for _, c := range parseTable {
		t.Run(c.name, func(t *testing.T) {
			for _, step := range []int{1 << 20, 1, 3} {
				in := []byte(c.in)
				if c.err == nil {
					in = append(in, "BODY"...)
				}
				h, used, done, err := parseAll(c.kind, 0, in, step)
				if !errors.Is(err, c.err) || (err != nil) != (c.err != nil) {
					t.Fatalf("step %d: error %v, want %v", step, err, c.err)
				}
				if c.err != nil {
					continue
				}
				if !done || used != len(c.in) {
					t.Errorf("step %d: done %v, used %d of %d", step, done, used, len(c.in))
				}
				if got := dump(h); got != c.want {
					t.Errorf("step %d: got\n%swant\n%s", step, got, c.want)
				}
			}
		})
	}
}

func TestTokenLimits(t *testing.T) {
	h, p := new(Headers), Parser{Limits: &TokenLimits{TokenGetURI: 3, TokenHost: 2, TokenHTTPAccept: 4}}
	p.Init(Request, 0)
	in := "GET /abcdef?12345&6 HTTP/1.1\r\nHost: abc\r\nAccept: 12\r\nAccept: 34567\r\n\r\n"
	if _, done, err := p.Parse(h, []byte(in)); !done || err != nil {
		t.Fatal(done, err)
	}
	if got, want := dump(h), "0=/ab\n3=ab\n15=HTTP/1.1\n17=12|  34\n76=123|6\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestParseReuse(t *testing.T) {
	h, p := new(Headers), Parser{}
	h.UseStore(make([]byte, 512))
	in := []byte("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-Y: z\r\nCookie: a=b\r\n\r\n")
	allocs := testing.AllocsPerRun(100, func() {
		h.Reset()
		p.Init(Request, 4096)
		if _, done, err := p.Parse(h, in); !done || err != nil {
			t.Fatal(done, err)
		}
	})
	if allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
	if h.limit != 512 {
		t.Errorf("limit %d", h.limit)
	}
	h.Reset()
	if dump(h) != "" {
		t.Error("not empty after Reset")
	}
}

func TestParseAfterError(t *testing.T) {
	h, p := new(Headers), Parser{}
	_, _, err := p.Parse(h, []byte("FOO "))
	_, _, again := p.Parse(h, []byte("GET / HTTP/1.1\r\n\r\n"))
	if err == nil || err != again {
		t.Error(err, again)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range parseTable {
		f.Add(c.kind == Response, []byte(c.in), uint8(3))
	}
	f.Fuzz(func(t *testing.T, response bool, in []byte, step uint8) {
		kind := Request
		if response {
			kind = Response
		}
		const limit = 256
		h, used, done, err := parseAll(kind, limit, in, len(in)+1)
		h1, used1, done1, err1 := parseAll(kind, limit, in, 1)
		h2, _, done2, err2 := parseAll(kind, limit, in, int(step)+1)
		if done != done1 || done != done2 || err != err1 || err != err2 {
			t.Fatalf("done %v %v %v, err %v, %v, %v", done, done1, done2, err, err1, err2)
		}
		if err != nil {
			return
		}
		if used != used1 || dump(h) != dump(h1) || dump(h) != dump(h2) {
			t.Fatalf("used %d %d, headers\n%s\n%s\n%s", used, used1, dump(h), dump(h1), dump(h2))
		}
		if len(h.buf) > limit {
			t.Fatalf("%d bytes stored", len(h.buf))
		}
		if done && kind == Request {
			i, m := h.Method()
			if i < 0 || bytes.IndexByte(h.Value(m), 0) >= 0 {
				t.Fatalf("method %d, target %q", i, h.Value(m))
			}
			checkPath(t, h.Value(m))
		}
	})
}

// checkPath fails when a path still has a segment that leads upwards.
func checkPath(t *testing.T, path []byte) {
	t.Helper()
	segments := strings.Split(string(path), "/")
	for _, s := range segments[1:] {
		if s == ".." {
			t.Fatalf("path %q", path)
		}
	}
}

// request is what a browser sends.
var request = []byte("GET /index.html?a=1&b=2 HTTP/1.1\r\nHost: localhost:7681\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n" +
	"Accept: text/html,application/xhtml+xml\r\nAccept-Language: en\r\nAccept-Encoding: gzip, deflate\r\n" +
	"Connection: keep-alive\r\nCookie: a=b; c=d\r\nX-Custom: 1\r\n\r\n")

func TestParseAllocs(t *testing.T) {
	h, p := new(Headers), Parser{}
	if n := testing.AllocsPerRun(100, func() {
		h.Reset()
		p.Init(Request, 4096)
		if _, done, err := p.Parse(h, request); !done || err != nil {
			t.Error(done, err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkParse(b *testing.B) {
	h, p := new(Headers), Parser{}
	b.SetBytes(int64(len(request)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		p.Init(Request, 4096)
		if _, done, err := p.Parse(h, request); !done || err != nil {
			b.Fatal(done, err)
		}
	}
}
