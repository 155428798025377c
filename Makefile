# SPDX-License-Identifier: MIT
#
# make            build/usermount (static, musl; Linux) and build/usermount-pack
# make deps       install what building, the demo and the tests need
# make demo       boot a Moby-like guest with a packed ramdisk, and show what happens
# make check      every test; the last line is "N passed, N failed, N skipped"
#
# Everything is built under build/. V=1 shows the commands. GNU make 3.81 is enough.

VERSION = 0.1.0
BUILD ?= build
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
ARCH := $(shell uname -m)
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

AGENT_SRC := $(wildcard agent/*.c)
PACK_SRC := $(wildcard packer/*.c)
# The agent's pure half: the packer reads the same settings, and the tests link it with the host's compiler.
CONFIG_SRC := $(addprefix agent/, cmdline.c config.c config_keys.c config_text.c mountspec.c options.c text.c)
PURE_SRC := $(CONFIG_SRC) $(addprefix agent/, backoff.c engine.c engine_log.c evidence.c exports.c logfmt.c \
    mount_fsm.c mountinfo.c route.c status.c verdict.c verdict_text.c)
UNIT_SRC := $(wildcard tests/unit/test_*.c)
UNITS := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
SHARE := $(BUILD)/share/usermount

ifeq ($(SYSTEM),Linux)
ALL = $(BUILD)/usermount $(SHARE)/$(ARCH)/usermount
endif
ALL += $(BUILD)/usermount-pack $(SHARE)/usermount.initd $(SHARE)/usermount.conf

.PHONY: all
all: $(ALL)

# ------------------------------------------------------------------------------------------------------ tools

BUILD_PACKAGES = gcc libc6-dev make musl-tools linux-libc-dev cmake patch xz-utils zlib1g-dev libssl-dev
TEST_PACKAGES = libcmocka-dev python3-pytest clang mandoc shellcheck \
    $(shell sed -n 's/^\([a-z0-9][^ \#]*\).*/\1/p' tests/guest/packages.debian)

.PHONY: deps
deps:
	@contrib/deps $(BUILD_PACKAGES) $(TEST_PACKAGES)

# Say what is missing before a compiler says it worse.
$(BUILD)/tools.ok: Makefile contrib/deps
	@contrib/deps --check $(BUILD_PACKAGES)
	@mkdir -p $(@D) && touch $@

# ------------------------------------------------------------------------- the agent: musl, libtirpc and libnfs

MUSL_CC ?= musl-gcc
LIBS := $(BUILD)/libs/$(ARCH)
LIBS_OK := $(LIBS)/lib/.built
SIZE = -Os -flto=auto -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables
AGENT_CFLAGS = $(STD) $(WARNINGS) $(SIZE) $(HARDEN) -g -isystem $(LIBS)/include -isystem $(LIBS)/include/tirpc \
    -idirafter $(LIBS)/kernel
AGENT_LDFLAGS = -static -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,noseparate-code,--build-id=none
AGENT_OBJ := $(AGENT_SRC:agent/%.c=$(BUILD)/agent/%.o)

$(BUILD)/libs/src/.fetched: agent/libs/fetch agent/libs/SHA256SUMS $(BUILD)/tools.ok
	$(call say,FETCH libtirpc libnfs)
	$(Q)agent/libs/fetch $(@D)
	$(Q)touch $@

$(LIBS_OK): agent/libs/build $(BUILD)/libs/src/.fetched
	$(call say,BUILD libtirpc libnfs)
	$(Q)CFLAGS="$(SIZE)" AR=gcc-ar RANLIB=gcc-ranlib agent/libs/build $(BUILD)/libs/src $(LIBS) $(MUSL_CC) \
	    $(ARCH)-linux-musl
	$(Q)touch $@

$(BUILD)/agent/%.o: agent/%.c $(LIBS_OK)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(MUSL_CC) $(AGENT_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/usermount.debug: $(AGENT_OBJ)
	$(call say,LD $@)
	$(Q)$(MUSL_CC) $(SIZE) -g $(AGENT_LDFLAGS) -Wl,-Map,$@.map -o $@ $(AGENT_OBJ) -L$(LIBS)/lib -lnfs -ltirpc

$(BUILD)/usermount: $(BUILD)/usermount.debug
	$(call say,STRIP $@)
	$(Q)strip -s -R .comment -R .note.gnu.property -o $@ $<

# --------------------------------------------------------------------- the packer: the host's compiler and zlib

CC ?= cc
PACK_CFLAGS = $(STD) $(WARNINGS) -O2 -g $(HARDEN) -fPIE
ifeq ($(SYSTEM),Darwin)
PACK_LIBS = -lz
PACK_CFLAGS += -D_DARWIN_C_SOURCE
else
PACK_LIBS = -lz -lcrypto -lpthread
PACK_CFLAGS += -D_FORTIFY_SOURCE=2
PACK_LDFLAGS = -pie -Wl,-z,relro,-z,now,-z,noexecstack
endif
PACK_OBJ := $(PACK_SRC:%.c=$(BUILD)/host/%.o) $(CONFIG_SRC:%.c=$(BUILD)/host/%.o)

$(BUILD)/host/%.o: %.c $(BUILD)/tools.ok
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PACK_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/usermount-pack: $(PACK_OBJ)
	$(call say,LD $@)
	$(Q)$(CC) $(PACK_CFLAGS) $(PACK_LDFLAGS) -o $@ $(PACK_OBJ) $(PACK_LIBS)

# What the packer packs, laid out as it is installed.
$(SHARE)/$(ARCH)/usermount: $(BUILD)/usermount
	$(Q)mkdir -p $(@D) && cp $< $@

$(SHARE)/%: openrc/%
	$(Q)mkdir -p $(@D) && cp $< $@

# ------------------------------------------------------------------------------------------------------ tests

TEST_OBJ := $(PURE_SRC:%.c=$(BUILD)/host/%.o) \
    $(filter-out $(BUILD)/host/packer/main.o $(BUILD)/host/packer/cmd_%.o, $(PACK_SRC:%.c=$(BUILD)/host/%.o))

$(BUILD)/host/tests.a: $(TEST_OBJ)
	$(Q)rm -f $@ && ar rcs $@ $(TEST_OBJ)

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/host/tests.a
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(PACK_CFLAGS) -MMD -MP -o $@ $< $(BUILD)/host/tests.a -lcmocka $(PACK_LIBS)

.PHONY: units
units: $(UNITS)

# One make for installing, another for building: what the first installs the second finds.
.PHONY: check
check: deps
	@$(MAKE) --no-print-directory all units
	@$(PYTHON) -B -m pytest -q -p no:cacheprovider tests

.PHONY: demo
demo: deps
	@$(MAKE) --no-print-directory all
	@$(PYTHON) -B tests/guest/demo

.PHONY: fmt
fmt:
	clang-format -i agent/*.[ch] packer/*.[ch] tests/unit/*.[ch]

# ---------------------------------------------------------------------------------------------------- install

.PHONY: install
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/usermount $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(BUILD)/usermount-pack $(DESTDIR)$(PREFIX)/bin/
	cp -R $(SHARE)/. $(DESTDIR)$(PREFIX)/share/usermount/
	install -m 644 docs/usermount-pack.1 $(DESTDIR)$(PREFIX)/share/man/man1/

.PHONY: clean
clean:
	rm -rf $(BUILD)

-include $(AGENT_OBJ:.o=.d) $(PACK_OBJ:.o=.d) $(TEST_OBJ:.o=.d) $(UNITS:=.d)
