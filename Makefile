# SPDX-License-Identifier: MIT
#
# make            build/usermount (static, musl; Linux) and build/usermount-pack
# make mac        build/mac/x86_64/usermount-pack and arm64: for OS X 10.11 and macOS 11, to be looked at, not run
# make arm64      build/share/usermount/aarch64/usermount, for 64-bit ARM; ARCH=aarch64 or x86_64 builds for either
# make install    the packer and all it needs, below DESTDIR and PREFIX; make uninstall takes it away again
# make install-guest  the agent, its service and settings, below DESTDIR: into a guest's own system
# make dist, deb  tarballs with both agents, and a Debian package of the packer, in build/dist
# make deps       install what building, the demo and the tests need
# make demo       boot a Moby-like guest with a packed ramdisk, and show what happens
# make quick      the unit tests and those of the command lines: less than a minute
# make check      every test; the last line is "N passed, N failed, N skipped"
# make check-full the long ones too: real Docker, a minute of sleep
# make soak       what takes minutes and rarely fails
# make docs       record anew what the README shows
# make asan, fuzz, lint, valgrind, coverage, bench, fmt
#
# Everything is built under build/. V=1 shows the commands. GNU make 3.81 is enough.

VERSION = 0.1.0
BUILD ?= build
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
HOST_ARCH := $(shell uname -m)
ARCH := $(HOST_ARCH)
SYSTEM := $(shell uname -s)

ifeq ($(V),1)
Q =
else
Q = @
endif
say = @echo "  $(1)"

WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wformat=2 -Wconversion
ifneq ($(CI),)
WARNINGS += -Werror
endif
STD = -std=c11 -D_POSIX_C_SOURCE=200809L -DUSERMOUNT_VERSION='"$(VERSION)"'
HARDEN = -fstack-protector-strong -fno-common

# ---------------------------------------------------------------------------------------------- what there is

# What both programs share: text, settings (but for reading the machine's), and the words of the stream of edits.
SHARED_SRC := $(wildcard agent/common/*.c agent/stream/*.c) $(filter-out %/load.c, $(wildcard agent/settings/*.c))
AGENT_SRC := $(wildcard agent/*.c agent/*/*.c)
PACK_SRC := $(wildcard packer/*.c packer/*/*.c)
# The agent's pure half, which the tests link with the host's compiler.
PURE_SRC := $(SHARED_SRC) $(wildcard agent/engine/*.c) $(addprefix agent/, containers/find.c containers/folders.c containers/id.c containers/seen.c mount/route.c \
    $(addprefix events/, later.c link.c mountstats.c note.c watches.c))
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
SHARE := $(BUILD)/share/usermount
# A release's tarball brings the agents with it; then none is built.
PREBUILT := $(wildcard prebuilt/*/usermount)

# What is made for the machine that runs make is in $(BUILD) itself; another architecture's has a folder of its own.
ifeq ($(ARCH),$(HOST_ARCH))
OUT := $(BUILD)
else
OUT := $(BUILD)/$(ARCH)
endif

ifneq ($(PREBUILT),)
ALL = $(PREBUILT:prebuilt/%=$(SHARE)/%) $(BUILD)/licences/musl.txt
else ifeq ($(SYSTEM),Linux)
ALL = $(OUT)/usermount $(SHARE)/$(ARCH)/usermount $(BUILD)/licences/musl.txt
endif
ALL += $(BUILD)/usermount-pack $(SHARE)/usermount.initd $(SHARE)/usermount.conf

.PHONY: all
all: $(ALL)

# ------------------------------------------------------------------------------------------------------ tools

DEMO_PACKAGES = $(shell sed -n 's/^\([a-z0-9][^ \#]*\).*/\1/p' tests/guest/packages.debian)
BUILD_PACKAGES = gcc libc6-dev make zlib1g-dev libssl-dev
ifeq ($(PREBUILT),)
BUILD_PACKAGES += musl-tools linux-libc-dev cmake patch xz-utils
endif
TEST_PACKAGES = libcmocka-dev libisal-dev python3-pytest clang llvm libclang-rt-14-dev mandoc shellcheck cppcheck clang-format ruby zsh fish busybox \
    clang-tidy devscripts valgrind strace lsof lld $(if $(shell type npm 2>/dev/null),,npm) \
    $(CROSS_PACKAGES_aarch64) qemu-user-static qemu-system-arm $(DEMO_PACKAGES)

.PHONY: deps
deps:
	@contrib/deps $(BUILD_PACKAGES) $(TEST_PACKAGES)

# For the other architecture: the compiler and the kernel's headers; musl itself is unpacked below build/libs.
CROSS_PACKAGES_aarch64 = gcc-aarch64-linux-gnu linux-libc-dev-arm64-cross
CROSS_PACKAGES_x86_64 = gcc-x86-64-linux-gnu linux-libc-dev-amd64-cross

# Say what is missing before a compiler says it worse.
$(BUILD)/tools.ok: Makefile contrib/deps
	@contrib/deps --check $(BUILD_PACKAGES)
	@mkdir -p $(@D) && touch $@

# ------------------------------------------------------------------------- the agent: musl, libtirpc and libnfs

LIBS := $(BUILD)/libs/$(ARCH)
ifeq ($(ARCH),$(HOST_ARCH))
MUSL_CC ?= musl-gcc
else
MUSL_CC := $(abspath $(LIBS))/musl-gcc
CROSS := $(ARCH)-linux-gnu-
endif
LIBS_OK := $(LIBS)/lib/.built
SIZE = -Os -flto=auto -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables
AGENT_CFLAGS = $(STD) $(WARNINGS) $(SIZE) $(HARDEN) -g -isystem $(LIBS)/include -isystem $(LIBS)/include/tirpc \
    -idirafter $(LIBS)/kernel
AGENT_LDFLAGS = -static -Wl,--gc-sections,-z,norelro,-z,noexecstack,-z,noseparate-code,-z,common-page-size=64,--build-id=none \
    $(AGENT_LDFLAGS_$(ARCH))
# RELRO would leave a hole in the file, and nothing honours it in a static program of musl's. A common page of 4 KiB, the
# default, may leave one before the data, and pages of 64 KiB leave another one; kernels with pages of 4 and 16 KiB load this.
AGENT_LDFLAGS_aarch64 = -Wl,-z,max-page-size=16384
AGENT_OBJ := $(AGENT_SRC:agent/%.c=$(OUT)/agent/%.o)
# LIBNFS=FILE links another libnfs.a than the one that is built here: docs/licences.md.
LIBNFS ?= $(LIBS)/lib/libnfs.a

$(BUILD)/libs/src/.fetched: agent/libs/fetch agent/libs/SHA256SUMS | $(BUILD)/tools.ok
	$(call say,FETCH libtirpc libnfs)
	$(Q)agent/libs/fetch $(@D)
	$(Q)touch $@

$(abspath $(LIBS))/musl-gcc: agent/libs/cross contrib/foreign-debs
	@contrib/deps --check $(CROSS_PACKAGES_$(ARCH))
	$(call say,FETCH musl for $(ARCH))
	$(Q)agent/libs/cross $(ARCH) $(@D)

$(LIBS_OK): agent/libs/build agent/libs/libnfs-bounds.patch $(BUILD)/libs/src/.fetched $(filter /%,$(MUSL_CC))
	$(call say,BUILD libtirpc libnfs for $(ARCH))
	$(Q)CFLAGS="$(SIZE)" AR=$(CROSS)gcc-ar RANLIB=$(CROSS)gcc-ranlib agent/libs/build $(BUILD)/libs/src $(LIBS) \
	    $(MUSL_CC) $(ARCH)-linux-musl
	$(Q)touch $@

$(OUT)/agent/%.o: agent/%.c $(LIBS_OK)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(AGENT_CFLAGS) -MMD -MP -c -o $@ $<

# Which libnfs was linked last: another one links anew.
$(OUT)/libnfs.choice: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(abspath $(LIBNFS))' | cmp -s - $@ || echo '$(abspath $(LIBNFS))' >$@

$(OUT)/usermount.debug: $(AGENT_OBJ) $(OUT)/libnfs.choice $(wildcard $(LIBNFS))
	$(call say,LD $@)
	$(Q)$(MUSL_CC) $(SIZE) -g $(AGENT_LDFLAGS) -Wl,-Map,$@.map -o $@ $(AGENT_OBJ) $(LIBNFS) -L$(LIBS)/lib -ltirpc

$(OUT)/usermount: $(OUT)/usermount.debug
	$(call say,STRIP $@)
	$(Q)$(CROSS)strip -s -R .comment -R .note.gnu.property -o $@ $<

.PHONY: arm64
arm64:
	@$(MAKE) --no-print-directory ARCH=aarch64 $(SHARE)/aarch64/usermount

.PHONY: FORCE
FORCE:

# --------------------------------------------------------------------- the packer: the host's compiler and zlib

CC ?= cc
# SANITIZE is for make asan; a sanitizer and FORTIFY do not go together.
# ISA-L unpacks gzip in half of zlib's time; it is used where it is found. ISAL=no: not even then; ISAL=yes: or nothing.
ISAL ?= auto
ISAL_LIBS := $(shell SYSTEM=$(SYSTEM) contrib/isal "$(ISAL)" $(CC))
ifeq ($(ISAL_LIBS)$(ISAL),yes)
$(error ISAL=yes: ISA-L is not found; Debian has it as libisal-dev, Homebrew as isa-l)
endif
ISAL_CPPFLAGS = $(if $(ISAL_LIBS),-DUSERMOUNT_ISAL $(filter -I%,$(ISAL_LIBS)))
PACK_CFLAGS = $(STD) $(WARNINGS) -O2 -g $(HARDEN) -fPIE $(SANITIZE) $(ISAL_CPPFLAGS)
ifeq ($(SYSTEM),Darwin)
PACK_LIBS = -lz -framework CoreServices -framework CoreFoundation
PACK_CFLAGS += -D_DARWIN_C_SOURCE
else
PACK_LIBS = -lz -lcrypto -lpthread
ifeq ($(SANITIZE),)
PACK_CFLAGS += -D_FORTIFY_SOURCE=2
endif
PACK_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif
PACK_LIBS += $(ISAL_LIBS)
PACK_OBJ := $(PACK_SRC:%.c=$(BUILD)/host/%.o) $(SHARED_SRC:%.c=$(BUILD)/host/%.o)

# Whether ISA-L was there the last time: if that has changed, what knows it is compiled anew.
$(BUILD)/isal.choice: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)echo '$(ISAL_LIBS)' | cmp -s - $@ || echo '$(ISAL_LIBS)' >$@

$(BUILD)/host/packer/image/isal.o $(BUILD)/fuzz/obj/packer/image/isal.o $(BUILD)/usermount-pack: $(BUILD)/isal.choice

$(BUILD)/host/%.o: %.c $(BUILD)/tools.ok
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PACK_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/usermount-pack: $(PACK_OBJ)
	$(call say,LD $@)
	$(Q)$(CC) $(PACK_CFLAGS) $(PACK_LDFLAGS) -o $@ $(PACK_OBJ) $(PACK_LIBS)

# What the packer packs, laid out as it is installed.
ifneq ($(PREBUILT),)
$(SHARE)/%/usermount: prebuilt/%/usermount
	$(Q)mkdir -p $(@D) && cp $< $@

$(BUILD)/licences/musl.txt: $(wildcard prebuilt/licences/*)
	$(Q)mkdir -p $(@D) && cp prebuilt/licences/* $(@D)/
else
$(SHARE)/$(ARCH)/usermount: $(OUT)/usermount
	$(Q)mkdir -p $(@D) && cp $< $@

$(BUILD)/licences/musl.txt: agent/libs/licences $(BUILD)/libs/src/.fetched
	$(Q)agent/libs/licences $(BUILD)/libs/src $(@D)
endif

$(SHARE)/%: openrc/%
	$(Q)mkdir -p $(@D) && cp $< $@

# ------------------------------------------------------------------------------------------------------ tests

# raise_choose() is pure, but its module is not.
TEST_OBJ := $(patsubst %.c, $(BUILD)/host/%.o, $(PURE_SRC) agent/events/raise.c agent/mount/refresh.c agent/system/clock.c) \
    $(filter-out $(BUILD)/host/packer/main.o $(BUILD)/host/packer/cmd_%.o, $(PACK_SRC:%.c=$(BUILD)/host/%.o))

$(BUILD)/host/tests.a: $(TEST_OBJ)
	$(Q)rm -f $@ && ar qcs $@ $(TEST_OBJ)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/host/tests.a
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PACK_CFLAGS) -MMD -MP -o $@ $< $(BUILD)/host/tests.a -lcmocka $(PACK_LIBS)

.PHONY: units
units: $(UNITS)

# A second packer that knows zlib alone: both must say the same.
.PHONY: zlib-alone zlib-units
zlib-units: zlib-alone
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/zlib ISAL=no units

zlib-alone: all
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/zlib ISAL=no $(BUILD)/zlib/usermount-pack
	@mkdir -p $(BUILD)/zlib/share && cp -R $(SHARE) $(BUILD)/zlib/share/

# The fuzzers: clang's libFuzzer, one program for each tests/fuzz/fuzz_*.c, all with ASan and UBSan.
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZERS := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_OBJ := $(TEST_OBJ:$(BUILD)/host/%=$(BUILD)/fuzz/obj/%)
FUZZ_S ?= 60
FUZZ_CFLAGS = $(STD) $(WARNINGS) -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=all $(ISAL_CPPFLAGS)

$(BUILD)/fuzz/obj/%.o: %.c $(BUILD)/tools.ok
	$(Q)mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,address,undefined -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/pure.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && ar qcs $@ $(FUZZ_OBJ)

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/pure.a
	$(call say,FUZZER $<)
	$(Q)clang $(FUZZ_CFLAGS) -fsanitize=fuzzer,address,undefined -MMD -MP -o $@ $< $(BUILD)/fuzz/pure.a $(PACK_LIBS)

include tests/fuzz/probe.mk
include tests/faults/faults.mk
include tests/events/fsevents.mk
include tests/mac/mac.mk

.PHONY: fuzzers
fuzzers: $(FUZZERS)

# FUZZ_S seconds for each, from the committed corpus; what is found stays in build/fuzz.
.PHONY: fuzz
fuzz: fuzzers
	@$(PYTHON) -B tests/fuzz/fuzz.py $(BUILD) $(FUZZ_S) $(notdir $(FUZZERS))

# Measures everything and writes docs/benchmarks.md and docs/bench/*.svg; 80 minutes on an idle machine. BENCH=quick
# shows that the code runs, and measures nothing. B="packing size" measures these and takes the rest as it was.
.PHONY: bench
bench: deps
	@$(MAKE) --no-print-directory all zlib-alone
	@$(PYTHON) -B tests/bench/bench.py $(B)

include tests/analysis.mk

# One make for installing, another for building: what the first installs the second finds.
# check-full: and what takes minutes each: real Docker, long sleeps.
.PHONY: check check-full
check: RUN =
check-full: RUN = --full
check check-full: deps
	@$(MAKE) --no-print-directory all units zlib-units fuzzers faults arm64 mac
	@$(PYTHON) -B tests/run $(RUN)

.PHONY: soak
soak: all
	@$(PYTHON) -B tests/run --soak tests/bench/test_bench.py $(addprefix tests/guest/test_, containers_hostile.py edits_whole.py long.py peers.py)

# What fails most often, first.
QUICK = tests/unit/test_unit.py tests/cli/test_rooms.py tests/cli/test_pack.py tests/cli/test_doctor.py tests/cli/test_doctor_files.py \
    $(addprefix tests/cli/test_agent_, cli.py config.py status.py docs.py)
.PHONY: quick
quick: all units
	@$(PYTHON) -B tests/run $(QUICK)

.PHONY: demo
demo:
	@contrib/deps $(BUILD_PACKAGES) $(DEMO_PACKAGES)
	@$(MAKE) --no-print-directory all
	@$(PYTHON) -B tests/guest/demo

# What the README shows: a recorded session, and the time line of its boot.
.PHONY: docs
docs: all
	@$(PYTHON) -B tests/guest/session docs

.PHONY: fmt
fmt:
	clang-format -i agent/*.[ch] agent/*/*.[ch] packer/*.[ch] packer/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/faults/*.c

# ---------------------------------------------------------------------------------------------------- install

.PHONY: install
install: all
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" LAUNCHD="$(LAUNCHD)" contrib/install $(BUILD)

.PHONY: uninstall
uninstall:
	@DESTDIR="$(DESTDIR)" PREFIX="$(PREFIX)" contrib/install --uninstall

.PHONY: install-guest
install-guest: all
	@DESTDIR="$(DESTDIR)" contrib/install --guest $(SHARE)/$(ARCH)/usermount

.PHONY: both-agents
both-agents: all
	@$(MAKE) --no-print-directory ARCH=x86_64 $(SHARE)/x86_64/usermount
	@$(MAKE) --no-print-directory ARCH=aarch64 $(SHARE)/aarch64/usermount

.PHONY: dist
dist: both-agents
	@contrib/mkdist $(VERSION) $(BUILD) $(BUILD)/dist
	@contrib/mkdeb $(VERSION) $(BUILD) $(BUILD)/dist
	@ls $(BUILD)/dist

.PHONY: deb
deb: both-agents
	@contrib/mkdeb $(VERSION) $(BUILD) $(BUILD)/dist

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(AGENT_OBJ:.o=.d) $(PACK_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(UNITS:=.d) $(FUZZ_OBJ:.o=.d) $(FUZZERS:=.d)
