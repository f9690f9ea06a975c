// SPDX-License-Identifier: MIT

// Package zip reads the directory of a zip archive (PKWARE's APPNOTE 4.3). The standard library's
// archive/zip brings a second inflater, and one that deflates, into every program.
package zip

import (
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// Methods in which files are packed.
const (
	Store   = 0
	Deflate = 8
)

// Flags of files.
const (
	Encrypted  = 1
	descriptor = 8 // sum and sizes are behind the content
)

// What is wrong with an archive.
var (
	ErrFormat = errors.New("not a valid zip file")
	ErrSum    = errors.New("checksum error")
)

// File is what the directory says of a file.
type File struct {
	Name          string
	Flags, Method uint16
	Time, Date    uint16 // MS-DOS's
	Sum           uint32 // CRC-32
	Packed, Size  uint64
	header        uint64 // where it begins
}

// Each record begins with a signature.
const (
	fileSig  = 0x04034b50
	entrySig = 0x02014b50
	endSig   = 0x06054b50
	end64Sig = 0x06064b50
	placeSig = 0x07064b50 // tells where the end of the 64-bit kind is
	sumSig   = 0x08074b50 // which may be missing

	fileLen  = 30
	entryLen = 46
	endLen   = 22
	end64Len = 56
	placeLen = 20

	unset32 = math.MaxUint32 // the value is elsewhere, in 64 bits
	unset16 = math.MaxUint16
)

var (
	u16 = binary.LittleEndian.Uint16
	u32 = binary.LittleEndian.Uint32
	u64 = binary.LittleEndian.Uint64
)

// directory is what the end of an archive says of its directory.
type directory struct {
	end               int64 // where it is over
	count, size, from uint64
}

// Read reads the directory of an archive.
func Read(r io.ReaderAt, size int64) ([]*File, error) {
	d, err := findEnd(r, size)
	if err != nil {
		return nil, err
	}
	// What is in front of the archive moves all that it tells of, but for where it is known to.
	base := d.end - int64(d.size) - int64(d.from)
	if at := base + int64(d.from); at < 0 || at >= size {
		return nil, ErrFormat
	}
	if base > 0 {
		if _, err := newEntries(r, int64(d.from), size).next(); err == nil {
			base = 0
		}
	}
	var files []*File
	for l := newEntries(r, base+int64(d.from), size); ; {
		f, err := l.next()
		if err == ErrFormat || err == io.ErrUnexpectedEOF {
			if uint16(len(files)) != uint16(d.count) {
				return nil, err
			}
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		f.header += uint64(base)
		files = append(files, f)
	}
}

// findEnd looks for the record at the end, behind which there may be a comment.
func findEnd(r io.ReaderAt, size int64) (directory, error) {
	for _, n := range [...]int64{1 << 10, endLen + unset16} {
		b := make([]byte, min(n, size))
		at := size - int64(len(b))
		if err := readAt(r, b, at); err != nil {
			return directory{}, err
		}
		for i := len(b) - endLen; i >= 0; i-- {
			if u32(b[i:]) != endSig {
				continue
			}
			if endLen+int(u16(b[i+20:])) > len(b)-i {
				break // its comment is cut off
			}
			return readEnd(r, b[i:], at+int64(i))
		}
		if n >= size {
			break
		}
	}
	return directory{}, ErrFormat
}

func readEnd(r io.ReaderAt, b []byte, at int64) (directory, error) {
	d := directory{end: at, count: uint64(u16(b[10:])), size: uint64(u32(b[12:])), from: uint64(u32(b[16:]))}
	if d.count == unset16 || d.size == unset16 || d.from == unset32 {
		if err := d.read64(r); err != nil {
			return d, err
		}
	}
	if d.size > math.MaxInt64 || d.from > math.MaxInt64 {
		return d, ErrFormat
	}
	return d, nil
}

// read64 reads the record with large numbers, if there is one.
func (d *directory) read64(r io.ReaderAt) error {
	var place [placeLen]byte
	if d.end < placeLen {
		return nil
	}
	if err := readAt(r, place[:], d.end-placeLen); err != nil {
		return err
	}
	if u32(place[:]) != placeSig || u32(place[4:]) != 0 || u32(place[16:]) != 1 { // one volume of one
		return nil
	}
	at := int64(u64(place[8:]))
	if at < 0 {
		return nil
	}
	var b [end64Len]byte
	if err := readAt(r, b[:], at); err != nil {
		return err
	}
	if u32(b[:]) != end64Sig {
		return ErrFormat
	}
	d.end, d.count, d.size, d.from = at, u64(b[32:]), u64(b[40:]), u64(b[48:])
	return nil
}

func readAt(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return err
}

// entries are those of a directory, one after the other.
type entries struct {
	r        io.ReaderAt
	at, size int64  // of what is to be read to room next, of the archive
	room, b  []byte // read, and of that what is not taken
}

const piece = 4 << 10

func newEntries(r io.ReaderAt, at, size int64) *entries { return &entries{r: r, at: at, size: size} }

// have reads until there are n bytes.
func (l *entries) have(n int) error {
	if n <= len(l.b) {
		return nil
	}
	if n > len(l.room) {
		l.room = append(make([]byte, 0, max(n, piece)), l.b...)[:max(n, piece)]
	} else {
		copy(l.room, l.b)
	}
	got := len(l.b)
	ask := l.room[got:min(int64(len(l.room)), int64(got)+max(l.size-l.at, 0))]
	if err := readAt(l.r, ask, l.at); err != nil {
		return err
	}
	l.at += int64(len(ask))
	if l.b = l.room[:got+len(ask)]; n > len(l.b) {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// next is the next one. ErrFormat, io.ErrUnexpectedEOF: what comes is none.
func (l *entries) next() (*File, error) {
	if err := l.have(entryLen); err != nil {
		return nil, err
	}
	b := l.b
	if u32(b) != entrySig {
		return nil, ErrFormat
	}
	f := &File{Flags: u16(b[8:]), Method: u16(b[10:]), Time: u16(b[12:]), Date: u16(b[14:]), Sum: u32(b[16:]),
		Packed: uint64(u32(b[20:])), Size: uint64(u32(b[24:])), header: uint64(u32(b[42:]))}
	name, extra, comment := int(u16(b[28:])), int(u16(b[30:])), int(u16(b[32:]))
	all := entryLen + name + extra + comment
	if err := l.have(all); err != nil {
		return nil, err
	}
	b, l.b = l.b[entryLen:all], l.b[all:]
	f.Name = string(b[:name])
	return f, f.large(b[name : name+extra])
}

// large takes the values that need 64 bits out of an entry's extra fields.
func (f *File) large(extra []byte) error {
	size, packed, header := f.Size == unset32, f.Packed == unset32, f.header == unset32
	for len(extra) >= 4 {
		tag, n := u16(extra), int(u16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			break
		}
		field := extra[:n]
		extra = extra[n:]
		if tag != 1 {
			continue
		}
		for _, v := range [...]struct {
			wanted *bool
			to     *uint64
		}{{&size, &f.Size}, {&packed, &f.Packed}, {&header, &f.header}} {
			if !*v.wanted {
				continue
			}
			if *v.wanted = false; len(field) < 8 {
				return ErrFormat
			}
			*v.to, field = u64(field), field[8:]
		}
	}
	if packed || header { // a size of 2³²−1 may be meant
		return ErrFormat
	}
	return nil
}

// Content tells where the file's content begins.
func (f *File) Content(r io.ReaderAt) (int64, error) {
	var b [fileLen]byte
	if err := readAt(r, b[:], int64(f.header)); err != nil {
		return 0, err
	}
	if u32(b[:]) != fileSig {
		return 0, ErrFormat
	}
	return int64(f.header) + fileLen + int64(u16(b[26:])) + int64(u16(b[28:])), nil
}

// Check compares what a file has with what the archive says; start is where its content begins.
func (f *File) Check(r io.ReaderAt, start int64, size uint64, sum uint32) error {
	told := f.Sum != 0
	if f.Flags&descriptor != 0 {
		var b [12]byte
		if err := readAt(r, b[:], start+int64(f.Packed)); err != nil {
			return err
		}
		at := 0
		if u32(b[:]) == sumSig {
			at = 4
		}
		if told = true; u32(b[at:]) != f.Sum {
			return ErrSum
		}
	}
	switch {
	case size != f.Size:
		return io.ErrUnexpectedEOF
	case told && sum != f.Sum:
		return ErrSum
	}
	return nil
}
