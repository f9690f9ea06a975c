// SPDX-License-Identifier: MIT

package tls

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

const optSTS = 1 << 15

// shown has the client show that certificate, whatever the server asks for.
func shown(id *identity) func(*tls.Config) {
	return func(c *tls.Config) {
		c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &id.TLS, nil }
	}
}

func tls12(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }

func both(edits ...func(*tls.Config)) func(*tls.Config) {
	return func(c *tls.Config) {
		for _, e := range edits {
			e(c)
		}
	}
}

// chained is an identity that shows its issuer too.
func chained(t testing.TB, name string, ca *identity, edit func(*x509.Certificate)) *identity {
	middle := issue(t, "Middle", ca, func(c *x509.Certificate) {
		c.IsCA, c.KeyUsage, c.DNSNames, c.ExtKeyUsage = true, x509.KeyUsageCertSign, nil, nil
	})
	id := issue(t, name, middle, edit)
	id.TLS.Certificate = append(id.TLS.Certificate, middle.TLS.Certificate[0])
	return id
}

// resume makes two connections, the second with what the first left.
func resume(t *testing.T, p *guest, who *parties, edit func(*tls.Config)) []string {
	c := who.config(edit)
	c.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	var out []string
	for range 2 {
		conn, err := dialTLS(p, c)
		if err != nil {
			return append(out, "refused")
		}
		out = append(out, get(conn, "/"), fmt.Sprintf("resumed %v", conn.ConnectionState().DidResume))
		conn.Close()
		p.settle(t)
	}
	return out
}

// ends has a client that did one request go away in a certain way, and tells what it got.
func ends(how func(c *tls.Conn, raw net.Conn) string) func(*testing.T, *guest, *parties) []string {
	return func(t *testing.T, p *guest, who *parties) []string {
		raw, err := dial(p)
		must(t, err)
		defer raw.Close()
		c := tls.Client(raw, who.config(nil))
		must(t, c.Handshake())
		return []string{how(c, raw)}
	}
}

// TestServerMore: what TestServer has no room for.
func TestServerMore(t *testing.T) {
	who := newParties(t)
	ca := "ca=" + who.ca.CertFile
	deep := chained(t, "Deep", who.ca, nil)
	badUse := issue(t, "Bob", who.ca, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} })
	late := issue(t, "Late", who.ca, expired)
	with := func(more ...string) []string { return append(who.files(), more...) }
	one := func(edit func(*tls.Config)) func(*testing.T, *guest, *parties) []string {
		return func(_ *testing.T, p *guest, who *parties) []string { return visit(p, who.config(edit)) }
	}
	names := with("name2=other.test", "cert2="+who.other.CertFile, "key2="+who.other.KeyFile)
	named := func(sni, host string) func(*testing.T, *guest, *parties) []string {
		return func(_ *testing.T, p *guest, who *parties) []string {
			conn, err := dialTLS(p, who.config(func(c *tls.Config) { c.ServerName, c.InsecureSkipVerify = sni, true }))
			if err != nil {
				return []string{"refused"}
			}
			defer conn.Close()
			out := []string{conn.ConnectionState().PeerCertificates[0].Subject.CommonName}
			fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", host)
			return append(out, answer(conn))
		}
	}
	for name, s := range map[string]struct {
		args  []string
		drive func(t *testing.T, p *guest, who *parties) []string
	}{
		"accessors": {with("is"), one(nil)},
		"accessors, plain": {with("is", opts(optAllowNonTLS|optAllowHTTP)), func(t *testing.T, p *guest, _ *parties) []string {
			return plainly(p, request, false)
		}},
		"accessors, bad hello": {with("is"), func(t *testing.T, p *guest, _ *parties) []string {
			return plainly(p, "\x01\x02\x03\x04\x05\x06\x07\x08", false)
		}},
		"no TLS without the option": {with("is", "noinit"), func(t *testing.T, p *guest, _ *parties) []string {
			return plainly(p, request, false)
		}},
		"options cleared":           {with("set=0x20000000", "clear=0x20000000"), one(nil)},
		"TLS 1.3 only":              {with("set=0x08000000"), one(tls12)},
		"HSTS":                      {with(opts(optSTS)), one(nil)},
		"client chain":              {with(opts(optRequireClient), ca), one(shown(deep))},
		"client chain 1.2":          {with(opts(optRequireClient), ca, "strict"), one(both(tls12, shown(deep)))},
		"client cert, wrong use":    {with(opts(optRequireClient), ca, "strict"), one(shown(badUse))},
		"client cert, expired":      {with(opts(optRequireClient), ca, "strict"), one(shown(late))},
		"client cert, expired, ok":  {with(opts(optRequireClient), ca), one(shown(late))},
		"client cert, optional bad": {with(opts(optRequireClient|optPeerCertNotReq), ca, "strict"), one(shown(who.stranger))},
		"client cert not asked":     {with(ca), one(shown(who.client))},
		"resume":                    {with(), func(t *testing.T, p *guest, who *parties) []string { return resume(t, p, who, nil) }},
		"resume 1.2":                {with(), func(t *testing.T, p *guest, who *parties) []string { return resume(t, p, who, tls12) }},
		"resume with client cert": {with(opts(optRequireClient), ca), func(t *testing.T, p *guest, who *parties) []string {
			return resume(t, p, who, both(tls12, shown(who.client)))
		}},
		"SNI below a vhost's name":  {names, named("www.other.test", "www.other.test")},
		"SNI and Host differ":       {names, named("localhost", "other.test")},
		"SNI none, Host of another": {names, named("", "other.test")},
		"ALPN of the vhost":         {with("alpn=foo,http/1.1"), one(func(c *tls.Config) { c.NextProtos = []string{"bar", "http/1.1", "foo"} })},
		"ALPN, nothing in common":   {with("alpn=foo"), one(func(c *tls.Config) { c.NextProtos = nil })},
		"alerts told":               {with("infomask=0x4000"), one(func(c *tls.Config) { c.RootCAs = x509.NewCertPool() })},
		"all told to handshake end": {with("infomask=0x4031"), one(nil)},
		"last place is not kept": {with("limit=1", "keepalive=60"), func(t *testing.T, p *guest, who *parties) []string {
			conn, err := dialTLS(p, who.config(nil))
			must(t, err)
			defer conn.Close()
			out := []string{get(conn, "/")}
			b := make([]byte, 1)
			_, err = conn.Read(b)
			return append(out, fmt.Sprint(err == io.EOF))
		}},
		"body in large records": {with(), ends(func(c *tls.Conn, _ net.Conn) string {
			n := 40000
			_, _ = c.Write(append(fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n", n), pattern(n)...))
			return answer(c)
		})},
		"receiving paused": {with("pause"), func(t *testing.T, p *guest, who *parties) []string {
			r := dialWS(t, p, who.config(nil), false)
			want := pattern(15000) // one record: no event tells of its rest
			must(t, r.SendMessage(2, want))
			_, got, err := r.ReceiveMessage()
			must(t, err)
			same(t, "echo", got, want)
			return []string{fmt.Sprint(r.CloseCleanly())}
		}},
		"goodbye behind the request": {with(), ends(func(c *tls.Conn, _ net.Conn) string {
			_, _ = io.WriteString(c, request)
			_ = c.CloseWrite()
			return strings.Split(answer(c), " ")[0]
		})},
		"gone without a goodbye": {with(), ends(func(c *tls.Conn, raw net.Conn) string {
			s := get(c, "/")
			raw.Close()
			return s
		})},
		"reset": {with(), ends(func(c *tls.Conn, raw net.Conn) string {
			s := get(c, "/")
			_ = raw.(*net.TCPConn).SetLinger(0)
			raw.Close()
			return s
		})},
		"broken record": {with(), ends(func(c *tls.Conn, raw net.Conn) string {
			s := get(c, "/")
			_, _ = raw.Write([]byte("\x17\x03\x03\x00\x20this is not what was agreed upon"))
			b := make([]byte, 10)
			_, err := c.Read(b)
			return s + fmt.Sprint(" ended ", err != nil)
		})},
		"goodbye instead of a request": {with(), ends(func(c *tls.Conn, raw net.Conn) string {
			_ = c.CloseWrite()
			b := make([]byte, 10)
			_, err := c.Read(b)
			return fmt.Sprint(err)
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			twice(t, func(t *testing.T, env []string) []string {
				return scenario{args: s.args, drive: func(t *testing.T, p *guest) []string { return s.drive(t, p, who) }}.run(t, env)
			})
		})
	}
}
