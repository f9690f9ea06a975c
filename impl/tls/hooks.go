// SPDX-License-Identifier: MIT

package tls

import "sync"

// OpenSSL's callbacks carry a number; the table says whose it is. A number
// that is gone finds nothing.
var hooks struct {
	sync.Mutex
	m    map[uintptr]any
	last uintptr
}

func remember(v any) uintptr {
	hooks.Lock()
	defer hooks.Unlock()
	if hooks.m == nil {
		hooks.m = map[uintptr]any{}
	}
	hooks.last++
	hooks.m[hooks.last] = v
	return hooks.last
}

func forget(id uintptr) {
	hooks.Lock()
	defer hooks.Unlock()
	delete(hooks.m, id)
}

func whose(id uintptr) any {
	hooks.Lock()
	defer hooks.Unlock()
	return hooks.m[id]
}
