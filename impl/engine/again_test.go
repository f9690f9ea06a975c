// SPDX-License-Identifier: MIT

package engine

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fill gives the plain members of a struct a value that is not zero.
func fill(v reflect.Value) {
	for i := range v.NumField() {
		f := v.Field(i)
		f = reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem() // unexported ones, too
		switch {
		case v.Type().Field(i).Name == "Slot":
		case f.CanInt():
			f.SetInt(int64(i + 1))
		case f.CanUint():
			f.SetUint(uint64(i + 1))
		case f.Kind() == reflect.String:
			f.SetString("text")
		}
	}
}

// A new member of Context or Vhost that Again forgets fails here, unless it is
// listed as one that starts anew.
func TestAgainKeepsMembers(t *testing.T) {
	r := newRig(t)
	f, vf := r.ctx.F, r.v.F
	anew := map[string]bool{"Slot": true, "PT": true, "Vhosts": true, "count": true, "Ctx": true, "Protocols": true,
		"Listener": true, "Active": true, "bound": true, "destroying": true, "destroyed": true}
	fill(reflect.ValueOf(r.ctx).Elem())
	fill(reflect.ValueOf(r.v).Elem())
	r.v.started, r.v.Mounts, r.ctx.protocolDone = true, []*Mount{{Origin: "o"}}, true
	old, oldV := r.ctx, r.v

	ctx, listening, err := Again(f)
	if err != nil || len(listening) != 0 || len(ctx.Vhosts) != 1 {
		t.Fatal(listening, err)
	}
	r.ctx, r.v = ctx, ctx.Vhosts[0]
	for _, p := range [][2]any{{old, ctx}, {oldV, r.v}} {
		a, b := reflect.ValueOf(p[0]).Elem(), reflect.ValueOf(p[1]).Elem()
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			if anew[name] || a.Field(i).Kind() == reflect.Func {
				continue
			}
			x, y := a.Field(i), b.Field(i)
			x, y = reflect.NewAt(x.Type(), unsafe.Pointer(x.UnsafeAddr())).Elem(), reflect.NewAt(y.Type(), unsafe.Pointer(y.UnsafeAddr())).Elem()
			if !reflect.DeepEqual(x.Interface(), y.Interface()) {
				t.Errorf("%s.%s is not kept: %v, %v", a.Type(), name, x, y)
			}
		}
	}
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
