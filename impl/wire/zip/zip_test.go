// SPDX-License-Identifier: MIT

package zip

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// made is an archive behind some bytes, with a comment.
func made(t testing.TB, front, comment string, names ...string) []byte {
	var out bytes.Buffer
	out.WriteString(front)
	w := zip.NewWriter(&out)
	if front == "" || strings.HasSuffix(front, "!") {
		w.SetOffset(int64(len(front)))
	}
	for i, n := range names {
		e, err := w.CreateHeader(&zip.FileHeader{Name: n, Method: uint16(i%2) * zip.Deflate, Extra: []byte{9, 9, 1, 0, 7}})
		if err == nil && !strings.HasSuffix(n, "/") {
			_, err = io.WriteString(e, strings.Repeat(n, 99))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.SetComment(comment), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// large has the numbers of an archive of one file, which has no content, in their 64-bit places.
func large() []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, fileSig)
	b = append(append(b, make([]byte, 22)...), 1, 0, 0, 0, 'x')
	from := len(b)
	b = le.AppendUint32(b, entrySig)
	b = append(b, make([]byte, 16)...)
	b = le.AppendUint32(le.AppendUint32(b, unset32), unset32)
	b = append(b, 1, 0, 28, 0)
	b = append(b, make([]byte, 10)...)
	b = le.AppendUint32(b, unset32)
	b = append(b, 'x', 1, 0, 24, 0)
	b = append(b, make([]byte, 24)...)
	end := len(b)
	b = append(le.AppendUint64(le.AppendUint32(b, end64Sig), 44), make([]byte, 12)...)
	for _, v := range []int{1, 1, end - from, from} {
		b = le.AppendUint64(b, uint64(v))
	}
	b = le.AppendUint64(append(le.AppendUint32(b, placeSig), 0, 0, 0, 0), uint64(end))
	b = le.AppendUint32(le.AppendUint32(b, 1), endSig)
	b = append(b, 0, 0, 0, 0, 255, 255, 255, 255)
	b = le.AppendUint32(le.AppendUint32(b, unset32), unset32)
	return append(b, 0, 0)
}

// standard is what archive/zip says of an archive, ours what we do.
func standard(b []byte) (l []string, err error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	for _, f := range r.File {
		at, err := f.DataOffset()
		l = append(l, fmt.Sprint(f.Name, f.Flags, f.Method, f.ModifiedTime, f.ModifiedDate, f.CRC32, f.CompressedSize64, f.UncompressedSize64, at, err != nil))
	}
	return l, nil
}

func ours(b []byte) (l []string, err error) {
	r := bytes.NewReader(b)
	files, err := Read(r, int64(len(b)))
	for _, f := range files {
		at, err := f.Content(r)
		l = append(l, fmt.Sprint(f.Name, f.Flags, f.Method, f.Time, f.Date, f.Sum, f.Packed, f.Size, at, err != nil))
	}
	return l, err
}

// FuzzRead: what is read of an archive is what archive/zip reads, and what that refuses is refused.
//
// Seen to fail: without what is in front, without the records of 64 bits, without the look
// for an archive that tells of its places as if nothing were in front.
func FuzzRead(f *testing.F) {
	var many []string
	for i := range 300 {
		many = append(many, strings.Repeat("name/", i%7)+fmt.Sprint(i))
	}
	seeds := [][]byte{made(f, "", "", "a", "b/"), made(f, "front", "a comment", "a", "b", "c"), made(f, "front!", "PK\x05\x06", "x"),
		made(f, "", strings.Repeat("long ", 1000), many...), made(f, "", ""), large(), append(bytes.Repeat([]byte("f"), 500), large()...), nil, []byte("PK")}
	for _, s := range seeds {
		if want, err := standard(s); err == nil {
			if got, err := ours(s); err != nil || len(got) != len(want) {
				f.Fatalf("%d files, not %d: %v", len(got), len(want), err)
			}
		}
		f.Add(s)
		for at := 0; at < min(len(s), 400); at++ {
			spoilt := bytes.Clone(s)
			spoilt[at] ^= 0x81
			f.Add(spoilt)
			spoilt = bytes.Clone(s)
			spoilt[len(s)-1-at] ^= 0x81
			f.Add(spoilt)
			f.Add(s[:len(s)-at])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		want, bad := standard(b)
		got, err := ours(b)
		if (err == nil) != (bad == nil) {
			t.Fatalf("%v, archive/zip: %v", err, bad)
		}
		if err == nil && strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("got %.300q\nwant %.300q", got, want)
		}
	})
}
