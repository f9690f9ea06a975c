// SPDX-License-Identifier: MIT

package examples

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"libwebsockets/c_tests/harness"
)

// Debian's build has one service thread, whatever a program asks for; these ask for eight.
const (
	debiansThreads = "Service threads: 1$"
	ourThreads     = "Service threads: 8"
)

// noProxyMounts: the drive is made for a build that has them.
var noProxyMounts = map[int]string{17: "Debian's has no proxy mounts", 19: "Debian's has no proxy mounts"}

// proxied asks the server behind the mount.
func proxied(r *rig) {
	r.serveHTTP(443, "warmcat.com", func(q request) string { return fixed(200, q.method+" "+q.path)(q) })
	p := r.serve(7681)
	for want, text := range map[string]string{
		"GET /dir/page?a=1": get("/dir/page?a=1"),
		"POST /form":        "POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1&b=2&c=3&d=4",
	} {
		a := r.dialTLS(7681, "localhost").ask(r, text)
		if a.code != 200 || strings.TrimSpace(string(a.body)) != want {
			r.Errorf("%q: %q %q", want, a.head, a.body)
		}
		r.noteAnswer(want, a)
	}
	r.stop(p)
}

func init() {
	drives = append(drives, []drive{
		{folder: "http-server/minimal-http-server", does: "every file, HEAD, 404 page, query", run: func(r *rig) {
			p := r.serve(7681)
			r.site()
			r.stop(p)
		}},
		{folder: "http-server/minimal-http-server-basicauth", does: "without, with wrong and with right credentials", run: basicAuth},
		{folder: "http-server/minimal-http-server-cgi", does: "a script's page, and what is posted to it", single: noCGI, run: cgiScript},
		{folder: "http-server/minimal-http-server-custom-headers", does: "a custom header read back, http and https", run: customHeaders},
		{folder: "http-server/minimal-http-server-deaddrop", does: "https, credentials, uploads, the list over ws, download, deletion", run: deaddrop},
		{folder: "http-server/minimal-http-server-dynamic", does: "generated pages of several sizes, http and https", run: func(r *rig) { dynamic(r) }},
		{folder: "http-server/minimal-http-server-dynamic", label: "--ah1", does: "the same with one header table for all", run: func(r *rig) { dynamic(r, "--ah1") }},
		{folder: "http-server/minimal-http-server-eventlib", does: "every file, own loop", run: func(r *rig) {
			p := r.serve(7681)
			r.site()
			r.leave(p)
		}},
		{folder: "http-server/minimal-http-server-eventlib", label: "-s", does: "the same with https", run: func(r *rig) {
			p := r.serve(7681, "-s")
			r.siteTLS(7681)
			r.leave(p)
		}},
		{folder: "http-server/minimal-http-server-eventlib-demos", does: "files, increments, mirror, status, forms", run: func(r *rig) { demos(r) }},
		{folder: "http-server/minimal-http-server-eventlib-foreign", does: "without a loop's name: usage, exit status", run: func(r *rig) {
			r.ended(r.start())
		}},
		{folder: "http-server/minimal-http-server-eventlib-smp", does: "every file, as many threads as the build allows", run: func(r *rig) {
			r.mask(debiansThreads, ourThreads)
			p := r.serve(7681)
			r.site()
			r.stop(p)
		}},
		{folder: "http-server/minimal-http-server-form-get", does: "arguments of a GET form", run: formGet},
		{folder: "http-server/minimal-http-server-form-post", does: "urlencoded and multipart forms", run: func(r *rig) { formPost(r) }},
		{folder: "http-server/minimal-http-server-form-post", label: "--303", does: "the same, redirect with 303", run: func(r *rig) { formPost(r, "--303") }},
		{folder: "http-server/minimal-http-server-form-post-file", does: "an upload arrives byte-equal", run: formPostFile},
		{folder: "http-server/minimal-http-server-form-post-lwsac", does: "forms in an lwsac", run: func(r *rig) { formPost(r) }},
		{folder: "http-server/minimal-http-server-h2-long-poll", does: "the first event of a long poll over https (HTTP/1.1)", run: longPoll},
		{folder: "http-server/minimal-http-server-mimetypes", does: "files, an extra type", run: mimetypes},
		{folder: "http-server/minimal-http-server-multivhost", does: "three vhosts on two ports, by Host", run: multiVhost},
		{folder: "http-server/minimal-http-server-multivhost", label: "--die-after-vhost", does: "the finalizer is called", run: func(r *rig) {
			r.ended(r.start("--die-after-vhost"))
		}},
		{folder: "http-server/minimal-http-server-proxy", does: "pages of warmcat.com over TLS, a form", single: noProxyMounts, run: proxied},
		{folder: "http-server/minimal-http-server-smp", does: "every file, several connections", run: func(r *rig) {
			r.mask(debiansThreads, ourThreads)
			p := r.serve(7681)
			r.site()
			r.site()
			r.stop(p)
		}},
		{folder: "http-server/minimal-http-server-sse", does: "two events, seconds apart", run: sse},
		{folder: "http-server/minimal-http-server-sse-ring", does: "messages of two threads, in order, to two readers", run: sseRing},
		{folder: "http-server/minimal-http-server-tls", does: "every file over https, the certificate", run: func(r *rig) {
			p := r.serve(7681)
			r.siteTLS(7681)
			r.stop(p)
		}},
		{folder: "http-server/minimal-http-server-tls-80", does: "redirect from 80 to 443, files there", run: func(r *rig) {
			p := r.serve(443)
			for _, path := range []string{"/", "/some/path?q=1"} {
				r.noteAnswer("80 "+path, r.dial(80).ask(r, get(path)))
			}
			r.siteTLS(443)
			r.stop(p)
		}},
		{folder: "http-server/minimal-http-server-tls-mem", does: "certificates from PEM and DER in memory", run: func(r *rig) {
			p := r.serve(7682)
			r.siteTLS(7681)
			r.siteTLS(7682)
			r.stop(p)
		}},
	}...)
}

// site is what a server of files on port 7681 must do.
func (r *rig) site() {
	r.Helper()
	r.siteOn(func() *conn { return r.dial(7681) })
}

// siteTLS is site over TLS, with the certificate that lies beside the program
// (or in it).
func (r *rig) siteTLS(port int) {
	r.Helper()
	c := r.dialTLS(port, "localhost")
	s := c.Conn.(interface{ ConnectionState() (s tlsState) }).ConnectionState()
	r.note("certificate %s %x", s.PeerCertificates[0].Subject.CommonName, s.PeerCertificates[0].SerialNumber)
	if b, err := os.ReadFile(filepath.Join(r.dir, "localhost-100y.cert")); err == nil {
		block, _ := pem.Decode(b)
		want, err := x509.ParseCertificate(block.Bytes)
		must(r, err)
		if !want.Equal(s.PeerCertificates[0]) {
			r.Errorf("the certificate is not that of the file")
		}
	}
	r.siteOn(func() *conn { return r.dialTLS(port, "localhost") })
}

func (r *rig) siteOn(dial func() *conn) {
	r.Helper()
	r.files(dial(), "/", "mount-origin")
	for _, request := range []string{
		get("/"), get("/?a=b"), get("/absent.html"), get("/../minimal.c"),
		"HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.0\r\n\r\n",
	} {
		what, _, _ := strings.Cut(request, "\r\n")
		r.noteAnswer(what, dial().ask(r, request))
	}
}

func basicAuth(r *rig) {
	p := r.serve(7681)
	r.site()
	login := func(s string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(s))
	}
	for _, h := range []string{"X-None: 1", login("user:wrong"), login("nobody:password"), login("user"), "Authorization: Basic !!!", "Authorization: Bearer x"} {
		a := r.dial(7681).ask(r, get("/secret/index.html", h))
		r.noteAnswer(h, a)
		if a.code != 401 && a.code != 403 {
			r.Errorf("%s: %s", h, a.head)
		}
	}
	r.filesOn(func() *conn { return r.dial(7681) }, "/secret/", "mount-secret-origin", login("user:password"))
	r.stop(p)
}

func customHeaders(r *rig) {
	p := r.serve(7682)
	for _, dial := range []func() *conn{func() *conn { return r.dial(7681) }, func() *conn { return r.dialTLS(7682, "localhost") }} {
		for _, h := range []string{"X-Other: 1", "DNT: 1", "dnt: a longer value", "Dnt: " + strings.Repeat("v", 60), "DNT:"} {
			r.noteAnswer(h, dial().ask(r, get("/dyn", h)))
		}
		if a := dial().ask(r, get("/dyn", "DNT: 1")); !strings.Contains(string(a.body), "DNT value '1'") {
			r.Errorf("%s", a.body)
		}
		r.files(dial(), "/", "mount-origin")
	}
	r.stop(p)
}

func dynamic(r *rig, args ...string) {
	p := r.serve(7682, args...)
	when := regexp.MustCompile(`Time: [^<]*`)
	for _, dial := range []func() *conn{func() *conn { return r.dial(7681) }, func() *conn { return r.dialTLS(7682, "localhost") }} {
		r.files(dial(), "/", "mount-origin")
		for _, path := range []string{"/dyn", "/dyn/1", "/dyn/40"} {
			a := dial().ask(r, get(path))
			a.body = when.ReplaceAll(a.body, []byte("Time: NOW"))
			r.noteAnswer(path, a)
			if !strings.Contains(string(a.body), "Dynamic content") || !strings.Contains(string(a.body), "1.0: this is some content") {
				r.Errorf("%s: %s", path, a.body)
			}
		}
	}
	r.stop(p)
}

func formGet(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	for _, q := range []string{"?text1=hello&send=Submit", "?text1=a%20b%2Bc&send=", "?send=only", "", "?text1", "?text1=" + strings.Repeat("x", 300)} {
		a := r.dial(7681).ask(r, get("/form1"+q))
		r.noteAnswer(q, a)
		if a.code != 301 || a.Get("Location") == "" {
			r.Errorf("%s: %s", q, a.head)
		}
	}
	r.stop(p)
	want := "text1: (len 11) 'text1=hello'"
	if r.ref == harness.Ref19 { // the name is no part of it
		want = "text1: (len 5) 'hello'"
	}
	if !strings.Contains(p.Log(), want) {
		r.Errorf("log:\n%s", p.Log())
	}
}

const boundary = "----boundary7MA4YWxkTrZu0gW"

// formBody is a multipart form's body; the parts are its headers and content.
func formBody(parts ...[2]string) string {
	s := ""
	for _, p := range parts {
		s += "--" + boundary + "\r\nContent-Disposition: form-data; " + p[0] + "\r\n\r\n" + p[1] + "\r\n"
	}
	return s + "--" + boundary + "--\r\n"
}

const (
	urlencoded = "application/x-www-form-urlencoded"
	formData   = "multipart/form-data; boundary=" + boundary
)

func formPost(r *rig, args ...string) {
	p := r.serve(7681, args...)
	if r.Folder != "http-server/minimal-http-server-form-post-lwsac" {
		r.files(r.dial(7681), "/", "mount-origin")
	}
	code := 301
	if len(args) > 0 {
		code = 303
	}
	for _, f := range [][2]string{
		{urlencoded, "text1=hello&send=Submit"},
		{urlencoded, "text1=a%20b%2bc+d%C3%A9&send=1"},
		{urlencoded, "other=1&send=x"},
		{urlencoded, "text1=" + strings.Repeat("long", 100) + "&send=y"},
		{formData, formBody([2]string{`name="text1"`, "some text"}, [2]string{`name="send"`, "Send it"})},
	} {
		a := r.dial(7681).ask(r, post("/form1", f[0], f[1]))
		r.noteAnswer(f[0]+" "+sum([]byte(f[1])), a)
		if a.code != code {
			r.Errorf("%s: %s", f[1], a.head)
		}
	}
	// In pieces, however they fall.
	c := r.dial(7681)
	request := post("/form1", urlencoded, "text1=piece%20by%20piece&send=slowly")
	for i := 0; i < len(request); i += 7 {
		_, err := c.Write([]byte(request[i:min(i+7, len(request))]))
		must(r, err)
	}
	r.noteAnswer("in pieces", c.answer(r, request))
	r.stop(p)
	for _, want := range []string{"text1: (len 5) 'hello'", "text1: (len 9) 'some text'", "text1: (len 14) 'piece by piece'", "send: (len 6) 'slowly'"} {
		if !strings.Contains(p.Log(), want) {
			r.Errorf("no %q in the log:\n%s", want, p.Log())
		}
	}
}

func formPostFile(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	for i, size := range []int{0, 1, 1000, 70000} {
		content := pattern(size)
		name := fmt.Sprintf("upload%d.bin", i)
		body := formBody([2]string{`name="text1"`, "with a file"}, [2]string{`name="file"; filename="` + name + `"`, string(content)}, [2]string{`name="send"`, "go"})
		a := r.dial(7681).ask(r, post("/form1", formData, body))
		r.noteAnswer(fmt.Sprintf("%d bytes", size), a)
		got, err := os.ReadFile(filepath.Join(r.dir, name))
		r.note("file %s: %v", sum(got), err == nil)
		if string(got) != string(content) {
			r.Errorf("the file has %s, sent were %s", sum(got), sum(content))
		}
	}
	r.stop(p)
}

// pattern is n bytes in which no piece is like another.
func pattern(n int) []byte {
	b := make([]byte, n)
	x := uint32(n + 1)
	for i := range b {
		x = x*1664525 + 1013904223
		b[i] = byte(x >> 24)
	}
	return b
}

func longPoll(r *rig) {
	p := r.serve(7681)
	c := r.dialTLS(7681, "localhost", "http/1.1")
	_, err := c.Write([]byte(get("/")))
	must(r, err)
	var head []string
	for {
		l, err := c.r.ReadString('\n')
		must(r, err)
		if l == "\r\n" {
			break
		}
		head = append(head, strings.TrimSpace(l))
	}
	r.note("%s", strings.Join(head, "\n"))
	b := make([]byte, 100)
	n, err := c.r.Read(b)
	must(r, err)
	r.note("%s", regexp.MustCompile(`\d+`).ReplaceAllString(string(b[:n]), "N"))
	c.Close()
	r.stop(p)
}

func mimetypes(r *rig) {
	r.put("mount-origin/pack.bz2", pattern(500))
	p := r.serve(7681)
	r.site()
	if a := r.dial(7681).ask(r, get("/pack.bz2")); a.Get("Content-Type") != "application/x-bzip2" {
		r.Errorf("%s", a.head)
	}
	r.stop(p)
}

func multiVhost(r *rig) {
	p := r.serve(7682)
	for _, x := range []struct {
		port   int
		host   string
		origin string
	}{
		{7681, "localhost1", "mount-origin-localhost1"}, {7681, "other", "mount-origin-localhost1"},
		{7682, "localhost2", "mount-origin-localhost2"}, {7682, "localhost3", "mount-origin-localhost3"},
		{7682, "localhost3:7682", "mount-origin-localhost3"}, {7682, "unknown", "mount-origin-localhost2"},
	} {
		a := r.dial(x.port).ask(r, strings.Replace(get("/"), "Host: localhost", "Host: "+x.host, 1))
		r.noteAnswer(fmt.Sprintf("%d %s", x.port, x.host), a)
		if string(a.body) != read(r, filepath.Join(r.dir, x.origin, "index.html")) {
			r.Errorf("%d %s: %s", x.port, x.host, a.body)
		}
	}
	r.stop(p)
}

func sse(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	events := r.events("/sse")
	for range 2 {
		r.note("%s", regexp.MustCompile(`\d+`).ReplaceAllString(events(), "SECONDS"))
	}
	r.stop(p)
}

// events starts a stream of server-sent events and reads it.
func (r *rig) events(path string) (next func() string) {
	r.Helper()
	c := r.dial(7681)
	_, err := c.Write([]byte(get(path, "Accept: text/event-stream")))
	must(r, err)
	first := true
	return func() string {
		r.Helper()
		for {
			l, err := c.r.ReadString('\n')
			must(r, err)
			l = strings.TrimSpace(l)
			if first {
				r.note("%s", l)
				first = l != ""
				continue
			}
			if strings.HasPrefix(l, "data:") {
				return l
			}
		}
	}
}

func sseRing(r *rig) {
	p := r.serve(7681)
	r.files(r.dial(7681), "/", "mount-origin")
	for range 2 {
		r.twoThreads(8, `^data: thread_spam: tid: ([12]), msg: (\d+)$`, r.events("/sse"))
	}
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

func demos(r *rig, args ...string) {
	p := r.serve(7681, args...)
	r.files(r.dial(7681), "/", "mount-origin")
	for _, path := range []string{"/", "/candide.zip", "/absent", "/ziptest/index.html", "/ziptest", "/uncommziptest/index.html"} {
		r.noteAnswer(path, r.dial(7681).ask(r, get(path)))
	}
	for _, f := range [][2]string{
		{urlencoded, "text=hello&send=Send+the+form"},
		{formData, formBody([2]string{`name="text"`, "my text"}, [2]string{`name="send"`, "x"}, [2]string{`name="file"; filename="f.txt"`, "contents"})},
	} {
		r.noteAnswer("form", r.dial(7681).ask(r, post("/formtest", f[0], f[1])))
	}
	w := r.ws(r.dial(7681), "/", "dumb-increment-protocol", "")
	for i := range 5 {
		if m := r.message(w); m != fmt.Sprint(i) {
			r.Errorf("number %s, not %d", m, i)
		}
	}
	r.say(w, "reset\n")
	for i := 0; r.message(w) != "0"; i++ {
		if i > 10 {
			r.Fatal("no reset")
		}
	}
	a, b := r.ws(r.dial(7681), "/", "lws-mirror-protocol", ""), r.ws(r.dial(7681), "/", "lws-mirror-protocol", "")
	r.say(a, "d #ff0000 1 2 3 4;")
	r.note("mirror %s", r.message(b))
	s := r.ws(r.dial(7681), "/", "lws-status", "")
	r.note("status %s", regexp.MustCompile(`"(peer|time|hostname)": *"[^"]*"|\d+`).ReplaceAllString(r.message(s), "X"))
	for _, x := range []*harness.Raw{w, a, b, s} {
		x.Close()
	}
	r.leave(p)
}

func deaddrop(r *rig) {
	login := "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("user1:password"))
	r.mask(`etag: .*`, "etag") // the upload has a time of its own
	p := r.serve(7681)
	dial := func() *conn { return r.dialTLS(7681, "localhost") }
	r.noteAnswer("no credentials", dial().ask(r, get("/")))
	r.filesOn(dial, "/", "mount-origin", login)
	// The upgrade needs credentials too.
	r.noteAnswer("upgrade without", dial().ask(r, upgradeRequest("/", "lws-deaddrop", "")))
	w := r.ws(dial(), "/", "lws-deaddrop", login+"\r\n")
	list := func() {
		r.note("list %s", regexp.MustCompile(`"mtime":\s*\d+`).ReplaceAllString(r.message(w), "MTIME"))
	}
	list()
	content := pattern(30000)
	body := formBody([2]string{`name="file"; filename="drop.pdf"`, string(content)}, [2]string{`name="send"`, "go"})
	r.noteAnswer("upload", dial().ask(r, strings.Replace(post("/upload/x", formData, body), "\r\n", "\r\n"+login+"\r\n", 1)))
	list()
	found, _ := filepath.Glob(filepath.Join(r.dir, "uploads", "*", "*"))
	for _, f := range found {
		rel, _ := filepath.Rel(filepath.Join(r.dir, "uploads"), f)
		r.note("file %s: %s", rel, sum([]byte(read(r, f))))
		r.noteAnswer(rel, dial().ask(r, get("/get/"+rel, login)))
	}
	r.say(w, `{"del":"user1/drop.pdf"}`)
	list()
	w.Close()
	p.Signal(os.Interrupt)
	r.note("exit %d", r.exit(p))
}

var noCGI = map[int]string{17: "Debian's has no CGI", 19: "Debian's has no CGI"}

// cgiScript asks the script of the example, which is written for bash. It starts eight processes for
// each line of what it shows, and gets 5 s: a busy machine has time for some lines, not for fifty.
func cgiScript(r *rig) {
	name := filepath.Join(r.dir, "my-cgi-script.sh")
	must(r, os.WriteFile(name, []byte(strings.NewReplacer("#!/bin/sh", "#!/bin/bash", "cat /proc/meminfo", "head -n 5 /proc/meminfo").Replace(read(r, name))), 0o755))
	p := r.serve(7681)
	for _, k := range [][]string{
		{get("/"), "<h2>REQUEST_METHOD=GET</h2>", "<td>MemTotal</td>"},
		{"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", "CONTENT_LENGTH=5", "read=\"hello\""},
	} {
		a := r.dial(7681).ask(r, k[0])
		for _, want := range append(k[1:], "</body></html>") {
			if a.code != 200 || a.Get("Content-Type") != "text/html" || !strings.Contains(string(a.body), want) {
				r.Errorf("%d, %s: no %s in %s", a.code, a.head, want, a.body)
			}
		}
	}
	r.waitLog(p, "CGI-stderr: lwstest script stderr: REQUEST_METHOD was GET")
	r.stop(p)
}
