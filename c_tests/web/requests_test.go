// SPDX-License-Identifier: MIT

package web

import "strings"

// request is one case: what is sent, each part behind the answer to the one before.
type request struct {
	name  string
	parts []string
}

func get(target string, lines ...string) string { return with("GET", target, lines...) }

func with(method, target string, lines ...string) string {
	all := method + " " + target + " HTTP/1.1\r\nHost: t\r\n"
	for _, l := range lines {
		all += l + "\r\n"
	}
	return all + "\r\n"
}

func one(name, text string) request { return request{name, []string{text}} }

var post = func(target, body string, lines ...string) string {
	return with("POST", target, append(lines, "Content-Length: "+itoa(len(body)))...) + body
}

const multipart = "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nsome text\r\n" +
	"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"up.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n"

// chunks is a body in chunks of n bytes.
func chunks(body string, n int) string {
	all := ""
	for len(body) > 0 {
		p := body[:min(n, len(body))]
		body = body[len(p):]
		all += hex(len(p)) + "\r\n" + p + "\r\n"
	}
	return all + "0\r\n\r\n"
}

var cases = []request{
	// files
	one("index", get("/")),
	one("file", get("/plain.txt")),
	one("missing file", get("/nothing.txt")),
	one("missing folder", get("/none/")),
	one("folder", get("/sub/")),
	one("folder without slash", get("/sub")),
	one("file as folder", get("/plain.txt/")),
	one("file below file", get("/plain.txt/x")),
	one("unknown type", get("/a.unknown")),
	one("extra type", get("/typed/a.odd")),
	one("any type", get("/typed/a.unknown")),
	one("extra type of another mount", get("/a.odd")),
	one("cached", get("/cached/plain.txt")),
	one("empty file and on", get("/sub/page.html")),
	one("hidden file", get("/.hidden.txt")),
	one("dots in a name", get("/..dots.txt")),
	one("large file", get("/large.txt")),
	one("mount without slash", get("/cached")),
	one("mount with slash", get("/cached/")),
	one("like a mount", get("/cachedx")),
	one("nested mount", get("/dyn/deep/plain.txt")),
	one("nested mount's default", get("/dyn/deep/")),
	one("redirect mount", get("/old")),
	one("redirect mount deeper", get("/old/x?y=1")),
	one("redirect mount to https", get("/sec/x")),
	one("mount redirect without host", "GET /cached HTTP/1.0\r\n\r\n"),
	one("mount redirect with odd host", "GET /cached HTTP/1.1\r\nHost: a//b:99\r\n\r\n"),
	one("link inside", get("/in-link.txt")),
	one("link outside", get("/out-link.txt")),
	one("link to itself", get("/loop.txt")),
	one("link to a folder", get("/dir-link/page.html")),
	one("gzip accepted", get("/both.txt", "Accept-Encoding: gzip, deflate")),
	one("gzip file", get("/both.txt.gz")),
	one("interpreted", get("/html/plain.txt")),
	one("interpreted text", get("/html/page.shtml")),
	one("interpreted long text", get("/html/long.shtml")),
	one("interpreted HEAD", with("HEAD", "/html/long.shtml")),
	one("interpreted 1.0", "GET /html/long.shtml HTTP/1.0\r\n\r\n"),
	request{"three files", []string{get("/plain.txt"), get("/sub/"), get("/cached/plain.txt")}},

	// conditions and ranges
	one("etag matches", get("/plain.txt", "If-None-Match: 000000056553F100")),
	one("etag matches, cached", get("/cached/plain.txt", "If-None-Match: 000000056553F100")),
	one("etag in quotes", get("/plain.txt", `If-None-Match: "000000056553F100"`)),
	one("etag list", get("/plain.txt", "If-None-Match: x, 000000056553F100")),
	one("etag star", get("/plain.txt", "If-None-Match: *")),
	one("modified since", get("/plain.txt", "If-Modified-Since: Wed, 15 Nov 2023 00:00:00 GMT")),
	one("range", get("/plain.txt", "Range: bytes=1-2")),
	one("range open", get("/plain.txt", "Range: bytes=2-")),
	one("range suffix", get("/plain.txt", "Range: bytes=-2")),
	one("range several", get("/plain.txt", "Range: bytes=0-0,2-3")),
	one("range beyond", get("/plain.txt", "Range: bytes=100-200")),
	one("range nonsense", get("/plain.txt", "Range: lines=a-b")),
	one("if-range", get("/plain.txt", "Range: bytes=1-2", "If-Range: 000000056553F100")),
	one("if-range other", get("/plain.txt", "Range: bytes=1-2", "If-Range: other")),

	// methods
	one("HEAD file", with("HEAD", "/plain.txt")),
	one("HEAD unknown type", with("HEAD", "/a.unknown")),
	one("HEAD folder", with("HEAD", "/cached")),
	one("POST to a file", post("/plain.txt", "body")),
	one("POST to a missing file", post("/nothing.txt", "body")),
	one("POST without length to a file", with("POST", "/plain.txt")),
	one("POST empty to a file", post("/plain.txt", "")),
	one("PUT to a file", with("PUT", "/plain.txt", "Content-Length: 3")+"abc"),
	one("DELETE a file", with("DELETE", "/plain.txt")),
	one("OPTIONS", with("OPTIONS", "/plain.txt")),
	one("OPTIONS star", with("OPTIONS", "*")),
	one("PATCH", with("PATCH", "/dyn/x", "Content-Length: 2")+"pp"),
	one("CONNECT", with("CONNECT", "other.test:443")),
	one("TRACE", with("TRACE", "/plain.txt")),
	one("unknown method", with("BREW", "/plain.txt")),
	one("lower-case method", with("get", "/plain.txt")),
	one("method's first letters", with("GE", "/plain.txt")),
	one("method with more", with("GETX", "/plain.txt")),
	one("dyn HEAD", with("HEAD", "/dyn/x")),
	one("dyn OPTIONS", with("OPTIONS", "/dyn/x")),
	one("dyn DELETE", with("DELETE", "/dyn/x")),
	one("dyn PUT", with("PUT", "/dyn/x", "Content-Length: 4")+"data"),

	// request lines
	one("HTTP/1.0", "GET /plain.txt HTTP/1.0\r\n\r\n"),
	one("HTTP/1.0 kept", "GET /plain.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
	one("HTTP/0.9", "GET /plain.txt\r\n\r\n"),
	one("HTTP/1.2", "GET /plain.txt HTTP/1.2\r\nHost: t\r\n\r\n"),
	one("HTTP/2.0", "GET /plain.txt HTTP/2.0\r\nHost: t\r\n\r\n"),
	one("no version", "GET /plain.txt \r\nHost: t\r\n\r\n"),
	one("odd version", "GET /plain.txt FOO/1.1\r\nHost: t\r\n\r\n"),
	one("no host", "GET /plain.txt HTTP/1.1\r\n\r\n"),
	one("empty host", "GET /plain.txt HTTP/1.1\r\nHost:\r\n\r\n"),
	one("two hosts", "GET /dyn/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
	one("host of the vhost", "GET /dyn/x HTTP/1.1\r\nHost: plain.test\r\n\r\n"),
	one("absolute form", get("http://t/plain.txt")),
	one("absolute form of dyn", get("http://another/dyn/x")),
	one("absolute form without host", "GET http://t/plain.txt HTTP/1.1\r\n\r\n"),
	one("host with a space", "GET /plain.txt HTTP/1.1\r\nHost: a b\r\n\r\n"),
	one("host with a user", "GET /plain.txt HTTP/1.1\r\nHost: u@t\r\n\r\n"),
	one("no slash", get("plain.txt")),
	one("empty target", "GET  HTTP/1.1\r\nHost: t\r\n\r\n"),
	one("spaces before the target", "GET    /plain.txt HTTP/1.1\r\nHost: t\r\n\r\n"),
	one("spaces before the version", "GET /plain.txt   HTTP/1.1\r\nHost: t\r\n\r\n"),
	one("tab before the target", "GET\t/plain.txt HTTP/1.1\r\nHost: t\r\n\r\n"),
	one("empty lines first", "\r\n\r\n"+get("/plain.txt")),
	one("bare LF", "GET /plain.txt HTTP/1.1\nHost: t\n\n"),
	one("CR CR LF", "GET /plain.txt HTTP/1.1\r\r\nHost: t\r\n\r\n"),
	one("bare CR in a value", get("/dyn/x", "X-Odd: a\rb")),
	one("NUL in a value", get("/dyn/x", "X-Odd: a\x00b")),
	one("NUL in the path", get("/pl\x00ain.txt")),
	one("fragment", get("/plain.txt#part")),
	one("non-ASCII path", get("/dyn/\xc3\xa4\xff")),

	// percent codes and paths
	one("escaped space", get("/a%20b.txt")),
	one("plus for a space", get("/a+b.txt")),
	one("escaped plus", get("/plus%2b.txt")),
	one("escaped letters", get("/%70lain%2etxt")),
	one("bad escape", get("/pl%zzain.txt")),
	one("short escape", get("/plain.txt%2")),
	one("lone percent", get("/plain.txt%")),
	one("escaped NUL", get("/plain.txt%00.html")),
	one("escaped slash", get("/sub%2fpage.html")),
	one("escaped question mark", get("/plain.txt%3fx")),
	one("escaped percent", get("/dyn/%2541")),
	one("double slashes", get("//sub///page.html")),
	one("dot", get("/./sub/./page.html")),
	one("dot dot", get("/sub/../plain.txt")),
	one("dot dot at the end", get("/sub/..")),
	one("up", get("/../outside.txt")),
	one("up and up", get("/../../../../../../etc/passwd")),
	one("up escaped", get("/%2e%2e/outside.txt")),
	one("up escaped slash", get("/..%2foutside.txt")),
	one("up escaped all", get("/%2e%2e%2foutside.txt")),
	one("up escaped twice", get("/%252e%252e/outside.txt")),
	one("up with backslash", get(`/..\outside.txt`)),
	one("up overlong", get("/%c0%ae%c0%ae/outside.txt")),
	one("up from a mount", get("/cached/../outside.txt")),
	one("up from a mount escaped", get("/cached/..%2f..%2foutside.txt")),
	one("up behind a dot", get("/./../outside.txt")),
	one("up with plus", get("/sub/+../../outside.txt")),
	one("up behind ampersand", get("/sub&/../../outside.txt")),
	one("up in arguments", get("/plain.txt?../../x")),
	one("three dots", get("/.../plain.txt")),
	one("trailing dot", get("/plain.txt.")),
	one("semicolon", get("/plain.txt;v=1")),
	one("ampersand", get("/plain.txt&x")),

	// arguments and headers
	one("arguments", get("/dyn/x?a=1&b=2&c")),
	one("arguments, odd", get("/dyn/x?a%3db=c&=&&d==&e%26f=1;g=2")),
	one("arguments, escapes", get("/dyn/x?a=%41%2b+%00")),
	one("arguments, bad escape", get("/dyn/x?a=%4")),
	one("arguments, second question mark", get("/dyn/x?a?b")),
	one("many arguments", get("/dyn/x?"+strings.Repeat("a=1&", 60)+"z=2")),
	one("too many arguments", get("/dyn/x?"+strings.Repeat("a=1&", 120)+"z=2")),
	one("long path", get("/dyn/"+strings.Repeat("p", 1500))),
	one("long file name", get("/"+strings.Repeat("p", 400))),
	one("too long a path", get("/dyn/"+strings.Repeat("p", 5000))),
	one("cookies", get("/dyn/x", "Cookie: one=1; two=2; three=3")),
	one("cookies, two lines", get("/dyn/x", "Cookie: one=1", "Cookie: two=2; three=3")),
	one("repeated header", get("/dyn/x", "Accept: a", "Accept: b, c")),
	one("unknown headers", get("/dyn/x", "X-Odd: 1", "x-odd: 2", "X-Empty:", "Dnt: 1")),
	one("spaces around values", get("/dyn/x", "Accept:   a b  ", "X-Odd:\t v \t")),
	one("empty known header", get("/dyn/x", "Accept:", "Referer: r")),
	one("folded header", get("/dyn/x", "X-Odd: a", "  b")),
	one("folded known header", get("/dyn/x", "Accept: a", "\tb")),
	one("space before colon", get("/dyn/x", "Accept : a")),
	one("header without colon", get("/dyn/x", "Nonsense")),
	one("header without name", get("/dyn/x", ": value")),
	one("many headers", get("/dyn/x", strings.Split(strings.TrimSuffix(strings.Repeat("X-Odd: v\n", 60), "\n"), "\n")...)),
	one("huge header", get("/dyn/x", "X-Odd: "+strings.Repeat("v", 6000))),
	one("huge cookie", get("/dyn/x", "Cookie: one="+strings.Repeat("v", 6000))),
	one("connection close", get("/dyn/x", "Connection: close")),
	one("connection in capitals", get("/dyn/x", "Connection: CLOSE")),
	one("connection keep-alive", get("/dyn/x", "Connection: keep-alive")),
	one("connection list", get("/dyn/x", "Connection: x, close")),
	one("upgrade unknown", get("/dyn/x", "Connection: upgrade", "Upgrade: foo")),
	one("upgrade h2c", get("/dyn/x", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")),
	one("user agent refused", get("/plain.txt", "User-Agent: a badbot 2")),
	one("user agent refused with words", get("/plain.txt", "User-Agent: scraper")),

	// authorisation
	one("auth missing", get("/auth/plain.txt")),
	one("auth good", get("/auth/plain.txt", "Authorization: Basic dXNlcjpzZWNyZXQ=")),
	one("auth second line", get("/auth/plain.txt", "Authorization: Basic b3RoZXI6eA==")),
	one("auth bad", get("/auth/plain.txt", "Authorization: Basic dXNlcjp3cm9uZw==")),
	one("auth prefix", get("/auth/plain.txt", "Authorization: Basic dXNlcjpzZWNyZQ==")),
	one("auth end of a line", get("/auth/plain.txt", "Authorization: Basic c2VyOnNlY3JldA==")),
	one("auth without colon", get("/auth/plain.txt", "Authorization: Basic dXNlcg==")),
	one("auth empty", get("/auth/plain.txt", "Authorization: Basic")),
	one("auth other kind", get("/auth/plain.txt", "Authorization: Bearer abc")),
	one("auth lower case", get("/auth/plain.txt", "Authorization: basic dXNlcjpzZWNyZXQ=")),
	one("auth no base64", get("/auth/plain.txt", "Authorization: Basic !!!!")),
	one("auth long", get("/auth/plain.txt", "Authorization: Basic "+strings.Repeat("dXNl", 20)+"OnB3"+strings.Repeat("dXNl", 20))),
	one("auth twice", get("/auth/plain.txt", "Authorization: Basic dXNlcjpzZWNyZXQ=", "Authorization: Basic x")),
	one("auth callback missing", get("/cbauth/plain.txt")),
	one("auth callback good", get("/cbauth/plain.txt", "Authorization: Basic Y2I6cHc=")),
	one("auth callback bad", get("/cbauth/plain.txt", "Authorization: Basic dXNlcjp3cm9uZw==")),

	// bodies
	one("post", post("/dyn/x", "some body")),
	one("post empty", post("/dyn/x", "")),
	one("post large", post("/dyn/x", strings.Repeat("large body ", 10000))),
	request{"post twice", []string{post("/dyn/x", "one"), post("/dyn/x", "two")}},
	one("post chunked", with("POST", "/dyn/x", "Transfer-Encoding: chunked", "Connection: close")+chunks("chunked body", 5)),
	one("post chunked and length", with("POST", "/dyn/x", "Transfer-Encoding: chunked", "Content-Length: 4", "Connection: close")+chunks("chunked body", 5)),
	one("post chunked, zeros", with("POST", "/dyn/x", "Transfer-Encoding: chunked", "Connection: close")+strings.Repeat("0", 40)+"4\r\nbody\r\n0\r\n\r\n"),
	one("post chunked, bad size", with("POST", "/dyn/x", "Transfer-Encoding: chunked")+"4\r\nbody\r\nxx\r\n"),
	one("post chunked, bad size, late", with("POST", "/plain.txt", "Transfer-Encoding: chunked")+"4\r\nbody\r\nxx\r\n"),
	one("coding not known", with("POST", "/dyn/x", "Transfer-Encoding: gzip, chunked")+chunks("body", 4)),
	one("chunked twice", with("POST", "/dyn/x", "Transfer-Encoding: chunked, chunked")+chunks("body", 4)),
	one("expect without a body", with("GET", "/dyn/x", "Expect: 100-continue")),
	one("post with expect", post("/dyn/x", "body", "Expect: 100-continue")),
	one("two lengths, same", with("POST", "/dyn/x", "Content-Length: 4", "Content-Length: 4")+"body"),
	one("two lengths, different", with("POST", "/dyn/x", "Content-Length: 4", "Content-Length: 5")+"body."),
	one("length negative", with("POST", "/dyn/x", "Content-Length: -4", "Connection: close")),
	one("length nonsense", with("POST", "/dyn/x", "Content-Length: abc", "Connection: close")),
	one("length with plus", with("POST", "/dyn/x", "Content-Length: +4", "Connection: close")+"body"),
	one("length huge", with("POST", "/dyn/x", "Content-Length: 99999999999999999999", "Connection: close")+"body"),
	one("get with body", with("GET", "/dyn/x", "Content-Length: 4")+"body"),
	one("get with body to a file", with("GET", "/plain.txt", "Content-Length: 4")+"body"),
	one("form", post("/form/x", "text=a+b%26c&send=1&other=x", "Content-Type: application/x-www-form-urlencoded")),
	one("form too long a value", post("/form/x", "text="+strings.Repeat("v", 600), "Content-Type: application/x-www-form-urlencoded")),
	one("form bad escape", post("/form/x", "text=%4x&send=%", "Content-Type: application/x-www-form-urlencoded")),
	one("upload", post("/form/x", multipart+strings.Repeat("content\r\n--X", 900)+"\r\n--XX--\r\n", `Content-Type: multipart/form-data; boundary=XX`)),
	one("upload, quoted boundary", post("/form/x", multipart+"content\r\n--XX--\r\n", `Content-Type: multipart/form-data; boundary="XX"`)),
	one("upload cut", post("/form/x", multipart+"content", `Content-Type: multipart/form-data; boundary=XX`)),
	one("upload too large", post("/form/x", multipart+strings.Repeat("x", 400000)+"\r\n--XX--\r\n", `Content-Type: multipart/form-data; boundary=XX`)),

	// several in one packet
	one("pipelined files", get("/plain.txt")+get("/sub/")+get("/cached/plain.txt")),
	one("pipelined dyn", get("/dyn/1")+get("/dyn/2")),
	one("pipelined post and get", post("/dyn/x", "body")+get("/plain.txt")),
	one("pipelined behind close", get("/plain.txt", "Connection: close")+get("/sub/")),
	one("too long a body", with("POST", "/dyn/x", "Content-Length: 4", "Connection: close")+"body and more"),

	// nobody goes on
	one("slow head", "GET /plain.txt HTTP/1.1\r\nHost: t\r\nX-Odd: "),
	one("only a line", "GET /plain.txt HTTP/1.1\r\n"),
}
