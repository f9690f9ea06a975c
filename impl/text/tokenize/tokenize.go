// SPDX-License-Identifier: MIT

// Package tokenize splits text into tokens, numbers, quoted strings and
// delimiters, the way lws_tokenize() does it.
package tokenize

// Elem is what Next found; negative values are errors. The values are the
// public ones of lws_tokenize_elem.
type Elem int

// The elements.
const (
	ErrBrokenUTF8     Elem = -5 // the text is not UTF-8
	ErrUntermString   Elem = -4 // the text ended in a quoted string
	ErrMalformedFloat Elem = -3 // a second '.' in a number
	ErrNumOnLHS       Elem = -2 // a number left of a '='
	ErrCommaList      Elem = -1 // CommaSepList: content or comma out of place

	Ended        Elem = 0 // nothing is left
	Delimiter    Elem = 1 // one character that is not part of a token
	Token        Elem = 2
	Integer      Elem = 3
	Float        Elem = 4
	NameEquals   Elem = 5 // a token and the '=' behind it
	NameColon    Elem = 6 // a token and the ':' behind it
	QuotedString Elem = 7 // what is between two '"'
)

// Flags change what is a token.
type Flags uint16

// The flags.
const (
	MinusNonterm    Flags = 1 << iota // '-' is part of a token
	AggColon                          // "name:" is one element
	CommaSepList                      // content must be separated by ','
	RFC7230Delims                     // only RFC 7230 delimiters end a token
	DotNonterm                        // '.' is part of a token
	NoFloats                          // '.' in a number is a delimiter
	NoIntegers                        // numbers are tokens
	HashComment                       // '#' begins a comment up to the line's end
	SlashNonterm                      // '/' is part of a token
	AsteriskNonterm                   // '*' is part of a token
	EqualsNonterm                     // '=' is part of a token, but RFC7230Delims delimits there
)

// Delim is where a CommaSepList stands.
type Delim uint8

// The places in a list.
const (
	NeedFirstContent Delim = iota
	NeedDelim
	NeedNextContent
)

// Tokenizer is the place in a text. The zero value with In set begins it.
type Tokenizer struct {
	In    []byte // the text; it ends here or at a NUL
	Pos   int    // bytes of In that are used up
	Flags Flags
	Delim Delim
	Star  bool // '*' delimits under RFC7230Delims too, unless it is a Nonterm

	Start int // where the last element begins in In, -1 for none
	Len   int // its length
}

type state int

const (
	leading state = iota // nothing but white space so far
	quoted               // in a quoted string
	inToken
	afterToken // a token, then white space: a '=' may follow
)

type number int

const (
	undecided number = iota
	isNumber
	notNumber
)

// scan is the work of one Next.
type scan struct {
	*Tokenizer
	state   state
	num     number
	float   bool // a '.' was seen in the number
	comment bool
	utf8    utf8Check
}

// Next finds the next element, leaving its place in Start and Len.
func (t *Tokenizer) Next() Elem {
	s := scan{Tokenizer: t}
	if t.Flags&NoIntegers != 0 {
		s.num = notNumber
	}
	t.Start, t.Len = -1, 0
	for t.Pos < len(t.In) {
		c := t.In[t.Pos]
		t.Pos++
		if !s.utf8.step(c) {
			return ErrBrokenUTF8
		}
		if c == 0 {
			t.Pos-- // the next call must end here, too
			break
		}
		if s.skipComment(c) {
			continue
		}
		if e, done := s.char(c); done {
			return e
		}
	}
	return s.end()
}

func (s *scan) skipComment(c byte) bool {
	if s.comment {
		s.comment = c != '\r' && c != '\n'
		return s.comment
	}
	s.comment = c == '#' && s.Flags&HashComment != 0 && s.state != quoted
	return s.comment
}

func (s *scan) char(c byte) (Elem, bool) {
	switch s.state {
	case leading:
		return s.atLeading(c)
	case quoted:
		return s.atQuoted(c)
	case inToken:
		return s.atToken(c)
	default:
		return s.atAfterToken(c)
	}
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

// begin notes content at pos; false if the list wants a comma first.
func (s *scan) begin(st state, pos, n int) bool {
	if s.Flags&CommaSepList != 0 {
		if s.Delim == NeedDelim {
			return false
		}
		s.Delim = NeedDelim
	}
	s.state, s.Start, s.Len = st, pos, n
	return true
}

func (s *scan) atLeading(c byte) (Elem, bool) {
	switch {
	case isSpace(c):
		return 0, false
	case c == '"':
		return ErrCommaList, !s.begin(quoted, s.Pos, 0)
	case s.delimits(c):
		if s.Flags&CommaSepList != 0 {
			if c != ',' || s.Delim != NeedDelim {
				return ErrCommaList, true
			}
			s.Delim = NeedNextContent
		}
		s.Start, s.Len = s.Pos-1, 1
		return Delimiter, true
	}
	if !s.begin(inToken, s.Pos-1, 1) {
		return ErrCommaList, true
	}
	s.noteDigit(c)
	return 0, false
}

func (s *scan) atQuoted(c byte) (Elem, bool) {
	if c == '"' {
		return QuotedString, true
	}
	s.Len++
	return 0, false
}

func (s *scan) atToken(c byte) (Elem, bool) {
	if isSpace(c) {
		s.state = afterToken
		return 0, false
	}
	if e, ok, done := s.tokenTail(c); ok {
		return e, done
	}
	if c == '.' && s.num == isNumber && s.Flags&NoFloats == 0 {
		if s.float {
			return ErrMalformedFloat, true
		}
		s.float = true
		s.Len++
		return 0, false
	}
	if s.delimits(c) {
		return s.unread()
	}
	s.Len++
	s.noteDigit(c)
	return 0, false
}

func (s *scan) atAfterToken(c byte) (Elem, bool) {
	if isSpace(c) {
		return 0, false
	}
	if e, ok, done := s.tokenTail(c); ok {
		return e, done
	}
	return s.unread()
}

// tokenTail handles what can follow a token, white space between or not. A
// quoted string takes the token's place.
func (s *scan) tokenTail(c byte) (e Elem, ok, done bool) {
	switch {
	case c == '"':
		return ErrCommaList, true, !s.begin(quoted, s.Pos, 0)
	case c == '=' && s.Flags&EqualsNonterm != 0:
	case c == '=' && s.num == isNumber:
		return ErrNumOnLHS, true, true
	case c == '=':
		return NameEquals, true, true
	case c == ':' && s.Flags&AggColon != 0:
		return NameColon, true, true
	}
	return 0, false, false
}

// unread leaves the character for the next call and ends the token.
func (s *scan) unread() (Elem, bool) {
	s.Pos--
	return s.pending(), true
}

func (s *scan) pending() Elem {
	switch {
	case s.num != isNumber:
		return Token
	case s.float:
		return Float
	}
	return Integer
}

func (s *scan) end() Elem {
	switch {
	case s.utf8.inside():
		return ErrBrokenUTF8
	case s.state == quoted:
		return ErrUntermString
	case s.state == inToken || s.state == afterToken:
		return s.pending()
	case s.Flags&CommaSepList != 0 && s.Delim == NeedNextContent:
		return ErrCommaList
	}
	return Ended
}

func (s *scan) noteDigit(c byte) {
	switch {
	case c < '0' || c > '9':
		s.num = notNumber
	case s.num == undecided:
		s.num = isNumber
	}
}

// delimits tells if c ends a token. The last byte of a UTF-8 sequence does,
// unless RFC7230Delims is set: the reference compares it as a signed char.
func (s *scan) delimits(c byte) bool {
	if s.utf8.inside() || c == '/' && s.Flags&SlashNonterm != 0 {
		return false
	}
	switch c {
	case '-':
		if s.Flags&MinusNonterm == 0 {
			return true
		}
	case '.':
		if s.Flags&DotNonterm == 0 {
			return true
		}
	case '*':
		if s.Flags&AsteriskNonterm != 0 {
			return false
		} else if s.Star {
			return true
		}
	case '=':
		if s.Flags&(EqualsNonterm|RFC7230Delims) == EqualsNonterm {
			return false
		}
	}
	if s.Flags&RFC7230Delims != 0 {
		return isRFC7230Delim(c)
	}
	return !isWord(c) && c != '-' && c != '.'
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' ||
		c >= 'a' && c <= 'z' || c == '_'
}

// isRFC7230Delim is RFC 7230 §3.2.6 without '"', which begins a string.
func isRFC7230Delim(c byte) bool {
	switch c {
	case '(', ')', ',', '/', ':', ';', '<', '=', '>', '?', '@',
		'[', '\\', ']', '{', '}':
		return true
	}
	return false
}

// utf8Check follows UTF-8 byte by byte (RFC 3629 §4).
type utf8Check struct {
	more   uint8 // continuation bytes to come
	lo, hi uint8 // what the next one may be
}

func (u *utf8Check) inside() bool { return u.more > 0 }

func (u *utf8Check) step(c byte) bool {
	if u.more > 0 {
		if c < u.lo || c > u.hi {
			return false
		}
		u.more--
		u.lo, u.hi = 0x80, 0xbf
		return true
	}
	u.lo, u.hi = 0x80, 0xbf
	switch {
	case c < 0x80:
		return true
	case c < 0xc2 || c > 0xf4:
		return false
	case c < 0xe0:
		u.more = 1
	case c < 0xf0:
		u.more = 2
	default:
		u.more = 3
	}
	switch c {
	case 0xe0:
		u.lo = 0xa0
	case 0xed:
		u.hi = 0x9f
	case 0xf0:
		u.lo = 0x90
	case 0xf4:
		u.hi = 0x8f
	}
	return true
}
