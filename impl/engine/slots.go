// SPDX-License-Identifier: MIT

package engine

import "sync/atomic"

// The slot table maps the slot number in a Face to its connection. Looking up
// takes no lock. A slot is reused only after its connection was reclaimed at
// the end of a turn, oldest first, so a stale pointer finds nothing for long.
const (
	slotChunk = 1024
	maxChunks = 4096
)

type slotTable[T any] struct {
	mu     mutex
	chunks [maxChunks]atomic.Pointer[[slotChunk]atomic.Pointer[T]]
	free   []uint32
	next   uint32 // 0 is "no object"
}

var (
	conns    slotTable[Conn]
	vhosts   slotTable[Vhost]
	contexts slotTable[Context]
)

func init() { // a literal would put all of their empty places into the library's file
	conns.mu.rank, vhosts.mu.rank, contexts.mu.rank = rankSlots, rankSlots, rankSlots
}

// put stores v and returns its slot, 0 when the table is full.
func (t *slotTable[T]) put(v *T) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s uint32
	// A reserve keeps a freed slot unused for a while.
	if len(t.free) > 64 {
		s, t.free = t.free[0], t.free[1:]
	} else {
		if t.next == 0 {
			t.next = 1
		}
		if t.next >= slotChunk*maxChunks {
			return 0
		}
		s = t.next
		t.next++
	}
	ch := t.chunks[s/slotChunk].Load()
	if ch == nil {
		ch = new([slotChunk]atomic.Pointer[T])
		t.chunks[s/slotChunk].Store(ch)
	}
	ch[s%slotChunk].Store(v)
	return s
}

func (t *slotTable[T]) get(s uint32) *T {
	if s == 0 || s >= slotChunk*maxChunks {
		return nil
	}
	ch := t.chunks[s/slotChunk].Load()
	if ch == nil {
		return nil
	}
	return ch[s%slotChunk].Load()
}

func (t *slotTable[T]) del(s uint32) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ch := t.chunks[s/slotChunk].Load(); s != 0 && ch != nil {
		ch[s%slotChunk].Store(nil)
		t.free = append(t.free, s)
	}
}

// ConnOf finds the connection behind a struct lws, nil for anything else.
func ConnOf(f *Face) *Conn {
	if f == nil {
		return nil
	}
	c := conns.get(f.Slot)
	if c == nil || c.F != f {
		return nil
	}
	return c
}

// VhostOf finds the vhost behind a struct lws_vhost, nil for anything else.
func VhostOf(f *VhostFace) *Vhost {
	if f == nil {
		return nil
	}
	v := vhosts.get(f.Slot)
	if v == nil || v.F != f {
		return nil
	}
	return v
}

// ContextOf finds the context behind a struct lws_context, nil for anything else.
func ContextOf(f *ContextFace) *Context {
	if f == nil {
		return nil
	}
	c := contexts.get(f.Slot)
	if c == nil || c.F != f {
		return nil
	}
	return c
}
