// SPDX-License-Identifier: MIT

package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode"
)

// mainPage is the first page of the reference.
const mainPage = "docs/api.md"

// Pages are the documents that are part of the reference, relative to the checkout.
func Pages(root string) (pages []string) {
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/guide/*.md", "docs/generations/*.md", "capi/README.md", "c_tests/trace/README.md"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, f := range found {
			rel, _ := filepath.Rel(root, f)
			pages = append(pages, rel)
		}
	}
	return pages
}

// pageID is what doxygen calls a page: docs/guide/tls.md, page_docs_guide_tls.
func pageID(file string) string {
	id := strings.TrimSuffix(file, ".md")
	return "page_" + strings.NewReplacer("/", "_", ".", "_").Replace(id)
}

// slug is the name that a heading has in links.
func slug(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(heading) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-', r == '_', unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// sectionID is what doxygen calls a part of a page: letters of ASCII only.
func sectionID(file, anchor string) string {
	return pageID(file) + "_" + regexp.MustCompile(`[^\w-]`).ReplaceAllString(anchor, "x")
}

// Section is a piece of a page: text, or lines of code.
type section struct {
	code bool
	text string
}

// sections splits a page at its fences and at what is indented.
func sections(text string) (out []section) {
	fenced, blank := false, true
	for _, l := range strings.SplitAfter(text, "\n") {
		fence := strings.HasPrefix(l, "```")
		code := fenced || fence || strings.HasPrefix(l, "    ") && (blank || len(out) > 0 && out[len(out)-1].code)
		if fence {
			fenced = !fenced
		}
		blank = strings.TrimSpace(l) == ""
		if len(out) == 0 || out[len(out)-1].code != code {
			out = append(out, section{code: code})
		}
		out[len(out)-1].text += l
	}
	return out
}

var (
	heading     = regexp.MustCompile(`(?m)^(#+) (.*)$`)
	link        = regexp.MustCompile(`(!?)\[([^\]]*)\]\(([^)\s]+)\)`)
	programName = regexp.MustCompile(`^[a-z0-9-]+\.cc?$`)
	call        = regexp.MustCompile(`^_*l\w+\(\)$`)
)

// Page is a document as doxygen is to read it.
func Page(root, file, text string) string {
	var b strings.Builder
	first := true
	for _, s := range sections(text) {
		if s.code {
			b.WriteString(s.text)
			continue
		}
		last := 0
		for _, m := range heading.FindAllStringSubmatchIndex(s.text, -1) {
			b.WriteString(prose(root, file, s.text[last:m[0]]))
			title := s.text[m[4]:m[5]]
			id := sectionID(file, slug(title))
			if first {
				id = pageID(file)
			}
			title = strings.ReplaceAll(title, "`", "")
			if first && file == mainPage {
				b.WriteString("# " + title)
			} else {
				b.WriteString(s.text[m[2]:m[3]] + " " + escapePlain(title) + " {#" + id + "}")
			}
			first = false
			last = m[1]
		}
		b.WriteString(prose(root, file, s.text[last:]))
	}
	return b.String()
}

// prose is text with links as doxygen follows them, and nothing else that means something
// to it but not to Markdown.
func prose(root, file, text string) string {
	var b strings.Builder
	last := 0
	for _, m := range link.FindAllStringSubmatchIndex(text, -1) {
		if strings.Count(text[:m[0]], "`")%2 == 1 {
			continue // in code
		}
		b.WriteString(words(file, text[last:m[0]]))
		b.WriteString(linked(root, file, text[m[2]:m[3]] != "", text[m[4]:m[5]], text[m[6]:m[7]]))
		last = m[1]
	}
	b.WriteString(words(file, text[last:]))
	return b.String()
}

func words(file, text string) string {
	return spans(text, func(t string) string {
		var b strings.Builder
		quoted := false
		for i := range len(t) {
			switch c := t[i]; {
			case c == '"':
				quoted = !quoted && strings.IndexByte(t[i+1:], '"') >= 0
				b.WriteByte(c)
			case quoted && c != '<' && c != '>':
				b.WriteByte(c)
			case strings.IndexByte(`@\<>%`, c) >= 0, c == '#' && i+1 < len(t) && t[i+1] != ' ' && t[i+1] != '#', c == ':' && strings.HasPrefix(t[i:], "::"):
				b.WriteString(`\` + string(c))
			default:
				b.WriteByte(c)
			}
		}
		return b.String()
	}, func(code string) string {
		if call.MatchString(code) {
			return "<code>" + code + "</code>" // which doxygen makes a link
		}
		if path.Dir(file) == "docs/guide" && programName.MatchString(code) {
			return "[" + code + "](" + programPage(code) + ")"
		}
		return ticked(code)
	})
}

// programPage is the page that doxygen makes of a program of the guide.
func programPage(name string) string { return strings.ReplaceAll(name, ".", "_8") + "-example.html" }

// ticked is code as doxygen reads it: there an apostrophe ends what one backtick began.
func ticked(code string) string {
	if strings.Contains(code, `\|`) { // in a table
		return "<code>" + strings.NewReplacer(`\|`, "&#124;", "&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(code) + "</code>"
	}
	if strings.Contains(code, "'") {
		return "``" + code + "``"
	}
	return "`" + code + "`"
}

// parents are the pages below which others are in the reference: those that they name.
var parents = map[string]func(page string) bool{
	"docs/README.md": func(p string) bool {
		return p == "docs/guide/README.md" || path.Dir(p) != "docs/guide" && p != "docs/README.md" && p != "README.md"
	},
	"docs/guide/README.md": func(p string) bool { return path.Dir(p) == "docs/guide" },
	"docs/generations.md":  func(p string) bool { return path.Dir(p) == "docs/generations" },
}

// linked is a link of a page.
func linked(root, file string, image bool, text, target string) string {
	if strings.Contains(target, "://") {
		return "[" + text + "](" + target + ")"
	}
	to, anchor, _ := strings.Cut(target, "#")
	to = path.Join(path.Dir(file), to)
	if strings.HasPrefix(target, "#") {
		to = file
	}
	plain := strings.NewReplacer("`", "", "\n", " ", `"`, "").Replace(text)
	if info, err := os.Stat(filepath.Join(root, to)); err != nil {
		return plain // docs_test.go tells
	} else if info.IsDir() {
		if to == "include/libwebsockets" {
			return "[" + plain + "](files.html)"
		}
		return "`" + to + "`"
	}
	switch {
	case image:
		return "![" + plain + "](" + path.Base(to) + ")"
	case to == mainPage:
		return "[" + plain + "](@ref index)"
	case isPage(root, to) && anchor != "":
		return "[" + plain + "](@ref " + sectionID(to, anchor) + ")"
	case isPage(root, to) && parents[file] != nil && parents[file](to):
		return "@subpage " + pageID(to) + ` "` + escapePlain(plain) + `"`
	case isPage(root, to):
		return "[" + plain + "](@ref " + pageID(to) + ")"
	case strings.HasPrefix(to, "include/") && strings.HasSuffix(to, ".h"):
		return "[" + plain + "](@ref " + groupOf(path.Base(to)) + ")"
	case strings.HasPrefix(to, "docs/guide/programs/"):
		return "[" + plain + "](" + programPage(path.Base(to)) + ")"
	}
	return "`" + to + "`"
}

func isPage(root, file string) bool {
	for _, p := range Pages(root) {
		if p == file {
			return true
		}
	}
	return false
}

// examples are the programs of the guide, as doxygen is told of them.
func examples(root string) string {
	var b strings.Builder
	found, _ := filepath.Glob(filepath.Join(root, "docs/guide/programs/*.c*"))
	for _, f := range found {
		b.WriteString("/** @example " + filepath.Base(f) + "\n * A program of @ref page_docs_guide_README \"the guide\". */\n")
	}
	return b.String()
}
