// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// family is what one manual page is about: a call, those whose comments say "the same"
// of it, and those that share its comment.
type family struct {
	header  *Header
	members []*Entity
}

func (f *family) name() string { return f.members[0].Name }

// manual is what all pages are made from.
type manual struct {
	in       Libraries
	families []*family
	paged    map[string]string // which page a call is on
}

// the page of the callback's type, and of the library.
const (
	reasonsPage = "lws_callback_function"
	overview    = "libwebsockets"
)

func newManual(root string) (*manual, error) {
	in, err := ReadLibraries(root)
	if err != nil {
		return nil, err
	}
	headers, err := Headers(root)
	if err != nil {
		return nil, err
	}
	m := &manual{in: in, paged: map[string]string{reasonsPage: reasonsPage}}
	for _, call := range Calls() {
		if m.paged[call] != "" {
			continue
		}
		f := familyOf(headers, call)
		if f == nil {
			return nil, fmt.Errorf("calls.txt: no header has %s with a comment", call)
		}
		m.families = append(m.families, f)
		for _, e := range f.members {
			m.paged[e.Name] = f.name()
		}
	}
	return m, nil
}

func familyOf(headers []*Header, call string) *family {
	for _, h := range headers {
		at := slices.IndexFunc(h.Entities, func(e *Entity) bool {
			return e.Name == call && e.Doc != "" && (e.Kind == Function || e.Kind == Macro)
		})
		if at < 0 {
			continue
		}
		first := leader(h, h.Entities[at])
		f := &family{header: h}
		for _, e := range h.Entities {
			fits := e == first || e.Shared && first.Shared && e.Doc == first.Doc || e.Kind != Type && e.Doc != "" && leader(h, e) == first
			if fits && e.Name != "" && !slices.ContainsFunc(f.members, func(o *Entity) bool { return o.Name == e.Name }) {
				f.members = append(f.members, e)
			}
		}
		return f
	}
	return nil
}

// Manual writes the manual pages below out.
func Manual(root, out string) error {
	m, err := newManual(root)
	if err != nil {
		return err
	}
	pages, err := m.pages(root)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	for name, text := range pages {
		path := filepath.Join(out, "man"+filepath.Ext(name)[1:], name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// pages are all of them by the names of their files.
func (m *manual) pages(root string) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range m.families {
		out[f.name()+".3"] = m.page(f)
		for _, e := range f.members[1:] {
			out[e.Name+".3"] = ".so man3/" + f.name() + ".3\n"
		}
	}
	var err error
	if out[reasonsPage+".3"], err = m.reasons(root); err == nil {
		out[overview+".7"], err = m.overview(root)
	}
	return out, err
}

func begin3(name, section string) *roff {
	r := &roff{}
	r.WriteString(".\\\" SPDX-License-Identifier: MIT\n.\\\" Made from the comments of the headers by tools/apiref.\n")
	r.request("TH", name, section, "", "libwebsockets in Go", "libwebsockets")
	r.request("nh") // a name that is cut in two is not found
	r.request("ad", "l")
	return r
}

// small is a text as the NAME section has it.
func small(brief string) string {
	if r := []rune(brief); len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
		brief = string(r)
	}
	return brief
}

// capital is a text as a sentence.
func capital(text string) string {
	if word, _, _ := strings.Cut(text, " "); text != "" && !strings.ContainsAny(word, "_(`") {
		r := []rune(text)
		r[0] = unicode.ToUpper(r[0])
		text = string(r)
	}
	if text != "" && !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

func (m *manual) page(f *family) string {
	first := Parse(f.members[0].Doc)
	r := begin3(f.name(), "3")
	r.request("SH", "NAME")
	var names []string
	for _, e := range f.members {
		names = append(names, e.Name)
	}
	brief := spans(wordP.ReplaceAllString(small(first.Brief()), "$1"), special.Replace, literal)
	r.words(strings.Join(names, ", ") + ` \- ` + brief)
	synopsis(r, f.members)

	r.request("SH", "DESCRIPTION")
	var returns, causes []string
	for i, e := range f.members {
		if i > 0 && e.Shared {
			continue
		}
		c := Parse(e.Doc)
		if i > 0 {
			r.request("SS", e.Name+"()")
		}
		causes = append(causes, m.description(r, c, i > 0)...)
		if c.Return != "" {
			text := capital(c.Return)
			if i > 0 {
				text = "`" + e.Name + "()`: " + c.Return
			}
			returns = append(returns, text)
		}
	}
	m.section(r, "RETURN VALUE", returns)
	m.section(r, "CALLBACKS", causes)
	notes := about(f.header)
	if len(notes) > 0 {
		r.request("SH", "NOTES")
		m.blocks(r, notes, false)
	}
	r.request("SH", "LIBRARY")
	m.where(r, f)
	m.seeAlso(r, f)
	return r.String()
}

// synopsis shows the declarations as the header has them.
func synopsis(r *roff, members []*Entity) {
	r.request("SH", "SYNOPSIS")
	r.request("nf")
	r.WriteString(bold("#include <libwebsockets.h>") + "\n")
	for _, e := range members {
		r.request("PP")
		decl := e.Decl
		if e.Kind != Macro {
			decl += ";"
		}
		for _, l := range strings.Split(decl, "\n") {
			r.WriteString(bold(strings.ReplaceAll(l, "\t", "        ")) + "\n")
		}
	}
	r.request("fi")
}

// description writes what a comment says, but for what other sections have: it returns
// which callbacks are caused.
func (m *manual) description(r *roff, c Comment, open bool) (causes []string) {
	var rest []Block
	for _, b := range c.Text {
		if b.Kind == Paragraph && strings.HasPrefix(b.Text, "Causes ") {
			causes = append(causes, b.Text)
		} else {
			rest = append(rest, b)
		}
	}
	m.blocks(r, rest, open)
	for _, p := range c.Params {
		r.request("TP")
		r.words(italic(p[0]))
		r.words(inline(p[1], m.paged))
	}
	return causes
}

func (m *manual) blocks(r *roff, blocks []Block, open bool) {
	for i, b := range blocks {
		switch b.Kind {
		case Paragraph:
			if i > 0 {
				r.request("PP")
			}
			r.words(inline(b.Text, m.paged))
		case Entry:
			r.request("IP", `\(bu`, "3")
			r.words(inline(b.Text, m.paged))
		case Lines:
			r.lines(b.Text)
		}
	}
}

func (m *manual) section(r *roff, title string, paragraphs []string) {
	for i, p := range paragraphs {
		if i == 0 {
			r.request("SH", title)
		} else {
			r.request("PP")
		}
		r.words(inline(p, m.paged))
	}
}

var part = regexp.MustCompile(`\s*(?:Part of )?libwebsockets\.h; include that\.`)

// about is what the comment about a header says that holds for all of its calls: more
// than the one sentence that tells what it is about.
func about(h *Header) (out []Block) {
	for i, b := range Parse(h.Doc).Text {
		b.Text = strings.TrimSpace(strings.TrimSuffix(part.ReplaceAllString(b.Text, ""), " Part of"))
		if i == 0 {
			brief := Comment{Text: []Block{b}}.Brief()
			b.Text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(b.Text, brief), "."))
		}
		if b.Text != "" {
			out = append(out, b)
		}
	}
	return out
}

// where tells which library has the calls.
func (m *manual) where(r *roff, f *family) {
	of := func(e *Entity) string {
		if e.Kind == Macro || e.Inline {
			return "defined in " + e.Header
		}
		return m.in.Of(e.Name)
	}
	same := !slices.ContainsFunc(f.members, func(e *Entity) bool { return of(e) != of(f.members[0]) })
	for _, e := range f.members {
		text := of(e)
		if !same {
			text = e.Name + "(): " + text
		}
		r.words(literal(text))
		if same {
			return
		}
		r.request("br")
	}
}

func (m *manual) seeAlso(r *roff, f *family) {
	var also []string
	add := func(page string) {
		if page != "" && page != f.name() && !slices.Contains(also, page) {
			also = append(also, page)
		}
	}
	for _, e := range f.members {
		for _, name := range aName.FindAllStringSubmatch(e.Doc, -1) {
			add(m.paged[name[1]])
		}
	}
	if near := m.of(f.header.Name); len(near) <= 8 {
		for _, o := range near {
			add(o.name())
		}
	}
	add(reasonsPage)
	r.request("SH", "SEE ALSO")
	slices.Sort(also)
	var all []string
	for _, a := range also {
		all = append(all, bold(a)+"(3)")
	}
	r.words(strings.Join(append(all, bold(overview)+"(7)"), ", "))
}
