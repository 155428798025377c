# SPDX-License-Identifier: MIT
# make mac: the packer for OS X 10.11 on x86_64 and macOS 11 on arm64, by Debian's clang and lld with Apple's headers
# (tests/mac/fetch). tests/mac/test_mac.py looks at what comes out; no Mach-O program is run here.

MAC := $(BUILD)/mac
MAC_ARCHS = x86_64 arm64

# Whatever the compiler is told by files that no .d names: then all is compiled anew.
$(MAC)/.fetched: tests/mac/fetch tests/mac/cc tests/mac/mac.mk tests/mac/libz.tbd $(wildcard tests/mac/include/*/*.h tests/mac/frameworks/*/*)
	$(call say,FETCH the headers of macOS)
	$(Q)tests/mac/fetch $(MAC)
	$(Q)rm -rf $(MAC_ARCHS:%=$(MAC)/%)
	$(Q)touch $@

.PHONY: mac $(MAC_ARCHS:%=mac-%)
mac: $(MAC_ARCHS:%=mac-%)

$(MAC_ARCHS:%=mac-%): mac-%: $(MAC)/.fetched
	@MAC_DIR="$(abspath $(MAC))" $(MAKE) --no-print-directory SYSTEM=Darwin CI=1 ISAL=no BUILD=$(MAC)/$* \
	    CC="tests/mac/cc $*" $(MAC)/$*/usermount-pack
