// SPDX-License-Identifier: MIT

package httpd

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/engine/enginetest"
	"libwebsockets/impl/role/h1"
)

func TestSplitArchive(t *testing.T) {
	for name, want := range map[string]string{
		"/srv/a.zip/b/c.txt": "/srv/a.zip b/c.txt", "/srv/a.zip": "/srv/a.zip ", "/srv/a.zip/": "/srv/a.zip ", "x.jar//y": "x.jar y",
		"a.war/b.zip/c": "a.war b.zip/c", "/srv/zip/x": "", "/srv/a.zipped/x": "", "/.zip/x": "", "": "", "/": "",
	} {
		archive, inside, ok := splitArchive(name)
		if got := archive + " " + inside; ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v", name, got, ok)
		}
	}
}

// readAll reads what an archive has under a name, as it is served.
func readAll(pt *engine.Thread, archive, name string, gzip bool) (b []byte, f File, err error) {
	if f, err = openZipped(pt, archive, name, gzip); err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if f.Kind() != Regular {
		return nil, f, errNoMember
	}
	for piece := make([]byte, 700); err == nil && int64(len(b)) < min(f.Size(), 1<<20); {
		var n int
		n, err = f.Read(piece[:min(int64(len(piece)), f.Size()-int64(len(b)))])
		if b = append(b, piece[:n]...); n == 0 && err == nil {
			err = errors.New("nothing is read")
		}
	}
	return b, f, err
}

// FuzzZip: whatever an archive is like, what is inflated is what archive/zip finds there, or
// an error (it found files that are told to be empty, and are not); so is what is sent as gzip or as it is stored, of archives that are in order. No
// descriptor stays in use.
//
// Seen to fail: with a front of gzip that is a byte short, and with the sum not asked for.
func FuzzZip(f *testing.F) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range []struct {
		name   string
		method uint16
		text   string
	}{{"a", zip.Deflate, strings.Repeat("text ", 999)}, {"b", zip.Store, "stored"}, {"d/", zip.Store, ""}, {"d/e", zip.Deflate, ""}} {
		e, err := w.CreateHeader(&zip.FileHeader{Name: m.name, Method: m.method})
		if err == nil {
			_, err = io.WriteString(e, m.text)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	lies, err := w.CreateRaw(&zip.FileHeader{Name: "z", Method: zip.Deflate, CompressedSize64: 3}) // it has an 'a'
	if err == nil {
		_, err = lies.Write([]byte{0x4b, 4, 0})
	}
	if err := errors.Join(err, w.Close()); err != nil {
		f.Fatal(err)
	}
	for _, name := range []string{"a", "b", "z", "d", "d/e", "none"} {
		f.Add(out.Bytes(), name)
	}
	for at := 20; at < out.Len(); at += 2 { // sizes, sums and places among them
		spoilt := bytes.Clone(out.Bytes())
		spoilt[at] ^= 1
		f.Add(spoilt, "a")
		f.Add(spoilt, "b")
	}
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		file := filepath.Join(t.TempDir(), "f.zip")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		s := &site{}
		s.wire()
		s.r = enginetest.New(t, &enginetest.Program{On: s.on}, &engine.Info{Mounts: siteMounts})
		pt := s.r.Connect(h1.Role, false, func(c *engine.Conn) { h1.Begin(c) }).C.PT()
		want, known := expected(data, name)
		for _, packed := range []bool{false, true} {
			var got []byte
			var m File
			var err error
			s.r.Do(func() { got, m, err = readAll(pt, file, name, packed) })
			if err != nil || m.Size() > 1<<20 {
				if known && err != nil && !packed {
					t.Fatalf("%q: %v", name, err)
				}
				continue
			}
			if m.Gzipped() {
				if got, err = gunzip(got); err != nil {
					if known {
						t.Fatalf("%q as gzip: %v", name, err)
					}
					continue
				}
			}
			if _, checked := m.(*inflated); !known && checked || known && !bytes.Equal(got, want) {
				t.Fatalf("%q, gzip %v: %d bytes, not %d", name, packed, len(got), len(want))
			}
		}
		for _, o := range filesOf(pt).kept {
			if o.users != 0 {
				t.Errorf("%s is in use", o.name)
			}
		}
	})
}

func gunzip(b []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// expected is what archive/zip reads of the first file with that name.
func expected(data []byte, name string) (b []byte, known bool) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, false
	}
	for _, f := range r.File {
		if strings.TrimSuffix(f.Name, "/") != name {
			continue
		}
		o, err := f.Open()
		if err != nil || f.Flags&1 != 0 || strings.HasSuffix(f.Name, "/") {
			return nil, false
		}
		b, err = io.ReadAll(io.LimitReader(o, 1<<20+1))
		return b, err == nil
	}
	return nil, false
}
