// SPDX-License-Identifier: MIT

package engine

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"time"
	"unsafe"
)

// Group is of what kind an object is, in its tag: [wsisrv|0|adopted] (v4.3's
// README.logging). Each group of a context counts for itself.
type Group uint8

// The groups.
const (
	GroupWSI    Group = iota // listeners and the like
	GroupVhost               // vhosts
	GroupServer              // accepted and adopted
	GroupMux                 // streams of a server
	GroupClient              // clients
	groups
)

var groupNames = [groups]string{"wsi", "vh", "wsisrv", "mux", "wsicli"}

// lifecycles are the counts of a context's groups.
type lifecycles [groups]struct{ born, live atomic.Uint32 }

// inherit takes over what a forked child has of its parent's: no connections.
func (l *lifecycles) inherit(old *lifecycles, pipes int) {
	for g := range l {
		l[g].born.Store(old[g].born.Load())
	}
	l[GroupVhost].live.Store(old[GroupVhost].live.Load())
	l[GroupWSI].live.Store(min(old[GroupWSI].live.Load(), uint32(pipes)))
}

// lifecycle is the beginning of a tag, and when its object was made.
type lifecycle struct {
	group   Group
	gone    bool
	ordinal uint32
	born    int64
	what    *string // the rest of the tag; nil is "adopted"
}

var adopted = "adopted"

// begin counts a new object, and says so.
func (l *lifecycle) begin(ctx *Context, g Group, what *string) {
	n := &ctx.lives[g]
	*l = lifecycle{group: g, ordinal: n.born.Add(1) - 1, born: Now(), what: what}
	live := n.live.Add(1)
	if to, noticed := ctx.notices(); noticed {
		LogInto(to, LogNotice, "%s__lws_lc_tag:  ++ %s (%d)", ctx.prefix(), l, live)
	}
}

// end says that the object has gone.
func (l *lifecycle) end(ctx *Context) {
	if l.gone || l.born == 0 {
		return
	}
	l.gone = true
	live := ctx.lives[l.group].live.Add(^uint32(0))
	if to, noticed := ctx.notices(); noticed {
		LogInto(to, LogNotice, "%s__lws_lc_untag:  -- %s (%d) %s", ctx.prefix(), l, live, age(Now()-l.born))
	}
}

// notices tells whether lives are told of and somebody wants notices, and where they go.
func (ctx *Context) notices() (to unsafe.Pointer, noticed bool) {
	if !ctx.ABI.Lifecycle {
		return nil, false
	}
	level := Prog.LogLevel()
	if to = ctx.LogContext(); to != nil {
		level = Prog.LogLevelOf(to)
	}
	return to, level&LogNotice != 0
}

// prefix is what the context's log lines begin with.
func (ctx *Context) prefix() string {
	if ctx.Name == "" {
		return ""
	}
	return ctx.Name + ": "
}

func (l *lifecycle) String() string {
	what := l.what
	if what == nil {
		what = &adopted
	}
	return "[" + groupNames[l.group] + "|" + strconv.FormatUint(uint64(l.ordinal), 16) + "|" + *what + "]"
}

// age is a time in its largest unit, with three decimals.
func age(us int64) string {
	units := [...]struct {
		name string
		of   time.Duration
	}{{"d", 24 * time.Hour}, {"hr", time.Hour}, {"min", time.Minute}, {"s", time.Second}, {"ms", time.Millisecond}}
	d := time.Duration(us) * time.Microsecond
	for _, u := range units {
		if d >= u.of {
			return fmt.Sprintf("%d.%03d%s", d/u.of, d%u.of/(u.of/1000), u.name)
		}
	}
	return fmt.Sprintf("%dμs", us)
}

// Tag makes c an object of the group g; what, when it is not "", is the rest of its tag.
func (c *Conn) Tag(g Group, what string) {
	var rest *string
	if what != "" {
		named := what // which leaves what where it is
		rest = &named
	}
	c.life.begin(c.Ctx, g, rest)
}

// TagText is what log lines call the connection.
func (c *Conn) TagText() string { return c.life.String() }

func (v *Vhost) String() string { return v.TagText() }

// TagText is what log lines call the vhost.
func (v *Vhost) TagText() string { return v.life.String() }

// outerTag is what the tag of a stream has of its connection's: group and number.
func (c *Conn) outerTag() string {
	return groupNames[c.life.group] + "|" + strconv.FormatUint(uint64(c.life.ordinal), 16)
}

// TagLike is Tag for a connection that takes up what o was made for.
func (c *Conn) TagLike(o *Conn) { c.life.begin(c.Ctx, o.life.group, o.life.what) }

// TagStream is Tag for the stream id of net.
func (c *Conn) TagStream(net *Conn, id uint32) {
	c.Tag(GroupMux, fmt.Sprintf("h2_sid%d_(%s|)", id, net.outerTag()))
}
