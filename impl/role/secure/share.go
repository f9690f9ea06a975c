// SPDX-License-Identifier: MIT

package secure

import (
	"fmt"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/tls"
)

// shared is a client context that all vhosts of a context with the same
// settings use: each takes megabytes and milliseconds to load the system's CAs.
type shared struct {
	*tls.Ctx
	key    string
	users  int
	places *limits
}

// clientCtx gives v a client context, made now or shared with other vhosts.
func clientCtx(v *engine.Vhost, cfg *Config) (*shared, error) {
	l := limitsOf(v.Ctx)
	s := cfg.clientSide(Of(v).Server != nil)
	key := fmt.Sprintf("%v %#v", v.Options.Has(optNoSystemCAs), *s)
	if x := l.clients[key]; x != nil {
		x.users++
		return x, nil
	}
	x, err := newClient(v, cfg, s)
	if err != nil {
		return nil, err
	}
	if l.clients == nil {
		l.clients = map[string]*shared{}
	}
	sh := &shared{Ctx: x, key: key, users: 1, places: l}
	l.clients[key] = sh
	return sh, nil
}

// Close gives a use back; the last one frees the context.
func (x *shared) Close() {
	if x.users--; x.users == 0 {
		delete(x.places.clients, x.key)
		x.Ctx.Close()
	}
}
