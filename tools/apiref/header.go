// SPDX-License-Identifier: MIT

package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Kind is what an Entity is.
type Kind int

const (
	Function Kind = iota
	Macro
	Type
	Other
)

// Entity is what a header declares outside of any braces.
type Entity struct {
	Name   string
	Kind   Kind
	Decl   string // as the header has it, without attributes, bodies and the semicolon
	Body   string // of a struct, union or enum
	Doc    string // its comment as it stands in the header; "" if it has none
	Shared bool   // the comment is that of its \name group
	Given  bool   // it stands where doxygen does not see that it is this one's
	Inline bool   // it is no symbol of the library
	ABI    string // "17", "19": it is there for that one only
	Header string // base name
	At     int    // where it begins in the text

	docDepth int // inside of how many #if its comment is
}

// Header is one file of include/.
type Header struct {
	Name     string // base name
	Doc      string // the comment about the whole file
	Entities []*Entity
}

// A piece is a comment, a preprocessor line with its continuations, or what is between
// those, one character at a time where that is punctuation.
type piece struct {
	at   int
	text string
}

func (p piece) comment() bool {
	return strings.HasPrefix(p.text, "/*") || strings.HasPrefix(p.text, "//")
}
func (p piece) directive() bool {
	return strings.HasPrefix(p.text, "#")
}

// pieces splits a header. A comment inside a preprocessor line is a piece behind it.
func pieces(text string) (out []piece) {
	lineStart := true
	for i := 0; i < len(text); {
		n := 1
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "/*"):
			n = strings.Index(rest, "*/") + 2
		case strings.HasPrefix(rest, "//"):
			n = lineLength(rest)
		case lineStart && rest[0] == '#':
			n = directiveLength(rest)
		case rest[0] == '"' || rest[0] == '\'':
			for n < len(rest) && rest[n] != rest[0] {
				if rest[n] == '\\' {
					n++
				}
				n++
			}
			n++
		case !strings.ContainsRune("{};\n", rune(rest[0])):
			if e := strings.IndexAny(rest[1:], "{};\n\"'/"); e >= 0 {
				n += e
			}
		}
		n = min(n, len(text)-i)
		out = append(out, piece{i, text[i : i+n]})
		if t := text[i : i+n]; strings.HasSuffix(t, "\n") {
			lineStart = true
		} else if strings.TrimSpace(t) != "" {
			lineStart = false
		}
		i += n
	}
	return out
}

func lineLength(s string) int {
	if e := strings.IndexByte(s, '\n'); e >= 0 {
		return e
	}
	return len(s)
}

func directiveLength(s string) int {
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "\\\n"):
			i++
		case s[i] == '\n', strings.HasPrefix(s[i:], "/*"):
			return i
		}
	}
	return len(s)
}

var (
	define  = regexp.MustCompile(`^#\s*define\s+(\w+(?:\([^)]*\))?)`)
	version = map[string]string{
		"#if LWS_LIBRARY_VERSION_NUMBER < 4003000":  "17",
		"#if LWS_LIBRARY_VERSION_NUMBER >= 4003000": "19",
	}
)

// conditions are the #if around a place, those of the version as the ABI they mean.
type conditions []string

func (c *conditions) directive(d string) {
	d = strings.Join(strings.Fields(d), " ")
	switch {
	case strings.HasPrefix(d, "#if"):
		*c = append(*c, version[d])
	case strings.HasPrefix(d, "#else") && len(*c) > 0:
		top := &(*c)[len(*c)-1]
		*top = map[string]string{"17": "19", "19": "17"}[*top]
	case strings.HasPrefix(d, "#endif") && len(*c) > 0:
		*c = (*c)[:len(*c)-1]
	}
}

func (c conditions) abi() string {
	for _, a := range slices.Backward(c) {
		if a != "" {
			return a
		}
	}
	return ""
}

// scanner reads the pieces of a header one after the other.
type scanner struct {
	h        *Header
	conds    conditions
	doc      string          // a comment whose entity has yet to come
	docDepth int             // len(conds) there
	group    string          // of the \name group that is open
	depth    int             // of braces
	start    int             // of the declaration that has begun; -1: none has
	outside  int             // len(conds) there
	abi      string          // conds.abi() there
	skipping bool            // the other branch of an #if inside it, up to the #endif
	code     strings.Builder // the declaration, without comments
	all      strings.Builder // and with them
}

// ParseHeader finds what a header declares.
func ParseHeader(name, text string) *Header {
	s := &scanner{h: &Header{Name: name}, start: -1}
	for _, p := range pieces(text) {
		switch {
		case p.comment():
			s.comment(p)
		case p.directive():
			s.directive(p)
		default:
			s.text(p)
		}
	}
	return s.h
}

func (s *scanner) comment(p piece) {
	switch {
	case s.start >= 0:
		s.all.WriteString(p.text)
	case strings.HasPrefix(p.text, "///@{"), strings.HasPrefix(p.text, "/**@{"):
		s.group, s.doc = s.doc, ""
	case strings.HasPrefix(p.text, "///@}"), strings.HasPrefix(p.text, "/**@}"):
		s.group = ""
	case strings.HasPrefix(p.text, "/**<"):
		if n := len(s.h.Entities); n > 0 && (s.h.Entities[n-1].Doc == "" || s.h.Entities[n-1].Shared) {
			s.h.Entities[n-1].Doc, s.h.Entities[n-1].Shared = p.text, false
		}
	case s.h.Doc == "" && aboutFile(p.text):
		s.h.Doc = p.text
	case strings.HasPrefix(p.text, "/**"):
		s.doc, s.docDepth = p.text, len(s.conds)
	}
}

// aboutFile: the first comment, unless it only tells the licence.
func aboutFile(comment string) bool {
	return strings.Contains(comment, "SPDX-") && strings.Count(comment, "\n") > 1 || strings.Contains(comment, "\\file")
}

func (s *scanner) directive(p piece) {
	s.conds.directive(p.text)
	if s.skipping && len(s.conds) <= s.outside {
		s.skipping = false
	}
	if s.start >= 0 {
		s.all.WriteString(p.text)
		return
	}
	if m := define.FindStringSubmatch(p.text); m != nil && s.depth == 0 {
		name, _, _ := strings.Cut(m[1], "(")
		s.add(&Entity{Name: name, Kind: Macro, Decl: "#define " + m[1], At: p.at, ABI: s.conds.abi()})
	}
}

func (s *scanner) text(p piece) {
	if s.skipping || s.start < 0 && strings.TrimSpace(p.text) == "" {
		return
	}
	if s.start < 0 {
		if s.depth == 0 && p.text == "}" { // of extern "C"
			return
		}
		s.start = p.at + len(p.text) - len(strings.TrimLeft(p.text, " \t"))
		s.outside, s.abi = len(s.conds), s.conds.abi()
		s.code.Reset()
		s.all.Reset()
	}
	s.all.WriteString(p.text)
	switch p.text {
	case "{":
		if strings.TrimSpace(s.code.String()) == `extern "C"` {
			s.start = -1
			return
		}
		if s.depth == 0 {
			s.code.WriteString("{")
		}
		s.depth++
		return
	case "}":
		s.depth--
		if s.depth == 0 {
			s.code.WriteString("}")
			if strings.Contains(s.code.String(), ")") && !strings.Contains(s.code.String(), "typedef") {
				s.end() // of a function with its body
			}
		}
		return
	case ";":
		if s.depth == 0 {
			s.end()
		}
		return
	}
	if s.depth == 0 {
		s.code.WriteString(p.text)
	}
}

var (
	attributes = regexp.MustCompile(`\b(LWS_VISIBLE|LWS_EXTERN|LWS_WARN_UNUSED_RESULT|LWS_WARN_DEPRECATED|LWS_FORMAT\s*\(\d+\)|LWS_INLINE|static|extern|inline)\b\s*|\bLWS_FORMAT\s*\(\d+\)\s*`)
	called     = regexp.MustCompile(`(\w+)\s*\([^*]`)
	pointed    = regexp.MustCompile(`\(\s*\*\s*(\w+)\s*\)`)
	tag        = regexp.MustCompile(`^(?:typedef\s+)?(struct|union|enum)\s+(\w+)\s*\{`)
	blankLines = regexp.MustCompile(`\n\s*\n`)
	last       = regexp.MustCompile(`(\w+)\s*(?:\[[^\]]*\]\s*)*$`)
)

// end is called where a declaration is complete.
func (s *scanner) end() {
	decl := strings.TrimSpace(attributes.ReplaceAllString(s.code.String(), ""))
	e := &Entity{Kind: Other, At: s.start}
	head, _, braces := strings.Cut(decl, "{")
	typedef := strings.HasPrefix(decl, "typedef")
	switch m := tag.FindStringSubmatch(decl); {
	case braces && strings.Contains(head, "(") && !typedef:
		e.Kind, decl = Function, strings.TrimSpace(head)
		e.Name = called.FindStringSubmatch(head + " ")[1]
	case m != nil, braces:
		e.Kind = Type
		all := s.all.String()
		e.Body = all[strings.IndexByte(all, '{')+1 : strings.LastIndexByte(all, '}')]
		if m != nil {
			e.Name = m[2]
		}
		if l := last.FindStringSubmatch(decl); l != nil && typedef {
			e.Name = l[1]
		}
	case typedef && pointed.MatchString(decl):
		e.Kind, e.Name = Type, pointed.FindStringSubmatch(decl)[1]
	case typedef && called.MatchString(decl):
		e.Kind, e.Name = Type, called.FindStringSubmatch(decl)[1]
	case typedef:
		e.Kind, e.Name = Type, last.FindStringSubmatch(decl)[1]
	case called.MatchString(decl) && !pointed.MatchString(strings.SplitN(decl, "(", 2)[0]+"("):
		e.Kind, e.Name = Function, called.FindStringSubmatch(decl)[1]
	default:
		if l := last.FindStringSubmatch(decl); l != nil {
			e.Name = l[1]
		}
	}
	e.Decl, e.ABI = blankLines.ReplaceAllString(decl, "\n"), s.abi
	e.Inline = strings.Contains(s.code.String(), "LWS_INLINE")
	s.start, s.skipping = -1, len(s.conds) > s.outside
	if e.Kind == Other && regexp.MustCompile(`^(struct|union|enum)\s+\w+$`).MatchString(decl) {
		return // only says that there is such a type: the comment is for what follows
	}
	s.add(e)
}

func (s *scanner) add(e *Entity) {
	e.Doc, e.Header, e.docDepth = s.doc, s.h.Name, s.docDepth
	s.doc = ""
	for _, o := range s.h.Entities { // in the other branch of an #if
		if e.Doc == "" && o.Name == e.Name && e.Name != "" && !o.Shared {
			e.Doc, e.docDepth, e.Given = o.Doc, o.docDepth, o.docDepth >= len(s.conds)
		}
	}
	if e.Doc == "" && s.group != "" {
		e.Doc, e.Shared, e.Given = s.group, true, true
	}
	s.h.Entities = append(s.h.Entities, e)
}

// Headers are all of them but those that are for other systems.
func Headers(root string) (out []*Header, err error) {
	dir := filepath.Join(root, "include/libwebsockets")
	files := []string{filepath.Join(root, "include/libwebsockets.h")}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".h" && !notHere[d.Name()] {
			files = append(files, path)
		}
		return err
	})
	for _, f := range files {
		text, e := os.ReadFile(f)
		if e != nil {
			return nil, e
		}
		out = append(out, ParseHeader(filepath.Base(f), string(text)))
	}
	return out, err
}
