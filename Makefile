# SPDX-License-Identifier: MIT
#
#   make run      build everything, serve the original test page on :7681
#   make lib      build/lib/libwebsockets.so.17
#   make test     all tests
#   make install  PREFIX=/usr/local DESTDIR=
#   make clean

PREFIX     ?= /usr/local
DESTDIR    ?=
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PORT       ?= 7681
GO         ?= go
CC         ?= gcc
AR         ?= ar
OBJCOPY    ?= objcopy

B       := build
LIB     := $(B)/lib/libwebsockets.so.17
SONAME  := libwebsockets.so.17
VERSION := 4.1.6

GOTAGS := $(if $(VALGRIND),-tags valgrind)

CFLAGS_OURS := -std=gnu11 -O2 -g -fPIC -fvisibility=hidden -Wall -Wextra -Werror -Iinclude -Icapi/c
C_SRC  := $(wildcard capi/c/*.c)
C_OBJ  := $(C_SRC:capi/c/%.c=$(B)/obj/%.o)
C_HDR  := $(wildcard capi/c/*.h) $(wildcard include/*.h include/libwebsockets/*.h)
GO_SRC := $(shell find capi impl -name '*.go' ! -name '*_test.go' 2>/dev/null) go.mod go.sum

# The runtime's own knobs, built in: stacks never shrink (a signal handler may
# sit on one), no SIGURG on the program's threads, integers that programs pass
# as pointers are no error, no pointer checks at each call.
GO_DEBUG := gcshrinkstackoff=1,asyncpreemptoff=1,invalidptr=0,cgocheck=0
GO_LDFLAGS := -s -w -X=runtime.godebugDefault=$(GO_DEBUG)

.PHONY: all lib run test install clean deps reference apps
all: lib
lib: $(LIB) $(B)/lib/libwebsockets.so

deps:
	@tools/deps

$(B)/obj/%.o: capi/c/%.c $(C_HDR)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_OURS) -c $< -o $@

# The Go object has exactly one constructor, which starts the runtime. It moves
# to a section of its own, so that the loader does not run it (docs/architecture.md).
$(B)/obj/libcore.a: $(GO_SRC) $(C_HDR)
	@mkdir -p $(@D)
	CGO_ENABLED=1 CGO_LDFLAGS_ALLOW='.*' $(GO) build $(GOTAGS) -trimpath -buildmode=c-archive \
	    -ldflags='$(GO_LDFLAGS)' -o $@ ./capi
	@n=$$($(OBJCOPY) --version >/dev/null && readelf -SW $@ | grep -c '\.init_array'); \
	 sz=$$(readelf -SW $@ | awk '/ \.init_array/ { for (i = 1; i <= NF; i++) if ($$i == "INIT_ARRAY") print $$(i+3) }'); \
	 if [ "$$n" -lt 1 ] || [ "$$(echo "$$sz" | sort -u)" != 000008 ] || [ "$$(echo "$$sz" | wc -l)" != 1 ]; then \
	   echo "error: expected one 8-byte .init_array in the Go object, found: $$sz" >&2; rm -f $@; exit 1; fi
	$(OBJCOPY) --rename-section .init_array=goinit,alloc,load,data $@

$(LIB): $(C_OBJ) $(B)/obj/libcore.a capi/exports.map
	@mkdir -p $(@D)
	$(CC) -shared -o $@ $(C_OBJ) -Wl,--whole-archive $(B)/obj/libcore.a -Wl,--no-whole-archive \
	    -Wl,-soname,$(SONAME) -Wl,--version-script=capi/exports.map -Wl,-z,nodelete -Wl,-z,relro \
	    -Wl,-Bsymbolic -Wl,--no-undefined -lssl -lcrypto -lpthread -ldl -lc

$(B)/lib/libwebsockets.so: $(LIB)
	ln -sf $(SONAME) $@

reference:
	@tools/fetch-reference

clean:
	rm -rf $(B)
