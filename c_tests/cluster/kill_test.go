// SPDX-License-Identifier: MIT

package cluster

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// TestKill: 200 clients talk, and one of the two servers is killed. Each has each message
// once, in the order that all have. Seen to fail with a server that passes over the id
// that a client comes back with.
func TestKill(t *testing.T) {
	for _, x := range []struct {
		harness.Side
		clients, each int
	}{{so17, 200, 12}, {so19, 100, 15}, {debian, 60, 15}} {
		t.Run(x.Name, func(t *testing.T) {
			c := start(t, x.Side, nil)
			p := c.clients("--clients", fmt.Sprint(x.clients), "--each", fmt.Sprint(x.each), "--every", "200")
			p.WaitLine("^PROGRESS 30$", 40*time.Second)
			h, err := c.health(0)
			if err != nil || h.Clients < x.clients/4 {
				t.Errorf("s0 has %d clients (%v)", h.Clients, err)
			}
			c.servers[0].Kill()
			r := ended(t, p, 60*time.Second)
			r.once(t, x.clients, x.each)
			if r.reconnects < h.Clients-2 { // HAProxy's checks are clients for a moment
				t.Errorf("%d clients came back, of %d", r.reconnects, h.Clients)
			}
			c.startServer(0)
			c.counted(0, "UP")
		})
	}
}

// TestKillBeforeAck: a server is killed when Redis has messages that it has acknowledged
// to nobody. The clients say them again, to the other; nobody has one twice. Clients that
// take new keys for that show that there are such messages, and that twice is seen. Seen to
// fail without the script's look at the key (1800 doubles).
func TestKillBeforeAck(t *testing.T) {
	for _, keys := range []string{"same", "new"} {
		t.Run(keys+" keys", func(t *testing.T) {
			t.Parallel()
			const n, each = 60, 20
			c := start(t, so17, nil)
			args := []string{"--clients", fmt.Sprint(n), "--each", fmt.Sprint(each), "--every", "50"}
			if keys == "new" {
				args = append(args, "--new-keys", "--idle", "3000")
			}
			p := c.clients(args...)
			p.WaitLine("^PROGRESS 10$", 30*time.Second)
			c.redis.Signal(syscall.SIGSTOP)
			harness.Eventually(t, 4*time.Second, "messages wait for Redis", func() bool { return c.unread() > 5000 })
			c.servers[0].Signal(syscall.SIGSTOP)
			c.redis.Signal(syscall.SIGCONT)
			harness.Eventually(t, 4*time.Second, "Redis has read them", func() bool { return c.unread() == 0 })
			c.ping() // it does what it has read before it answers this
			c.servers[0].Kill()
			r := ended(t, p, 40*time.Second)
			if keys == "same" {
				r.once(t, n, each)
			} else if r.doubles < n {
				t.Errorf("no message was acknowledged to nobody: %+v", r)
			}
		})
	}
}

// unread is how many bytes wait in the sockets of a Redis that is stopped.
func (c *site) unread() (n int) {
	b, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		c.t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 4 && strings.HasSuffix(f[1], fmt.Sprintf(":%04X", c.redisPort)) && f[3] == "01" {
			_, rx, _ := strings.Cut(f[4], ":")
			v, _ := strconv.ParseInt(rx, 16, 64)
			n += int(v)
		}
	}
	return n
}

// ping waits until Redis has done what it has read.
func (c *site) ping() { c.command("PING", "+PONG") }

func (c *site) command(command, says string) {
	c.t.Helper()
	r, err := net.DialTimeout("tcp", fmt.Sprint("127.0.0.1:", c.redisPort), 5*time.Second)
	if err != nil {
		c.t.Fatal(err)
	}
	defer r.Close()
	_ = r.SetDeadline(time.Now().Add(5 * time.Second))
	fmt.Fprint(r, command, "\r\n")
	if l, err := bufio.NewReader(r).ReadString('\n'); err != nil || l != says+"\r\n" {
		c.t.Fatalf("%s: Redis says %q (%v)", command, l, err)
	}
}

// TestFeedLost: the connections on which the servers hear what is new end, while all talk.
// What was said in between is read from the stream. Seen to fail with a room that
// does not look for holes.
func TestFeedLost(t *testing.T) {
	t.Parallel()
	c := start(t, so17, nil)
	const n, each = 40, 20
	p := c.clients("--clients", fmt.Sprint(n), "--each", fmt.Sprint(each), "--every", "100")
	for _, at := range []string{"20", "40", "60"} {
		p.WaitLine("^PROGRESS "+at+"$", 30*time.Second)
		c.command("CLIENT KILL TYPE pubsub", ":2")
	}
	r := ended(t, p, 40*time.Second)
	r.once(t, n, each)
	if r.reconnects > 0 {
		t.Errorf("%d clients lost their connections", r.reconnects)
	}
}

// TestNoResume: clients that come back without the id that they have last miss messages,
// and that is seen.
func TestNoResume(t *testing.T) {
	t.Parallel()
	c := start(t, so17, nil)
	p := c.clients("--clients", "40", "--each", "30", "--every", "60", "--no-resume", "--idle", "3000")
	p.WaitLine("^PROGRESS 20$", 30*time.Second)
	c.servers[0].Kill()
	if r := ended(t, p, 40*time.Second); r.missing == 0 || r.doubles > 0 {
		t.Errorf("nothing is missing, or there is a double: %+v", r)
	}
}

// TestRedisKilled: Redis is killed in the middle of the traffic, and comes back with what
// it had. The servers keep their clients, say that they are not well, refuse what is said;
// then all goes on, and nothing was lost. Seen to fail with messages that are not answered
// when Redis goes.
func TestRedisKilled(t *testing.T) {
	t.Parallel()
	c := start(t, so19, sanitized)
	own := enter(t, c.ports[1], "own", "$", "other")
	const n, each = 60, 20
	p := c.clients("--clients", fmt.Sprint(n), "--each", fmt.Sprint(each), "--every", "150")
	p.WaitLine("^PROGRESS 30$", 30*time.Second)
	c.redis.Kill()
	for i := range c.servers {
		c.healthy(i, http.StatusServiceUnavailable)
		c.counted(i, "DOWN")
	}
	own.say(event{T: "say", Room: "other", Key: "k1", Text: "hello"})
	if e := own.hear("ack", "nak"); e.T != "nak" || e.Key != "k1" || e.Why != "down" {
		t.Errorf("without Redis a message is answered with %+v", e)
	}
	own.say(event{T: "join", Room: "third"})
	if e := own.hear("joined", "refused"); e.T != "refused" || e.Why != "down" {
		t.Errorf("without Redis the last messages are answered with %+v", e)
	}
	c.startRedis()
	for i := range c.servers {
		c.healthy(i, http.StatusOK)
		c.counted(i, "UP")
	}
	if ack, msg := own.said("other", "k1", "hello"); ack.T != "ack" || msg.ID != ack.ID || msg.Text != "hello" || msg.From != "own" {
		t.Errorf("with Redis again a message is answered with %+v and heard as %+v", ack, msg)
	}
	r := ended(t, p, 40*time.Second)
	r.once(t, n, each)
	if r.reconnects > 0 {
		t.Errorf("%d clients lost their connections", r.reconnects)
	}
	for _, s := range c.servers {
		s.Signal(syscall.SIGINT)
		if err := s.Wait(10 * time.Second); err != nil {
			t.Errorf("%v\n%s", err, s.Log())
		}
		if log := s.Log(); strings.Count(log, "redis: connected") != 2 || strings.Count(log, "; again in") > 6 {
			t.Errorf("the log says\n%s", log)
		}
	}
}
