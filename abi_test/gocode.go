// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"go/ast"
	gobuild "go/build"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const module = "libwebsockets/"

// GoCode is what Go packages declare. Only the module's own are read: what comes
// from others, or from C, has no value here.
type GoCode struct {
	root  string
	fset  *token.FileSet
	Pkgs  map[string]*types.Package // by folder: "impl/engine"
	files map[string][]*ast.File
}

// GoConst is a whole number that a package declares.
type GoConst struct {
	Name  string // "engine.OptSTS": the folder, without impl/, and the name
	Type  string // "engine.Option", empty for a basic type
	Group string // where the declaration is that it is in
	Value int64
}

// LoadGo reads the packages of some folders of the module at root, and of all below.
func LoadGo(root string, folders ...string) (*GoCode, error) {
	g := &GoCode{root: root, fset: token.NewFileSet(), Pkgs: map[string]*types.Package{}, files: map[string][]*ast.File{}}
	for _, f := range folders {
		err := filepath.WalkDir(filepath.Join(root, f), func(p string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return err
			}
			rel, err := filepath.Rel(root, p)
			if err == nil {
				_, err = g.load(rel)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return g, nil
}

// Import is types.Importer's.
func (g *GoCode) Import(name string) (*types.Package, error) {
	if f, ours := strings.CutPrefix(name, module); ours {
		return g.load(f)
	}
	p := types.NewPackage(name, path.Base(name))
	p.MarkComplete()
	return p, nil
}

func (g *GoCode) load(folder string) (*types.Package, error) {
	if p := g.Pkgs[folder]; p != nil {
		return p, nil
	}
	list, err := os.ReadDir(filepath.Join(g.root, folder))
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if ok, err := gobuild.Default.MatchFile(filepath.Join(g.root, folder), e.Name()); err != nil || !ok {
			continue
		}
		f, err := parser.ParseFile(g.fset, filepath.Join(g.root, folder, e.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	conf := types.Config{
		Importer:         g,
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Sizes:            types.SizesFor("gc", "amd64"),
		Error:            func(error) {}, // other modules' names are not known
	}
	p, _ := conf.Check(module+folder, g.fset, files, nil)
	g.Pkgs[folder], g.files[folder] = p, files
	return p, nil
}

// short is how a folder is called in the rules.
func short(folder string) string { return strings.TrimPrefix(folder, "impl/") }

// Consts are all that have a whole number as their value.
func (g *GoCode) Consts() []GoConst {
	var out []GoConst
	for folder, files := range g.files {
		for _, f := range files {
			for _, d := range f.Decls {
				gen, ok := d.(*ast.GenDecl)
				if !ok || gen.Tok != token.CONST {
					continue
				}
				for _, s := range gen.Specs {
					for _, id := range s.(*ast.ValueSpec).Names {
						if c, ok := g.constant(folder, id.Name); ok {
							c.Group = g.fset.Position(gen.Pos()).String()
							out = append(out, c)
						}
					}
				}
			}
		}
	}
	return out
}

func (g *GoCode) constant(folder, name string) (GoConst, bool) {
	c, ok := g.Pkgs[folder].Scope().Lookup(name).(*types.Const)
	if !ok {
		return GoConst{}, false
	}
	r := GoConst{Name: short(folder) + "." + name}
	v := constant.ToInt(c.Val())
	if v.Kind() != constant.Int {
		return r, false
	}
	if n, exact := constant.Int64Val(v); exact {
		r.Value = n
	} else if n, exact := constant.Uint64Val(v); exact {
		r.Value = int64(n)
	} else {
		return r, false
	}
	if n, ok := c.Type().(*types.Named); ok {
		r.Type = short(strings.TrimPrefix(n.Obj().Pkg().Path(), module)) + "." + n.Obj().Name()
	}
	return r, true
}

// GoField is a field of a struct, where it is and how long, in bytes.
type GoField struct {
	Name     string
	At, Size int64
}

// Struct is the layout of one, named as in "engine.Face".
func (g *GoCode) Struct(name string) (fields []GoField, size int64, err error) {
	dot := strings.LastIndexByte(name, '.')
	folder := name[:dot]
	if g.Pkgs[folder] == nil {
		folder = "impl/" + folder
	}
	p := g.Pkgs[folder]
	if p == nil || p.Scope().Lookup(name[dot+1:]) == nil {
		return nil, 0, fmt.Errorf("there is no %s", name)
	}
	t := p.Scope().Lookup(name[dot+1:]).Type()
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil, 0, fmt.Errorf("%s is no struct", name)
	}
	var vars []*types.Var
	for v := range s.Fields() {
		vars = append(vars, v)
	}
	sizes := types.SizesFor("gc", "amd64")
	at := sizes.Offsetsof(vars)
	for i, v := range vars {
		fields = append(fields, GoField{v.Name(), at[i], sizes.Sizeof(v.Type())})
	}
	return fields, sizes.Sizeof(t), nil
}

// TypeDocs are the comments of the packages' types, by name.
func (g *GoCode) TypeDocs() map[string]string {
	out := map[string]string{}
	for folder, files := range g.files {
		for _, f := range files {
			for _, d := range f.Decls {
				gen, ok := d.(*ast.GenDecl)
				if !ok || gen.Tok != token.TYPE {
					continue
				}
				for _, s := range gen.Specs {
					t := s.(*ast.TypeSpec)
					out[short(folder)+"."+t.Name.Name] = gen.Doc.Text() + t.Doc.Text()
				}
			}
		}
	}
	return out
}
