// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"slices"
	"strings"
)

// Compare tells where ours differs from want, one line per difference,
// sorted. What ours has beyond want must be listed in ext.
func Compare(want, ours *Facts, ext *Extensions) []string {
	d := differ{ext: ext}
	d.decls("function", "symbol", want.Functions, ours.Functions)
	d.decls("variable", "symbol", want.Variables, ours.Variables)
	d.decls("typedef", "typedef", want.Typedefs, ours.Typedefs)
	d.layouts(want.Layouts, ours.Layouts)
	d.enums(want.Enums, ours.Enums)
	d.macros(want.Macros, ours.Macros)
	slices.Sort(d.out)
	return slices.Compact(d.out)
}

type differ struct {
	ext *Extensions
	out []string
}

func (d *differ) add(format string, a ...any) {
	d.out = append(d.out, fmt.Sprintf(format, a...))
}

// extra is called for what only our headers have.
func (d *differ) extra(kind, name, what, file string) {
	if !d.ext.Has(kind, name) {
		d.add("%s %s: only in ours (%s), and not listed as an extension", what, name, file)
	}
}

func (d *differ) decls(what, extKind string, want, ours map[string]Decl) {
	for name, w := range want {
		o, ok := ours[name]
		switch {
		case !ok:
			d.add("%s %s: missing (declared in %s)", what, name, w.File)
		case o.Type != w.Type:
			d.add("%s %s: is %s, must be %s (%s)", what, name, o.Type, w.Type, o.File)
		}
	}
	for name, o := range ours {
		if _, ok := want[name]; !ok {
			d.extra(extKind, name, what, o.File)
		}
	}
}

func (d *differ) layouts(want, ours map[string]Layout) {
	for name, w := range want {
		o, ok := ours[name]
		if !ok {
			d.add("%s: missing (declared in %s)", name, w.File)
			continue
		}
		d.layout(name, w, o)
	}
	for name, o := range ours {
		if _, ok := want[name]; !ok {
			d.extra("type", name, "type", o.File)
		}
	}
}

func (d *differ) layout(name string, w, o Layout) {
	extended := false
	for i, wm := range w.Members {
		if i >= len(o.Members) {
			d.add("%s: member %s missing (%s)", name, wm.Name, o.File)
			continue
		}
		if om := o.Members[i]; om != wm {
			d.add("%s: member %d is %s, must be %s (%s)", name, i, om, wm, o.File)
		}
	}
	for _, om := range o.Members[min(len(w.Members), len(o.Members)):] {
		member := plainName(name) + "." + om.Name
		d.extra("member", member, "member", o.File)
		extended = extended || d.ext.Has("member", member)
	}
	// Only a struct with listed members at its end may have grown.
	if o.Size != w.Size && !(extended && o.Size > w.Size) {
		d.add("%s: size is %d, must be %d (%s)", name, o.Size, w.Size, o.File)
	}
	if o.Align != w.Align {
		d.add("%s: alignment is %d, must be %d (%s)", name, o.Align, w.Align, o.File)
	}
}

// String is how a difference report shows a member.
func (m Member) String() string {
	if m.BitField {
		return fmt.Sprintf("%q %s, bits %d+%d", m.Name, m.Type, m.BitOffset, m.BitSize)
	}
	return fmt.Sprintf("%q %s at %d, size %d", m.Name, m.Type, m.BitOffset/8, m.BitSize/8)
}

func (d *differ) enums(want, ours map[string]EnumConst) {
	for name, w := range want {
		o, ok := ours[name]
		switch {
		case !ok:
			d.add("enum constant %s: missing (declared in %s)", name, w.File)
		case o.Value != w.Value:
			d.add("enum constant %s: is %d, must be %d (%s)", name, o.Value, w.Value, o.File)
		case o.Of != w.Of:
			d.add("enum constant %s: is of %q, must be of %q (%s)", name, o.Of, w.Of, o.File)
		}
	}
	for name, o := range ours {
		if _, ok := want[name]; !ok {
			d.extra("enum", name, "enum constant", o.File)
		}
	}
}

func (d *differ) macros(want, ours map[string]Macro) {
	for name, w := range want {
		o, ok := ours[name]
		switch {
		case !ok:
			d.add("macro %s: missing (defined in %s)", name, w.File)
		case !w.same(o) && !d.ext.Has("macro", name):
			d.add("macro %s: is %s, must be %s (%s)", name, o, w, o.File)
		}
	}
	for name, o := range ours {
		if _, ok := want[name]; !ok {
			d.extra("macro", name, "macro", o.File)
		}
	}
}

// same reports whether two definitions are worth the same to a program: the
// same tokens, or constant expressions of the same value and type.
func (m Macro) same(o Macro) bool {
	if m.FnLike != o.FnLike || m.Params != o.Params || m.Variadic != o.Variadic {
		return false
	}
	return m.Body == o.Body || m.Value != "" && m.Value == o.Value
}

// String is how a difference report shows a macro.
func (m Macro) String() string {
	var p []string
	for i := range m.Params {
		p = append(p, fmt.Sprintf("$%d", i+1))
	}
	if m.Variadic {
		p = append(p, "...")
	}
	s := "`" + m.Body + "`"
	if m.FnLike {
		s = "(" + strings.Join(p, ", ") + ") " + s
	}
	if m.Value != "" && m.Value != m.Body {
		s += " = " + m.Value
	}
	return s
}
