// SPDX-License-Identifier: MIT

package main

import (
	"regexp"
	"strings"
)

// A page in the language of man(7).
type roff struct{ strings.Builder }

// request is a line that begins with a dot.
func (r *roff) request(name string, args ...string) {
	r.WriteString("." + name)
	for _, a := range args {
		if strings.ContainsAny(a, " \t") && name[0] != 'S' { // .SH and .SS take the line
			a = `"` + a + `"`
		}
		r.WriteString(" " + a)
	}
	r.WriteByte('\n')
}

// words are lines of text, already in roff's language, at most 90 wide where there are
// spaces.
func (r *roff) words(text string) {
	line := ""
	flush := func() {
		if line != "" && strings.IndexByte(".'", line[0]) >= 0 {
			line = `\&` + line
		}
		r.WriteString(line + "\n")
		line = ""
	}
	for _, w := range strings.Fields(text) {
		if line != "" && len(line)+1+len(w) > 90 {
			flush()
		}
		if line != "" {
			line += " "
		}
		line += w
	}
	if line != "" {
		flush()
	}
}

// lines stay as they are.
func (r *roff) lines(text string) {
	r.request("PP")
	r.request("in", "+4n")
	r.request("nf")
	for _, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		r.WriteString(literal(strings.ReplaceAll(l, "\t", "    ")) + "\n")
	}
	r.request("fi")
	r.request("in")
}

var special = strings.NewReplacer(`\`, `\e`, "~", `\(ti`, "^", `\(ha`, "`", `\(ga`)

// literal is text whose characters all are what they look like.
func literal(text string) string {
	text = strings.NewReplacer("-", `\-`, "'", `\(aq`).Replace(special.Replace(text))
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, `\(aq`) {
		text = `\&` + text
	}
	return text
}

func bold(text string) string   { return `\fB` + literal(text) + `\fR` }
func italic(text string) string { return `\fI` + literal(text) + `\fR` }

var (
	number   = regexp.MustCompile(`(^|[\s(,:])-(\d)`)
	wordP    = regexp.MustCompile(`[\\@](?:p|ref)\s+([\w.]*\w)`)
	aName    = regexp.MustCompile(`\b(_*lws\w*|_*lws_\w+|lejp_\w+|lecp_\w+)\(\)`)
	constant = regexp.MustCompile(`\b(?:LWS|LLL|LCCSCF|LWSMPRO|LEJP|PENDING)_[A-Z0-9_]+\b`)
)

// inline is a comment's text in roff's language: calls with the section of their page
// where they have one.
func inline(text string, paged map[string]string) string {
	return spans(wordP.ReplaceAllString(text, "`$1`"), func(plain string) string {
		plain = number.ReplaceAllString(special.Replace(plain), `$1\-$2`)
		plain = aName.ReplaceAllStringFunc(plain, func(call string) string { return callOf(call, paged) })
		return constant.ReplaceAllString(plain, `\fB$0\fR`)
	}, func(code string) string {
		if aName.FindString(code) == code {
			return callOf(code, paged)
		}
		return bold(code)
	})
}

func callOf(call string, paged map[string]string) string {
	name := strings.TrimSuffix(call, "()")
	if paged[name] != "" {
		return bold(name) + "(3)"
	}
	return bold(name) + "()"
}
