// SPDX-License-Identifier: MIT

package diskcache

import (
	"bytes"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// batch is how many files one scan may remove.
const batch = 128

// entry is a file that may go.
type entry struct {
	time int64 // of its last change, ns
	size uint64
	dir  uint8
	name [256]byte // ends with a NUL
}

// longestWait is how many s a scan may be put off: what is known may be too little.
const longestWait = 3600

// Report is what a complete scan has found and done.
type Report struct {
	Complete   bool // the others count
	Files      int  // that were removed
	Bytes      uint64
	Sum, Limit uint64 // what is left, what may be
	Failed     []error
}

// Trim looks at one of the folders, unless it is too early; now is the time in s. After
// the last it removes the files that were not used longest, as long as the cache is too
// large, up to batch.
func (s *State) Trim(base string, now int64) (Report, error) {
	if s.dir == 0 {
		if s.done+int64(s.wait) > now {
			return Report{}, nil
		}
		s.sum, s.count, s.kept, s.newest = 0, 0, 0, 0
	}
	if err := s.look(base); err != nil {
		return Report{}, err
	}
	s.dir++
	if s.dir < int32(len(folders)*len(folders)) {
		return Report{}, nil
	}
	s.dir = 0
	return s.complete(base, now), nil
}

// look notes the files of a folder, some names at a time.
func (s *State) look(base string) error {
	path := folder(base, s.dir)
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	for {
		names, err := d.Readdirnames(512)
		for _, name := range names {
			var st unix.Stat_t
			if unix.Fstatat(int(d.Fd()), name, &st, unix.AT_SYMLINK_NOFOLLOW) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
				s.note(name, unix.TimespecToNsec(st.Mtim), uint64(st.Size))
			}
		}
		if err != nil || len(names) == 0 {
			return nil
		}
	}
}

// note keeps a file if it is one of the oldest.
func (s *State) note(name string, time int64, size uint64) {
	s.sum += size
	s.count++
	at := s.kept
	if at == batch {
		if at = s.newest; s.oldest[at].time <= time {
			return
		}
	}
	e := &s.oldest[at]
	if len(name) >= len(e.name) {
		return
	}
	*e = entry{time: time, size: size, dir: uint8(s.dir)}
	copy(e.name[:], name)
	s.kept = max(s.kept, at+1)
	if s.kept < batch {
		return
	}
	for i := range s.oldest {
		if s.oldest[i].time > s.oldest[s.newest].time {
			s.newest = int32(i)
		}
	}
}

func (s *State) limit() uint64 {
	if s.Limit == 0 {
		return DefaultLimit
	}
	return s.Limit
}

func (s *State) complete(base string, now int64) Report {
	r := Report{Complete: true, Limit: s.limit()}
	l := s.oldest[:s.kept]
	for s.sum > r.Limit && len(l) > 0 {
		at := 0
		for i := range l {
			if l[i].time < l[at].time {
				at = i
			}
		}
		e := &l[at]
		name := string(e.name[:max(0, bytes.IndexByte(e.name[:], 0))])
		if err := os.Remove(folder(base, int32(e.dir)) + "/" + name); err == nil {
			s.sum -= min(s.sum, e.size)
			r.Files++
			r.Bytes += e.size
		} else if !errors.Is(err, os.ErrNotExist) {
			r.Failed = append(r.Failed, err)
		}
		l[at] = l[len(l)-1]
		l = l[:len(l)-1]
	}
	r.Sum = s.sum
	s.done, s.wait = now, s.pause(r.Limit)
	return r
}

// pause is how long no scan is needed: until the cache could have grown by a tenth and
// then to its limit, at the pace at which files can be removed.
func (s *State) pause(limit uint64) int32 {
	if s.sum >= limit {
		return 0
	}
	avg := uint64(4096)
	if s.sum > 0 && s.count > 0 {
		avg = s.sum * 8 / s.count / 10 // a margin
	}
	grown := s.sum + s.sum/10
	if grown >= limit {
		return 1
	}
	steps := (limit - grown) / (max(avg, 1) * batch)
	return int32(min(min(steps, longestWait)*batch, longestWait))
}
