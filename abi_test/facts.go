// SPDX-License-Identifier: MIT

// Package abitest reads what a C program relies on — the declarations of the
// public headers and the dynamic symbols of the library — and tells where two
// versions of it differ. Its tests hold ours against Debian's
// libwebsockets-dev 4.1.6 and 4.3.5; tools/symbols makes docs/symbols.md with it.
package abitest

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/cc/v4"
)

// Facts is everything the headers of one directory declare.
type Facts struct {
	Functions map[string]Decl      // prototypes and static inline functions
	Variables map[string]Decl      // extern data
	Typedefs  map[string]Decl      // name to canonical type
	Layouts   map[string]Layout    // "struct x", "union x", or the typedef of an untagged one
	Enums     map[string]EnumConst // every enum constant
	Macros    map[string]Macro     // what is still defined at the end of the unit
}

// Decl is the type a name is declared with.
type Decl struct {
	Type string // canonical: typedefs resolved, parameter names left out
	File string // the header, relative to the include directory
}

// Layout is a complete struct or union type.
type Layout struct {
	Size, Align int64
	Members     []Member
	File        string
}

// Member is one member; those of an unnamed inner struct or union appear as
// members of the outer one, as C sees them.
type Member struct {
	Name      string
	Type      string
	BitOffset int64 // from the start of the outermost struct
	BitSize   int64 // the width of a bit-field, 8 × size of anything else
	BitField  bool
}

// EnumConst is an enum constant.
type EnumConst struct {
	Value int64
	Of    string // the enum's tag or typedef name
	File  string
}

// Macro is a macro's definition. In Body tokens are separated by one space,
// and a function-like macro's parameters are $1, $2, …
type Macro struct {
	FnLike   bool
	Params   int
	Variadic bool
	Body     string
	Value    string // of a constant expression: value and type; else empty
	File     string
}

// Unit is a translation unit whose header declarations are wanted.
type Unit struct {
	Dir    string   // include directory; only what its files declare counts
	Source string   // C text
	Extra  []string // other include directories, searched last
}

// hostConfig asks the C compiler once for its predefined macros and paths.
var hostConfig = sync.OnceValues(func() (*cc.Config, error) {
	return cc.NewConfig("linux", "amd64")
})

// ParseUnit reads a unit and returns what the headers under u.Dir declare.
// System headers are found where the host's C compiler finds them; none needs
// a workaround with cc/v4 4.31, gcc 12 and OpenSSL 3.0. Two things cc computes
// wrongly, neither of which the library's headers use: packed structs, and what
// follows bit-fields in the same unit as a smaller member (uint16_t a; int b:1;).
// TestLayoutsWithCompiler would tell if they began to.
func ParseUnit(u Unit) (*Facts, error) {
	host, err := hostConfig()
	if err != nil {
		return nil, err
	}
	cfg := *host
	cfg.Header = true
	cfg.EvalAllMacros = true
	cfg.UnsignedEnums = true
	cfg.IncludePaths = append([]string{"", u.Dir}, host.HostIncludePaths...)
	cfg.IncludePaths = append(cfg.IncludePaths, host.HostSysIncludePaths...)
	cfg.SysIncludePaths = append([]string{u.Dir}, host.HostSysIncludePaths...)
	cfg.IncludePaths = append(cfg.IncludePaths, u.Extra...)
	cfg.SysIncludePaths = append(cfg.SysIncludePaths, u.Extra...)
	ast, err := cc.Translate(&cfg, []cc.Source{
		{Name: "<predefined>", Value: cfg.Predefined},
		{Name: "<builtin>", Value: cc.Builtin},
		{Name: "unit.c", Value: u.Source},
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", u.Dir, err)
	}
	c := collector{dir: filepath.Clean(u.Dir), f: newFacts()}
	for name, nodes := range ast.Scope.Nodes {
		for _, n := range nodes {
			c.node(name, n)
		}
	}
	for name, m := range ast.Macros {
		c.macro(name, m)
	}
	return c.f, nil
}

func newFacts() *Facts {
	return &Facts{
		Functions: map[string]Decl{},
		Variables: map[string]Decl{},
		Typedefs:  map[string]Decl{},
		Layouts:   map[string]Layout{},
		Enums:     map[string]EnumConst{},
		Macros:    map[string]Macro{},
	}
}

// collector puts the declarations of one include directory into f.
type collector struct {
	dir string
	f   *Facts
}

// file returns the header's name below the directory, and whether it is one.
func (c *collector) file(name string) (string, bool) {
	rest, ok := strings.CutPrefix(filepath.Clean(name), c.dir+string(filepath.Separator))
	return rest, ok
}

func (c *collector) node(name string, n cc.Node) {
	file, ok := c.file(n.Position().Filename)
	if !ok {
		return
	}
	switch x := n.(type) {
	case *cc.Declarator:
		c.declarator(name, file, x)
	case *cc.Enumerator:
		e := c.f.Enums[name]
		e.Value, e.File = constInt(x.Value()), file
		c.f.Enums[name] = e
	case *cc.EnumSpecifier:
		c.constantsOf(x.Type(), "enum "+name)
	case *cc.StructOrUnionSpecifier:
		if t := x.Type(); !t.IsIncomplete() {
			c.f.Layouts[typeString(t)] = layoutOf(t, file)
		}
	}
}

func (c *collector) declarator(name, file string, d *cc.Declarator) {
	t := d.Type()
	switch {
	case d.IsTypename():
		c.f.Typedefs[name] = Decl{Type: underlying(t), File: file}
		if k := t.Kind(); (k == cc.Struct || k == cc.Union) && tagOf(t) == "" {
			c.f.Layouts[name] = layoutOf(t, file)
		}
		if tagOf(t) == "" {
			c.constantsOf(t, name)
		}
	case t.Kind() == cc.Function:
		s := typeString(t)
		if d.IsStatic() {
			s = "static " + s
		}
		c.f.Functions[name] = Decl{Type: s, File: file}
	default:
		c.f.Variables[name] = Decl{Type: typeString(t), File: file}
	}
}

// constantsOf notes that an enum's constants belong to the type called name.
func (c *collector) constantsOf(t cc.Type, name string) {
	e, ok := t.(*cc.EnumType)
	if !ok {
		return
	}
	for _, v := range e.Enumerators() {
		x := c.f.Enums[v.Token.SrcStr()]
		x.Of = name
		c.f.Enums[v.Token.SrcStr()] = x
	}
}

func (c *collector) macro(name string, m *cc.Macro) {
	file, ok := c.file(m.Name.Position().Filename)
	if !ok {
		return
	}
	params := map[string]string{}
	for i, p := range m.Params {
		params[p.SrcStr()] = fmt.Sprintf("$%d", i+1)
	}
	var body []string
	for _, t := range m.ReplacementList() {
		s := strings.TrimSpace(t.SrcStr())
		if p, ok := params[s]; ok {
			s = p
		}
		if s != "" {
			body = append(body, s)
		}
	}
	r := Macro{
		FnLike:   m.IsFnLike,
		Params:   len(m.Params),
		Variadic: m.IsFnLike && m.VarArg >= 0,
		Body:     strings.Join(body, " "),
		File:     file,
	}
	if v := m.Value(); !m.IsFnLike && v != cc.Unknown && m.Type() != nil {
		r.Value = fmt.Sprintf("%v (%s)", v, typeString(m.Type()))
	}
	c.f.Macros[name] = r
}

func constInt(v cc.Value) int64 {
	switch x := v.(type) {
	case cc.Int64Value:
		return int64(x)
	case cc.UInt64Value:
		return int64(x)
	}
	panic(fmt.Sprintf("enum constant with value %T", v))
}
