# SPDX-License-Identifier: MIT
#
#   make run      build everything, serve the original test page on :7681 (PORT=, ABI=)
#   make lib      build/lib/libwebsockets.so.17 and .so.19 (ABI=17, ABI=19: one of them)
#   make test     all tests; the last line says how many passed and failed
#                 (PART=trace: those of c_tests/trace, or of another folder)
#   make bench    this library beside Debian's (QUICK=1, PEERS=1, GROWTH=1,
#                 PROGRAMS=1: programs of Debian's on both, ROWS=regexp)
#   make cluster  a chat of two servers behind HAProxy, through Redis, on :8600 (PORT=)
#   make lwsws    build/lwsws/17/lwsws and build/lwsws/19/lwsws, the web server
#   make install  PREFIX=/usr/local DESTDIR= (LIBDIR=, INCLUDEDIR=): the library that this
#                 machine's programs ask for (ABI=17, ABI=19: that one)
#   make uninstall  with the same PREFIX and DESTDIR: takes away what was installed
#   make deb      Debian packages of that library in build/deb (ABI=)
#   make docs     the reference of all functions, in build/docs/html (with doxygen)
#   make man      its manual pages, in build/man
#   make sbom     what is linked into that library, with its licences: build/sbom/N.spdx.json
#   make deps     install what building and testing need (with apt, as root)
#   make lint     gofmt, go vet, staticcheck
#   make clean    remove build/ and what else was made
#   make help     this text
#
# lib, lwsws, install and deb also for another architecture: make lib ARCH=arm64
# (docs/arm64.md). What is built is then below build/arm64.
#
# V=1 shows the commands; make -s says nothing but what is wrong.

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

# Another architecture than this machine's, if the command says so: an ARCH of the
# environment may be somebody else's.
CROSS := $(filter-out $(shell dpkg --print-architecture 2>/dev/null),$(if $(filter command,$(firstword $(origin ARCH))),$(ARCH)))
ifneq ($(CROSS),)
TRIPLET := $(or $(patsubst arm64,aarch64-linux-gnu,$(filter arm64,$(CROSS))),$(error ARCH is one of: arm64))
B       := build/$(CROSS)
ROOT    := $(CURDIR)/$(B)/root
CC      := $(TRIPLET)-gcc --sysroot=$(ROOT)
AR      := $(TRIPLET)-ar
OBJCOPY := $(TRIPLET)-objcopy
GO_CROSS := GOARCH=$(CROSS) CC='$(CC)' AR=$(AR)
PKG_CONFIG := PKG_CONFIG_SYSROOT_DIR=$(ROOT) PKG_CONFIG_LIBDIR=$(ROOT)/usr/lib/$(TRIPLET)/pkgconfig:$(ROOT)/usr/share/pkgconfig pkg-config
$(if $(filter run bench test test-all reference,$(MAKECMDGOALS)),$(error ARCH is for what is built, not for what is run: c_tests/arm64 runs it))
# make begins anew when it has made this, then with a compiler and the headers.
ifneq ($(MAKECMDGOALS),clean)
include $(B)/there.mk
endif
$(B)/there.mk: tools/fetch-sysroot
	@tools/deps -a $(CROSS)
	@tools/fetch-sysroot $(CROSS)
	@echo '# The compiler and the headers for $(CROSS) are there.' >$@
endif
PKG_CONFIG ?= pkg-config
space  := $(subst ,, )
# Each is a folder of capi/abi, and a library.
ABIS       := 17 19
VERSION_17 := 4.1.6
VERSION_19 := 4.3.5
# Those that are built, and the one that is this machine's, or asked for: it is run,
# installed and packaged.
BUILT   := $(or $(ABI),$(ABIS))
DEFAULT := $(shell tools/default-abi)
CHOSEN  := $(or $(ABI),$(DEFAULT))
$(if $(filter-out $(ABIS),$(BUILT) $(CHOSEN)),$(error ABI is one of: $(ABIS)))
SONAME  := libwebsockets.so.$(CHOSEN)
LIB     := $(B)/lib/$(SONAME)
VERSION := $(VERSION_$(CHOSEN))
# Other sources have headers of their own (docs/generations.md), but for those of the
# ABI's own time.
GENERATIONS := 1.3 1.5 1.6 2.0 2.2 4.3
OWN_19      := 4.3
OWN         := $(OWN_$(CHOSEN))

# For ThreadSanitizer, in a folder of its own: the C half tells of what it reads and writes, the engine of its locks.
ifdef TSAN
B    := build/tsan
SANE := -fsanitize=thread -fno-omit-frame-pointer
endif
GOTAGS := -tags "$(if $(VALGRIND),valgrind) $(if $(LOCKCHECK),lockcheck) $(if $(TSAN),tsan)"

# What Debian hardens its libraries with (dpkg-buildflags, hardening=+bindnow), and no folder's name in the file.
HARDEN    := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$(if $(TSAN),0,2) -Wformat -Werror=format-security -ffile-prefix-map=$(CURDIR)=.
# Backtraces name what the program has called: lws_service would be a jump.
NAMED     := -fno-optimize-sibling-calls
HARDEN_LD := -Wl,-z,relro -Wl,-z,now

CFLAGS_OURS := -std=gnu11 -O2 -g $(HARDEN) $(NAMED) $(SANE) -fPIC -fvisibility=hidden -Wall -Wextra -Werror -DLWS_BUILDING_SHARED -Iinclude -Icapi/core -Icapi/c
C_SRC  := $(wildcard capi/c/*.c)
# What a message passes through is made for speed, all else small: it enters Go, where the time is.
FAST   := accessors dummy out service short short_tls wait
# The interface of programs that do not say which, here in the checkout. It is this machine's.
ABI_HDR := include/lws_abi.h
# What the Go half sees, whatever the ABI: the headers of so.17.
GO_HDR := $(filter-out $(ABI_HDR),$(wildcard capi/c/*.h capi/core/lwsgo*.h capi/core/opaque/openssl/*.h include/*.h include/17/*.h include/libwebsockets/*.h)) capi/evlib/evlib.h
GO_SRC := $(shell find capi impl -name '*.go' ! -name '*_test.go' ! -path '*/enginetest/*' 2>/dev/null) $(wildcard impl/tls/*.h) go.mod go.sum

# The runtime's own knobs, built in: stacks never shrink (a signal handler may
# sit on one), no SIGURG on the program's threads, integers that programs pass
# as pointers are no error, no pointer checks at each call, no look at the number
# of CPUs each second, no profiles, no names for mappings.
GO_DEBUG := gcshrinkstackoff=1,asyncpreemptoff=1,invalidptr=0,cgocheck=0,updatemaxprocs=0,profstackdepth=0,memprofilerate=0,decoratemappings=0
GO_LDFLAGS := -s -w -buildid= -funcalign=16 -X=runtime.godebugDefault=$(GO_DEBUG)

# Go that no message passes through, or on its way into the kernel alone, is made small: functions are called, not copied to where they are called.
SELDOM := bufio encoding/base64 fmt golang.org/x/sys/unix os strconv syscall time reflect io/fs internal/poll net/netip libwebsockets/impl/client libwebsockets/impl/proxy libwebsockets/impl/text/... \
    libwebsockets/impl/diskcache libwebsockets/impl/accounts libwebsockets/impl/role/child libwebsockets/impl/wire/zip

# The event loops whose headers are here get their plugins. They link nothing of
# ours, see capi/evlib/evlib.h.
has = $(shell printf '\043include <$(2)>\n' | $(CC) $(1) -E - >/dev/null 2>&1 && echo yes)
GLIB_CFLAGS := $(shell $(PKG_CONFIG) --cflags glib-2.0 2>/dev/null)
EVLIBS := $(if $(call has,,uv.h),uv) $(if $(call has,,ev.h),ev) \
    $(if $(call has,$(GLIB_CFLAGS),glib-unix.h),glib) $(if $(call has,,event2/event.h),event)
EVLIB_LINK_uv    := -luv
EVLIB_LINK_ev    := -lev
EVLIB_LINK_glib  := -lglib-2.0
EVLIB_LINK_event := -levent_core
PLUGINS := $(EVLIBS:%=$(B)/lib/libwebsockets-evlib_%.so)

.PHONY: all help lib built libs link lwsws run cluster bench test test-all lint docs man install place install-headers uninstall install-test-server sbom deb clean deps reference
all: lib
	@$(MAKE) --no-print-directory lwsws

help:
	@sed -n '3,/^$$/s/^# \{0,1\}//p' Makefile

FLAGS   := $(filter-out --%,$(firstword -$(MAKEFLAGS)))
QUIET   := $(findstring s,$(FLAGS))
Q       := $(if $(V),,@)
TICKING := $(if $(QUIET),TICKING_QUIET=1 )tools/ticking
# What each says to do next, where a person has called it: not with -s.
NEXT_lib = '$(B)/lib has libwebsockets.so.$(subst $(space), and .,$(strip $(BUILT))). Next:' \
	    '  LD_LIBRARY_PATH=$$PWD/$(B)/lib your-program    a program of yours, as it is' \
	    '  tools/check-app your-program                    does it find all that it needs?' \
	    '  make install, make deb                          for all programs: docs/install.md'
NEXT_deps = 'All is there. Next: make run, make test, make bench'
NEXT_lwsws = $(BUILT:%='build/lwsws/%/lwsws is built.') 'Next: docs/lwsws.md says how it is configured.'
NEXT_run = '' 'The original test server, its source unchanged, runs on build/lib/$(SONAME):' \
	    '  http://127.0.0.1:$(PORT)/      the test page (another port: make run PORT=8080)' \
	    '  ctrl-C                      stops it' \
	    'Next:' \
	    '  LD_LIBRARY_PATH=$$PWD/build/lib your-program    a program of yours, as it is' \
	    '  tools/check-app your-program                    does it find all that it needs?' \
	    '  docs/guide/README.md                            write one' \
	    'What follows is its log.' ''
NEXT_install = '$(SONAME), its headers and lwsws are in $(DESTDIR)$(PREFIX). Next:' \
	    $(if $(DESTDIR),,'  ldconfig                                                             as root: programs find it') \
	    '  cc program.c $$(pkg-config --cflags --libs libwebsockets)             or CMake: docs/install.md'
NEXT_deb = 'Next: apt install ./build/deb/*.deb, for all programs of this machine; going back: docs/install.md'
next      = $(if $(QUIET)$(filter-out 0,$(MAKELEVEL)),,@printf '%s\n' $(NEXT_$(1)))
ifndef V
.SILENT: place install-headers
endif

# So many compilers at a time, unless make was told.
AT_ONCE = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

# Only the compilers' complaints are seen.
lib:
	@$(if $(V)$(findstring n,$(FLAGS)),$(MAKE) --no-print-directory libs link, \
	 { $(MAKE) --no-print-directory -q libs 2>/dev/null || $(TICKING) \
	   "building libwebsockets.so.$(subst $(space), and .,$(strip $(BUILT))) (about 1 minute)" $(MAKE) --no-print-directory -s $(AT_ONCE) libs; } && \
	 $(MAKE) --no-print-directory -s link)
	$(call next,lib)

# The library that is installed and packaged.
built:
	@$(MAKE) --no-print-directory lib ABI=$(CHOSEN)

# The Go half takes longest: it begins first.
libs: $(B)/obj/libcore.a $(BUILT:%=$(B)/lib/libwebsockets.so.%) $(PLUGINS)
# What -lwebsockets and the headers of the checkout mean is this machine's, whatever is built.
LINK     := $(B)/lib/libwebsockets.so
ABI_TEXT := /* Made by make: which interface this machine has. */\n\043define LWS_ABI_DEFAULT $(DEFAULT)\n
link: libs
	@printf '$(ABI_TEXT)' | cmp -s - $(ABI_HDR) || printf '$(ABI_TEXT)' >$(ABI_HDR)
	@if [ ! -e $(LINK).$(DEFAULT) ]; then rm -f $(LINK); \
	elif [ "$$(readlink $(LINK))" != libwebsockets.so.$(DEFAULT) ]; then ln -sfn libwebsockets.so.$(DEFAULT) $(LINK); fi

deps:
	@tools/deps
	$(call next,deps)

# go may be where only this Makefile finds it; the tests call it by name.
run cluster bench test-all: export PATH := $(dir $(GO)):$(PATH)

# Relocations of Go's tables take a tenth of the file, packed a hundredth of that. What loads them is glibc 2.36
# and later; what makes them is a linker that does not say that it takes no notice.
RELR   := -Wl,-z,pack-relative-relocs
PACKED := $(shell grep -q GLIBC_ABI_DT_RELR "$$($(CC) -print-file-name=libc.so.6 2>/dev/null)" 2>/dev/null && \
    said=$$($(CC) -shared $(RELR) -o /dev/null -x c /dev/null 2>&1) && [ -z "$$said" ] && echo $(RELR))

# The rules of each ABI: its C half, and its library.
define abi_rules
CFLAGS_$(1) := -DLWS_ABI=$(1) -Icapi/abi/$(1)
C_HDR_$(1)  := $(GO_HDR) $$(wildcard capi/abi/*.h capi/abi/$(1)/*.h include/$(1)/*.h impl/tls/io.h impl/tls/sock.h)
C_OBJ_$(1)  := $(C_SRC:capi/c/%.c=$(B)/obj/$(1)/%.o) $$(patsubst capi/abi/$(1)/%.c,$(B)/obj/$(1)/abi/%.o,$$(wildcard capi/abi/$(1)/*.c))

$(B)/obj/$(1)/%.o: capi/c/%.c $$(C_HDR_$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS_OURS) $$(CFLAGS_$(1)) $$(if $$(filter $$*,$(FAST)),,-Os) -c $$< -o $$@

$(B)/obj/$(1)/abi/%.o: capi/abi/$(1)/%.c $$(C_HDR_$(1))
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS_OURS) $$(CFLAGS_$(1)) -c $$< -o $$@

$(B)/lib/libwebsockets.so.$(1): $$(C_OBJ_$(1)) $(B)/obj/libcore.a capi/abi/$(1)/exports.map
	@mkdir -p $$(@D)
	$$(CC) -shared $(SANE) -o $$@ $$(C_OBJ_$(1)) -Wl,--whole-archive $(B)/obj/libcore.a -Wl,--no-whole-archive \
	    -Wl,-soname,$$(@F) -Wl,--version-script=capi/abi/$(1)/exports.map -Wl,-z,nodelete $(HARDEN_LD) $(PACKED) \
	    -Wl,-Bsymbolic -Wl,--no-undefined -lssl -lcrypto -lpthread -ldl -lc
endef
$(foreach a,$(ABIS),$(eval $(call abi_rules,$a)))

# The web server that JSON files configure. Where its plugins are is built in, so it is
# made anew for each PREFIX.
LWSWS := $(wildcard lwsws/*.c)
define lwsws_rules
$(B)/lwsws/$(1)/lwsws: $(LWSWS) lwsws/lwsws.h $(GO_HDR) | $(B)/lib/libwebsockets.so.$(1)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -std=gnu11 -O2 -g $(HARDEN) -fPIE -pie -Wall -Wextra -Werror -Iinclude -DLWS_ABI=$(1) -DINSTALL_DATADIR='"$(PREFIX)/share"' \
	    $(LWSWS) -o $$@ -L$(B)/lib -l:libwebsockets.so.$(1) -lpthread $(HARDEN_LD)
endef
$(foreach a,$(ABIS),$(eval $(call lwsws_rules,$a)))
lwsws: $(BUILT:%=$(B)/lwsws/%/lwsws)
	$(call next,lwsws)

# What Go code writes to has sections of its own, so that a forked child can
# put it back to where it began (capi/c/boot.c).
GO_STATE := --rename-section .data=godata --rename-section .bss=gobss \
    --rename-section .noptrdata=gonoptrdata --rename-section .noptrbss=gonoptrbss \
    --rename-section .go.module=gomodule --globalize-symbol=runtime.tlsg --globalize-symbol=runtime.tls_g \
    --globalize-symbol=pthread_g

# Whose code a fault is in, and what its functions are called; the runtime's signals
# (capi/c/signals.c, faults.c).
GO_SEEN := $(foreach s,text etext pclntab sigtable,--globalize-symbol=runtime.$s)

# Go's build cache looks at the headers of the package's own folder alone: this one
# changes whenever another does.
HDR_HASH := capi/core/headers.gen.h
$(HDR_HASH): $(GO_HDR)
	@echo "/* $$(cat $(GO_HDR) | md5sum) */" >$@

# net/http stays out (capi/_thin says why).
JAR     := $$($(GO) env GOROOT)/src/net/http/cookiejar
# The runtime looks through all mounts for a limit of CPU time when it starts, a tenth of a start, to
# choose a number that procsFor (capi/core/boot.go) chooses itself.
LIMIT   := $$($(GO) env GOROOT)/src/internal/runtime/cgroup/cgroup_linux.go
OVERLAY = {"Replace":{"'$(LIMIT)'":"$(abspath $(B)/_limit.go)","'$(JAR)'/jar.go":"$(CURDIR)/capi/_thin/cookiejar.go","'$(JAR)'/punycode.go":""}}

# The Go object has exactly one constructor, which starts the runtime. It moves
# to a section of its own, so that the loader does not run it (docs/architecture.md).
$(B)/obj/libcore.a: $(GO_SRC) $(wildcard capi/_thin/*.go) $(GO_HDR) $(HDR_HASH)
	@mkdir -p $(@D)
	@printf '$(OVERLAY)' >$(B)/overlay.json
	@sed '/^func OpenCPU(/a return CPU{}, ErrNoCgroup' $(LIMIT) >$(B)/_limit.go
	CGO_ENABLED=1 $(GO_CROSS) CGO_CFLAGS='-O2 -g $(HARDEN)' CGO_LDFLAGS_ALLOW='.*' $(GO) build $(GOTAGS) -overlay $(B)/overlay.json -trimpath -buildvcs=false -buildmode=c-archive \
	    $(SELDOM:%=-gcflags=%=-l) -ldflags='$(GO_LDFLAGS)' -o $@ ./capi/core
	@n=$$($(OBJCOPY) --version >/dev/null && readelf -SW $@ | grep -c '\.init_array'); \
	 sz=$$(readelf -SW $@ | awk '/ \.init_array/ { for (i = 1; i <= NF; i++) if ($$i == "INIT_ARRAY") print $$(i+3) }'); \
	 if [ "$$n" -lt 1 ] || [ "$$(echo "$$sz" | sort -u)" != 000008 ] || [ "$$(echo "$$sz" | wc -l)" != 1 ]; then \
	   echo "error: expected one 8-byte .init_array in the Go object, found: $$sz" >&2; rm -f $@; exit 1; fi
	$(OBJCOPY) --rename-section .init_array=goinit,alloc,load,data $(GO_STATE) $(GO_SEEN) $@
	@[ "$$($(GO_CROSS) $(GO) env GOARCH)" != arm64 ] || $(GO) run ./tools/signalsafe $@ || { rm -f $@; exit 1; }

# One plugin of each loop serves all ABIs.
$(B)/lib/libwebsockets-evlib_%.so: capi/evlib/%.c $(GO_HDR)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_OURS) $(CFLAGS_17) $(if $(filter glib,$*),$(GLIB_CFLAGS)) -shared -o $@ $< \
	    -Wl,-soname,$(@F) -Wl,-z,nodelete $(HARDEN_LD) -Wl,--no-undefined $(EVLIB_LINK_$*)

reference:
	@$(foreach a,$(BUILT),tools/fetch-reference -a $a &&) true

# The original's own test server, as Debian has its source, on our library.
REF_17  := $(B)/reference
REF_19  := $(B)/reference/19
REF     := $(REF_$(CHOSEN))
APPSRC  := $(REF)/src/libwebsockets-$(VERSION)
APPDATA := $(abspath $(REF))/root/usr/share

RUN     := $(B)/run/$(CHOSEN)/test-server

$(RUN): $(LIB) $(C_HDR_$(CHOSEN)) | reference
	@mkdir -p $(@D)
	$(Q)$(CC) -O2 -w -DINSTALL_DATADIR='"$(APPDATA)"' -Iinclude -DLWS_ABI=$(CHOSEN) $(APPSRC)/test-apps/test-server.c -o $@ \
	    -L$(B)/lib -l:$(SONAME) -Wl,-rpath,$(abspath $(B)/lib) -lssl -lcrypto

run:
	@tools/deps -r
	@$(MAKE) --no-print-directory lib ABI=$(CHOSEN)
	@$(MAKE) --no-print-directory reference $(RUN) ABI=$(CHOSEN)
	$(call next,run)
	@$(RUN) -r $(APPDATA)/libwebsockets-test-server -p $(PORT)

# docs/cluster.md.
cluster: PORT = 8600
cluster:
	@tools/deps -c
	@$(MAKE) --no-print-directory lib ABI=$(CHOSEN)
	@mkdir -p $(B)/cluster
	@$(MAKE) --no-print-directory -C examples/cluster OUT=$(abspath $(B)/cluster) CC="$(CC)" \
	    LWS="-I$(abspath include) -DLWS_ABI=$(CHOSEN) -L$(abspath $(B)/lib) -l:$(SONAME) -Wl,-rpath,$(abspath $(B)/lib)"
	@examples/cluster/start $(B)/cluster $(PORT)

# The same, to stay: for the Dockerfile.
install-test-server: $(LIB) | reference
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share
	$(CC) -O2 -w -DINSTALL_DATADIR='"$(PREFIX)/share"' -Iinclude -DLWS_ABI=$(CHOSEN) $(APPSRC)/test-apps/test-server.c \
	    -o $(DESTDIR)$(PREFIX)/bin/libwebsockets-test-server -L$(B)/lib -l:$(SONAME) -Wl,-rpath,$(LIBDIR) -lssl -lcrypto
	cp -rL $(APPDATA)/libwebsockets-test-server $(DESTDIR)$(PREFIX)/share/

# What it measures and how: docs/performance.md.
bench:
	@tools/deps
	@$(MAKE) --no-print-directory lib reference ABI=$(if $(PROGRAMS),,17)
	@$(if $(PROGRAMS),tools/fetch-reference -a 19 -p; tools/fetch-reference -a 19 -l || true)
	@$(GO) build -o $(B)/bench ./bench
	@$(B)/bench $(if $(QUIET)$(filter-out 0,$(MAKELEVEL)),,-next) $(if $(QUICK),-quick) $(if $(PEERS),-peers) $(if $(URING),-uring) $(if $(GROWTH),-growth) $(if $(PROGRAMS),-programs) $(if $(TABLE),-table) \
	    $(if $(ROWS),-rows '$(ROWS)') $(if $(ROUNDS),-rounds $(ROUNDS))

# Both are made from the comments of the headers.
docs:
	@tools/deps -d
	@$(GO) build -o $(B)/apiref ./tools/apiref
	@$(B)/apiref html $(B)/docs
	@echo "The reference is $(B)/docs/html/index.html"

MAN := $(B)/man/man7/libwebsockets.7
man: $(MAN)
$(MAN): $(wildcard tools/apiref/*.go tools/apiref/calls.txt include/*.h include/libwebsockets/*.h) docs/api.md docs/symbols.md
	@$(GO) build -o $(B)/apiref ./tools/apiref
	@$(B)/apiref man $(B)/man

lint:
	@GO="$(GO)" tools/lint

test:
	@$(MAKE) --no-print-directory deps
	@$(MAKE) --no-print-directory test-all

# One part of the tests, by its folder; without a PART, all of them and lint.
TESTED := $(if $(PART),$(or $(firstword $(wildcard $(addsuffix /$(PART),c_tests . impl))),$(error there are no tests of $(PART)))/...,...)

test-all:
	@$(if $(findstring n,$(FLAGS)),,tools/test-needs $(if $(filter admin cgi data lwsws proxy smp web work,$(or $(PART),web)),-f) $(if $(filter apps,$(or $(PART),apps)),-p)) \
	    $(MAKE) --no-print-directory lib ABI=
	@$(GO) build -o $(B)/testsum ./tools/testsum
	@$(B)/testsum -go $(GO) -times $(B)/testtimes $(if $(QUIET),,-next) $(if $(PART),,-lint 'GO="$(GO)" tools/lint') ./$(TESTED)

PC_DIR    := $(DESTDIR)$(LIBDIR)/pkgconfig
CMAKE_DIR := $(LIBDIR)/cmake/libwebsockets
FILL = sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' -e 's|@INCLUDEDIR@|$(INCLUDEDIR)|' \
    -e 's|@VERSION@|$(VERSION)|' -e 's|@SONAME@|$(SONAME)|' \
    -e "s|@INCLUDE_FROM_HERE@|$$(realpath -m --relative-to=$(CMAKE_DIR) $(INCLUDEDIR))|"

install-headers:
	install -D -m 644 include/$(CHOSEN)/lws_config.h $(DESTDIR)$(INCLUDEDIR)/lws_config.h
	cd include && find libwebsockets.h libwebsockets -name '*.h' -exec install -D -m 644 {} $(abspath $(DESTDIR)/$(INCLUDEDIR))/{} \;
	cd include && find compat -name '*.h' $(OWN:%=! -path 'compat/%/*') -exec install -D -m 644 {} $(abspath $(DESTDIR)/$(INCLUDEDIR))/libwebsockets/{} \;

# What is in the library (docs/install.md).
SBOM := $(B)/sbom/$(CHOSEN).spdx.json
sbom: built
	@mkdir -p $(dir $(SBOM))
	@SOURCE_DATE_EPOCH=$${SOURCE_DATE_EPOCH:-$$(git log -1 --format=%ct 2>/dev/null)} \
	    $(GO) run ./tools/sbom -version $(VERSION)+go1 -o $(SBOM) $(LIB)

# Goes through a folder of its own, for the list that uninstall works by. lwsws is built anew
# for each PREFIX: one at a time.
PLACING   = flock $(B)/.placing
INSTALLED = tools/installed -d '$(DESTDIR)' -l '$(PREFIX)/share/libwebsockets/installed'
install: built
	@staged=$$(mktemp -d) && trap 'rm -rf "$$staged"' EXIT && \
	$(PLACING) $(MAKE) --no-print-directory place ABI=$(CHOSEN) DESTDIR="$$staged" && $(INSTALLED) add "$$staged"
	$(call next,install)

uninstall:
	@$(INSTALLED) remove

# All files, below DESTDIR.
place: built install-headers sbom $(MAN)
	install -d $(DESTDIR)$(LIBDIR) $(PC_DIR) $(DESTDIR)$(CMAKE_DIR)
	install -m 755 $(LIB) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libwebsockets.so
	$(if $(PLUGINS),install -m 755 $(PLUGINS) $(DESTDIR)$(LIBDIR))
	$(FILL) pkgconfig/libwebsockets.pc.in >$(PC_DIR)/libwebsockets.pc
	for g in $(GENERATIONS); do \
	  case " $(OWN) " in *" $$g "*) own= ;; *) own="-I\$${includedir}/libwebsockets/compat/$$g " ;; esac; \
	  $(FILL) -e "s|@GENERATION@|$$g|" -e "s|@OWN@|$$own|" pkgconfig/libwebsockets-generation.pc.in >$(PC_DIR)/libwebsockets-$$g.pc; done
	$(FILL) cmake/libwebsockets-config.cmake.in >$(DESTDIR)$(CMAKE_DIR)/libwebsockets-config.cmake
	$(FILL) cmake/libwebsockets-config-version.cmake.in >$(DESTDIR)$(CMAKE_DIR)/libwebsockets-config-version.cmake
	install -m 644 cmake/LwsCheckRequirements.cmake $(DESTDIR)$(CMAKE_DIR)
	install -D -m 644 packaging/lws-common.js $(DESTDIR)$(PREFIX)/share/libwebsockets-test-server/lws-common.js
	install -D -m 644 $(SBOM) $(DESTDIR)$(PREFIX)/share/doc/libwebsockets/sbom.spdx.json
	install -D -m 644 packaging/debian/copyright $(DESTDIR)$(PREFIX)/share/doc/libwebsockets/copyright

	rm -f $(B)/lwsws/$(CHOSEN)/lwsws && $(MAKE) --no-print-directory lwsws ABI=$(CHOSEN) PREFIX=$(PREFIX)
	install -D -m 755 $(B)/lwsws/$(CHOSEN)/lwsws $(DESTDIR)$(PREFIX)/bin/lwsws
	install -D -m 644 lwsws/lwsws.8 $(DESTDIR)$(PREFIX)/share/man/man8/lwsws.8
	cd $(B)/man && find . -type f -exec install -D -m 644 {} $(abspath $(DESTDIR)/$(PREFIX))/share/man/{} \;
	for f in conf localhost logrotate; do install -D -m 644 lwsws/examples/$$f $(DESTDIR)$(PREFIX)/share/lwsws/$$f; done
	sed 's|@PREFIX@|$(PREFIX)|' lwsws/examples/lwsws.service.in >$(DESTDIR)$(PREFIX)/share/lwsws/lwsws.service

deb: built
	@tools/deb -a $(CHOSEN) $(CROSS:%=-c %)
	$(call next,deb)

clean:
	rm -rf $(B) $(HDR_HASH) $(ABI_HDR)
