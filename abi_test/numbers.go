// SPDX-License-Identifier: MIT

package abitest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// numberRule says what C calls the Go constants of one kind: c and then the Go
// name behind trim, compared without case and underscores.
type numberRule struct {
	of      string // a Go type, or constants of none: "engine.Log*"
	trim, c string
	// names that are otherwise: an expression (see cNumber), or ours and why.
	names map[string]string
}

// ours begins the reason why a number has no name in C.
const ours = "ours: "

func (r *numberRule) has(c GoConst) bool {
	if head, star := strings.CutSuffix(r.of, "*"); star {
		return c.Type == "" && strings.HasPrefix(c.Name, head)
	}
	return c.Type == r.of || c.Type == "" && c.Name == r.of
}

// cName finds what C calls a constant of the rule.
func (r *numberRule) cName(c GoConst, folded map[string][]string) (string, error) {
	name := c.Name[strings.LastIndexByte(c.Name, '.')+1:]
	if n, ok := r.names[name]; ok {
		return n, nil
	}
	rest := name
	if n := len(r.trim); n < len(name) && strings.EqualFold(name[:n], r.trim) {
		rest = name[n:]
	}
	switch found := folded[fold(r.c+rest)]; len(found) {
	case 0:
		return "", fmt.Errorf("there is no %s… in C for it", r.c)
	case 1:
		return found[0], nil
	default:
		return "", fmt.Errorf("is it %s?", strings.Join(found, " or "))
	}
}

func fold(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "_", "")) }

// cNumbers are the enum constants and macros of headers that are whole numbers.
func cNumbers(facts ...*Facts) map[string]int64 {
	out := map[string]int64{}
	for _, f := range facts {
		for n, e := range f.Enums {
			out[n] = e.Value
		}
		for n, m := range f.Macros {
			text, _, _ := strings.Cut(m.Value, " (")
			if v, err := strconv.ParseInt(text, 10, 64); err == nil {
				out[n] = v
			} else if v, err := strconv.ParseUint(text, 10, 64); err == nil {
				out[n] = int64(v)
			}
		}
	}
	return out
}

// cNumber is the value of a name, or of names without the bits of others: "A &^ B".
func cNumber(expr string, c map[string]int64) (int64, error) {
	var v int64
	for i, n := range strings.Split(expr, " &^ ") {
		x, ok := c[n]
		switch {
		case !ok:
			return 0, fmt.Errorf("there is no %s in C", n)
		case i == 0:
			v = x
		default:
			v &^= x
		}
	}
	return v, nil
}

// numberTable is what there is to know of the Go code's numbers.
type numberTable struct {
	rules []numberRule
	own   []string          // types of constants that are ours
	lacks map[string]string // numbers that this ABI does not have: why
	other map[string]string // numbers that are others in it: why
}

// differing tells which constants are not the headers' numbers, and which nobody
// knows of. One without a type counts as known when its name does not end as one
// of C's, and none of those that it is declared with are in a rule.
func (t *numberTable) differing(consts []GoConst, c map[string]int64) []string {
	var out []string
	say := func(k GoConst, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s = %d: ", k.Name, k.Value)+fmt.Sprintf(format, args...))
	}
	folded := map[string][]string{}
	for _, n := range slices.Sorted(maps.Keys(c)) {
		folded[fold(n)] = append(folded[fold(n)], n)
	}
	used, ruled := map[string]bool{}, map[string]bool{}
	var rest []GoConst
	for _, k := range consts {
		i := slices.IndexFunc(t.rules, func(r numberRule) bool { return r.has(k) })
		if i < 0 {
			rest = append(rest, k)
			continue
		}
		r := &t.rules[i]
		used[r.of], ruled[k.Group] = true, true
		name := k.Name[strings.LastIndexByte(k.Name, '.')+1:]
		used[r.of+" "+name] = true
		if why, ok := t.lacks[k.Name]; ok {
			used[k.Name] = true
			if n, err := r.cName(k, folded); err == nil {
				say(k, "C does have it: %s (%s)", n, why)
			}
			continue
		}
		n, err := r.cName(k, folded)
		if err != nil {
			say(k, "%v", err)
			continue
		}
		if strings.HasPrefix(n, ours) {
			continue
		}
		v, err := cNumber(n, c)
		why, other := t.other[k.Name]
		used[k.Name] = true
		switch {
		case err != nil:
			say(k, "%v", err)
		case v == k.Value && other:
			say(k, "C's is the same: %s (%s)", n, why)
		case v != k.Value && !other:
			say(k, "%s is %d", n, v)
		}
	}
	for _, k := range rest {
		key := k.Name
		if k.Type != "" {
			key = k.Type
		}
		used[key] = true
		switch {
		case slices.Contains(t.own, key):
		case k.Type != "":
			say(k, "no rule for its type, %s", k.Type)
		case ruled[k.Group]:
			say(k, "it is declared among numbers of the headers, and has no rule")
		default:
			if n := endsAs(k, c); n != "" {
				say(k, "no rule for it; is it %s?", n)
			}
		}
	}
	for _, r := range t.rules {
		if !used[r.of] {
			out = append(out, "the rule for "+r.of+" has nothing to do")
		}
		for n := range r.names {
			if !used[r.of+" "+n] {
				out = append(out, "the rule for "+r.of+" names "+n+", which is not there")
			}
		}
	}
	for _, n := range slices.Concat(t.own, slices.Collect(maps.Keys(t.lacks)), slices.Collect(maps.Keys(t.other))) {
		if !used[n] {
			out = append(out, n+" is listed, but not there")
		}
	}
	slices.Sort(out)
	return out
}

// endsAs finds a name of C's with the same value that ends as the constant's.
func endsAs(k GoConst, c map[string]int64) string {
	name := fold(k.Name[strings.LastIndexByte(k.Name, '.')+1:])
	if len(name) < 5 {
		return ""
	}
	for _, n := range slices.Sorted(maps.Keys(c)) {
		for at := 0; at >= 0; {
			if fold(n[at:]) == name && c[n] == k.Value {
				return n
			}
			next := strings.IndexByte(n[at:], '_')
			if next < 0 {
				break
			}
			at += next + 1
		}
	}
	return ""
}

var cConstant = regexp.MustCompile(`\bC\.([A-Z][A-Z0-9_]*)\b`)

// changed tells which numbers that Go code at folder takes from one ABI's headers
// are others, or none, in another's: the code is compiled once.
func changed(folder string, compiled, other map[string]int64) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		for _, m := range cConstant.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
	}
	var out []string
	for _, n := range slices.Sorted(maps.Keys(found)) {
		was, ours := compiled[n]
		if is, ok := other[n]; ours && !ok {
			out = append(out, n+" is not there")
		} else if ours && is != was {
			out = append(out, fmt.Sprintf("%s is %d, the Go code is compiled with %d", n, is, was))
		}
	}
	return out, nil
}
