// SPDX-License-Identifier: MIT

package httpd

import (
	"fmt"
	"io"
	"slices"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
)

// Files of a context that has no file operations but the library's own.
//
// A descriptor stays open for a little while behind its last use: to open and to
// close a small file costs more than to send it. Each use asks anew what the name
// leads to, and reads anew what is in there: nothing but the descriptor is kept.

const (
	keptMost = 8         // descriptors that are kept, of a thread
	keptFor  = 1_000_000 // µs between two looks; what was not used since the last one is closed
)

// fileID tells whether a name still leads to the same file, and nothing about that
// has changed, its permissions among it.
type fileID struct {
	dev, ino     uint64
	mode         uint32
	size         int64
	mtime, ctime unix.Timespec
}

func idOf(st *unix.Stat_t) fileID {
	return fileID{uint64(st.Dev), st.Ino, st.Mode, st.Size, st.Mtim, st.Ctim}
}

// openFile is a descriptor with those who read from it.
type openFile struct {
	fd    int
	name  string
	id    fileID
	users int
	stale bool   // the name leads elsewhere by now
	used  bool   // since the last look
	index *index // of an archive, when it was asked for
}

// openFiles is what a thread keeps open.
type openFiles struct {
	pt    *engine.Thread
	kept  []*openFile
	timer engine.Timer
}

func filesOf(pt *engine.Thread) *openFiles {
	s, _ := pt.Files.(*openFiles)
	if s == nil {
		s = &openFiles{pt: pt}
		s.timer.Fire = func(int64) { s.look() }
		pt.Files = s
	}
	return s
}

// OpenPlain opens a file for a connection of the thread, whose lock is held, and
// released while the kernel is asked.
func OpenPlain(pt *engine.Thread, name string) (File, error) {
	s := filesOf(pt)
	o := s.again(name)
	if o == nil {
		var err error
		if o, err = s.open(name); err != nil {
			return nil, fmt.Errorf("cannot open %s: %w", name, err)
		}
	}
	o.used = true
	return &plainFile{s: s, o: o}, nil
}

// again finds what is kept of a name, if that is what it still leads to.
func (s *openFiles) again(name string) *openFile {
	i := slices.IndexFunc(s.kept, func(o *openFile) bool { return o.name == name })
	if i < 0 {
		return nil
	}
	o := s.kept[i]
	o.users++ // it stays while the lock is not held
	var st unix.Stat_t
	whole := s.pt.Drop()
	err := unix.Stat(name, &st)
	s.pt.Retake(whole)
	if err == nil && idOf(&st) == o.id && !o.stale {
		return o
	}
	o.stale = true
	s.leave(o)
	return nil
}

// openFlags has a FIFO or a device, which are not served, not keep us waiting for
// its other end.
const openFlags = unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NONBLOCK

func (s *openFiles) open(name string) (*openFile, error) {
	o := &openFile{name: name, users: 1}
	var st unix.Stat_t
	defer s.pt.Retake(s.pt.Drop())
	var err error
	if o.fd, err = uninterrupted(func() (int, error) { return unix.Open(name, openFlags, 0) }); err != nil {
		return nil, err
	}
	if err = unix.Fstat(o.fd, &st); err != nil {
		unix.Close(o.fd)
		return nil, err
	}
	o.id = idOf(&st)
	return o, nil
}

// uninterrupted makes a system call until no signal interrupts it.
func uninterrupted(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if err != unix.EINTR {
			return n, err
		}
	}
}

// leave is the end of one use.
func (s *openFiles) leave(o *openFile) {
	o.users--
	if o.users == 0 && (o.stale || !slices.Contains(s.kept, o) && !s.keep(o)) {
		s.close(o)
	}
}

// keep has o stay open, if it may: where it would be in the way of connections, or
// another machine could change the file without our asking, it may not.
func (s *openFiles) keep(o *openFile) bool {
	if KindOf(o.id.mode) != Regular || s.pt.Context().Destroying() || o.fd >= s.pt.Context().FDLimit/2 {
		return false
	}
	near := false
	for _, k := range s.kept {
		if k.name == o.name {
			return false
		}
		near = near || k.id.dev == o.id.dev
	}
	if !near && !isLocal(o.fd) {
		return false
	}
	if len(s.kept) == keptMost {
		i := slices.IndexFunc(s.kept, func(k *openFile) bool { return k.users == 0 })
		if i < 0 {
			return false
		}
		s.close(s.kept[i])
	}
	s.kept = append(s.kept, o)
	if s.timer.At == 0 {
		s.pt.SetTimer(&s.timer, engine.Now()+keptFor)
	}
	return true
}

func (s *openFiles) close(o *openFile) {
	if i := slices.Index(s.kept, o); i >= 0 {
		s.kept = slices.Delete(s.kept, i, i+1)
	}
	unix.Close(o.fd)
}

// look closes what was not used since the last look.
func (s *openFiles) look() {
	for _, o := range slices.Clone(s.kept) {
		if o.users == 0 && !o.used {
			s.close(o)
		}
		o.used = false
	}
	if len(s.kept) > 0 {
		s.pt.SetTimer(&s.timer, engine.Now()+keptFor)
	}
}

// Close closes everything: the thread ends.
func (s *openFiles) Close() {
	for len(s.kept) > 0 {
		s.close(s.kept[0])
	}
}

// Abandon closes what the parent process keeps open, in a forked child. A
// descriptor may be another file's by now.
func (s *openFiles) Abandon() {
	for _, o := range s.kept {
		var st unix.Stat_t
		if unix.Fstat(o.fd, &st) == nil && uint64(st.Dev) == o.id.dev && st.Ino == o.id.ino {
			unix.Close(o.fd)
		}
	}
}

// isLocal tells whether a file is on a file system of this machine, whose
// attributes are what they are, not what a server said a while ago.
func isLocal(fd int) bool {
	var st unix.Statfs_t
	if unix.Fstatfs(fd, &st) != nil {
		return false
	}
	switch int64(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC,
		unix.OVERLAYFS_SUPER_MAGIC, unix.SQUASHFS_MAGIC, unix.EROFS_SUPER_MAGIC_V1, unix.TMPFS_MAGIC, unix.RAMFS_MAGIC:
		return true
	}
	return false
}

// plainFile is one reading of an open file.
type plainFile struct {
	s   *openFiles
	o   *openFile
	pos int64
}

func (f *plainFile) Size() int64     { return f.o.id.size }
func (f *plainFile) ModTime() uint32 { return uint32(f.o.id.mtime.Sec) }
func (f *plainFile) Gzipped() bool   { return false }
func (f *plainFile) Kind() FileKind  { return KindOf(f.o.id.mode) }

func (f *plainFile) Read(b []byte) (n int, err error) {
	defer f.s.pt.Retake(f.s.pt.Drop())
	if n, err = uninterrupted(func() (int, error) { return unix.Pread(f.o.fd, b, f.pos) }); err != nil {
		return 0, err
	}
	if n == 0 {
		return 0, io.EOF
	}
	f.pos += int64(n)
	return n, nil
}

func (f *plainFile) MoveTo(pos int64) bool {
	f.pos = pos
	return true
}

func (f *plainFile) SendTo(socket int, n int64) int { return hooks.SendFD(f.o.fd, &f.pos, socket, n) }

func (f *plainFile) Close() {
	if f.o == nil {
		return
	}
	o := f.o
	f.o = nil
	f.s.leave(o)
}
