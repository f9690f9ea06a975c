// SPDX-License-Identifier: MIT

package engine

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRoles: each exported method of a role, wherever it is below impl, belongs to an
// interface of role.go, and its package lets the compiler say that the role has that
// interface. Otherwise the engine would not find a method whose name or type is wrong,
// and never call it. It fails when a role's Ending is named Endign, and when a line
// `_ engine.Carrier = …` is missing.
func TestRoles(t *testing.T) {
	byMethod := map[string]string{}
	eachType(parse(t, "role.go"), func(name string, is ast.Expr) {
		if i, ok := is.(*ast.InterfaceType); ok {
			for _, m := range i.Methods.List {
				byMethod[m.Names[0].Name] = name
			}
		}
	})
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			dir := filepath.Dir(path)
			packages[dir] = append(packages[dir], parse(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	roles := 0
	for dir, files := range packages {
		methods, said := map[string][]string{}, map[string][]string{}
		for _, f := range files {
			methodsOf(f, methods)
			assertionsOf(f, said)
		}
		for role, l := range methods {
			if !slices.Contains(l, "Readable") && !slices.Contains(l, "Writeable") {
				continue
			}
			roles++
			for _, m := range l {
				switch i := byMethod[m]; {
				case i == "":
					t.Errorf("%s: nobody calls %s.%s: it belongs to no interface of engine/role.go", dir, role, m)
				case i != "Role" && !slices.Contains(said[role], i):
					t.Errorf("%s: %s.%s: there is no line var _ engine.%s = %s{}", dir, role, m, i, role)
				}
			}
		}
	}
	if len(byMethod) < 10 || roles < 11 {
		t.Errorf("%d methods in role.go, %d roles: the test has missed some", len(byMethod), roles)
	}
}

func parse(t *testing.T, path string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func eachType(f *ast.File, fn func(name string, is ast.Expr)) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.TypeSpec); ok {
			fn(s.Name.Name, s.Type)
		}
		return true
	})
}

// methodsOf adds the exported methods of a file, by the name of their type.
func methodsOf(f *ast.File, to map[string][]string) {
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && fn.Name.IsExported() {
			of := typeName(fn.Recv.List[0].Type)
			to[of] = append(to[of], fn.Name.Name)
		}
	}
}

// assertionsOf adds the interfaces of the engine that `var x engine.I = T{…}` says of a T.
func assertionsOf(f *ast.File, to map[string][]string) {
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.ValueSpec)
		if !ok || len(s.Values) != 1 {
			return true
		}
		if i, ok := s.Type.(*ast.SelectorExpr); ok {
			of := typeName(s.Values[0])
			to[of] = append(to[of], i.Sel.Name)
		}
		return true
	})
}

// typeName is T for T, *T, T{…}, &T{…} and (*T)(nil).
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.UnaryExpr:
		return typeName(e.X)
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.ParenExpr:
		return typeName(e.X)
	case *ast.CallExpr:
		return typeName(e.Fun)
	case *ast.CompositeLit:
		return typeName(e.Type)
	}
	return ""
}
