// SPDX-License-Identifier: MIT

package engine

// Post has the service thread run fn, with the lock held, in its next turn.
// It is for goroutines: any of them may call it, without the lock. When the
// context goes first, fn is dropped.
func (ctx *Context) Post(fn func()) {
	pt := ctx.First()
	pt.mu.Lock()
	defer pt.mu.Unlock()
	if !ctx.destroyed && !ctx.destroying {
		pt.Later(fn)
	}
}

// Later has fn run in the next turn. The lock is held, now and then.
func (pt *Thread) Later(fn func()) {
	pt.posts = append(pt.posts, fn)
	pt.kick()
	if pt.ctx.F.External != ExternalNo { // the program's poll must see it
		pt.wake()
	}
}

// runPosts runs what was posted before this turn.
func (pt *Thread) runPosts() {
	q := pt.posts
	pt.posts = nil
	for _, fn := range q {
		guard("a posted call", fn)
	}
}
