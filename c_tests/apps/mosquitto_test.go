// SPDX-License-Identifier: MIT

package apps

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"libwebsockets/c_tests/harness"
)

// TestMosquitto: Debian 13's MQTT broker, which serves WebSockets beside what it polls
// itself: over ws, wss, and wss to who has a certificate.
//
// Seen to fail: with a library whose lws_write sends nothing, with a client that leaves
// one message out, one that has no certificate, one whose will is empty, and without the
// flag that keeps a message.
func TestMosquitto(t *testing.T) { both19(t, mosquitto) }

func mosquitto(t *testing.T, l library) {
	plain, secure, strict := harness.FreePort(t), harness.FreePort(t), harness.FreePort(t)
	id := harness.SelfSigned(t)
	ca := harness.Issue(t, "ca", nil, func(c *x509.Certificate) { c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign })
	client := harness.Issue(t, "client", ca, nil)
	keys := fmt.Sprintf("certfile %s\nkeyfile %s\n", id.CertFile, id.KeyFile)
	p := harness.StartCmd(t, l.ref.Mosquitto(t, l.dir,
		fmt.Sprintf("listener %d 127.0.0.1\nprotocol websockets\n", plain)+
			fmt.Sprintf("listener %d 127.0.0.1\nprotocol websockets\n%s", secure, keys)+
			fmt.Sprintf("listener %d 127.0.0.1\nprotocol websockets\n%scafile %s\nrequire_certificate true\n", strict, keys, ca.CertFile)))
	p.Listening(plain, secure, strict)
	checkLoaded(t, l, p.Pid())
	over := func(port int, certs ...tls.Certificate) func() net.Conn {
		return func() net.Conn {
			return tls.Client(tcp(t, port), &tls.Config{RootCAs: id.Pool(), ServerName: "localhost", Certificates: certs})
		}
	}
	for _, x := range []struct {
		name string
		dial func() net.Conn
	}{
		{"ws", func() net.Conn { return tcp(t, plain) }},
		{"wss", over(secure)},
		{"wss with a certificate", over(strict, client.TLS)},
	} {
		t.Run(x.name, func(t *testing.T) { mqttTalk(t, x.dial) })
	}
	t.Run("wss without a certificate", func(t *testing.T) {
		c := over(strict)()
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, err := io.WriteString(c, upgrade("/mqtt", "mqtt", ""))
		if err == nil {
			_, err = c.Read(make([]byte, 1))
		}
		if err == nil || !strings.Contains(err.Error(), "certificate required") {
			t.Errorf("it is not refused: %v", err)
		}
	})
	p.Stop()
}

// mqttTalk has clients of the broker that is dialled tell each other something.
func mqttTalk(t *testing.T, dial func() net.Conn) {
	from, to := mqttDial(t, dial(), "from"), mqttDial(t, dial(), "to")
	to.subscribe("news/#")
	text := func(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 1+i*i*i%4000) }
	check := func(i int, want []byte) {
		t.Helper()
		if topic, got := to.published(); topic != "news/today" || !bytes.Equal(got, want) {
			t.Fatalf("message %d came as %d bytes to %q", i, len(got), topic)
		}
	}
	sent := make(chan bool)
	go func() {
		defer close(sent)
		for i := range 1000 {
			from.publish("news/today", text(i), 0)
		}
	}()
	for i := range 1000 {
		check(i, text(i))
	}
	<-sent
	for i := range 3 {
		long := make([]byte, 200_000)
		rand.New(rand.NewSource(int64(i))).Read(long)
		from.publish("news/today", long, 0)
		check(i, long)
	}

	from.publish("kept", []byte("for who comes later"), mqttRetain)
	from.publish("news/today", nil, 0) // when this has come the other is kept
	check(0, nil)
	late := mqttDial(t, dial(), "late")
	late.subscribe("kept")
	if topic, got := late.published(); topic != "kept" || string(got) != "for who comes later" {
		t.Errorf("%q was kept as %q", topic, got)
	}
	from.publish("kept", nil, mqttRetain) // forget it

	to.subscribe("wills")
	gone := mqttDial(t, dial(), "gone", "wills", "it was me")
	gone.ws.Conn.Close()
	if topic, got := to.published(); topic != "wills" || string(got) != "it was me" {
		t.Errorf("the will came to %q as %q", topic, got)
	}

	crowd := make([]mqtt, 30)
	for i := range crowd {
		crowd[i] = mqttDial(t, dial(), fmt.Sprint("crowd", i))
		crowd[i].subscribe("all")
	}
	from.publish("all", text(20), 0)
	for i, c := range crowd {
		if topic, got := c.published(); topic != "all" || !bytes.Equal(got, text(20)) {
			t.Errorf("client %d of the crowd is told %d bytes of %q", i, len(got), topic)
		}
	}
	for _, c := range append(crowd, from, to, late) {
		c.send(mqttDisconnect, nil)
	}
}

func tcp(t testing.TB, port int) net.Conn {
	t.Helper()
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 15*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mqtt is a client of MQTT 3.1.1, as much as this takes, with one packet in a message.
type mqtt struct {
	testing.TB
	ws   *harness.Raw
	read *[]byte // what has come and is not read
}

// Packets, with the flags that they have here (MQTT 3.1.1 §2.2).
const (
	mqttConnect, mqttConnack      = 0x10, 0x20
	mqttPublish, mqttRetain       = 0x30, 1
	mqttSubscribe, mqttSubscribed = 0x82, 0x90
	mqttDisconnect                = 0xe0
)

// mqttDial connects; will are the topic and text of one, or nothing.
func mqttDial(t testing.TB, c net.Conn, name string, will ...string) mqtt {
	t.Helper()
	m := mqtt{t, wsOn(t, c, "/mqtt", "mqtt"), new([]byte)}
	const clean, hasWill, alive = 2, 4, 60
	flags := byte(clean)
	if will != nil {
		flags |= hasWill
	}
	packet := slices.Concat(mqttText("MQTT"), []byte{4, flags, 0, alive}, mqttText(name))
	for _, w := range will {
		packet = append(packet, mqttText(w)...)
	}
	m.send(mqttConnect, packet)
	m.expect(mqttConnack, []byte{0, 0})
	return m
}

func mqttText(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}

func (m mqtt) send(kind byte, parts ...[]byte) {
	m.Helper()
	body := bytes.Join(parts, nil)
	packet := []byte{kind}
	n := len(body)
	for ; n > 127; n >>= 7 {
		packet = append(packet, byte(n)|128)
	}
	if err := m.ws.SendMessage(harness.Binary, append(append(packet, byte(n)), body...)); err != nil {
		m.Error(err) // also outside of the test's own goroutine
	}
}

// packet is the next that comes. A message may have a part of one, or several.
func (m mqtt) packet() (kind byte, body []byte) {
	m.Helper()
	for {
		if b := *m.read; len(b) > 1 {
			// MQTT's lengths are the varints of encoding/binary.
			if n, size := binary.Uvarint(b[1:]); size > 0 && len(b) >= 1+size+int(n) {
				*m.read = b[1+size+int(n):]
				return b[0], b[1+size : 1+size+int(n)]
			}
		}
		_, p, err := m.ws.ReceiveMessage()
		if err != nil {
			m.Fatal(err)
		}
		*m.read = append(*m.read, p...)
	}
}

func (m mqtt) expect(kind byte, body []byte) {
	m.Helper()
	if k, b := m.packet(); k != kind || !bytes.Equal(b, body) {
		m.Fatalf("MQTT packet %#x %x, not %#x %x", k, b, kind, body)
	}
}

func (m mqtt) subscribe(topic string) {
	m.Helper()
	const first, atMostOnce = 1, 0
	m.send(mqttSubscribe, []byte{0, first}, mqttText(topic), []byte{atMostOnce})
	m.expect(mqttSubscribed, []byte{0, first, atMostOnce})
}

func (m mqtt) publish(topic string, text []byte, flags byte) {
	m.Helper()
	m.send(mqttPublish|flags, mqttText(topic), text)
}

// published is the next message for this client.
func (m mqtt) published() (topic string, text []byte) {
	m.Helper()
	kind, b := m.packet()
	if kind&^mqttRetain != mqttPublish || len(b) < 2 || len(b) < 2+int(binary.BigEndian.Uint16(b)) {
		m.Fatalf("MQTT packet %#x %.100x, not one that publishes", kind, b)
	}
	n := 2 + int(binary.BigEndian.Uint16(b))
	return string(b[2:n]), b[n:]
}
