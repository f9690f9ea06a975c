// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Enumerator is a constant of an enum; one without a name is a heading between them.
type Enumerator struct {
	Name, Value, Doc, ABI string
}

var aConstant = regexp.MustCompile(`(\w+)(?:\s*=\s*([^,]+?))?\s*(?:,|$)`)

// Enumerators reads what is between an enum's braces.
func Enumerators(body string) (out []Enumerator) {
	var conds conditions
	doc, code := "", ""
	add := func() {
		for _, m := range aConstant.FindAllStringSubmatch(strings.TrimSpace(code), -1) {
			out = append(out, Enumerator{m[1], m[2], doc, conds.abi()})
			doc = ""
		}
		code = ""
	}
	for _, p := range pieces(body) {
		switch {
		case p.directive():
			add()
			conds.directive(p.text)
		case strings.HasPrefix(p.text, "/**<"):
			add()
			if n := len(out); n > 0 {
				out[n-1].Doc = p.text
			}
		case strings.HasPrefix(p.text, "/**"):
			add()
			doc = p.text
		case p.comment():
			add()
			if strings.Count(p.text, "\n") > 1 {
				out = append(out, Enumerator{Doc: p.text})
			}
		default:
			code += p.text
		}
	}
	add()
	return out
}

// reasons is the page of the callback's type and of all reasons.
func (m *manual) reasons(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, "include/libwebsockets/lws-callbacks.h"))
	if err != nil {
		return "", err
	}
	h := ParseHeader("lws-callbacks.h", string(text))
	r := begin3(reasonsPage, "3")
	var typ, enum *Entity
	for _, e := range h.Entities {
		switch e.Name {
		case reasonsPage:
			typ = e
		case "lws_callback_reasons":
			enum = e
		}
	}
	c := Parse(typ.Doc)
	r.request("SH", "NAME")
	r.words(reasonsPage + ", lws_callback_reasons " + `\- ` + literal(small(c.Brief())) + ", and why it is called")
	synopsis(r, []*Entity{typ})
	r.request("SH", "DESCRIPTION")
	m.description(r, c, false)
	m.section(r, "RETURN VALUE", []string{capital(c.Return)})
	r.request("SH", "RULES")
	m.blocks(r, about(h), false)
	r.request("SH", "REASONS")
	for _, e := range Enumerators(enum.Body) {
		d := Parse(e.Doc)
		if e.Name == "" { // the first line names the part; the rest holds for all of it
			title, rest, _ := strings.Cut(d.Text[0].Text, ". ")
			r.request("SS", literal(strings.TrimSuffix(title, ".")))
			if rest != "" {
				r.words(inline(rest, m.paged))
			}
			continue
		}
		r.request("TP")
		label := bold(e.Name) + " (" + e.Value + ")"
		if e.ABI != "" {
			label += ", so." + e.ABI + " only"
		}
		r.words(label)
		for _, b := range d.Text {
			r.words(inline(capital(b.Text), m.paged))
		}
	}
	r.request("SH", "SEE ALSO")
	r.words(bold("lws_write") + "(3), " + bold("lws_callback_on_writable") + "(3), " + bold("lws_service") + "(3), " + bold(overview) + "(7)")
	return r.String(), nil
}

// overview is the page of the library: docs/api.md without what is about the pages
// themselves, and a list of the others.
func (m *manual) overview(root string) (string, error) {
	text, err := os.ReadFile(filepath.Join(root, mainPage))
	if err != nil {
		return "", err
	}
	header, err := os.ReadFile(filepath.Join(root, "include/libwebsockets.h"))
	if err != nil {
		return "", err
	}
	r := begin3(overview, "7")
	r.request("SH", "NAME")
	r.words(overview + ` \- WebSocket and HTTP servers and clients`)
	r.request("SH", "SYNOPSIS")
	r.request("nf")
	r.WriteString(bold("#include <libwebsockets.h>") + "\n")
	r.request("PP")
	r.WriteString(bold("cc program.c $(pkg-config --cflags --libs libwebsockets)") + "\n")
	r.request("fi")
	r.request("SH", "DESCRIPTION")
	m.blocks(r, Parse(ParseHeader("libwebsockets.h", string(header)).Doc).Text, false)
	for _, part := range strings.Split("\n"+string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		if strings.HasPrefix(title, "How ") {
			continue
		}
		r.request("SH", strings.ToUpper(title))
		m.markdown(r, body)
	}
	r.request("SH", "PAGES")
	for _, t := range topics {
		for _, h := range t.headers {
			for i, f := range m.of(h[0]) {
				if i == 0 {
					r.request("SS", h[1])
				}
				r.request("TP")
				r.words(bold(f.name()) + "(3)")
				r.words(inline(capital(Parse(f.members[0].Doc).Brief()), m.paged))
			}
		}
	}
	r.request("SH", "SEE ALSO")
	r.words(bold(reasonsPage) + "(3) for the reasons, " + bold("lwsws") + "(8), the web server")
	return r.String(), nil
}

func (m *manual) of(header string) (out []*family) {
	for _, f := range m.families {
		if f.header.Name == header {
			out = append(out, f)
		}
	}
	return out
}

// markdown writes a part of a document.
func (m *manual) markdown(r *roff, text string) {
	for i, s := range sections(text) {
		if s.code {
			r.lines(strings.Trim(regexp.MustCompile("(?m)^```.*$").ReplaceAllString(s.text, ""), "\n"))
			continue
		}
		var c Comment
		for _, p := range strings.Split(s.text, "\n\n") {
			for n, entry := range strings.Split("\n"+strings.TrimSpace(p), "\n- ") {
				entry = link.ReplaceAllString(strings.Join(strings.Fields(entry), " "), "$2")
				if kind := Paragraph; entry != "" {
					if n > 0 {
						kind = Entry
					}
					c.Text = append(c.Text, Block{kind, entry})
				}
			}
		}
		if i > 0 && len(c.Text) > 0 && c.Text[0].Kind == Paragraph {
			r.request("PP")
		}
		m.blocks(r, c.Text, false)
	}
}
