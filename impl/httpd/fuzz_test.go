// SPDX-License-Identifier: MIT

package httpd

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/child"
	"libwebsockets/impl/role/h1"
)

// site is a server in memory: mounts over files that are texts, and a program
// that answers what the mounts leave to it, in the ways that script tells.
type site struct {
	App
	r            *enginetest.Rig
	script       enginetest.Script
	methods      []string // of the requests so far
	answered     int
	open         int // files
	killed       bool
	strangePaths []string
}

const root = "/site"

var siteFiles = map[string]string{
	"/index.html": "<p>index</p>", "/a.txt": strings.Repeat("text ", 30000), "/empty.txt": "", "/404.html": "none",
	"/page.shtml": "before $x after", "/strange.zzz": "no type", "/dir/index.html": "below",
}

var siteMounts = []*engine.Mount{
	{Mountpoint: "/", Origin: root, Def: "index.html", HasDef: true, Kind: engine.MountFile,
		Interpret: []engine.PVO{{Name: ".shtml", Value: "p"}}, ExtraMimetypes: []engine.PVO{{Name: ".shtml", Value: "text/html"}}},
	{Mountpoint: "/cached", Origin: root, Kind: engine.MountFile, CacheMaxAge: 60, CacheReusable: true, CacheRevalid: true, Protocol: "p"},
	{Mountpoint: "/away", Origin: "elsewhere/x", Kind: engine.MountRedirHTTP},
	{Mountpoint: "/aways", Origin: "elsewhere/", Kind: engine.MountRedirHTTPS},
	{Mountpoint: "/cb", Origin: "p", Kind: engine.MountCallback},
	{Mountpoint: "/nobody", Origin: root, Kind: engine.MountFile, Protocol: "absent"},
	{Mountpoint: "/asked", Origin: root, Kind: engine.MountFile, AuthMask: authByCallback},
	{Mountpoint: "/locked", Origin: root, Kind: engine.MountFile, HasAuthFile: true, AuthFile: "/dev/null"},
}

// text is an open file.
type text struct {
	s         *site
	all, left string
	kind      FileKind
}

func (f *text) Size() int64           { return int64(len(f.all)) }
func (f *text) ModTime() uint32       { return 1 }
func (f *text) Kind() FileKind        { return f.kind }
func (f *text) Gzipped() bool         { return false }
func (f *text) SendTo(int, int64) int { return 0 }
func (f *text) Close()                { f.s.open-- }
func (f *text) MoveTo(pos int64) bool { f.left = f.all[pos:]; return true }
func (f *text) Read(b []byte) (int, error) {
	n := copy(b, f.left)
	f.left = f.left[n:]
	return n, nil
}

func (s *site) openText(_ *engine.Thread, name string, _ bool) (File, error) {
	rel, ok := strings.CutPrefix(name, root+"/")
	if !ok || slices.Contains(strings.Split(name, "/"), "..") {
		s.strangePaths = append(s.strangePaths, name)
	}
	rel = strings.TrimSuffix("/"+strings.TrimLeft(rel, "/"), "/")
	kind := Regular
	switch rel {
	case "", "/dir":
		kind = Directory
	case "/fifo.txt":
		kind = Special
	}
	body, found := siteFiles[rel]
	if !found && kind == Regular {
		return nil, errors.New("no such file")
	}
	s.open++
	return &text{s, body, body, kind}, nil
}

// RedirectHit is where each request that the role accepts comes by.
func (s *site) RedirectHit(c *engine.Conn) (done, ok bool) {
	method := "GET"
	if h1.IsHead(c) {
		method = "HEAD"
	}
	s.methods = append(s.methods, method)
	return s.App.RedirectHit(c)
}

func (s *site) on(k enginetest.Call) (r int) {
	switch k.Reason {
	case engine.ReasonHTTP:
		s.r.Do(func() { r = s.answer(k.Conn) })
	case engine.ReasonHTTPFileCompletion:
		s.r.Do(func() { r = -h1.Completed(k.Conn) })
	case engine.ReasonProcessHTML:
		a := (*accessArgs)(k.In)
		s.edit(a)
	case engine.ReasonCheckAccessRights, engine.ReasonVerifyBasicAuthorization:
		return int(s.script.Next() & 1)
	}
	return r
}

func (s *site) answer(c *engine.Conn) int {
	if s.script.Next()%16 == 15 {
		s.killed = true
		return -1
	}
	s.answered++
	if h1.ReturnStatus(c, 200, fmt.Sprintf("answer %d", s.answered)) != 0 {
		return -1
	}
	return -h1.Completed(c)
}

// edit makes a chunk of what it gets, as programs must, with something in front.
func (s *site) edit(a *accessArgs) {
	more := s.script.Next() % 100
	b := append(bytes.Repeat([]byte("+"), int(more)), unsafe.Slice((*byte)(a.p), a.len)...)
	b = append(append(fmt.Appendf(nil, "%X\r\n", len(b)), b...), "\r\n"...)
	if a.final != 0 {
		b = append(b, "0\r\n\r\n"...)
	}
	copy(unsafe.Slice((*byte)(a.p), a.maxLen), b)
	a.len = int32(len(b))
}

// ownFields are those that our answers have: a peer adds none.
var ownFields = []string{"Content-Length", "Content-Type", "Cache-Control", "Etag", "Location", "Www-Authenticate", "Transfer-Encoding",
	"Accept-Ranges", "Content-Range"}

// check reads one answer to a request of method.
func (s *site) check(t *testing.T, r *bufio.Reader, method string) {
	a, err := http.ReadResponse(r, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("to %s: %v", method, err)
	}
	if a.StatusCode == 100 {
		s.check(t, r, method)
		return
	}
	for name := range a.Header {
		if !slices.Contains(ownFields, name) {
			t.Errorf("the field %q in an answer", name)
		}
	}
	body, err := io.ReadAll(a.Body)
	if err != nil && !s.killed {
		t.Fatalf("to %s: %v behind %d bytes of %d", method, err, len(body), a.ContentLength)
	}
	if a.StatusCode == 206 && !s.killed {
		checkParts(t, a, body)
	}
	if a.StatusCode != 200 || method == "HEAD" || s.killed || a.Header.Get("Etag") == "" || a.ContentLength < 0 {
		return
	}
	for _, f := range siteFiles {
		if f == string(body) {
			return
		}
	}
	t.Errorf("%d bytes that are none of the files", len(body))
}

// checkParts compares what is sent of a file with the file.
func checkParts(t *testing.T, a *http.Response, body []byte) {
	_, params, err := mime.ParseMediaType(a.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if params["boundary"] == "" {
		checkPart(t, a.Header.Get("Content-Range"), body)
		return
	}
	r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for n := 0; ; n++ {
		p, err := r.NextRawPart()
		if err == io.EOF && n > 1 {
			return
		}
		if err != nil {
			t.Fatalf("part %d of %q: %v", n, body, err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		checkPart(t, p.Header.Get("Content-Range"), b)
	}
}

func checkPart(t *testing.T, of string, body []byte) {
	var first, last, size int
	if n, _ := fmt.Sscanf(of, "bytes %d-%d/%d", &first, &last, &size); n == 3 {
		for _, f := range siteFiles {
			if len(f) == size && last < size && f[first:last+1] == string(body) {
				return
			}
		}
	}
	t.Errorf("%q is %d bytes that are no part of a file", of, len(body))
}

// FuzzSite: whatever is asked of mounts, files and redirects: each request gets
// one answer, or the connection closes; no file is opened outside of its mount or
// stays open; what is served is the file.
//
// It found pages as answers to HEAD.
func FuzzSite(f *testing.F) {
	for i, path := range []string{
		"/", "/a.txt", "/empty.txt", "/page.shtml", "/strange.zzz", "/dir", "/dir/", "/fifo.txt", "/absent", "/a/../../x", "/%2e%2e/x", "/..%00",
		"/cached/a.txt", "/cached", "/away/x//y", "/aways", "/cb/x?y", "/nobody/a.txt", "/nobody/x", "/asked/", "/locked/", "/a.txt;x", "http://t/dir",
	} {
		one := "GET " + path + " HTTP/1.1\r\nHost: t\r\n"
		f.Add([]byte(one+"\r\n"+one+"If-None-Match: 000249F000000001\r\n\r\n"), []byte{}, []byte{byte(i), 1})
		f.Add([]byte(one+"Range: bytes=1-2\r\n\r\n"+one+"Range: bytes=0-0,3-4,-1\r\nIf-Range: 000249F000000001\r\n\r\n"), []byte{}, []byte{byte(i), 1})
		f.Add([]byte("HEAD"+one[3:]+"Authorization: Basic YTpi\r\n\r\n"+"POST"+one[3:]+"Content-Length: 3\r\n\r\nabc"), []byte{40, 1}, []byte{1, byte(i)})
	}
	f.Fuzz(func(t *testing.T, in, cuts, script []byte) { ask(t, in, cuts, script) })
}

// wire makes s what serves requests.
func (s *site) wire() {
	Wire(Hooks{Open: s.openText, SendFD: func(int, *int64, int, int64) int { return 0 },
		Onward:      func(*engine.Conn, *engine.Mount) bool { return false },
		ProcessFace: func() *child.Face { panic("no mount runs a program") }, ProcessGone: func(*child.Face) {},
		Path: func() string { return "" }})
	h1.Wire(h1.Hooks{App: s, Upgrades: map[string]func(*engine.Conn) bool{},
		Extended: func(*engine.Conn) (done, ok bool) { return false, true },
		Fallback: func(*engine.Conn, []byte) bool { return false }})
}

func ask(t *testing.T, in, cuts, script []byte) {
	s := &site{script: script}
	s.wire()
	info := &engine.Info{Mounts: siteMounts}
	if len(cuts)&1 == 1 {
		info.Error404 = "/404.html"
	}
	s.r = enginetest.New(t, &enginetest.Program{On: s.on}, info)
	peer := s.r.Connect(h1.Role, false, func(c *engine.Conn) { h1.Begin(c) })
	state := h1.StateOf(peer.C)
	d := peer.Play(in, cuts, func() {})
	if s.open != 0 || s.strangePaths != nil {
		t.Errorf("%d files stay open; paths outside: %q", s.open, s.strangePaths)
	}
	r, n := bufio.NewReader(bytes.NewReader(d.Sent)), 0
	for ; n < len(s.methods); n++ {
		if _, err := r.Peek(1); err != nil {
			break
		}
		s.check(t, r, s.methods[n])
	}
	if n < len(s.methods)-1 || d.Alive && d.Idle && n != len(s.methods) {
		t.Errorf("%d answers to %q; the connection lives: %v", n, s.methods, d.Alive)
	}
	refused := !state.Parsed && !d.Alive // the last head
	if rest, _ := io.ReadAll(r); len(rest) > 0 && !(refused && bytes.HasPrefix(rest, []byte("HTTP/1."))) {
		t.Errorf("%d requests, and behind the answers %q", len(s.methods), rest)
	}
}
