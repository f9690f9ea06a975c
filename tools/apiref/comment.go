// SPDX-License-Identifier: MIT

package main

import (
	"regexp"
	"strings"
	"unicode"
)

// Comment is what one comment of a header says.
type Comment struct {
	Text   []Block
	Params [][2]string // name, text
	Return string
}

// Block is a paragraph, an entry of a list, or lines that stay as they are.
type Block struct {
	Kind BlockKind
	Text string
}

type BlockKind int

const (
	Paragraph BlockKind = iota
	Entry
	Lines
)

var (
	command  = regexp.MustCompile(`[\\@](param|returns?|file|name|see|ref|p)\b`)
	aParam   = regexp.MustCompile(`^[\\@]param\s+((?:\.\.\.|\w+)(?:,\s*\w+)*):?\s*(.*)$`)
	aReturn  = regexp.MustCompile(`[\\@]returns?\s+`)
	inBody   = regexp.MustCompile(`^[\\@](file|name)\b.*$`)
	leaderOf = regexp.MustCompile(`^[ \t]*\*? ?`)
)

// body is a comment's text without what makes it one.
func body(raw string) []string {
	raw = strings.TrimSuffix(raw, "*/")
	raw = strings.TrimPrefix(strings.TrimPrefix(raw, "/*"), "*")
	raw = strings.TrimPrefix(raw, "<")
	lines := strings.Split(raw, "\n")
	for i, l := range lines {
		if i > 0 {
			l = leaderOf.ReplaceAllString(l, "")
		}
		lines[i] = strings.TrimRight(l, " \t")
	}
	lines[0] = strings.TrimSpace(lines[0])
	return lines
}

// Parse reads a comment.
func Parse(raw string) Comment {
	var c Comment
	into := &[]string{} // the lines of the paragraph at hand
	done := func() {}   // puts them where they belong
	begin := func(f func(string)) {
		lines := &[]string{}
		into = lines
		done = func() {
			if t := strings.Join(*lines, " "); t != "" {
				f(t)
			}
		}
	}
	text := func(kind BlockKind) func(string) {
		return func(t string) { c.Text = append(c.Text, Block{kind, t}) }
	}
	begin(text(Paragraph))
	fresh := true // no line of the paragraph yet
	for _, l := range body(raw) {
		l = inBody.ReplaceAllString(l, "")
		trimmed := strings.TrimSpace(l)
		indent := len(l) - len(strings.TrimLeft(l, " \t"))
		switch {
		case strings.Contains(l, "SPDX-"):
			continue
		case trimmed == "":
			done()
			begin(text(Paragraph))
			fresh = true
			continue
		case strings.HasPrefix(trimmed, "- "):
			done()
			begin(text(Entry))
			trimmed = trimmed[2:]
		case fresh && indent > 2:
			done()
			begin(func(t string) {
				if n := len(c.Text); n > 0 && c.Text[n-1].Kind == Lines {
					c.Text[n-1].Text += "\n" + t
				} else {
					text(Lines)(t)
				}
			})
			*into = append(*into, trimmed)
			continue // so that the next line is one of its own
		}
		fresh = false
		if m := aParam.FindStringSubmatch(trimmed); m != nil {
			done()
			name := m[1]
			begin(func(t string) { c.Params = append(c.Params, [2]string{name, t}) })
			trimmed = m[2]
			if trimmed == "" {
				continue
			}
		}
		if at := aReturn.FindStringIndex(trimmed); at != nil {
			if before := strings.TrimSpace(trimmed[:at[0]]); before != "" {
				*into = append(*into, before)
			}
			done()
			begin(func(t string) { c.Return = t })
			trimmed = trimmed[at[1]:]
		} else if rest, ok := strings.CutPrefix(trimmed, "Returns "); ok && len(*into) == 0 {
			begin(func(t string) { c.Return = t })
			trimmed = rest
		}
		*into = append(*into, trimmed)
	}
	done()
	return c
}

// Brief is the first sentence.
func (c Comment) Brief() string {
	if len(c.Text) == 0 {
		return c.Return
	}
	t := c.Text[0].Text
	for i := 0; i < len(t); i++ {
		if t[i] == '.' && (i+1 == len(t) || t[i+1] == ' ') && !strings.HasSuffix(t[:i], "e.g") && !strings.HasSuffix(t[:i], "i.e") {
			return t[:i]
		}
	}
	return strings.TrimSuffix(t, ":")
}

// A span is a part of a text: code in backticks, or between them.
func spans(text string, plain, code func(string) string) string {
	var b strings.Builder
	for text != "" {
		i := strings.IndexByte(text, '`')
		j := -1
		if i >= 0 {
			j = strings.IndexByte(text[i+1:], '`')
		}
		if j < 0 {
			b.WriteString(plain(text))
			break
		}
		b.WriteString(plain(text[:i]))
		b.WriteString(code(text[i+1 : i+1+j]))
		text = text[i+j+2:]
	}
	return b.String()
}

// escape takes the meaning from whatever doxygen would give one, but for the commands
// that the headers use. Lines stay where they are.
func escape(text string) string {
	return spans(text, escapePlain, ticked)
}

var (
	returns    = regexp.MustCompile(`((?:^|\n)[ \t]*\*?[ \t]*\n[ \t]*\*[ \t]*|^[ \t]*)Returns `)
	paramColon = regexp.MustCompile(`([\\@]param\s+(?:\.\.\.|\w+)(?:,\s*\w+)*):`)
)

func escapePlain(text string) string {
	text = returns.ReplaceAllString(text, "$1@return ")
	text = paramColon.ReplaceAllString(text, "$1")
	var b strings.Builder
	quoted := false // there doxygen takes most things as they are
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"':
			quoted = !quoted && strings.IndexByte(text[i+1:], '"') >= 0
			b.WriteByte(c)
		case '\\', '@', '&', ':':
			if quoted || c == ':' && !strings.HasPrefix(text[i:], "::") {
				b.WriteByte(c)
			} else if c == ':' {
				b.WriteString(`\::`)
				i++
			} else if m := command.FindStringIndex(text[i:]); m != nil && m[0] == 0 {
				b.WriteString("@" + text[i+1:i+m[1]])
				i += m[1] - 1
			} else {
				b.WriteString(`\` + string(c))
			}
		case '*':
			if lineBegins(text[:i]) {
				b.WriteByte(c) // of the comment
			} else {
				b.WriteString(`\*`)
			}
		case '<', '>', '#', '%', '~':
			b.WriteString(`\` + string(c))
		case '-':
			if strings.HasPrefix(text[i:], "--") {
				b.WriteString(`\-`)
			} else {
				b.WriteByte(c)
			}
		case '_':
			if i == 0 || unicode.IsSpace(rune(text[i-1])) || strings.ContainsRune("(,.", rune(text[i-1])) {
				b.WriteString(`\_`)
			} else {
				b.WriteByte(c)
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// lineBegins: only white space is between the line's beginning and here.
func lineBegins(before string) bool {
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return strings.TrimSpace(line) == "" && strings.Contains(before, "\n")
}
