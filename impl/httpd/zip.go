// SPDX-License-Identifier: MIT

package httpd

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/wire/deflate"
	"libwebsockets/impl/wire/zip"
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
	files, err := zip.Read(a, size)
	if err != nil {
		return &index{err: err}
	}
	a.known = true
	x := &index{files: make(map[string]*zip.File, len(files))}
	for _, f := range files {
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
	errMethod    = errors.New("unsupported compression algorithm")
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
	start, err := f.Content(&archive{fd: p.o.fd, known: true})
	p.s.pt.Retake(whole)
	packed := f.Packed
	switch {
	case err != nil:
		return nil, err
	case f.Flags&zip.Encrypted != 0:
		return nil, errEncrypted
	case start < 0 || start > p.Size() || packed > uint64(p.Size()-start) || f.Size > math.MaxInt64/2:
		return nil, errPlaces
	case f.Method == zip.Store && packed != f.Size:
		return nil, zip.ErrFormat
	case f.Method == zip.Store:
		m.start, m.packed = start, int64(packed)
		return m, nil
	case f.Method != zip.Deflate:
		return nil, errMethod
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
	m.back = binary.LittleEndian.AppendUint32(nil, f.Sum)
	m.back = binary.LittleEndian.AppendUint32(m.back, uint32(f.Size))
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
func (m *member) ModTime() uint32 { return uint32(m.f.Date)<<16 | uint32(m.f.Time) }
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
	z     deflate.Inflater
	begun bool
	ended bool
	taken int64 // of what is packed
	in    []byte
	room  []byte
	sum   uint32
	size  uint64
}

func (f *inflated) Size() int64           { return int64(f.f.Size) }
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

// Read checks what is inflated: it is as long as the directory says, and has that sum. What comes
// last is handed out when that is known.
func (f *inflated) Read(b []byte) (n int, err error) {
	if len(b) == 0 {
		return 0, nil
	}
	defer f.p.s.pt.Retake(f.p.s.pt.Drop())
	for n == 0 && !f.ended && err == nil {
		n, err = f.inflate(b)
	}
	f.pos += int64(n)
	var more [1]byte
	for n > 0 && f.pos == f.Size() && !f.ended && err == nil {
		var k int
		if k, err = f.inflate(more[:]); k > 0 {
			err = zip.ErrFormat
		}
	}
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// inflate gives some of the content, or none where it first had to read.
func (f *inflated) inflate(b []byte) (n int, err error) {
	if !f.begun {
		f.begun = true
		f.z.InitSingle()
	}
	n, used, err := f.z.Inflate(b, f.in)
	if err != nil {
		return 0, err
	}
	f.in = f.in[used:]
	f.sum = crc32.Update(f.sum, crc32.IEEETable, b[:n])
	if f.size += uint64(n); f.size > f.f.Size {
		return n, zip.ErrFormat
	}
	if _, _, f.ended = f.z.Ended(); f.ended {
		f.z.Release()
		return n, f.f.Check(f.archive(), f.start, f.size, f.sum)
	}
	if n > 0 || len(f.in) > 0 {
		return n, nil
	}
	return 0, f.fill()
}

func (f *inflated) archive() *archive { return &archive{fd: f.p.o.fd, known: true} }

// fill reads the next piece of what is packed.
func (f *inflated) fill() error {
	const most = 4 << 10
	if f.room == nil {
		f.room = make([]byte, min(most, f.packed))
	}
	n, err := f.archive().ReadAt(f.room[:min(int64(len(f.room)), f.packed-f.taken)], f.start+f.taken)
	if err == io.EOF || n == 0 && err == nil {
		err = io.ErrUnexpectedEOF
	}
	f.in = f.room[:n]
	f.taken += int64(n)
	return err
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
	f.z.Release()
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
	f.z.Release()
	f.member.Close()
}
