// SPDX-License-Identifier: MIT

package engine

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// field is a member that can be set and read, also where it is not exported.
func field(v reflect.Value, i int) reflect.Value {
	f := v.Field(i)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem()
}

// fill gives v a value that is not zero, whatever its type.
func fill(v reflect.Value, n int) {
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(uint64(n))
	case reflect.String:
		v.SetString("text")
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.UnsafePointer:
		v.SetPointer(unsafe.Pointer(&n))
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if v.Type() == reflect.TypeFor[[]PVO]() { // each has such a list in it
			fill(field(v.Index(0), 0), n)
		} else {
			fill(v.Index(0), n)
		}
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n+i)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(field(v, i), n+i)
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(keptJar{}))
	case reflect.Func:
		v.Set(reflect.MakeFunc(v.Type(), func([]reflect.Value) []reflect.Value { return nil }))
	}
}

// same tells whether two members have the same value; of functions, whether both are set.
func same(x, y reflect.Value) bool {
	if x.Kind() == reflect.Func {
		return x.IsNil() == y.IsNil()
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}

// walk compares the members of two structs but for those in anew. With all, each must have been filled.
func walk(t *testing.T, x, y any, all bool, anew ...string) {
	a, b := reflect.ValueOf(x).Elem(), reflect.ValueOf(y).Elem()
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.Anonymous || slices.Contains(anew, f.Name) {
			continue
		}
		if all && a.Field(i).IsZero() {
			t.Errorf("%s.%s: fill does not know %s", a.Type(), f.Name, f.Type)
		}
		if !same(field(a, i), field(b, i)) {
			t.Errorf("%s.%s is not kept: %v, %v", a.Type(), f.Name, a.Field(i), b.Field(i))
		}
	}
}

// What others keep of a context.
type (
	keptTLS      struct{ ContextTLS }
	keptVhostTLS struct{ VhostTLS }
	keptJar      struct{ CookieJar }
	keptFiles    struct{ abandoned bool }
)

func (k keptTLS) Again(ctx *Context) { ctx.TLS = k }
func (keptTLS) Close()               {}
func (keptVhostTLS) Close()          {}
func (k keptJar) Again() CookieJar   { return k }
func (k *keptFiles) Abandon()        { k.abandoned = true }
func (*keptFiles) Close()            {}

// Every setting is kept, and of what lives all but what is listed here. Seen
// to fail with TokenLimits left out, as Again's list by hand had it.
func TestAgainKeepsMembers(t *testing.T) {
	r := newRig(t)
	f, vf := r.ctx.F, r.v.F
	old, oldV := r.ctx, r.v
	fill(reflect.ValueOf(&old.ContextSettings).Elem(), 1)
	fill(reflect.ValueOf(&oldV.VhostSettings).Elem(), 1)
	oldV.started, old.became, old.protocolDone = true, true, true
	files := &keptFiles{}
	old.TLS, old.First().Files, oldV.TLS = keptTLS{}, files, keptVhostTLS{}

	ctx, listening, err := Again(f)
	if err != nil || len(listening) != 0 || len(ctx.Vhosts()) != 1 {
		t.Fatal(listening, err)
	}
	r.ctx, r.v = ctx, ctx.Vhosts()[0]
	walk(t, &old.ContextSettings, &ctx.ContextSettings, true)
	walk(t, &oldV.VhostSettings, &r.v.VhostSettings, true)
	walk(t, old, ctx, false, "Slot", "Threads", "vhosts", "destroying", "destroyed") // the parent tells of its own
	walk(t, oldV, r.v, false, "Ctx", "Protocols", "bound")
	if ctx.First().Files != nil || !files.abandoned {
		t.Error("the parent's files are not given up")
	}
	ctx.OnRelease = nil
	r.v.finalize, r.v.released = nil, nil
	if ContextOf(f) != ctx || VhostOf(vf) != r.v || f.Home != unsafe.Pointer(ctx) {
		t.Error("the pointers lead elsewhere")
	}
	if ConnOf(r.c.F) != nil || r.c.F.FD != -1 {
		t.Error("the old connection can still be used")
	}
	var b [1]byte
	if n, err := unix.Read(r.peer, b[:]); n != 0 || err != nil {
		t.Errorf("its descriptor is still open: %d, %v", n, err)
	}
	if s := strings.Join(r.p.lines, ""); !strings.Contains(s, "1 connections stay") {
		t.Errorf("log %q", s)
	}
	ctx.Lock()
	ctx.Destroy()
	ctx.Unlock()
	old.destroyed = true // its descriptors are the new one's
}
