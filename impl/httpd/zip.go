// SPDX-License-Identifier: MIT

package httpd

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// Files inside of zip archives. What is stored there is read from there, what is
// deflated is sent as gzip to those who take that, and inflated for the others.

// archiveNames are the endings of a name that make it an archive's.
var archiveNames = []string{".zip", ".jar", ".war"}

// splitArchive divides a path behind its first element that names an archive.
func splitArchive(name string) (archive, inside string, ok bool) {
	for at := 0; ; {
		n := strings.IndexByte(name[at:], '/')
		end := at + n
		if n < 0 {
			end = len(name)
		}
		for _, s := range archiveNames {
			if end-at > len(s) && strings.HasSuffix(name[at:end], s) {
				return name[:end], strings.Trim(name[end:], "/"), true
			}
		}
		if n < 0 {
			return "", "", false
		}
		at = end + 1
	}
}

// mostArchive is how large an archive may be, mostDirectory how much may be read to know
// what is in it: some 50,000 names.
const (
	mostArchive   = 1 << 30
	mostDirectory = 4 << 20
)

// index is an archive's directory, which lives as long as its descriptor.
type index struct {
	files map[string]*zip.File
	err   error
}

// archive reads a descriptor at any place, left bytes of it until its directory is known.
type archive struct {
	fd    int
	left  int
	known bool
}

func (a *archive) ReadAt(b []byte, off int64) (n int, err error) {
	for n < len(b) {
		if a.left -= len(b) - n; a.left < 0 && !a.known {
			return n, errDirectory
		}
		k, err := uninterrupted(func() (int, error) { return unix.Pread(a.fd, b[n:], off+int64(n)) })
		if err != nil {
			return n, err
		}
		if k == 0 {
			return n, io.EOF
		}
		n += k
	}
	return n, nil
}

func readIndex(fd int, size int64) *index {
	if size > mostArchive {
		return &index{err: errLarge}
	}
	a := &archive{fd: fd, left: mostDirectory}
	r, err := zip.NewReader(a, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // we only go by names
		return &index{err: err}
	}
	a.known = true
	x := &index{files: make(map[string]*zip.File, len(r.File))}
	for _, f := range r.File {
		if name := strings.TrimSuffix(f.Name, "/"); x.files[name] == nil {
			x.files[name] = f
		}
	}
	return x
}

// openZipped opens a file inside of an archive.
func openZipped(pt *engine.Thread, archive, inside string, gzip bool) (File, error) {
	z, err := OpenPlain(pt, archive)
	if err != nil {
		return nil, err
	}
	f, err := z.(*plainFile).member(path.Clean(inside), gzip)
	if err != nil {
		z.Close()
		return nil, fmt.Errorf("cannot open %s in %s: %w", inside, archive, err)
	}
	return f, nil
}

var (
	errNoArchive = errors.New("that is no archive")
	errLarge     = fmt.Errorf("it is larger than %d bytes", mostArchive)
	errDirectory = fmt.Errorf("its directory is larger than %d bytes", mostDirectory)
	errNoMember  = errors.New("it has no such file")
	errEncrypted = errors.New("the file is encrypted")
	errPlaces    = errors.New("the file lies outside of the archive")
)

// member is a file of the archive p, which it takes over.
func (p *plainFile) member(name string, gzip bool) (File, error) {
	if p.Kind() != Regular {
		return nil, errNoArchive
	}
	if p.o.index == nil {
		whole := p.s.pt.Drop()
		x := readIndex(p.o.fd, p.Size())
		p.s.pt.Retake(whole)
		p.o.index = x
	}
	if p.o.index.err != nil {
		return nil, p.o.index.err
	}
	f := p.o.index.files[name]
	if f == nil {
		return nil, errNoMember
	}
	m := &member{p: p, f: f}
	if m.Kind() == Directory {
		return m, nil
	}
	whole := p.s.pt.Drop()
	start, err := f.DataOffset()
	p.s.pt.Retake(whole)
	packed := f.CompressedSize64
	switch {
	case err != nil:
		return nil, err
	case f.Flags&1 != 0:
		return nil, errEncrypted
	case start > p.Size() || packed > uint64(p.Size()-start) || f.UncompressedSize64 > math.MaxInt64/2:
		return nil, errPlaces
	case f.Method == zip.Store && packed != f.UncompressedSize64:
		return nil, zip.ErrFormat
	case f.Method == zip.Store:
		m.start, m.packed = start, int64(packed)
		return m, nil
	case f.Method != zip.Deflate:
		return nil, zip.ErrAlgorithm
	default:
		m.start, m.packed = start, int64(packed)
	}
	if !gzip {
		x := &inflated{member: m}
		if err := x.nothing(); err != nil {
			return nil, err
		}
		return x, nil
	}
	m.front = []byte{31, 139, 8, 0, 0, 0, 0, 0, 0, 3} // RFC 1952
	m.back = binary.LittleEndian.AppendUint32(nil, f.CRC32)
	m.back = binary.LittleEndian.AppendUint32(m.back, uint32(f.UncompressedSize64))
	return m, nil
}

// member is a file as it lies in its archive, with something around it that makes gzip
// of what is deflated.
type member struct {
	p             *plainFile
	f             *zip.File
	start, packed int64
	front, back   []byte
	pos           int64
}

func (m *member) Size() int64 { return int64(len(m.front)) + m.packed + int64(len(m.back)) }

// ModTime is, as the reference has it, date and time in MS-DOS's form.
func (m *member) ModTime() uint32 { return uint32(m.f.ModifiedDate)<<16 | uint32(m.f.ModifiedTime) }
func (m *member) Gzipped() bool   { return m.front != nil }
func (m *member) Close()          { m.p.Close() }

func (m *member) Kind() FileKind {
	if strings.HasSuffix(m.f.Name, "/") {
		return Directory
	}
	return Regular
}

func (m *member) MoveTo(pos int64) bool {
	m.pos = pos
	return true
}

// Read gives what lies next together: front, content or back.
func (m *member) Read(b []byte) (n int, err error) {
	body := m.pos - int64(len(m.front))
	switch {
	case body < 0:
		n = copy(b, m.front[m.pos:])
	case body < m.packed:
		m.p.pos = m.start + body
		n, err = m.p.Read(b[:min(int64(len(b)), m.packed-body)])
	case body-m.packed < int64(len(m.back)):
		n = copy(b, m.back[body-m.packed:])
	default:
		err = io.EOF
	}
	m.pos += int64(n)
	return n, err
}

func (m *member) SendTo(socket int, n int64) int {
	body := m.pos - int64(len(m.front))
	if body < 0 || body >= m.packed {
		return 0
	}
	m.p.pos = m.start + body
	sent := m.p.SendTo(socket, min(n, m.packed-body))
	m.pos += int64(sent)
	return sent
}

// inflated is a member that is inflated as it is read.
type inflated struct {
	*member
	r io.ReadCloser
}

func (f *inflated) Size() int64           { return int64(f.f.UncompressedSize64) }
func (f *inflated) SendTo(int, int64) int { return 0 }

// mostSkipped is how much is inflated in vain, to serve what is behind it.
const mostSkipped = 1 << 20

// MoveTo inflates up to pos: it is used once, as several ranges are asked for in any order.
func (f *inflated) MoveTo(pos int64) bool {
	if pos == f.pos {
		return true
	}
	if pos > mostSkipped || f.pos != 0 {
		return false
	}
	b := make([]byte, pos)
	for b := b; len(b) > 0; {
		n, err := f.Read(b)
		if b = b[n:]; err != nil {
			return false
		}
	}
	return true
}

// Read checks what is inflated: it is as long as the directory says, and has that sum.
func (f *inflated) Read(b []byte) (n int, err error) {
	defer f.p.s.pt.Retake(f.p.s.pt.Drop())
	if f.r == nil {
		if f.r, err = f.f.Open(); err != nil {
			return 0, err
		}
	}
	for n == 0 && err == nil {
		n, err = f.r.Read(b)
	}
	if f.pos += int64(n); f.pos == f.Size() && (err == nil || err == io.EOF) {
		var one [1]byte // the sum is told at the end
		if _, err = f.r.Read(one[:]); err == nil {
			err = zip.ErrFormat
		}
	}
	if err == io.EOF && n > 0 {
		err = nil
	}
	return n, err
}

// nothing checks a file that is told to be empty, of which nothing will be read.
func (f *inflated) nothing() error {
	if f.Size() > 0 {
		return nil
	}
	_, err := f.Read(make([]byte, 1))
	if err == io.EOF {
		return nil
	}
	if f.r != nil {
		f.r.Close()
	}
	return err
}

// zipped tells that what is sent depends on what codings the client takes.
func zipped(f File) bool {
	if m, ok := f.(*member); ok {
		return m.Gzipped()
	}
	_, ok := f.(*inflated)
	return ok
}

func (f *inflated) Close() {
	if f.r != nil {
		f.r.Close()
		f.r = nil
	}
	f.member.Close()
}
