# SPDX-License-Identifier: MIT
#
#   make run      build everything, serve the original test page on :7681 (PORT=)
#   make lib      build/lib/libwebsockets.so.17 (ABI=19: its beginnings of so.19)
#   make test     all tests; the last line says how many passed and failed
#                 (PART=trace: those of c_tests/trace, or of another folder)
#   make bench    this library beside Debian's (QUICK=1, PEERS=1, GROWTH=1, ROWS=regexp)
#   make install  PREFIX=/usr/local DESTDIR= (LIBDIR=, INCLUDEDIR=)
#   make deb      Debian packages in build/deb
#   make deps     install what building and testing need (Debian, as root)
#   make clean

SHELL      := /bin/bash
PREFIX     ?= /usr/local
DESTDIR    ?=
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PORT       ?= 7681
# The Go that tools/deps fetched, else the one in PATH.
GO         ?= $(or $(wildcard $(CURDIR)/build/.toolchain/bin/go),$(shell command -v go || echo /usr/local/go/bin/go))
CC         ?= gcc
AR         ?= ar
OBJCOPY    ?= objcopy

B       := build
# The ABI that is built: a folder of capi/abi.
ABI     ?= 17
SONAME  := libwebsockets.so.$(ABI)
LIB     := $(B)/lib/$(SONAME)
VERSION_17 := 4.1.6
VERSION_19 := 4.3.5
VERSION := $(VERSION_$(ABI))
# Other sources have headers of their own (docs/generations.md).
GENERATIONS := 1.3 1.5 1.6 2.0 2.2 4.3

GOTAGS := -tags "$(if $(VALGRIND),valgrind) $(if $(LOCKCHECK),lockcheck)"

CFLAGS_OURS := -std=gnu11 -O2 -g -fPIC -fvisibility=hidden -Wall -Wextra -Werror -DLWS_ABI=$(ABI) -DLWS_BUILDING_SHARED -Iinclude -Icapi/abi/$(ABI) -Icapi/core -Icapi/c
C_SRC  := $(wildcard capi/c/*.c)
C_OBJ  := $(C_SRC:capi/c/%.c=$(B)/obj/$(ABI)/%.o) $(patsubst capi/abi/$(ABI)/%.c,$(B)/obj/$(ABI)/abi/%.o,$(wildcard capi/abi/$(ABI)/*.c))
# What the Go half sees, whatever the ABI: the headers of so.17.
GO_HDR := $(wildcard capi/c/*.h capi/core/lwsgo*.h include/*.h include/17/*.h include/libwebsockets/*.h) capi/evlib/evlib.h
C_HDR  := $(GO_HDR) $(wildcard capi/abi/$(ABI)/*.h include/$(ABI)/*.h)
GO_SRC := $(shell find capi impl -name '*.go' ! -name '*_test.go' ! -path '*/enginetest/*' 2>/dev/null) $(wildcard impl/tls/*.h) go.mod go.sum

# The runtime's own knobs, built in: stacks never shrink (a signal handler may
# sit on one), no SIGURG on the program's threads, integers that programs pass
# as pointers are no error, no pointer checks at each call, no look at the number
# of CPUs each second.
GO_DEBUG := gcshrinkstackoff=1,asyncpreemptoff=1,invalidptr=0,cgocheck=0,updatemaxprocs=0
GO_LDFLAGS := -s -w -X=runtime.godebugDefault=$(GO_DEBUG)

# The event loops whose headers are here get their plugins. They link nothing of
# ours, see capi/evlib/evlib.h.
has = $(shell printf '\043include <$(2)>\n' | $(CC) $(1) -E - >/dev/null 2>&1 && echo yes)
GLIB_CFLAGS := $(shell pkg-config --cflags glib-2.0 2>/dev/null)
EVLIBS := $(if $(call has,,uv.h),uv) $(if $(call has,,ev.h),ev) \
    $(if $(call has,$(GLIB_CFLAGS),glib-unix.h),glib) $(if $(call has,,event2/event.h),event)
EVLIB_LINK_uv    := -luv
EVLIB_LINK_ev    := -lev
EVLIB_LINK_glib  := -lglib-2.0
EVLIB_LINK_event := -levent_core
PLUGINS := $(EVLIBS:%=$(B)/lib/libwebsockets-evlib_%.so)

.PHONY: all lib objects run bench test test-all lint install install-headers deb clean deps reference
all: lib
objects: $(C_OBJ)
# -lwebsockets is so.17: so.19 does not behave as 4.3.5 yet (docs/symbols.md).
lib: $(LIB) $(if $(filter 17,$(ABI)),$(B)/lib/libwebsockets.so) $(PLUGINS)

deps:
	@tools/deps

# go may be where only this Makefile finds it; the tests call it by name.
run bench test-all: export PATH := $(dir $(GO)):$(PATH)

$(B)/obj/$(ABI)/%.o: capi/c/%.c $(C_HDR)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_OURS) -c $< -o $@

$(B)/obj/$(ABI)/abi/%.o: capi/abi/$(ABI)/%.c $(C_HDR)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_OURS) -c $< -o $@

# What Go code writes to has sections of its own, so that a forked child can
# put it back to where it began (capi/c/boot.c).
GO_STATE := --rename-section .data=godata --rename-section .bss=gobss \
    --rename-section .noptrdata=gonoptrdata --rename-section .noptrbss=gonoptrbss \
    --rename-section .go.module=gomodule --globalize-symbol=runtime.tlsg --globalize-symbol=pthread_g

# Whose code a fault is in, and what its functions are called; the runtime's signals
# (capi/c/signals.c, faults.c).
GO_SEEN := $(foreach s,text etext pclntab sigtable,--globalize-symbol=runtime.$s)

# Go's build cache looks at the headers of the package's own folder alone: this one
# changes whenever another does.
HDR_HASH := capi/core/headers.gen.h
$(HDR_HASH): $(GO_HDR)
	@echo "/* $$(cat $(GO_HDR) | md5sum) */" >$@

# The Go object has exactly one constructor, which starts the runtime. It moves
# to a section of its own, so that the loader does not run it (docs/architecture.md).
$(B)/obj/libcore.a: $(GO_SRC) $(GO_HDR) $(HDR_HASH)
	@mkdir -p $(@D)
	CGO_ENABLED=1 CGO_LDFLAGS_ALLOW='.*' $(GO) build $(GOTAGS) -trimpath -buildmode=c-archive \
	    -ldflags='$(GO_LDFLAGS)' -o $@ ./capi/core
	@n=$$($(OBJCOPY) --version >/dev/null && readelf -SW $@ | grep -c '\.init_array'); \
	 sz=$$(readelf -SW $@ | awk '/ \.init_array/ { for (i = 1; i <= NF; i++) if ($$i == "INIT_ARRAY") print $$(i+3) }'); \
	 if [ "$$n" -lt 1 ] || [ "$$(echo "$$sz" | sort -u)" != 000008 ] || [ "$$(echo "$$sz" | wc -l)" != 1 ]; then \
	   echo "error: expected one 8-byte .init_array in the Go object, found: $$sz" >&2; rm -f $@; exit 1; fi
	$(OBJCOPY) --rename-section .init_array=goinit,alloc,load,data $(GO_STATE) $(GO_SEEN) $@

$(LIB): $(C_OBJ) $(B)/obj/libcore.a capi/abi/$(ABI)/exports.map
	@mkdir -p $(@D)
	$(CC) -shared -o $@ $(C_OBJ) -Wl,--whole-archive $(B)/obj/libcore.a -Wl,--no-whole-archive \
	    -Wl,-soname,$(SONAME) -Wl,--version-script=capi/abi/$(ABI)/exports.map -Wl,-z,nodelete -Wl,-z,relro \
	    -Wl,-Bsymbolic -Wl,--no-undefined -lssl -lcrypto -lpthread -ldl -lc

$(B)/lib/libwebsockets.so: $(LIB)
	ln -sf $(SONAME) $@

$(B)/lib/libwebsockets-evlib_%.so: capi/evlib/%.c $(C_HDR)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_OURS) $(if $(filter glib,$*),$(GLIB_CFLAGS)) -shared -o $@ $< \
	    -Wl,-soname,$(@F) -Wl,-z,nodelete -Wl,-z,relro -Wl,--no-undefined $(EVLIB_LINK_$*)

reference:
	@tools/fetch-reference

# The original's own test server, as Debian has its source, on our library.
REF     := $(B)/reference
APPSRC  := $(REF)/src/libwebsockets-$(VERSION)
APPDATA := $(abspath $(REF))/root/usr/share

$(B)/run/test-server: $(LIB) $(C_HDR) | reference
	@mkdir -p $(@D)
	$(CC) -O2 -w -DINSTALL_DATADIR='"$(APPDATA)"' -Iinclude $(APPSRC)/test-apps/test-server.c -o $@ \
	    -L$(B)/lib -lwebsockets -Wl,-rpath,$(abspath $(B)/lib) -lssl -lcrypto

run:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory lib reference $(B)/run/test-server
	@echo "The test page is on http://127.0.0.1:$(PORT)/ (end with ctrl-C)"
	@$(B)/run/test-server -r $(APPDATA)/libwebsockets-test-server -p $(PORT)

# What it measures and how: docs/performance.md.
bench:
	@tools/deps $(if $(PEERS),-p)
	@$(MAKE) --no-print-directory lib reference
	@$(GO) build -o $(B)/bench ./bench
	@$(B)/bench $(if $(QUICK),-quick) $(if $(PEERS),-peers) $(if $(URING),-uring) $(if $(GROWTH),-growth) $(if $(README),-readme) \
	    $(if $(ROWS),-rows '$(ROWS)') $(if $(ROUNDS),-rounds $(ROUNDS))

lint:
	@GO="$(GO)" tools/lint

test:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory test-all

# One part of the tests, by its folder; without a PART, all of them and lint.
TESTED := $(if $(PART),$(or $(firstword $(wildcard $(addsuffix /$(PART),c_tests . impl))),$(error there are no tests of $(PART)))/...,...)

test-all:
	@$(MAKE) --no-print-directory lib reference
	@$(MAKE) --no-print-directory lib ABI=19
	@tools/fetch-reference -a 19
	@$(if $(filter apps,$(or $(PART),apps)),tools/fetch-reference -p && tools/fetch-reference -a 19 -p)
	@$(GO) build -o $(B)/testsum ./tools/testsum
	@$(if $(PART),,lint=0; GO="$(GO)" tools/lint || lint=$$?;) \
	 $(GO) test -count=1 -p 1 -timeout 30m -json ./$(TESTED) | $(B)/testsum -again $(GO) $(if $(PART),,lint=$$lint); \
	 ended=("$${PIPESTATUS[@]}"); [ "$${ended[0]}" -le 1 ] || { echo "go test ended with status $${ended[0]}" >&2; exit 1; }; \
	 exit "$${ended[1]}" # whose word counts: what passes when it is run again has not failed

PC_DIR    := $(DESTDIR)$(LIBDIR)/pkgconfig
CMAKE_DIR := $(LIBDIR)/cmake/libwebsockets
FILL = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
    -e 's|@VERSION@|$(VERSION)|' -e 's|@SONAME@|$(SONAME)|' \
    -e "s|@INCLUDE_FROM_HERE@|$$(realpath -m --relative-to=$(CMAKE_DIR) $(INCLUDEDIR))|"

install-headers:
	install -D -m 644 include/$(ABI)/lws_config.h $(DESTDIR)$(INCLUDEDIR)/lws_config.h
	cd include && find libwebsockets.h libwebsockets -name '*.h' -exec install -D -m 644 {} $(abspath $(DESTDIR)/$(INCLUDEDIR))/{} \;
	cd include && find compat -name '*.h' -exec install -D -m 644 {} $(abspath $(DESTDIR)/$(INCLUDEDIR))/libwebsockets/{} \;

install: lib install-headers
	install -d $(DESTDIR)$(LIBDIR) $(PC_DIR) $(DESTDIR)$(CMAKE_DIR)
	install -m 755 $(LIB) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libwebsockets.so
	$(if $(PLUGINS),install -m 755 $(PLUGINS) $(DESTDIR)$(LIBDIR))
	$(FILL) pkgconfig/libwebsockets.pc.in >$(PC_DIR)/libwebsockets.pc
	for g in $(GENERATIONS); do \
	  $(FILL) -e "s|@GENERATION@|$$g|" pkgconfig/libwebsockets-generation.pc.in >$(PC_DIR)/libwebsockets-$$g.pc; done
	$(FILL) cmake/libwebsockets-config.cmake.in >$(DESTDIR)$(CMAKE_DIR)/libwebsockets-config.cmake
	$(FILL) cmake/libwebsockets-config-version.cmake.in >$(DESTDIR)$(CMAKE_DIR)/libwebsockets-config-version.cmake
	install -m 644 cmake/LwsCheckRequirements.cmake $(DESTDIR)$(CMAKE_DIR)
	install -D -m 644 packaging/lws-common.js $(DESTDIR)$(PREFIX)/share/libwebsockets-test-server/lws-common.js

deb: lib
	@tools/deb

clean:
	rm -rf $(B) $(HDR_HASH)
