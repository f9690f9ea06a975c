// SPDX-License-Identifier: MIT

package engine

import (
	"container/list"
	"errors"
	"net/netip"
	"sync"
)

// maxSearches is how many names are looked up at a time. libc's resolver keeps
// an OS thread for each, and one that is never answered keeps it long.
const maxSearches = 16

var errLookup = errors.New("internal error")

// Search is a name that is being looked up, or waits for its turn to be.
type Search struct {
	pt        *Thread
	name      string
	done      func([]netip.Addr, error)
	cancelled bool // guarded by the thread's lock
	waits     *list.Element
}

var searches struct {
	mu      sync.Mutex // taken last
	queue   list.List  // of *Search
	running int
}

// Search looks a name up off the loop. done is called in a later turn, with the
// lock held, unless the search is cancelled. The lock is held.
func (pt *Thread) Search(name string, done func([]netip.Addr, error)) *Search {
	s := &Search{pt: pt, name: name, done: done}
	q := &searches
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running == maxSearches {
		s.waits = q.queue.PushBack(s)
		return s
	}
	q.running++
	go guard("the resolver", s.run)
	return s
}

// Cancel forgets a search, which may be nil or over. The thread's lock is held.
func (s *Search) Cancel() {
	if s == nil {
		return
	}
	s.cancelled = true
	searches.mu.Lock()
	defer searches.mu.Unlock()
	if s.waits != nil {
		searches.queue.Remove(s.waits)
		s.waits = nil
	}
}

// run looks s up, then those who waited meanwhile.
func (s *Search) run() {
	for next := s; next != nil; next = nextSearch() {
		next.find()
	}
}

func (s *Search) find() {
	var l []netip.Addr
	err := errLookup // unless it returns
	guard("the look-up of "+s.name, func() { l, err = Prog.Lookup(s.name) })
	s.pt.Post(func() {
		if !s.cancelled {
			s.done(l, err)
		}
	})
}

// nextSearch is the first that waits; nil ends the caller.
func nextSearch() *Search {
	q := &searches
	q.mu.Lock()
	defer q.mu.Unlock()
	first := q.queue.Front()
	if first == nil {
		q.running--
		return nil
	}
	s := q.queue.Remove(first).(*Search)
	s.waits = nil
	return s
}
