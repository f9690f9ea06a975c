// SPDX-License-Identifier: MIT

package secure

import "libwebsockets/impl/engine"

// Again gives a context that a forked child has made anew the TLS that its
// parent's had: the same SSL_CTXs, of which the child has its own copies. The
// lock is held.
func (l *limits) Again(ctx *engine.Context) {
	limit := &limits{max: l.max, alpn: l.alpn}
	ctx.TLS = limit
	clients := map[*shared]*shared{}
	for _, v := range ctx.Vhosts() {
		old := Of(v)
		if old == nil {
			continue
		}
		t := &Vhost{cfg: old.cfg, skipped: old.skipped, Server: old.Server.Again()}
		switch s := old.shared; {
		case s == nil:
			t.Client = old.Client.Again()
		case clients[s] == nil:
			n := &shared{Ctx: s.Ctx.Again(), key: s.key, places: limit}
			clients[s] = n
			if limit.clients == nil {
				limit.clients = map[string]*shared{}
			}
			limit.clients[n.key] = n
			fallthrough
		default:
			t.shared = clients[s]
			t.shared.users++
			t.Client = t.shared.Ctx
		}
		if old.sessions != nil {
			t.useSessions(old.sessions.Sessions)
		}
		t.cfg.Provided = old.cfg.Provided.Again()
		v.TLS = t
	}
	limit.watchAges(ctx, ctx.Vhosts())
}
