// SPDX-License-Identifier: MIT

package web

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"libwebsockets/c_tests/harness"
)

// compressingServers starts prog/compressed.c with the original that has all options, with ours of
// either ABI, and on ours as it is compiled with Debian's headers, and with compression turned off.
func compressingServers(t *testing.T) map[string]site {
	dir := compressedSite(t)
	id := harness.Issue(t, "tls.test", nil, nil)
	const prog = "prog/compressed.c"
	full, debian := harness.RefFull, harness.Debian(t)
	all := map[string]site{}
	begin := func(name, lib, exe string) { all[name] = start(t, name, lib, exe, dir, id) }
	begin("original", full.Lib(t), harness.Program(t, append([]string{prog}, full.Link(t)...)...))
	begin("so.17", harness.Lib(t), harness.Build(t, prog))
	begin("off", harness.Lib(t), harness.Build(t, prog, "-DOFF"))
	begin("debian's headers", harness.Lib(t), harness.Program(t, append([]string{prog}, "-I"+debian.Include, debian.File())...))
	begin("so.19", harness.Ref19.Ours(t), harness.Program(t, append([]string{}, append(harness.Strict, prog, "-DLWS_ABI=19",
		"-I"+filepath.Join(harness.Top(), "include"), "-L"+harness.Lib(t), "-l:"+harness.Ref19.Soname())...)...))
	return all
}

// compressedSite makes the files of prog/compressed.c.
func compressedSite(t *testing.T) string {
	if testing.Short() {
		t.Skip("runs servers")
	}
	dir := t.TempDir()
	for name, b := range map[string][]byte{
		"index.html": []byte("<p>index</p>\n"), "style.css": bytes.Repeat([]byte("p { }\n"), 100), "big.txt": large,
		"empty.txt": nil, "page.html": bytes.Repeat([]byte("<p>page</p>"), 10), "pic.png": large[:5000],
	} {
		path := filepath.Join(dir, "files", name)
		must(t, os.MkdirAll(filepath.Dir(path), 0o755))
		must(t, os.WriteFile(path, b, 0o644))
		must(t, os.Chtimes(path, time.Time{}, time.Unix(1700000000, 0)))
	}
	return dir
}

// decoded is an answer whose body has been decoded, as its head says.
type decoded struct {
	status                int
	coding, vary, tag     string
	ctype, length, ranges string
	body                  string
	onWire                int
	err                   error
}

func decodeBody(coding string, b []byte) ([]byte, error) {
	switch coding {
	case "gzip":
		r, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(r)
	case "br":
		return io.ReadAll(brotli.NewReader(bytes.NewReader(b)))
	case "deflate":
		return io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	}
	return b, nil
}

func getDecoded(t *testing.T, s site, road, method, path string, fields ...string) (d decoded) {
	c, base := client(s, road)
	defer c.CloseIdleConnections()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, method, base+path, nil)
	must(t, err)
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Add(name, value)
	}
	got, err := c.Do(r)
	if err != nil {
		return decoded{err: err}
	}
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	h := got.Header
	d = decoded{status: got.StatusCode, coding: h.Get("Content-Encoding"), vary: h.Get("Vary"), tag: h.Get("Etag"),
		ctype: h.Get("Content-Type"), length: h.Get("Content-Length"), ranges: h.Get("Content-Range"), onWire: len(b), err: err}
	if err == nil && method != "HEAD" {
		b, d.err = decodeBody(d.coding, b)
		d.body = string(b)
	}
	return d
}

// pieces is what the program writes.
func pieces(n int) (s string) {
	for i := range n {
		s += fmt.Sprintf("piece %d: what is written is written, and written again\n", i)
	}
	return s
}

// ways are the program's, with what the whole answer is, whether the original compresses it
// well, and whether it is compressed.
var ways = []struct {
	way, body string
	original  bool
	coded     bool
}{
	{"length", pieces(4), true, true},
	{"nolength", pieces(4), true, true},
	{"svg", pieces(4), true, true},
	{"script", pieces(4), true, true},
	{"binary", pieces(4), true, false},
	{"big", "", true, true},
	{"nofinal", pieces(4), false, true}, // the original's ends never
	{"undone", pieces(4), false, true},
	{"close", pieces(4), false, true},
	{"one", pieces(1), false, true}, // its head is compressed
	{"empty", "", false, false},     // never ends
	{"nothing", "", false, false},
	{"apply", pieces(4), false, true}, // its length is that of the plain text
	{"apply-deflate", pieces(4), false, true},
	{"apply-br", pieces(4), false, true},
	{"replaced", "replaced", false, false},
}

// TestCompressed asks for each way of answering, on all roads: the text is what the program
// wrote, and where the original does it well its callbacks and headers are ours.
//
// Seen to fail: without the end of the deflated stream; without the length that
// ends a body; with bodies of no bytes compressed.
func TestCompressed(t *testing.T) {
	all := compressingServers(t)
	original := all["original"]
	for _, name := range []string{"so.17", "so.19"} {
		s := all[name]
		for _, road := range roads {
			for _, w := range ways {
				t.Run(name+"/"+road+"/"+w.way, func(t *testing.T) { compareWay(t, original, s, road, w.way, w.body, w.original, w.coded) })
			}
			t.Run(name+"/"+road+"/files", func(t *testing.T) { compressedFiles(t, original, s, road) })
			for _, coding := range []string{"gzip", "br"} {
				t.Run(name+"/"+road+"/paced/"+coding, func(t *testing.T) { flushedPieces(t, s, road, "paced", coding) })
			}
			t.Run(name+"/"+road+"/events", func(t *testing.T) { flushedPieces(t, s, road, "own-events", "gzip") })
		}
		t.Run(name+"/curl", func(t *testing.T) { byCurl(t, s) })
		t.Run(name+"/1.0", func(t *testing.T) {
			if got := ask(s, false, "GET /dyn/length HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n"); strings.Contains(got, "encoding") || !strings.Contains(got, pieces(4)) {
				t.Errorf("%q", got)
			}
		})
	}
	for _, name := range []string{"off", "debian's headers"} {
		for _, path := range []string{"/dyn/length", "/dyn/apply", "/files/style.css"} {
			d := getDecoded(t, all[name], "plain", "GET", path, "Accept-Encoding: gzip, deflate")
			if d.coding != "" || d.vary != "" || d.length == "" || d.err != nil {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
}

// unended are ways that end no stream of HTTP/2: the program writes neither its end nor a piece
// that says so. It is reset (quirk 303).
var unended = []string{"close", "empty", "nothing"}

func compareWay(t *testing.T, original, s site, road, way, body string, same, coded bool) {
	if road == "HTTP/2" && slices.Contains(unended, way) {
		for _, accept := range []string{"identity", "deflate", "gzip", "br"} {
			d := getDecoded(t, s, road, "GET", "/dyn/"+way, "Accept-Encoding: "+accept)
			want := map[bool]string{true: accept}[coded && accept != "identity"]
			if d.err == nil || !strings.Contains(d.err.Error(), "CANCEL") || d.coding != want {
				t.Errorf("%s: %+v", accept, d)
			}
		}
		return
	}
	for _, coding := range []string{"deflate", "gzip", "br"} {
		if only, named := strings.CutPrefix(way, "apply-"); named && coding != only {
			continue
		}
		getDecoded(t, s, road, "GET", "/log")
		d := getDecoded(t, s, road, "GET", "/dyn/"+way, "Accept-Encoding: "+coding)
		log := getDecoded(t, s, road, "GET", "/log").body
		if d.err != nil || !strings.Contains(d.body, body) || body == "" && way != "big" && d.body != "" {
			t.Fatalf("%+v\n%s", d, log)
		}
		if want := map[bool]string{true: coding}[coded]; d.coding != want || (d.vary != "") != coded {
			t.Errorf("%s: %q, Vary %q", coding, d.coding, d.vary)
		}
		if coded && d.length != "" {
			t.Errorf("%s: Content-Length %s", coding, d.length)
		}
		if coding != "deflate" || !same {
			continue
		}
		getDecoded(t, original, road, "GET", "/log")
		o := getDecoded(t, original, road, "GET", "/dyn/"+way, "Accept-Encoding: "+coding)
		olog := getDecoded(t, original, road, "GET", "/log").body
		if o.body != d.body || o.coding != d.coding || o.ctype != d.ctype || o.status != d.status || o.length != d.length {
			t.Errorf("the original's is %d %q, ours %d %q", len(o.body), o.coding, len(d.body), d.coding)
		}
		if log != olog {
			t.Errorf("the callbacks are\n%swith the original\n%s", log, olog)
		}
	}
}

func compressedFiles(t *testing.T, original, s site, road string) {
	for _, c := range []struct {
		name, accept, coding string
	}{
		{"style.css", "gzip, deflate, br", "br"},
		{"style.css", "gzip, br;q=0.9", "gzip"},
		{"style.css", "br;q=0, gzip", "gzip"},
		{"style.css", "brotli, xbr", ""},
		{"style.css", "zstd, gzip;q=0.5", "gzip"},
		{"big.txt", "br", "br"},
		{"empty.txt", "br", ""},
		{"pic.png", "br", ""},
		{"style.css", "deflate, gzip;q=0.5", "deflate"},
		{"style.css", "GZIP;q=0, deflate", "deflate"},
		{"style.css", "identity, gzip;q=0.9", ""},
		{"style.css", "xgzip, deflatex", ""},
		{"style.css", "*", ""},
		{"style.css", "", ""},
		{"page.html", "deflate", "deflate"},
		{"big.txt", "deflate", "deflate"},
		{"big.txt", "gzip", "gzip"},
		{"empty.txt", "gzip", ""},
		{"pic.png", "gzip", ""},
	} {
		d := getDecoded(t, s, road, "GET", "/files/"+c.name, "Accept-Encoding: "+c.accept)
		o := getDecoded(t, original, road, "GET", "/files/"+c.name)
		if d.err != nil || d.body != o.body || d.coding != c.coding || d.ctype != o.ctype {
			t.Errorf("%s, %s: %s, %d bytes, %v", c.name, c.accept, d.coding, len(d.body), d.err)
		}
		if weak := strings.HasPrefix(d.tag, "W/"); weak != (c.coding != "") || (d.vary != "") != (c.coding != "") {
			t.Errorf("%s, %s: tag %s, Vary %q", c.name, c.accept, d.tag, d.vary)
		}
		if c.coding != "" && c.name == "big.txt" && d.onWire > len(large)/20 {
			t.Errorf("%s: %d bytes for %d", c.accept, d.onWire, len(large))
		}
		if again := getDecoded(t, s, road, "GET", "/files/"+c.name, "Accept-Encoding: "+c.accept, "If-None-Match: "+d.tag); again.status != 304 || again.tag != d.tag {
			t.Errorf("%s, %s: %+v", c.name, c.accept, again)
		}
		head := getDecoded(t, s, road, "HEAD", "/files/"+c.name, "Accept-Encoding: "+c.accept)
		if head.err != nil || head.coding != d.coding || head.tag != d.tag || head.vary != d.vary || head.onWire != 0 {
			t.Errorf("%s, %s: HEAD %+v", c.name, c.accept, head)
		}
	}
	// A compressed file has no parts, the file has.
	if d := getDecoded(t, s, road, "GET", "/files/style.css", "Accept-Encoding: gzip", "Range: bytes=0-9"); d.status != 200 || d.coding != "gzip" || d.ranges != "" {
		t.Errorf("a part of a compressed file: %+v", d)
	}
	if d := getDecoded(t, s, road, "GET", "/files/style.css", "Range: bytes=0-2"); d.status != 206 || d.coding != "" || d.body != "p {" {
		t.Errorf("a part of a file: %+v", d)
	}
}

// flushedPieces: what is written can be read before anything else is written.
//
// Seen to fail: with pieces that are not flushed to the library.
func flushedPieces(t *testing.T, s site, road, way, coding string) {
	c, base := client(s, road)
	defer c.CloseIdleConnections()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", base+"/dyn/"+way, nil)
	must(t, err)
	r.Header.Set("Accept-Encoding", coding)
	got, err := c.Do(r)
	must(t, err)
	defer got.Body.Close()
	var z io.Reader = brotli.NewReader(got.Body)
	if coding == "gzip" {
		z, err = gzip.NewReader(got.Body)
		must(t, err)
	}
	want := pieces(4)
	for at := 0; at < len(want); at += len(pieces(1)) {
		b := make([]byte, len(pieces(1)))
		if _, err := io.ReadFull(z, b); err != nil || string(b) != want[at:at+len(b)] {
			t.Fatalf("%q, %v", b, err)
		}
		if at+len(b) < len(want) {
			if d := getDecoded(t, s, road, "GET", "/go"); d.status != 200 {
				t.Fatal(d.status)
			}
		}
	}
	if _, err := z.Read(make([]byte, 1)); err != io.EOF {
		t.Error(err)
	}
}

// byCurl: a peer with decoders of its own.
func byCurl(t *testing.T, s site) {
	exe, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("no curl")
	}
	for _, args := range [][]string{
		{"--http1.1", fmt.Sprintf("http://127.0.0.1:%d/", s.plain)},
		{"--http1.1", "-k", fmt.Sprintf("https://127.0.0.1:%d/", s.tls)},
		{"--http2", "-k", fmt.Sprintf("https://127.0.0.1:%d/", s.tls)},
	} {
		base := args[len(args)-1]
		args = append(args[:len(args)-1], "-sS", "--fail", "--compressed", "-m", "8")
		for path, want := range map[string]string{"dyn/length": pieces(4), "dyn/nofinal": pieces(4), "files/big.txt": string(large)} {
			for _, accept := range []string{"", "Accept-Encoding: deflate", "Accept-Encoding: br"} {
				out, err := exec.Command(exe, append(args, "-H", accept, base+path)...).CombinedOutput()
				if err != nil || string(out) != want {
					t.Errorf("%s %s: %d bytes, %v: %.200s", base, path, len(out), err, out)
				}
			}
		}
	}
}

// TestDecodedBodies: our client asks for compressed bodies and has the text, from our
// server, from the original, whose deflated bodies have no end, and from Go's.
func TestDecodedBodies(t *testing.T) {
	all := compressingServers(t)
	exes := map[string]func(args ...string) *exec.Cmd{}
	for abi, ref := range map[string]harness.Ref{"17": harness.Ref17, "19": harness.Ref19} {
		exe := harness.Program(t, append(append([]string{}, harness.Strict...), "prog/decoded.c", "-DLWS_ABI="+abi,
			"-I"+filepath.Join(harness.Top(), "include"), "-L"+harness.Lib(t), "-l:"+ref.Soname())...)
		lib := ref.Ours(t)
		exes["so."+abi] = func(args ...string) *exec.Cmd {
			cmd := exec.Command(exe, args...)
			cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+lib)
			return cmd
		}
	}
	for name, run := range exes {
		for _, server := range []string{"so.17", "original"} {
			s := all[server]
			for _, road := range roads {
				for path, want := range map[string]string{"/dyn/length": pieces(4), "/files/big.txt": string(large), "/dyn/binary": pieces(4)} {
					port := s.tls
					if road == "plain" {
						port = s.plain
					}
					var log bytes.Buffer
					cmd := run(road, fmt.Sprint(port), path)
					cmd.Stderr = &log
					got, err := cmd.Output()
					if err != nil || string(got) != want {
						t.Errorf("%s, %s, %s %s: %d bytes for %d, %v\n%s", name, server, road, path, len(got), len(want), err, log.String())
					}
				}
			}
		}
	}
}
