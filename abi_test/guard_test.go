// SPDX-License-Identifier: MIT

package abitest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the C wrapper of an export answers where Go cannot be entered.
var entryError = regexp.MustCompile(`(?s)LWS_ENTRY(?:_AS)?\(\s*[^,]+?,\s*([^,]+?)\s*,\s*(\w+)\s*,`)

// Results that are zero values.
var zeroResult = map[string]bool{"0": true, "NULL": true, "LWS_TOKZE_ENDED": true}

// A panic never reaches C: the first statement of each exported Go function is
// its guard, or all of it is a call of a helper that has one (capi/core/entry.go),
// and it fails as its C wrapper does. Seen to fail for 104 of them.
func TestExportsAreGuarded(t *testing.T) {
	failed := map[string]string{}
	for _, file := range glob(t, "../capi/c/*.c") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range entryError.FindAllSubmatch(text, -1) {
			failed["go_"+string(m[2])] = string(m[1])
		}
	}
	seen := 0
	fset := token.NewFileSet()
	for _, file := range glob(t, "../capi/core/*.go") {
		f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !strings.Contains(docOf(fn), "//export ") {
				continue
			}
			seen++
			guard := guardOf(fset, fn)
			want, wrapped := failed[fn.Name.Name]
			switch {
			case guard == "":
				t.Errorf("%s: %s does not begin with its guard", fset.Position(fn.Pos()), fn.Name.Name)
			case !wrapped:
			case zeroResult[want] && guard != "0", !zeroResult[want] && guard != want:
				t.Errorf("%s: %s fails with %s, its wrapper in capi/c with %s", fset.Position(fn.Pos()), fn.Name.Name, guard, want)
			}
		}
	}
	if seen < 150 || len(failed) < 80 {
		t.Errorf("%d exports, %d wrappers: they are no longer found", seen, len(failed))
	}
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: %v, %d files", pattern, err, len(files))
	}
	return files
}

// docOf is a function's comment with its directives.
func docOf(fn *ast.FuncDecl) string {
	var b strings.Builder
	if fn.Doc != nil {
		for _, c := range fn.Doc.List {
			b.WriteString(c.Text + "\n")
		}
	}
	return b.String()
}

// guards are the functions that catch a panic, and which of their arguments is
// what the export then fails with; -1: a zero value or no result.
var guards = map[string]int{
	"guard": -1, "guardOr": 2,
	"onConn": 2, "onContext": 2, "onVhost": 2, "withConn": -1, "withContext": -1, "withVhost": -1,
}

// guardOf is what a function fails with after a panic: "0" stands for a zero
// value or no result, "" for no guard at all.
func guardOf(fset *token.FileSet, fn *ast.FuncDecl) string {
	if len(fn.Body.List) == 0 {
		return ""
	}
	var call *ast.CallExpr
	switch first := fn.Body.List[0].(type) {
	case *ast.DeferStmt:
		call = first.Call
	case *ast.ExprStmt:
		call, _ = first.X.(*ast.CallExpr)
	case *ast.ReturnStmt:
		if len(first.Results) == 1 {
			call, _ = first.Results[0].(*ast.CallExpr)
		}
	}
	if call == nil {
		return ""
	}
	name, _ := call.Fun.(*ast.Ident)
	if name == nil {
		return ""
	}
	at, is := guards[name.Name]
	_, deferred := fn.Body.List[0].(*ast.DeferStmt)
	if !is || deferred != strings.HasPrefix(name.Name, "guard") || !deferred && len(fn.Body.List) != 1 {
		return ""
	}
	if at < 0 {
		return "0"
	}
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, call.Args[at]); err != nil {
		return ""
	}
	if b.String() == "nil" {
		return "0"
	}
	return strings.TrimPrefix(b.String(), "C.")
}

// A panic on a goroutine of ours would end the process: each one begins with the
// engine's guard. Seen to fail for the resolver's.
func TestGoroutinesAreGuarded(t *testing.T) {
	seen := 0
	fset := token.NewFileSet()
	walk := func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			g, ok := n.(*ast.GoStmt)
			if !ok {
				return true
			}
			seen++
			if id, ok := g.Call.Fun.(*ast.Ident); !ok || id.Name != "guard" {
				t.Errorf("%s: not go guard(...)", fset.Position(g.Pos()))
			}
			return true
		})
		return nil
	}
	for _, dir := range []string{"../capi", "../impl"} {
		if err := filepath.WalkDir(dir, walk); err != nil {
			t.Error(err)
		}
	}
	if seen == 0 {
		t.Error("no goroutines: they are no longer found")
	}
}
