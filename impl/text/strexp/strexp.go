// SPDX-License-Identifier: MIT

// Package strexp expands ${name} in text, asking a callback for what a name
// stands for, with input and output in pieces of any size.
package strexp

// NameMax is the size of the space for a name, its NUL included.
const NameMax = 32

// Result is how an expansion ended. Values are the public LSTRX_* ones.
type Result int

// The results.
const (
	Done             Result = 0
	FilledOut        Result = 1  // out is full; go on with a new one
	FatalNameTooLong Result = -1 // or no room for a '$' and what follows it
	FatalNameUnknown Result = -2
)

// State is where in the syntax an expander stands.
type State uint8

// The states.
const (
	Literal     State = iota
	OpenOrLit         // behind a '$'
	NameOrClose       // inside the braces
	Drain             // the callback has more of the name's value
)

// Expander is one expansion under way.
type Expander struct {
	Name    [NameMax]byte // the name being read or expanded, NUL-terminated
	NamePos uint8
	State   State
	Out     []byte // where output goes; nil to only measure it
	OutLen  uint   // its size as the callback is told it
	Pos     uint   // output so far
	ExpOfs  uint   // the callback's own: how much of the value is out
	// Lookup appends what Name stands for, at Pos. FilledOut means that
	// there is more: it is called again with a new Out.
	Lookup func(*Expander) Result
}

func (e *Expander) put(c byte) {
	if e.Pos < uint(len(e.Out)) {
		e.Out[e.Pos] = c
	}
	e.Pos++
}

// Progress is how far an Expand came.
type Progress struct {
	Known bool // false: nothing was counted before the failure
	Used  int  // bytes of the input that are done with
	Wrote uint // bytes of output
}

// Expand takes in. After FilledOut, what is not used of it is to be given
// again, with a new Out. After FatalNameTooLong, the progress is that of the
// last call to Lookup.
func (e *Expander) Expand(in []byte) (Result, Progress) {
	var last Progress
	for used, c := range in {
		switch e.State {
		case Literal:
			if c == '$' {
				e.State = OpenOrLit
				continue
			}
			e.put(c)
			if e.OutLen == e.Pos {
				return FilledOut, Progress{true, used + 1, e.Pos}
			}
		case OpenOrLit:
			if !e.open(c) {
				return FatalNameTooLong, last
			}
		case NameOrClose:
			if c != '}' {
				if !e.addToName(c) {
					return FatalNameTooLong, last
				}
				continue
			}
			e.Name[e.NamePos] = 0
			e.State = Drain
			fallthrough
		default:
			r := e.Lookup(e)
			last = Progress{true, used, e.Pos}
			if r == FilledOut || r == FatalNameUnknown {
				return r, last
			}
			e.State = Literal
		}
	}
	if e.Pos < uint(len(e.Out)) {
		e.Out[e.Pos] = 0
	}
	return Done, Progress{true, len(in), e.Pos}
}

func (e *Expander) addToName(c byte) bool {
	if e.NamePos >= NameMax-1 {
		return false
	}
	e.Name[e.NamePos] = c
	e.NamePos++
	return true
}

// open handles the character behind a '$'; false if out has no room for the
// two as they are.
func (e *Expander) open(c byte) bool {
	if c == '{' {
		e.State = NameOrClose
		e.NamePos = 0
		e.ExpOfs = 0
		return true
	}
	if e.OutLen-e.Pos < 3 {
		return false
	}
	e.put('$')
	e.put(c)
	if c != '$' {
		e.State = Literal
	}
	return true
}
