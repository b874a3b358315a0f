package caspian_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/caspian-kg/caspian/codes"
)

// givesCode lists the functions that make an error from a code in their arguments.
var givesCode = map[string]bool{"Errorf": true, "Code": true, "refuse": true, "limitError": true, "writeError": true, "errorBody": true, "errorList": true, "refused": true}

// codeSpelled matches codes, and hardly anything else.
var codeSpelled = regexp.MustCompile(`^[A-Z]{3,}(_[A-Z]+)*$`)

// TestCodesAreListed checks that every error code is a constant of package codes, and that the
// program uses each of them.
func TestCodesAreListed(t *testing.T) {
	given := map[string]bool{}
	for _, path := range goFiles(t) {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		check := func(n ast.Expr, isCode bool) {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if _, known := codes.Find(text); known || isCode && codeSpelled.MatchString(text) {
				t.Errorf("%s: %q: use a constant of package codes; add a new code to codes.List", fset.Position(lit.Pos()), text)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "codes" {
					given[strings.ToUpper(n.Sel.Name)] = true
				}
			case *ast.CallExpr:
				name := ""
				switch f := n.Fun.(type) {
				case *ast.Ident:
					name = f.Name
				case *ast.SelectorExpr:
					name = f.Sel.Name
				}
				for _, arg := range n.Args {
					check(arg, givesCode[name])
				}
			case *ast.KeyValueExpr:
				key := ""
				switch k := n.Key.(type) {
				case *ast.Ident:
					key = k.Name
				case *ast.BasicLit:
					key = strings.Trim(k.Value, `"`)
				}
				check(n.Value, strings.EqualFold(key, "code"))
			case *ast.ValueSpec:
				for i, v := range n.Values {
					check(v, strings.HasPrefix(strings.ToLower(n.Names[i].Name), "code"))
				}
			case *ast.BasicLit:
				check(n, false)
			}
			return true
		})
	}
	for _, e := range codes.List {
		if !given[strings.ReplaceAll(e.Code, "_", "")] {
			t.Errorf("nothing uses %s; remove it from the list", e.Code)
		}
	}
}

// goFiles returns the source files of the program, without tests and package codes.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || name == "node_modules" || name == "codes" || len(name) > 1 && name[0] == '.'):
			return filepath.SkipDir
		case filepath.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go"):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
