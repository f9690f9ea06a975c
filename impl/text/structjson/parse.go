// SPDX-License-Identifier: MIT

package structjson

import (
	"unsafe"

	"libwebsockets/impl/text/lejp"
)

// Lib is what a parse needs of the library around it.
type Lib struct {
	// Alloc is n bytes of the lwsac, zeroed, or nil.
	Alloc func(ac *unsafe.Pointer, n, block uintptr) unsafe.Pointer
	Free  func(ac *unsafe.Pointer)
	// Default is Default's C function, for children that name no other.
	Default unsafe.Pointer
	Invoke  lejp.Invoke
	// Told calls the program for a value.
	Told          func(cb, dest, arg unsafe.Pointer)
	Noticef, Errf func(format string, args ...any)
}

// pushed marks, in Level.B, a level whose array or object has a parser.
const pushed = 0x40

// parser is one call.
type parser struct {
	*Lib
	c *lejp.Ctx
	a *Args
}

// fails is what a callback answers to end the parse.
const fails = -1

func newParser(c *lejp.Ctx, lib *Lib) *parser {
	a := (*Args)(c.User)
	if a == nil || int(c.ParserSP) >= lejp.MaxParsers {
		return nil
	}
	return &parser{lib, c, a}
}

// level is the JSON level of the value at hand.
func (p *parser) level() *lejp.Level { return &p.c.Levels[min(p.c.SP, lejp.MaxDepth-1)] }

func (p *parser) top() *lejp.Nested { return &p.c.Parsers[p.c.ParserSP] }

// inUse are the map's entries at a parser's level.
func (p *parser) inUse(level uint8) []Map {
	return members(p.a.MapSt[level], p.a.MapEntriesSt[level])
}

// matched is the map's entry that the path leads to, or nil.
func (p *parser) matched() *Map { return entry(p.inUse(p.c.ParserSP), p.c.PathMatch) }

// holder is the entry for which the parser in use was pushed, or nil.
func (p *parser) holder() *Map {
	if p.c.ParserSP == 0 {
		return nil
	}
	below := p.c.ParserSP - 1
	return entry(p.inUse(below), p.c.Parsers[below].PathMatch)
}

func entry(m []Map, match uint8) *Map {
	if match == 0 || int(match) > len(m) {
		return nil
	}
	return &m[match-1]
}

// push gives what follows to a parser for m's children.
func (p *parser) push(m *Map, user, callback unsafe.Pointer) bool {
	if callback == nil {
		callback = p.Default
	}
	if !lejp.Push(p.c, user, unsafe.Pointer(m.ChildMap), uint8(min(m.ChildMapSize, 255)), callback) {
		p.Errf("lws_struct: \"%s\": structs in structs are nested deeper than %d", m.name(), lejp.MaxParsers)
		return false
	}
	p.a.MapSt[p.c.ParserSP] = m.ChildMap
	p.a.MapEntriesSt[p.c.ParserSP] = m.ChildMapSize
	return true
}

func (p *parser) alloc(ac *unsafe.Pointer, n, block uintptr) unsafe.Pointer {
	q := p.Alloc(ac, n, block)
	if q == nil {
		p.Errf("lws_struct: no memory for %d bytes", n)
	}
	return q
}

// SchemaOnly is the callback of the outermost level: a name "schema" says which of the
// structs in the map follows, or any name that one of them has.
func SchemaOnly(c *lejp.Ctx, why lejp.Reason, lib *Lib) int8 {
	p := newParser(c, lib)
	if p == nil {
		return fails
	}
	known := p.inUse(c.ParserSP)
	switch {
	case why == lejp.Destructed || why == lejp.Failed:
		p.dropChunks()
	case why == lejp.PairName:
		path := cBytes(unsafe.Pointer(&c.Path), len(c.Path))
		if string(path) == "schema" {
			break
		}
		for i := range known {
			for j := range known[i].children() {
				if is(known[i].children()[j].ColName, path) {
					c.PathMatch = 1
					return p.begin(known, i, why)
				}
			}
		}
		p.Noticef("lws_struct_schema_only_lejp_cb: can't match implicit schema %s", path)
		return fails
	case why == lejp.ValStrEnd && c.PathMatch == 1:
		name := cBytes(unsafe.Pointer(&c.Buf), len(c.Buf))
		for i := range known {
			if is(known[i].ColName, name) {
				return p.begin(known, i, why)
			}
		}
		p.Noticef("lws_struct_schema_only_lejp_cb: unknown schema %s", name)
		return 1
	}
	return 0
}

// begin makes the outermost struct. It is the first one's callback that gets the members.
func (p *parser) begin(known []Map, i int, why lejp.Reason) int8 {
	m := &known[i]
	dest := p.alloc(&p.a.AC, m.Aux, p.a.ACBlockSize)
	if dest == nil {
		return fails
	}
	p.a.Dest, p.a.DestLen = dest, m.Aux
	if p.c.ParserSP == 0 {
		p.a.TopSchemaIndex = int32(i)
	}
	if !p.push(m, dest, known[0].LejpCB) {
		return fails
	}
	if why == lejp.PairName { // it is the struct's own
		return p.Invoke(p.top().Callback, why)
	}
	return 0
}

// Default is the callback of structs: it fills in what the map knows, and passes over the rest.
func Default(c *lejp.Ctx, why lejp.Reason, lib *Lib) int8 {
	p := newParser(c, lib)
	if p == nil {
		return fails
	}
	switch why {
	case lejp.Destructed, lejp.Failed:
		p.dropChunks()
		return 0
	case lejp.Constructed, lejp.Start, lejp.Complete:
		return 0
	case lejp.ArrayStart, lejp.ObjectStart:
		return p.opens(why)
	case lejp.ArrayEnd, lejp.ObjectEnd:
		if l := p.level(); l.B&pushed != 0 {
			l.B &^= pushed
			lejp.Pop(c)
		}
		return 0
	}
	m := p.matched()
	switch {
	case m == nil:
		return 0
	case m.Type == Schema:
		if why == lejp.ValStrEnd {
			return p.schema()
		}
		return 0
	case p.top().User == nil && !p.child():
		return 1
	}
	switch why {
	case lejp.ValStrChunk:
		return p.chunk(m)
	case lejp.ValStrEnd, lejp.ValNumInt, lejp.ValTrue, lejp.ValFalse:
		return p.value(m, why)
	}
	return 0
}

// opens is an array or object. One that the map has is parsed by its own map.
func (p *parser) opens(why lejp.Reason) int8 {
	l, m := p.level(), p.matched()
	l.B &^= pushed
	element := why == lejp.ObjectStart && p.c.InArray()
	switch {
	case m == nil:
		// The next of a list: it is made when something of it is known.
		if h := p.holder(); element && h != nil && h.Type == List && p.top().PathLen == 0 {
			p.top().User = nil
		}
		return 0
	case m.Type == List && (why == lejp.ArrayStart || !element):
	case m.Type == ChildPtr && why == lejp.ObjectStart:
	default:
		return 0
	}
	if p.top().User == nil && !p.child() || !p.push(m, nil, m.LejpCB) {
		return fails
	}
	l.B |= pushed
	return 0
}

// child makes the struct that the parser in use is for.
func (p *parser) child() bool {
	h := p.holder()
	if h == nil || h.Type != List && h.Type != ChildPtr || h.Aux == 0 {
		return false
	}
	parent := p.c.Parsers[p.c.ParserSP-1].User
	if parent == nil {
		return false
	}
	made := p.alloc(&p.a.AC, h.Aux, p.a.ACBlockSize)
	if made == nil {
		return false
	}
	p.top().User = made
	if h.Type == List {
		(*owner)(unsafe.Add(parent, h.Ofs)).add((*node)(unsafe.Add(made, h.OfsCList)))
	} else {
		*(*unsafe.Pointer)(unsafe.Add(parent, h.Ofs)) = made
	}
	return true
}

// schema is the name of a struct where the map has a choice of them.
func (p *parser) schema() int8 {
	name := cBytes(unsafe.Pointer(&p.c.Buf), len(p.c.Buf))
	known := p.inUse(p.c.ParserSP)
	for i := int(p.c.PathMatch) - 1; i < len(known); i++ {
		m := &known[i]
		if m.Type != Schema || !is(m.ColName, name) {
			continue
		}
		made := p.alloc(&p.a.AC, m.Aux, p.a.ACBlockSize)
		if made == nil {
			return fails
		}
		if p.c.ParserSP == 0 {
			p.a.Dest, p.a.DestLen = made, m.Aux
		}
		if !p.push(m, made, m.LejpCB) {
			return fails
		}
		return 0
	}
	p.Noticef("lws_struct_default_lejp_cb: unknown schema %s, tried %d", name, len(known))
	p.dropChunks()
	return 1
}

func (p *parser) dropChunks() {
	p.Free(&p.a.ACChunks)
	p.a.ChunksOwner = owner{}
	p.a.ChunksLength = 0
}

// chunk keeps a piece of a string, if there is room for it in the end.
func (p *parser) chunk(m *Map) int8 {
	if m.Type != StringPtr && (m.Type != CharArray || p.a.ChunksLength >= m.Aux) {
		return 0
	}
	k := (*chunk)(p.alloc(&p.a.ACChunks, unsafe.Sizeof(chunk{}), unsafe.Sizeof(chunk{})))
	if k == nil {
		return fails
	}
	text := p.text()
	k.Len = int32(copy(k.Buf[:], text))
	p.a.ChunksOwner.add(&k.Chunks)
	p.a.ChunksLength += uintptr(len(text))
	return 0
}

// text is the value at hand.
func (p *parser) text() []byte { return p.c.Buf[:min(int(p.c.NPos), lejp.ChunkSize)] }

// value fills in a member, and tells the program.
func (p *parser) value(m *Map, why lejp.Reason) int8 {
	at := unsafe.Add(p.top().User, m.Ofs)
	switch m.Type {
	case Signed, Unsigned:
		set(at, m.Aux, number(cBytes(unsafe.Pointer(&p.c.Buf), len(p.c.Buf))))
	case Boolean:
		v := uint64(0)
		if why == lejp.ValTrue {
			v = 1
		}
		set(at, m.Aux, v)
	case CharArray:
		if m.Aux > 0 {
			p.join(unsafe.Slice((*byte)(at), m.Aux))
		}
	case StringPtr:
		n := p.a.ChunksLength + uintptr(len(p.text())) + 1
		s := p.alloc(&p.a.AC, n, p.a.ACBlockSize)
		if s == nil {
			return fails
		}
		*(*unsafe.Pointer)(at) = s
		p.join(unsafe.Slice((*byte)(s), n))
	}
	if p.a.ChunksLength != 0 {
		p.dropChunks()
	}
	if p.a.CB != nil {
		p.Told(p.a.CB, p.a.Dest, p.a.CBArg)
	}
	return 0
}

// join puts the pieces of a string together, cut to fit with a NUL.
func (p *parser) join(to []byte) {
	n := 0
	for k := p.a.ChunksOwner.Head; k != nil; k = k.Next {
		from := (*chunk)(unsafe.Pointer(k))
		n += copy(to[n:len(to)-1], from.Buf[:min(max(int(from.Len), 0), len(from.Buf))])
	}
	n += copy(to[n:len(to)-1], p.text())
	to[n] = 0
}
