// SPDX-License-Identifier: MIT

package main

import (
	"regexp"
	"slices"
	"strings"
)

// Filter is a header as doxygen is to read it.
func Filter(name, text string, in Libraries) string {
	h := ParseHeader(name, text)
	begins := map[int]*Entity{}
	documented := map[string]*Entity{} // by the comment
	for _, e := range h.Entities {
		begins[e.At] = e
		if !e.Given && e.Doc != "" && documented[e.Doc] == nil {
			documented[e.Doc] = e
		}
	}
	var b strings.Builder
	if h.Doc == "" {
		b.WriteString("/** @addtogroup " + groupOf(name) + "\n * @{ */\n")
	}
	var conds conditions
	lone := loneConditions(text)
	for _, p := range pieces(text) {
		if e := begin(begins, p); e != nil && e.Given {
			b.WriteString("/** " + escape(strings.Join(body(inBodyOf(e.Doc)), "\n * ")) + library(e, in) + " */\n")
		}
		switch {
		case p.comment() && p.text == h.Doc:
			b.WriteString(fileComment(name, p.text))
		case strings.HasPrefix(p.text, "/**<"):
			b.WriteString("/**< " + escape(strings.TrimSpace(strings.TrimSuffix(p.text[4:], "*/"))) + only(conds) + " */")
		case strings.HasPrefix(p.text, "/**") && !strings.HasPrefix(p.text, "/**@"):
			more := only(conds)
			if e := documented[p.text]; e != nil {
				more = library(e, in) + same(h, e)
			}
			b.WriteString("/** " + escape(strings.TrimSuffix(p.text[3:], "*/")) + more + " */")
		case p.directive():
			conds.directive(p.text)
			if lone[p.at] {
				b.WriteString("#if 1")
			} else {
				b.WriteString(p.text)
			}
		default:
			b.WriteString(p.text)
		}
	}
	b.WriteString("\n/** @} */\n/** @file\n * @brief @ref " + groupOf(name) + " */\n")
	return b.String()
}

// begin is the entity that begins in this piece.
func begin(begins map[int]*Entity, p piece) *Entity {
	if p.comment() {
		return nil
	}
	for i := range len(p.text) {
		if e := begins[p.at+i]; e != nil {
			return e
		}
	}
	return nil
}

// inBodyOf is a comment without the name of the group that it is about.
func inBodyOf(doc string) string {
	return regexp.MustCompile(`[\\@]name\b[^\n]*\n`).ReplaceAllString(doc, "\n")
}

// fileComment becomes the text of the header's group, which stays open to its end.
func fileComment(name, comment string) string {
	lines := strings.Split(strings.TrimSuffix(comment, "*/"), "\n")
	lines[0] = ""
	for i, l := range lines {
		if strings.Contains(l, `\file`) {
			lines[i] = " *"
		}
	}
	return "/** @addtogroup " + groupOf(name) + escape(strings.Join(lines, "\n")) + "\n * @{ */"
}

// loneConditions are the places of #if for so.17 without an #else: what they have is
// shown, although so.19's headers are read.
func loneConditions(text string) map[int]bool {
	type open struct {
		at   int
		lone bool
	}
	out, stack := map[int]bool{}, []open{}
	for _, p := range pieces(text) {
		if !p.directive() {
			continue
		}
		d := strings.Join(strings.Fields(p.text), " ")
		switch {
		case strings.HasPrefix(d, "#if"):
			stack = append(stack, open{p.at, version[d] == "17"})
		case strings.HasPrefix(d, "#el") && len(stack) > 0:
			stack[len(stack)-1].lone = false
		case strings.HasPrefix(d, "#endif") && len(stack) > 0:
			if o := stack[len(stack)-1]; o.lone {
				out[o.at] = true
			}
			stack = stack[:len(stack)-1]
		}
	}
	return out
}

// only is what stands behind a comment about what one library has.
func only(c conditions) string {
	if a := c.abi(); a != "" {
		return " (so." + a + " only)"
	}
	return ""
}

// library tells which of the two libraries have a function.
func library(e *Entity, in Libraries) string {
	if e.Kind == Function && !e.Inline {
		return "\n * @par Library\n * " + in.Of(e.Name) + "\n"
	}
	if e.ABI != "" {
		return "\n * @par Library\n * so." + e.ABI + " only\n"
	}
	return ""
}

var theSame = regexp.MustCompile(`^(The same|Same)\b`)

// same is a link to what comes before, for comments that say "the same".
func same(h *Header, e *Entity) string {
	if first := leader(h, e); first != e {
		return "\n * @see " + first.Name + "()\n"
	}
	return ""
}

// leader is the function that "the same" is about: the one before, or the one that has
// that said of it.
func leader(h *Header, e *Entity) *Entity {
	i := slices.Index(h.Entities, e)
	for ; i > 0; i-- {
		if h.Entities[i].Kind == Type || !theSame.MatchString(Parse(h.Entities[i].Doc).Brief()) {
			break
		}
	}
	if h.Entities[i].Kind == Type {
		return e
	}
	return h.Entities[i]
}
