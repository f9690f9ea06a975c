// SPDX-License-Identifier: MIT

package guide

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func init() {
	drives["site"] = site
	drives["form"] = form
	drives["fetch"] = fetch
}

// browser asks like one, but follows no redirects.
func browser() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (r *run) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", r.port, path) }

// answer is what a request is answered with.
func (r *run) answer(c *http.Client, req *http.Request) (*http.Response, string) {
	r.Helper()
	resp, err := c.Do(req)
	must(r, err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(r, err)
	return resp, string(b)
}

func (r *run) get(c *http.Client, path string) (*http.Response, string) {
	r.Helper()
	req, err := http.NewRequest("GET", r.url(path), nil)
	must(r, err)
	return r.answer(c, req)
}

// gets checks status and body of an answer.
func (r *run) gets(c *http.Client, path string, status int, body string) *http.Response {
	r.Helper()
	resp, have := r.get(c, path)
	if resp.StatusCode != status || body != "*" && have != body {
		r.Errorf("%s is answered with %s %.200q, not %d %q", path, resp.Status, have, status, body)
	}
	return resp
}

func site(r *run) {
	put(r, filepath.Join(r.dir, "index.html"), "<p>the start</p>")
	big := strings.Repeat("0123456789abcdef", 1<<14)
	put(r, filepath.Join(r.dir, "sub/big.txt"), big)
	put(r, filepath.Join(r.dir, "404.html"), "not here")
	p := r.serve(r.dir)
	c := browser()
	resp := r.gets(c, "/", 200, "<p>the start</p>")
	if h := resp.Header.Get("Content-Security-Policy"); h == "" {
		r.Errorf("no security headers: %v", resp.Header)
	}
	r.gets(c, "/sub/big.txt", 200, big)
	r.gets(c, "/hello?name=Ada", 200, "<p>Hello Ada</p>\n")
	r.gets(c, "/hello", 200, "<p>Hello stranger</p>\n")
	r.gets(c, "/hello?name=%3Cscript%3E", 400, "*")
	r.gets(c, "/%2e%2e/%2e%2e/etc/passwd", 302, "*") // not there either
	if l := r.gets(c, "/old", 301, "").Header.Get("Location"); l != "https://localhost/new/" && l != "https://localhost/new" {
		r.Errorf("/old leads to %q", l)
	}
	if l := r.gets(c, "/nothing", 302, "*").Header.Get("Location"); !strings.HasSuffix(l, "/404.html") {
		r.Errorf("what is not there leads to %q", l)
	}
	p.Stop()
}

func form(r *run) {
	p := r.serve(r.dir)
	file := bytes.Repeat([]byte{0, '\r', '\n', '-', '-', 0xff}, 100_000)
	send := func(fill func(*multipart.Writer)) (*http.Response, string, error) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		fill(w)
		must(r, w.Close())
		resp, err := browser().Post(r.url("/"), w.FormDataContentType(), &b)
		if err != nil {
			return nil, "", err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		return resp, string(text), err
	}
	_, text, err := send(func(w *multipart.Writer) {
		must(r, w.WriteField("name", "Ada"))
		f, _ := w.CreateFormFile("file", "../../evil")
		_, _ = f.Write(file)
	})
	if err != nil || text != fmt.Sprintf("Ada sends %d bytes\n", len(file)) {
		r.Errorf("the form is answered with %q, %v", text, err)
	}
	if have, err := os.ReadFile(filepath.Join(r.dir, "upload")); err != nil || !bytes.Equal(have, file) {
		r.Errorf("the file is another one: %d bytes, %v", len(have), err)
	}
	if _, _, err := send(func(w *multipart.Writer) {
		f, _ := w.CreateFormFile("file", "large")
		_, _ = f.Write(make([]byte, 5<<20))
	}); err == nil {
		r.Errorf("5 MiB are taken")
	}
	resp, err := browser().Post(r.url("/"), "application/x-www-form-urlencoded", strings.NewReader("name=Grace%20H&other=1"))
	must(r, err)
	b, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if string(b) != "Grace H sends 0 bytes\n" {
		r.Errorf("the other kind of form is answered with %q", b)
	}
	r.gets(browser(), "/", 405, "*")
	p.Stop()
}

func fetch(r *run) {
	large := strings.Repeat("line\n", 100_000)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(r, err)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		switch req.URL.Path {
		case "/large":
			_, _ = io.WriteString(w, large)
		case "/echo":
			b, _ := io.ReadAll(req.Body)
			fmt.Fprintf(w, "%s %s %s", req.Method, req.Header.Get("Content-Type"), b)
		case "/there":
			http.Redirect(w, req, "/echo", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		default:
			http.NotFound(w, req)
		}
	})}
	go func() { _ = s.Serve(l) }()
	defer s.Close()
	for _, c := range []struct {
		args   []string
		prints string
		good   bool
	}{
		{[]string{"/large"}, "200\n" + large, true},
		{[]string{"/echo"}, "200\nGET  ", true},
		{[]string{"/echo", "some text"}, "200\nPOST text/plain some text", true},
		{[]string{"/there"}, "200\nGET  ", true},
		{[]string{"/none"}, "404\n404 page not found\n", true},
		{[]string{"/cut"}, "200\nhalf", false},
	} {
		p := r.start(append([]string{port(l)}, c.args...)...)
		if err := p.Wait(20 * time.Second); (err == nil) != c.good {
			r.Errorf("%q: it ends with %v", c.args, err)
		}
		if have := strings.Join(p.All(), "\n"); have != strings.TrimSuffix(c.prints, "\n") {
			r.Errorf("%q: %d bytes printed, %.60q, not %.60q", c.args, len(have), have, c.prints)
		}
	}
}
