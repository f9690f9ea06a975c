// SPDX-License-Identifier: MIT

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"libwebsockets/bench/load"
)

// measurePeers adds the figures of other servers to a row.
func (b *bench) measurePeers(m *measured) {
	for _, name := range m.others {
		var s samples
		for range b.rounds {
			r, err := b.peerOnce(m.row, name)
			if err != nil {
				fmt.Fprintf(os.Stderr, "%s: %s: %v\n", m.name, name, err)
				break
			}
			s.add(m.row, r)
		}
		if len(s.values) > 0 {
			m.peers[name] = s
		}
	}
}

func (b *bench) peerOnce(r row, name string) (load.Result, error) {
	if name == "nginx" {
		return b.nginxOnce(r)
	}
	if b.peers == "" {
		exe := filepath.Join(b.dir, "peers")
		cmd := exec.Command("go", "build", "-o", exe, ".")
		cmd.Dir = "bench/peers"
		if out, err := cmd.CombinedOutput(); err != nil {
			return load.Result{}, fmt.Errorf("%w\n%s", err, out)
		}
		b.peers = exe
	}
	args := []string{b.peers, name}
	if r.job.Deflate {
		args = append(args, "deflate=1")
	}
	p, err := b.start(nil, args...)
	if err != nil {
		return load.Result{}, err
	}
	defer p.stop()
	return b.load(r, p)
}

const nginxConf = `daemon off; master_process off; worker_processes 1; pid %[1]s/nginx.pid; error_log %[1]s/nginx.log;
events { worker_connections 4096; multi_accept on; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; client_body_temp_path %[1]s/t1;
	proxy_temp_path %[1]s/t2; fastcgi_temp_path %[1]s/t3; uwsgi_temp_path %[1]s/t4; scgi_temp_path %[1]s/t5;
	types { text/plain txt; }
	server { listen 127.0.0.1:%[2]d%[3]s; ssl_certificate %[4]s; ssl_certificate_key %[5]s; root %[6]s; }
}
`

// nginxOnce measures Debian's nginx, one process, which says nothing when it is ready.
func (b *bench) nginxOnce(r row) (load.Result, error) {
	port, err := freePort()
	if err != nil {
		return load.Result{}, err
	}
	how := ""
	if r.tls {
		how = " ssl http2"
		if r.h2 == nil {
			how = " ssl"
		}
	}
	conf := filepath.Join(b.dir, "nginx.conf")
	text := fmt.Sprintf(nginxConf, b.dir, port, how, b.cert, b.key, b.site)
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		return load.Result{}, err
	}
	exe, err := exec.LookPath("nginx")
	if err != nil {
		exe = "/usr/sbin/nginx"
	}
	p, err := b.start(nil, "sh", "-c", strings.Join([]string{"(sleep 0.3; echo READY", strconv.Itoa(port), ") & exec", exe, "-e", b.dir + "/nginx.log", "-c", conf}, " "))
	if err != nil {
		return load.Result{}, err
	}
	defer p.stop()
	return b.load(r, p)
}
