// SPDX-License-Identifier: MIT

// Package lejp is a streaming JSON parser that works on the memory of the
// public struct lejp_ctx, so that a program's callback finds in it what it
// knows from libwebsockets: the path, which of its paths match, the value.
package lejp

import (
	"unsafe"

	"libwebsockets/impl/text/pathmatch"
)

// The sizes of the public struct, where all ABIs agree.
const (
	MaxParsers = 5   // nested parsers (Push)
	MaxDepth   = 12  // of objects, arrays and strings
	MaxPath    = 128 // of the path, NUL included
	ChunkSize  = 254 // of a piece of a string value, NUL not included
)

// Level is one level of nesting (struct _lejp_stack).
type Level struct {
	State   uint8 // a state, with wsComment while in a '#' comment
	PathLen uint8 // of the path at this level
	Index   uint8 // array indexes in use at this level
	B       uint8 // a callback's own; structjson has a mark here
}

// Nested is one of the parsers stacked by Push (struct _lejp_parsing_stack).
type Nested struct {
	User       unsafe.Pointer
	Callback   unsafe.Pointer // the C function, called by Invoke
	Paths      unsafe.Pointer // C array of pointers to C strings
	CountPaths uint8
	PathLen    uint8 // of the path it has seen
	PathMatch  uint8 // the one of the parser below when it was pushed
}

// Ctx is a view of a struct lejp_ctx, which is the program's memory. How many
// array indexes it has room for, and so where its parts are, is the ABI's.
type Ctx struct {
	*Head
	Indexes, Wild []uint16 // of arrays in arrays; where wildcards begin in a path
	*Texts
	*Tail
	Ways
}

// Head is what the struct begins with.
type Head struct {
	User    unsafe.Pointer
	Parsers [MaxParsers]Nested
	Levels  [MaxDepth]Level
}

// Texts is the part behind the indexes.
type Texts struct {
	Path [MaxPath]byte
	Buf  [ChunkSize + 1]byte
}

// Tail is the part behind that.
type Tail struct {
	PathStride   uintptr // bytes from a path pointer to the next, 0 = 8
	Line         uint32
	Uni          uint16 // the \uXXXX so far, or the place in true, false, null
	NPos         uint8  // length of the value in Buf
	DigitCount   uint8
	NumFlags     uint8
	SP           uint8 // the level in Levels
	IPos         uint8 // array indexes in use
	CountPaths   uint8 // unused
	PathMatch    uint8 // which path matches, from 1, or 0
	PathMatchLen uint8
	WildCount    uint8
	ParserSP     uint8 // the parser in Parsers
	OuterArray   uint8 // the text is an array, not an object
}

// Layout is where an ABI's struct has the parts behind Head, and how many
// indexes and wildcards there are.
type Layout struct {
	Depth                      int
	Indexes, Wild, Texts, Tail uintptr
	Ways
}

// Ways are those in which ABIs differ.
type Ways struct {
	ExpFloat bool // a number with an exponent is a float, with or without a point
	PathsFit bool // an array is refused where the path has no room for its "[]"
}

// At views the struct at p.
func (l *Layout) At(p unsafe.Pointer) Ctx {
	return Ctx{
		Head:    (*Head)(p),
		Indexes: unsafe.Slice((*uint16)(unsafe.Add(p, l.Indexes)), l.Depth),
		Wild:    unsafe.Slice((*uint16)(unsafe.Add(p, l.Wild)), l.Depth),
		Texts:   (*Texts)(unsafe.Add(p, l.Texts)),
		Tail:    (*Tail)(unsafe.Add(p, l.Tail)),

		Ways: l.Ways,
	}
}

// New is a Ctx for Go callers, with room for depth indexes.
func New(depth int) *Ctx {
	return &Ctx{Head: &Head{}, Indexes: make([]uint16, depth), Wild: make([]uint16, depth), Texts: &Texts{}, Tail: &Tail{}}
}

// Reason is why the callback is called (enum lejp_callbacks).
type Reason int8

const isValue = 64

// The reasons.
const (
	Constructed Reason = 0
	Destructed  Reason = 1
	Start       Reason = 2
	Complete    Reason = 3
	Failed      Reason = 4
	PairName    Reason = 5
	ValTrue     Reason = isValue | 6
	ValFalse    Reason = isValue | 7
	ValNull     Reason = isValue | 8
	ValNumInt   Reason = isValue | 9
	ValNumFloat Reason = isValue | 10
	ValStrStart Reason = 11
	ValStrChunk Reason = isValue | 12
	ValStrEnd   Reason = isValue | 13
	ArrayStart  Reason = 14
	ArrayEnd    Reason = 15
	ObjectStart Reason = 16
	ObjectEnd   Reason = 17
)

// Results of Parse below 0 (enum lejp_reasons).
const (
	Continue                = -1 // all taken, the text goes on
	rejectIdleNoBrace       = -2
	rejectMembersNoClose    = -3
	rejectNoOpenQuote       = -4
	rejectStringUnderrun    = -5
	rejectIllegalCtrl       = -6
	rejectIllegalEsc        = -7
	rejectIllegalHex        = -8
	rejectMissingColon      = -9
	rejectBadValueStart     = -10
	rejectNoFraction        = -11
	rejectNumFormat         = -12
	rejectBadExponent       = -13
	rejectUnknownToken      = -14
	rejectArrayUnderflow    = -15
	rejectNotArray          = -16
	rejectArrayEndMissing   = -17
	rejectStackOverflow     = -18
	rejectIndexStack        = -19
	rejectNumTooLong        = -20
	rejectNeitherCommaOrEnd = -21
	rejectUnknown           = -22
	rejectCallback          = -23
)

// Invoke calls the C function callback, for the struct that is parsed, with why,
// and returns what it returned. It may call back into this package with the same
// struct.
type Invoke func(callback unsafe.Pointer, why Reason) int8

// Construct prepares c for a text and tells the callback so. paths is a C
// array of count pointers, or nil with 0.
func Construct(c *Ctx, callback, user, paths unsafe.Pointer, count uint8,
	call Invoke) {
	c.Levels[0] = Level{}
	c.SP = 0
	c.IPos = 0
	c.OuterArray = 0
	c.PathMatch = 0
	c.PathStride = 0
	c.Path[0] = 0
	c.User = user
	c.Line = 1
	c.ParserSP = 0
	p := &c.Parsers[0]
	p.Callback = callback
	p.Paths = paths
	p.CountPaths = count
	p.User = nil
	p.PathLen = 0
	call(callback, Constructed)
}

// Destruct tells the first parser's callback that c is done with. c owns
// nothing.
func Destruct(c *Ctx, call Invoke) {
	call(c.Parsers[0].Callback, Destructed)
}

// ChangeCallback gives the first parser another callback. The old one gets
// Destructed, the new one Constructed and Start.
func ChangeCallback(c *Ctx, callback unsafe.Pointer, call Invoke) {
	Destruct(c, call)
	c.Parsers[0].Callback = callback
	call(c.Parsers[0].Callback, Constructed)
	call(c.Parsers[0].Callback, Start)
}

// Push stacks a parser with paths and a callback of its own, which gets what
// follows until Pop. False if there are MaxParsers already.
func Push(c *Ctx, user, paths unsafe.Pointer, count uint8,
	callback unsafe.Pointer) bool {
	if int(c.ParserSP)+1 >= MaxParsers {
		return false
	}
	CheckPathMatch(c)
	c.Parsers[c.ParserSP].PathMatch = c.PathMatch
	c.ParserSP++
	p := &c.Parsers[c.ParserSP]
	p.User = user
	p.Callback = callback
	p.Paths = paths
	p.CountPaths = count
	p.PathLen = 0
	c.PathMatch = 0
	CheckPathMatch(c)
	return true
}

// Pop goes back to the parser below. False if there is none.
func Pop(c *Ctx) bool {
	if c.ParserSP == 0 {
		return false
	}
	c.ParserSP--
	c.PathMatch = 0
	CheckPathMatch(c)
	return true
}

// InArray tells whether the value at hand is an array's element.
func (c *Ctx) InArray() bool {
	return c.SP > 0 && c.Levels[min(c.SP, MaxDepth)-1].State&^wsComment == stArrayEnd
}

// parser is the one on top.
func (c *Ctx) parser() *Nested {
	return &c.Parsers[min(c.ParserSP, MaxParsers-1)]
}

// pathMem is the path's memory. A path may outgrow its array; it then goes on
// in Buf, which lies behind it and which the next value overwrites. Its length
// is one byte, so it never outgrows both.
func (c *Ctx) pathMem() *[MaxPath + ChunkSize + 1]byte {
	return (*[MaxPath + ChunkSize + 1]byte)(unsafe.Pointer(c.Texts))
}

// Buf does lie behind Path, or this does not compile.
const _ = -(unsafe.Offsetof(Texts{}.Path) + MaxPath ^ unsafe.Offsetof(Texts{}.Buf))

// pathAt is 0 behind the path's end, wherever the program's NUL is.
func (c *Ctx) pathAt(n int) byte {
	if m := c.pathMem(); n < len(m) {
		return m[n]
	}
	return 0
}

func (c *Ctx) appendPath(b byte) {
	p := c.parser()
	c.pathMem()[p.PathLen] = b
	p.PathLen++
}

func (c *Ctx) endPath() { c.pathMem()[c.parser().PathLen] = 0 }

// CheckPathMatch looks for the first of the parser's paths that the current
// path matches, unless one is known to match. A '*' in it stands for the rest
// of a name, at the end for everything.
func CheckPathMatch(c *Ctx) {
	if c.PathMatch != 0 {
		return
	}
	p := c.parser()
	for n := range int(p.CountPaths) {
		pattern := pathmatch.Pattern(p.Paths, n, c.PathStride)
		wild, ok := pathmatch.Match(c.pathMem()[:], pattern, c.Wild)
		c.WildCount = wild
		if ok {
			c.PathMatch = uint8(n + 1)
			c.PathMatchLen = p.PathLen
			return
		}
	}
	c.WildCount = 0
}

// Wildcard writes what the n-th '*' of the matching path stands for, and a
// NUL, to dest, cut to fit. It returns one more than the length, or 0 where
// there is no such wildcard.
func Wildcard(c *Ctx, n int, dest []byte) int {
	if n < 0 || n >= min(int(c.WildCount), len(c.Wild)) || len(dest) == 0 {
		return 0
	}
	begin := int(c.Wild[n])
	at := begin
	for at-begin < len(dest)-1 && at < int(c.parser().PathLen) &&
		(at == begin || c.pathAt(at) != '.') {
		dest[at-begin] = c.pathAt(at)
		at++
	}
	dest[at-begin] = 0
	return at - begin + 1
}
