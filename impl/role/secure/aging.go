// SPDX-License-Identifier: MIT

package secure

import (
	"time"
	"unsafe"

	"libwebsockets/impl/engine"
)

// agingArgs is struct lws_acme_cert_aging_args.
type agingArgs struct {
	vhost     unsafe.Pointer
	overrides [11]unsafe.Pointer // LWS_TLS_TOTAL_COUNT
}

const (
	day = 24 * 3600
	// sane is a time before which a clock is certainly wrong, and certificates
	// cannot be judged: Nov 23 2018.
	sane = 1542933698
)

// soon is when, if not at once, certificates are looked at first.
const soon = 5e6

// Ready looks at the certificates once vhosts with TLS have their protocols, and
// once a day from then on.
func (l *limits) Ready(ctx *engine.Context, fresh []*engine.Vhost, first bool) {
	for _, v := range fresh {
		if first && ctx.ABI.AgesLater {
			break
		}
		if t := Of(v); t != nil && t.Server != nil {
			checkAges(ctx)
			break
		}
	}
	l.watchAges(ctx, fresh)
}

// watchAges has the certificates looked at once a day, if any vhost has TLS.
func (l *limits) watchAges(ctx *engine.Context, vhosts []*engine.Vhost) {
	first := int64(day * 1e6)
	if ctx.ABI.AgesLater {
		first = soon
	}
	for _, v := range vhosts {
		if Of(v) != nil && (l.daily == nil || ctx.ABI.AgesLater) {
			if l.daily == nil {
				l.daily = &engine.Timer{}
			}
			l.daily.Fire = func(int64) {
				checkAges(ctx)
				ctx.First().SetTimer(l.daily, engine.Now()+day*1e6)
			}
			ctx.First().SetTimer(l.daily, engine.Now()+first)
		}
	}
}

// checkAges tells every protocol of every vhost how many days each vhost's
// certificate has left: VHOST_CERT_AGING, with 0 where there is none. The first thread's
// lock is held.
func checkAges(ctx *engine.Context) {
	now := time.Now().Unix()
	for _, v := range ctx.Vhosts() {
		var days int64
		if t := Of(v); t != nil && t.Server != nil && !t.skipped {
			if now < sane {
				return
			}
			c := t.Server.Cert()
			if c == nil {
				continue
			}
			_, to, err := c.Validity()
			if err != nil {
				continue
			}
			days = (to - now) / day
			engine.Noticef("   vhost %s: cert expiry: %dd", v.Name, days)
		}
		ctx.First().CallProtocols(engine.ReasonVhostCertAging, unsafe.Pointer(&agingArgs{vhost: unsafe.Pointer(v.F)}), uintptr(days))
	}
}
