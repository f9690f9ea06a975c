// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"strings"

	"modernc.org/cc/v4"
)

// typeString spells a type as C does, with typedefs resolved down to basic
// types and tags. A type without a tag goes by its typedef's name; where it
// has none either, its members are spelled out.
func typeString(t cc.Type) string {
	return spell(t, "")
}

// underlying is typeString for the right side of a typedef: an untagged type
// is spelled out instead of repeating the name.
func underlying(t cc.Type) string {
	switch t.Kind() {
	case cc.Struct, cc.Union, cc.Enum:
		if tagOf(t) == "" {
			return body(t)
		}
	}
	return typeString(t)
}

// spell writes t around the declarator text inner, as C's syntax wants it.
func spell(t cc.Type, inner string) string {
	switch x := t.(type) {
	case *cc.PointerType:
		inner = "*" + qualifier(t, "") + inner
		switch x.Elem().Kind() {
		case cc.Function, cc.Array:
			inner = "(" + inner + ")"
		}
		return spell(x.Elem(), inner)
	case *cc.ArrayType:
		n := ""
		if x.Len() >= 0 {
			n = fmt.Sprint(x.Len())
		}
		return spell(x.Elem(), inner+"["+n+"]")
	case *cc.FunctionType:
		return spell(x.Result(), inner+"("+parameters(x)+")")
	}
	s := qualifier(t, " ") + baseName(t)
	if inner != "" {
		s += " " + inner
	}
	return s
}

func parameters(f *cc.FunctionType) string {
	var p []string
	for _, v := range f.Parameters() {
		// A parameter's own const does not belong to the function's type.
		s := spell(v.Type().Decay(), "")
		if v.Type().Decay().Kind() == cc.Ptr {
			s = strings.TrimSuffix(s, "const")
		} else {
			s = strings.TrimPrefix(s, "const ")
		}
		p = append(p, s)
	}
	if f.IsVariadic() {
		p = append(p, "...")
	}
	if len(p) == 0 {
		return "void"
	}
	return strings.Join(p, ", ")
}

func qualifier(t cc.Type, sep string) string {
	a := t.Attributes()
	s := ""
	if a.IsConst() {
		s = "const" + sep
	}
	if a.IsVolatile() {
		s += "volatile" + sep
	}
	return s
}

func baseName(t cc.Type) string {
	keyword := ""
	switch t.Kind() {
	case cc.Struct:
		keyword = "struct "
	case cc.Union:
		keyword = "union "
	case cc.Enum:
		keyword = "enum "
	default:
		return t.Kind().String()
	}
	if tag := tagOf(t); tag != "" {
		return keyword + tag
	}
	if d := t.Typedef(); d != nil {
		return d.Name()
	}
	return body(t)
}

func tagOf(t cc.Type) string {
	var tok cc.Token
	switch x := t.(type) {
	case *cc.StructType:
		tok = x.Tag()
	case *cc.UnionType:
		tok = x.Tag()
	case *cc.EnumType:
		tok = x.Tag()
	default:
		return ""
	}
	return tok.SrcStr()
}

// body spells out an untagged type. An enum's constants are facts of their own.
func body(t cc.Type) string {
	if e, ok := t.(*cc.EnumType); ok {
		return "enum of " + typeString(e.UnderlyingType())
	}
	var b strings.Builder
	b.WriteString("struct {")
	if t.Kind() == cc.Union {
		b.Reset()
		b.WriteString("union {")
	}
	for _, m := range members(t, 0) {
		fmt.Fprintf(&b, " %s %s;", m.Type, m.Name)
	}
	return b.String() + " }"
}

func layoutOf(t cc.Type, file string) Layout {
	return Layout{Size: t.Size(), Align: int64(t.Align()), Members: members(t, 0), File: file}
}

// members lists a struct's or union's members; base is its own bit offset.
func members(t cc.Type, base int64) []Member {
	s, ok := t.(interface {
		NumFields() int
		FieldByIndex(int) *cc.Field
	})
	if !ok {
		return nil
	}
	var out []Member
	for i := range s.NumFields() {
		f := s.FieldByIndex(i)
		ft := f.Type()
		at := base + 8*f.Offset()
		if f.Name() == "" && !f.IsBitfield() {
			out = append(out, members(ft, at)...)
			continue
		}
		m := Member{Name: f.Name(), Type: typeString(ft), BitOffset: at, BitSize: 8 * ft.Size()}
		if f.IsFlexibleArrayMember() {
			m.BitSize = 0
		}
		if f.IsBitfield() {
			m.BitField = true
			m.BitOffset += int64(f.OffsetBits())
			m.BitSize = f.ValueBits()
		}
		out = append(out, m)
	}
	return out
}
