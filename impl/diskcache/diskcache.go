// SPDX-License-Identifier: MIT

// Package diskcache is a cache of files that are named by hashes, in 256 folders by the
// first two digits, kept below a size: lws_diskcache.
package diskcache

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// State is what a cache has between calls. It has no pointers: it lies in memory of C's,
// where a forked child finds it.
type State struct {
	Limit uint64 // bytes on disk; 0: DefaultLimit

	tries, hits atomic.Uint64 // lookups that were no bot's, and those that found a file

	sum, count uint64 // of the files that the scan has seen
	done       int64  // when the last one was complete, s
	wait       int32  // s until the next one
	dir        int32  // the folder that is next
	kept       int32  // of oldest
	newest     int32  // among them
	oldest     [batch]entry
}

// DefaultLimit is how large a cache is that was given no limit.
const DefaultLimit = 256 << 20

// folders are the digits of the two levels.
const folders = "0123456789abcdef"

func folder(base string, n int32) string {
	return fmt.Sprintf("%s/%c/%c", base, folders[n>>4&15], folders[n&15])
}

// Prepare makes the folders, as far as they are not there, for a user. failed is told
// of those that it cannot give to the user.
func Prepare(base string, mode uint32, uid int, failed func(dir string, err error)) {
	prepare := func(dir string, flags int) {
		_ = unix.Mkdir(dir, mode)
		// a link that somebody has put there must not get the user what it leads to
		fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC|flags, 0)
		if err == nil {
			err = unix.Fchownat(fd, "", uid, -1, unix.AT_EMPTY_PATH)
			_ = unix.Close(fd)
		}
		if err != nil {
			failed(dir, err)
		}
	}
	prepare(base, 0)
	for _, a := range folders {
		prepare(fmt.Sprintf("%s/%c", base, a), unix.O_NOFOLLOW)
		for _, b := range folders {
			prepare(fmt.Sprintf("%s/%c/%c", base, a, b), unix.O_NOFOLLOW)
		}
	}
}

// Results of Query: the library's LWS_DISKCACHE_QUERY_.
const (
	NoCache = iota
	Exists
	Creating
)

// Found is what Query answers.
type Found struct {
	Kind int
	FD   int    // to be read (Exists) or written (Creating); -1
	Path string // of the file; of one that is being made a name for the time being
	Size int64  // of one that exists
}

// ErrName is for what can be no file's name in a cache.
var ErrName = errors.New("that is no hash")

var made atomic.Uint64

// valid tells whether the hash names a file in one of the folders.
func valid(hash string) bool {
	return len(hash) > 2 && len(hash) < 200 && !strings.ContainsAny(hash, "/~\x00") && digit(hash[0]) && digit(hash[1])
}

func digit(c byte) bool { return c != '.' && c > ' ' && c < 0x7f }

// Query opens the file of a hash, or makes one for it, unless it is for a bot. room is
// how long a path may be.
func (s *State) Query(base, hash string, bot bool, room int) (Found, error) {
	no := Found{Kind: NoCache, FD: -1}
	if !valid(hash) {
		return no, fmt.Errorf("%w: %q", ErrName, hash)
	}
	if !bot {
		s.tries.Add(1)
	}
	path := fmt.Sprintf("%s/%c/%c/%s", base, hash[0], hash[1], hash)
	if len(path) > room {
		return no, fmt.Errorf("%s is longer than %d bytes", path, room)
	}
	no.Path = path
	// a FIFO must not stop the program
	fd, err := open(path, unix.O_RDONLY|unix.O_NONBLOCK)
	if err == nil {
		return s.extant(fd, path, bot)
	}
	if bot {
		return no, nil
	}
	temp := fmt.Sprintf("%s~%d-%#x", path, os.Getpid(), made.Add(1))
	if len(temp) > room {
		return no, fmt.Errorf("%s is longer than %d bytes", temp, room)
	}
	_ = unix.Unlink(temp) // of a process that had our number
	fd, err = open(temp, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL)
	no.Path = temp
	if err != nil {
		return no, err
	}
	return Found{Kind: Creating, FD: fd, Path: temp}, nil
}

func (s *State) extant(fd int, path string, bot bool) (Found, error) {
	var st unix.Stat_t
	err := unix.Fstat(fd, &st)
	if err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		err = errors.New("that is no file")
	}
	if err == nil {
		err = unix.SetNonblock(fd, false)
	}
	if err != nil {
		_ = unix.Close(fd)
		return Found{Kind: NoCache, FD: -1, Path: path}, fmt.Errorf("%s: %w", path, err)
	}
	if !bot {
		s.hits.Add(1)
	}
	// the one that was used last is the last to go
	now := unix.Timespec{Nsec: unix.UTIME_NOW}
	_ = unix.UtimesNanoAt(unix.AT_FDCWD, path, []unix.Timespec{now, now}, unix.AT_SYMLINK_NOFOLLOW)
	return Found{Kind: Exists, FD: fd, Path: path, Size: st.Size}, nil
}

func open(path string, flags int) (int, error) {
	for {
		fd, err := unix.Open(path, flags, 0o600)
		if err != unix.EINTR {
			return fd, err
		}
	}
}

// Final is the name that a file gets when it is complete, "" if its name is not one of
// Query's for the time being.
func Final(path string) string {
	slash, mark := strings.LastIndexByte(path, '/'), strings.LastIndexByte(path, '~')
	if mark <= slash+1 {
		return ""
	}
	return path[:mark]
}

// Wait is how many seconds the cache needs no Trim.
func (s *State) Wait() int { return int(s.wait) }

// Used is how often a file was looked for, and how often it was there, bots aside.
func (s *State) Used() (tries, hits uint64) { return s.tries.Load(), s.hits.Load() }
