package trace

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"libwebsockets/c_tests/harness"
)

// interop are the scenarios whose two ends can be two processes.
var interop = []string{"pair-echo", "pair-echo-small", "pair-deflate", "pair-deflate-small",
	"pair-deflate-server-only", "pair-broadcast", "pair-broadcast-vhost", "pair-timeout-closes"}

// TestInterop runs the two ends with different libraries: the reference's
// server with our client and the reverse see what two ends of the reference see.
func TestInterop(t *testing.T) {
	if testing.Short() {
		t.Skip("runs scenarios")
	}
	t.Parallel()
	for _, a := range []*abi{abi17, abi19} {
		ref, lib, exe := a.ref.Lib(t), a.ref.Ours(t), build(t, a.ref)
		for _, name := range interop {
			t.Run(fmt.Sprint(a.ref.ABI, "/", name), func(t *testing.T) {
				t.Parallel()
				want := twoProcesses(t, a.ref, exe, name, ref, ref)
				for _, c := range []struct{ what, server, client string }{
					{"our server, the reference's client", lib, ref},
					{"the reference's server, our client", ref, lib},
				} {
					if d := compare(want, twoProcesses(t, a.ref, exe, name, c.server, c.client)); d != "" {
						t.Errorf("%s:\n%s", c.what, d)
					}
				}
			})
		}
	}
}

// twoProcesses runs one end with each library and puts their traces together.
func twoProcesses(t *testing.T, of harness.Ref, exe, name, serverLib, clientLib string) streams {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), longest)
	defer stop()
	srv := command(t, ctx, of, serverLib, "", exe, name)
	srv.Env = append(srv.Env, "TRACE_ROLE=server")
	out, err := srv.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	first, err := r.ReadString('\n')
	port, ok := strings.CutPrefix(strings.TrimSpace(first), "port ")
	if err != nil || !ok {
		_ = srv.Wait()
		t.Fatalf("no port from the server: %q %v", first, err)
	}
	cli := command(t, ctx, of, clientLib, "", exe, name)
	cli.Env = append(cli.Env, "TRACE_ROLE=client", "TRACE_PORT="+port)
	clientTrace, cliErr := cli.Output()
	serverTrace, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	srvErr := srv.Wait()
	both := parse(string(serverTrace))
	for stream, lines := range parse(string(clientTrace)) {
		if stream == "global" {
			stream = "global of the client"
		}
		both[stream] = lines
	}
	for end, err := range map[string]error{"server": srvErr, "client": cliErr} {
		if err != nil {
			both["exit of the "+end] = []string{err.Error()}
		}
	}
	return both
}
