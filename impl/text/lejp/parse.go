// SPDX-License-Identifier: MIT

package lejp

// A level's state (enum lejp_states). In a state with wsKeep white space and
// '#' mean what they are; elsewhere they are skipped, '#' up to the line's end.
const (
	wsKeep    = 64
	wsComment = 32

	stIdle       = 0
	stMembers    = 1
	stPairName   = 2
	stString     = wsKeep | 3
	stEsc        = wsKeep | 4
	stEscU1      = wsKeep | 5
	stEscU2      = wsKeep | 6
	stEscU3      = wsKeep | 7
	stEscU4      = wsKeep | 8
	stColon      = 9
	stValue      = 10
	stNumber     = wsKeep | 11
	stExponent   = wsKeep | 12
	stToken      = wsKeep | 13
	stCommaOrEnd = 14
	stArrayEnd   = 15
)

// What was seen of a number (enum num_flags).
const (
	seenMinus     = 1 << 0
	seenPoint     = 1 << 1
	seenPostPoint = 1 << 2
	seenExp       = 1 << 3
)

// maxDigits is how many digits a number may have.
const maxDigits = 20

// literals are what follows the first letters of true, false and null, each
// ended by a blank; Uni is the place in it.
const (
	literals  = "rue alse ull "
	trueFrom  = 0
	trueEnd   = 3
	falseFrom = 4
	falseEnd  = 8
	nullFrom  = 9
	nullEnd   = 12
)

// What a state function made of a character; an error code is the third.
const (
	completed = 0
	taken     = 1
	again     = 2 // the state changed, the character is still to be taken
)

// run is one Parse.
type run struct {
	*Ctx
	invoke Invoke
}

// Parse takes the next piece of the text. It returns Continue if the text
// goes on, the number of bytes left over if it ended, or the reason of the
// refusal, of which the callback has been told with Failed.
func Parse(c *Ctx, text []byte, call Invoke) int {
	r := run{c, call}
	if c.SP == 0 && c.parser().PathLen == 0 {
		r.call(Start)
	}
	for n := 0; n < len(text); {
		if int(c.SP) >= MaxDepth { // called again after the refusal
			r.call(Failed)
			return rejectStackOverflow
		}
		if r.level().State == stString {
			n += r.plain(text[n:])
			if n == len(text) {
				break
			}
		}
		if r.skip(text[n]) {
			n++
			continue
		}
		switch res := r.take(text[n]); res {
		case taken:
			n++
		case again:
		case completed:
			return len(text) - n - 1
		default:
			r.call(Failed)
			return res
		}
	}
	return Continue
}

func (r *run) call(why Reason) int8 {
	return r.invoke(r.parser().Callback, why)
}

// emit calls back and takes the character unless the program refuses.
func (r *run) emit(why Reason) int {
	if r.call(why) != 0 {
		return rejectCallback
	}
	return taken
}

func (r *run) level() *Level { return &r.Levels[min(r.SP, MaxDepth-1)] }

// skip counts lines and passes over white space and comments.
func (r *run) skip(c byte) bool {
	l := r.level()
	was := l.State
	switch c {
	case '\n':
		r.Line++
		l.State &^= wsComment
	case ' ', '\t', '\r', '#':
	default:
		return was&wsComment != 0
	}
	if was&wsKeep != 0 {
		return l.State&wsComment != 0
	}
	if c == '#' {
		l.State |= wsComment
	}
	return true
}

func (r *run) take(c byte) int {
	switch r.level().State {
	case stIdle:
		return r.idle(c)
	case stMembers:
		return r.members(c)
	case stPairName:
		return r.pairName(c)
	case stString:
		return r.str(c)
	case stEsc:
		return r.escape(c)
	case stEscU1, stEscU2, stEscU3, stEscU4:
		return r.unicode(c)
	case stColon:
		return r.colon(c)
	case stValue:
		return r.value(c)
	case stNumber:
		return r.number(c)
	case stExponent:
		return r.exponent(c)
	case stToken:
		return r.literal(c)
	case stCommaOrEnd:
		return r.commaOrEnd(c)
	case stArrayEnd:
		return r.arrayEnd(c)
	}
	return taken
}

// push begins a level in the given state.
func (r *run) push(state uint8) int {
	l, p := r.level(), r.parser()
	if p.PathLen != 0 && l.State != stCommaOrEnd && l.State != stArrayEnd {
		r.appendPath('.')
	}
	l.PathLen = p.PathLen
	l.Index = r.IPos
	r.SP++
	if r.SP >= MaxDepth {
		return rejectStackOverflow
	}
	r.endPath()
	l = r.level()
	l.State = state
	l.B = 0
	return taken
}

// shrunk drops the match if the path got shorter than what matched.
func (r *run) shrunk() {
	r.endPath()
	if r.PathMatch != 0 && r.parser().PathLen <= r.PathMatchLen {
		r.PathMatch = 0
	}
}

func (r *run) idle(c byte) int {
	switch {
	case c == '[' && r.SP == 0:
		r.OuterArray = 1
		return r.openArray()
	case c != '{':
		return rejectIdleNoBrace
	case r.call(ObjectStart) != 0:
		return rejectCallback
	}
	r.level().State = stMembers
	return taken
}

func (r *run) members(c byte) int {
	switch {
	case c != '}':
		r.level().State = stPairName
		return again
	case r.SP == 0:
		r.level().State = stIdle
		return rejectMembersNoClose
	}
	return r.closeObject()
}

func (r *run) pairName(c byte) int {
	if c != '"' {
		return rejectNoOpenQuote
	}
	r.level().State = stColon
	return r.push(stString)
}

func (r *run) colon(c byte) int {
	if c != ':' {
		return rejectMissingColon
	}
	r.level().State = stValue
	r.endPath()
	CheckPathMatch(r.Ctx)
	return r.emit(PairName)
}

func (r *run) value(c byte) int {
	l := r.level()
	switch {
	case c == '-' || c >= '0' && c <= '9':
		r.NPos, r.DigitCount, r.NumFlags = 0, 0, 0
		l.State = stNumber
		return again
	case c == '"':
		l.State = stCommaOrEnd
		r.NPos = 0
		r.Buf[0] = 0
		if r.call(ValStrStart) != 0 {
			return rejectCallback
		}
		return r.push(stString)
	case c == '{':
		l.State = stCommaOrEnd
		CheckPathMatch(r.Ctx)
		if r.call(ObjectStart) != 0 {
			return rejectCallback
		}
		r.PathMatch = 0
		return r.push(stMembers)
	case c == '[':
		return r.openArray()
	case c == ']':
		return r.closeArray()
	case c == 't':
		r.Uni = trueFrom
	case c == 'f':
		r.Uni = falseFrom
	case c == 'n':
		r.Uni = nullFrom
	default:
		return rejectBadValueStart
	}
	l.State = stToken
	return taken
}

func (r *run) literal(c byte) int {
	if int(r.Uni)+1 >= len(literals) || c != literals[r.Uni] {
		return rejectUnknownToken
	}
	r.Uni++
	if literals[r.Uni] != ' ' {
		return taken
	}
	why := ValNull
	switch r.Uni {
	case trueEnd:
		why = ValTrue
		r.Buf[0], r.Buf[1] = '1', 0
	case falseEnd:
		why = ValFalse
		r.Buf[0], r.Buf[1] = '0', 0
	case nullEnd:
		r.Buf[0] = 0
	}
	if r.call(why) != 0 {
		return rejectCallback
	}
	r.level().State = stCommaOrEnd
	return taken
}

func (r *run) openArray() int {
	r.level().State = stArrayEnd
	if r.PathsFit && int(r.parser().PathLen)+3 >= MaxPath {
		return rejectUnknown
	}
	r.appendPath('[')
	r.appendPath(']')
	r.endPath()
	if r.call(ArrayStart) != 0 {
		return rejectCallback
	}
	r.setIndex(r.IPos, 0)
	r.IPos++
	if int(r.IPos) > len(r.Indexes) {
		return rejectIndexStack
	}
	return r.push(stValue)
}

// setIndex takes one index too many into Wild, as the reference does before
// it refuses the text.
func (r *run) setIndex(at uint8, v uint16) {
	switch n := int(at); {
	case n < len(r.Indexes):
		r.Indexes[n] = v
	case n < len(r.Indexes)+len(r.Wild):
		r.Wild[n-len(r.Indexes)] = v
	}
}

func (r *run) nextIndex() {
	if r.IPos > 0 && int(r.IPos) <= len(r.Indexes) {
		r.Indexes[r.IPos-1]++
	}
}

// closeArray is a ']' in the array's last value or right behind it.
func (r *run) closeArray() int {
	if r.SP == 0 {
		return rejectArrayUnderflow
	}
	r.SP--
	if r.level().State != stArrayEnd {
		return rejectNotArray
	}
	if r.SP > 0 { // the path loses its "[]"
		below := r.Levels[r.SP-1]
		r.parser().PathLen = below.PathLen
		r.IPos = below.Index
	}
	r.shrunk()
	if r.OuterArray != 0 && r.SP == 0 {
		return r.complete(ArrayEnd)
	}
	return r.arrayEnd(']')
}

// arrayEnd is behind a value that is an array's element. What the callback
// answers to ArrayEnd is ignored.
func (r *run) arrayEnd(c byte) int {
	r.endPath()
	switch c {
	case ',':
		r.nextIndex()
		r.level().State = stValue
		if r.SP > 0 {
			r.parser().PathLen = r.Levels[r.SP-1].PathLen
		}
		r.endPath()
		return taken
	case ']':
		r.level().State = stCommaOrEnd
		r.call(ArrayEnd)
		return taken
	}
	return rejectArrayEndMissing
}

func (r *run) commaOrEnd(c byte) int {
	r.endPath()
	switch {
	case c == ',':
		r.comma()
		return taken
	case c == ']':
		return r.closeArray()
	case c != '}':
		return rejectNeitherCommaOrEnd
	case r.SP == 0:
		return r.complete(ObjectEnd)
	}
	return r.closeObject()
}

// comma goes on to the next member or element.
func (r *run) comma() {
	l := r.level()
	l.State = stPairName
	if r.SP == 0 {
		r.parser().PathLen = 0
		r.PathMatch = 0
		return
	}
	below := r.Levels[r.SP-1]
	r.parser().PathLen = below.PathLen
	r.shrunk()
	if below.State == stArrayEnd {
		r.nextIndex()
		l.State = stValue
	}
}

func (r *run) closeObject() int {
	r.SP--
	if r.SP > 0 {
		r.parser().PathLen = r.level().PathLen
		r.IPos = r.level().Index
	}
	r.shrunk()
	CheckPathMatch(r.Ctx)
	return r.emit(ObjectEnd)
}

func (r *run) complete(why Reason) int {
	CheckPathMatch(r.Ctx)
	if r.call(why) != 0 || r.call(Complete) != 0 {
		return rejectCallback
	}
	return completed
}
