// SPDX-License-Identifier: MIT

package main

/*
#include "lwsgo.h"
#include <stdlib.h>
#include <string.h>
#include "lws_private.h"

extern int go_lwsgo_conf_file(char *dir, void *id, struct lws_dir_entry *e);
static inline int conf_file(const char *dir, void *id, struct lws_dir_entry *e)
{
	return go_lwsgo_conf_file((char *)dir, id, e);
}
static inline int conf_dir(const char *dir, void *id) { return lws_dir(dir, id, conf_file); }
static inline int conf_int(const char *s) { return atoi(s); }
static inline long conf_long(const char *s) { return atol(s); }
static inline int conf_bool(const char *s)
{
	return atoi(s) || !strcasecmp(s, "on") || !strcasecmp(s, "yes") || !strcasecmp(s, "true");
}
*/
import "C"

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/unix"

	"libwebsockets/impl/engine"
	"libwebsockets/impl/text/lejp"
)

// config reads lwsws's JSON files. What it makes lies in the caller's buffer,
// which has to outlive the context.
type config struct {
	p, end unsafe.Pointer
	full   bool
	expand bool // dataDirName in texts

	keys  []string // JSON paths of interest
	value func(key string, why lejp.Reason) error
	mine  func(path string) bool // what keys should have, or warn about
	ctx   *lejp.Ctx
	name  string // of the file
	last  string // the key of the string that is coming in pieces
	odd   string // the path that was warned about
	err   error

	info *C.struct_lwsgo_info
}

var errConfigFull = errors.New("the buffer for the configuration's strings is full")

// take gives n bytes of the buffer, zeroed; nil when it is full.
func (f *config) take(n uintptr) unsafe.Pointer {
	if f.full || uintptr(f.end)-uintptr(f.p) < n {
		f.full = true
		return nil
	}
	p := f.p
	f.p = unsafe.Add(f.p, n)
	clear(unsafe.Slice((*byte)(p), n))
	return p
}

func (f *config) align() {
	if odd := uintptr(f.p) & 15; odd != 0 {
		f.take(16 - odd)
	}
}

// newIn makes a T in the buffer.
func newIn[T any](f *config) (*T, error) {
	f.align()
	p := (*T)(f.take(unsafe.Sizeof(*new(T))))
	if p == nil {
		return nil, errConfigFull
	}
	return p, nil
}

func (f *config) put(s string) (*C.char, error) {
	p := f.take(uintptr(len(s)) + 1)
	if p == nil {
		return nil, errConfigFull
	}
	copy(unsafe.Slice((*byte)(p), len(s)), s)
	return (*C.char)(p), nil
}

// text is the value as it is in the file, or this piece of it.
func (f *config) text() string {
	s, _, _ := strings.Cut(string(f.ctx.Buf[:lejp.ChunkSize]), "\x00")
	return s
}

func (f *config) number() C.int {
	return C.conf_int((*C.char)(unsafe.Pointer(&f.ctx.Buf[0])))
}

func (f *config) long() C.long {
	return C.conf_long((*C.char)(unsafe.Pointer(&f.ctx.Buf[0])))
}

func (f *config) yes() bool {
	return C.conf_bool((*C.char)(unsafe.Pointer(&f.ctx.Buf[0]))) != 0
}

// dataDir is what a value can call "_lws_ddir_", once.
const dataDirName, dataDir = "_lws_ddir_", C.LWS_INSTALL_DATADIR

// str puts the value, with to being told where it begins. A long value comes
// in pieces, which follow each other.
func (f *config) str(key string, why lejp.Reason, to **C.char) error {
	s := f.text()
	if f.expand {
		s = strings.Replace(s, dataDirName, dataDir, 1)
	}
	if f.last == key { // goes on: over the NUL of the piece before
		f.p = unsafe.Add(f.p, -1)
	}
	p, err := f.put(s)
	if err != nil {
		return err
	}
	if f.last != key {
		*to = p
	}
	f.last = ""
	if why == lejp.ValStrChunk {
		f.last = key
	}
	return nil
}

// pvo puts an entry named after the path's n-th wildcard in front of a list.
func (f *config) pvo(n int, suffix string, list **C.struct_lws_protocol_vhost_options) (*C.struct_lws_protocol_vhost_options, error) {
	o, err := newIn[C.struct_lws_protocol_vhost_options](f)
	if err != nil {
		return nil, err
	}
	var name [lejp.MaxPath]byte
	w := lejp.Wildcard(f.ctx, n, name[:])
	if o.name, err = f.put(string(name[:max(w-1, 0)]) + suffix); err != nil {
		return nil, err
	}
	o.next, *list = *list, o
	return o, nil
}

// pair puts an entry with a value, which may come in pieces.
func (f *config) pair(key string, why lejp.Reason, n int, suffix string, list **C.struct_lws_protocol_vhost_options) error {
	if f.last != key {
		if _, err := f.pvo(n, suffix, list); err != nil {
			return err
		}
	}
	var at *C.char
	fresh := f.last != key
	if err := f.str(key, why, &at); err != nil {
		return err
	}
	if fresh {
		(*list).value = at
	}
	return nil
}

// read goes through DIR/conf and then the files in DIR/conf.d. As in the
// reference an error in the latter ends the folder, and is not fatal, unless
// it is ours.
func (f *config) read(dir string) error {
	if err := f.file(dir + "/conf"); err != nil {
		return err
	}
	confMu.Lock()
	confID++
	id := confID
	confs[id] = f
	confMu.Unlock()
	d := C.CString(dir + "/conf.d")
	C.conf_dir(d, unsafe.Add(nil, id))
	C.free(unsafe.Pointer(d))
	confMu.Lock()
	delete(confs, id)
	confMu.Unlock()
	if f.full {
		return errConfigFull
	}
	return nil
}

// confs are the readers whose folder is being gone through.
var (
	confMu sync.Mutex
	confID int
	confs  = map[int]*config{}
)

//export go_lwsgo_conf_file
func go_lwsgo_conf_file(dir *C.char, id unsafe.Pointer, e *C.struct_lws_dir_entry) C.int {
	defer guard("lwsws_get_config")
	confMu.Lock()
	f := confs[int(uintptr(id))]
	confMu.Unlock()
	if f == nil {
		return 1
	}
	if e._type != C.LDOT_FILE && e._type != C.LDOT_UNKNOWN {
		return 0
	}
	return b2i(f.file(str(dir)+"/"+str(e.name)) != nil)
}

// configDepth is how many arrays the files may have in each other.
const configDepth = 5

// file reads one JSON file.
func (f *config) file(name string) error {
	b, err := readConfig(name)
	if err != nil {
		engine.Errf("Cannot open %s: %v", name, err)
		return err
	}
	engine.Infof("lwsws_get_config: %s", name)
	if !utf8.Valid(b) {
		engine.Warnf("%s: is not UTF-8: its bytes are taken as they are", name)
	}
	paths := make([]unsafe.Pointer, len(f.keys))
	for i, k := range f.keys {
		paths[i] = unsafe.Pointer(unsafe.StringData(k + "\x00"))
	}
	f.ctx, f.name, f.last, f.odd, f.err = lejp.New(configDepth), name, "", "", nil
	lejp.Construct(f.ctx, nil, nil, unsafe.Pointer(unsafe.SliceData(paths)), uint8(len(paths)), f.step)
	r := 0
	if len(b) > 0 {
		r = lejp.Parse(f.ctx, b, f.step)
	}
	line := f.ctx.Line
	lejp.Destruct(f.ctx, f.step)
	switch {
	case f.err != nil:
		engine.Errf("%s(%d): %v", name, line, f.err)
		return f.err
	case r < 0:
		why := str(C.lejp_error_to_string(C.int(r)))
		if r == lejp.Continue {
			why = "the file ends in the middle"
		}
		engine.Errf("%s(%d): parsing error %d: %s", name, line, r, why)
		return errors.New("no valid JSON")
	}
	return nil
}

// configMost is how large one file may be.
const configMost = 16 << 20

// readConfig reads a file, and nothing that a file's name may lead to besides: one does
// not end, another does not begin.
func readConfig(name string) ([]byte, error) {
	h, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer h.Close()
	st, err := h.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, errors.New("is no file")
	}
	b, err := io.ReadAll(io.LimitReader(h, configMost+1))
	if len(b) > configMost {
		return nil, fmt.Errorf("is larger than %d MiB", configMost>>20)
	}
	return b, err
}

// wantsMore is what is wrong with a plain value where keys should follow.
const wantsMore = "a list or an object is wanted here"

// wrong is what is wrong with a path that none of the keys is.
func (f *config) wrong(path string) string {
	for _, k := range f.keys {
		if rest, ok := strings.CutPrefix(k, path); ok && rest != "" && strings.ContainsAny(rest[:1], "[.") {
			return wantsMore
		}
	}
	return "there is no such key"
}

// notice warns, once in a row, of a value that nobody looks at.
func (f *config) notice(path, why string) {
	if path != f.odd {
		f.odd = path
		engine.Warnf("%s(%d): %.100q: %s", f.name, f.ctx.Line, path, why)
	}
}

func (f *config) step(_ unsafe.Pointer, why lejp.Reason) int8 {
	c := f.ctx
	key := ""
	if c.PathMatch != 0 && why != lejp.Constructed && why != lejp.Destructed {
		key = f.keys[c.PathMatch-1]
	}
	if key == "" && (why != lejp.ObjectEnd || c.Path[0] != 0) {
		if path, _, _ := strings.Cut(string(c.Path[:]), "\x00"); isValue(why) && f.mine(path) {
			f.notice(path, f.wrong(path))
		}
		return 0
	}
	if isValue(why) && (strings.HasSuffix(key, "[]") || key == keyProtocol) {
		f.notice(key, wantsMore)
	}
	if key == "global.ws-pingpong-secs" || key == "vhosts[].mounts[].protocol" {
		f.notice(key, "has no effect")
	}
	if f.err == nil { // else the parser only takes leave
		f.err = f.value(key, why)
	}
	if f.err != nil {
		return 1
	}
	return 0
}

// isValue tells whether a callback brings a value.
func isValue(why lejp.Reason) bool { return why&64 != 0 }

// isText tells whether it is a text, or a piece of one.
func isText(why lejp.Reason) bool { return why == lejp.ValStrEnd || why == lejp.ValStrChunk }

// maxPluginDirs is the room for plugin folders, with the NULL behind them.
const maxPluginDirs = 10

//export go_lwsws_get_config_globals
func go_lwsws_get_config_globals(info *C.struct_lwsgo_info, dir *C.char, cs **C.char, n *C.int) (ret C.int) {
	defer guardOr("lwsws_get_config_globals", &ret, 1)
	if dir == nil || cs == nil || *cs == nil || n == nil || *n <= 0 {
		engine.Errf("lwsws_get_config_globals: an argument is missing")
		return 1
	}
	f := &config{p: unsafe.Pointer(*cs), end: unsafe.Add(unsafe.Pointer(*cs), int(*n)-1), info: info}
	f.align()
	dirs := unsafe.Slice((**C.char)(f.take(maxPluginDirs*unsafe.Sizeof(uintptr(0)))), maxPluginDirs)
	if f.full {
		engine.Errf("lwsws_get_config_globals: %v", errConfigFull)
		return 1
	}
	count := 0
	if info.plugin_dirs != nil {
		for old := info.plugin_dirs; *old != nil && count < maxPluginDirs-1; old = next(old, 1) {
			dirs[count] = *old
			count++
		}
	}
	f.keys = []string{
		"global.uid", "global.gid", "global.username", "global.groupname", "global.count-threads",
		"global.init-ssl", "global.server-string", "global.plugin-dir", "global.ws-pingpong-secs",
		"global.timeout-secs", "global.reject-service-keywords[].*", "global.reject-service-keywords[]",
		"global.default-alpn", "global.ip-limit-ah", "global.ip-limit-wsi", "global.rlimit-nofile",
	}
	f.mine = func(path string) bool { return strings.HasPrefix(path, "global") }
	f.value = func(key string, why lejp.Reason) error {
		if !isValue(why) {
			return nil
		}
		switch key {
		case "global.plugin-dir":
			if f.last == key {
				return f.str(key, why, nil)
			}
			if count == maxPluginDirs-1 {
				return errors.New("too many plugin dirs")
			}
			count++
			return f.str(key, why, &dirs[count-1])
		case "global.reject-service-keywords[].*":
			if !isText(why) {
				return nil
			}
			return f.pair(key, why, 0, "", &info.reject_service_keywords)
		}
		return f.global(key, why)
	}
	if err := f.read(str(dir)); err != nil {
		if f.full {
			engine.Errf("lwsws_get_config_globals: %v", err)
		}
		return 1
	}
	if count > 0 {
		info.plugin_dirs = &dirs[0]
	}
	*cs, *n = (*C.char)(f.p), C.int(uintptr(f.end)-uintptr(f.p))
	return 0
}

func (f *config) global(key string, why lejp.Reason) error {
	i := f.info
	switch key {
	case "global.uid":
		i.uid = f.number()
	case "global.gid":
		i.gid = f.number()
	case "global.username":
		return f.str(key, why, &i.username)
	case "global.groupname":
		return f.str(key, why, &i.groupname)
	case "global.count-threads":
		i.count_threads = C.uint(f.number())
	case "global.init-ssl":
		if f.yes() {
			i.options |= C.LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT
		}
	case "global.server-string":
		return f.str(key, why, &i.server_string)
	case "global.timeout-secs":
		i.timeout_secs = C.uint(f.number())
	case "global.default-alpn":
		return f.str(key, why, &i.alpn)
	case "global.ip-limit-ah":
		i.ip_limit_ah = C.ushort(f.number())
	case "global.ip-limit-wsi":
		i.ip_limit_wsi = C.ushort(f.number())
	case "global.rlimit-nofile":
		i.rlimit_nofile = C.int(f.number())
	}
	return nil
}
