# SPDX-License-Identifier: MIT
# What looks at the sources and at runs without being a test of behaviour: lint, sanitizers, valgrind, coverage.

LINT_FLAGS = $(STD) $(ISAL_CPPFLAGS) -isystem $(LIBS)/include -isystem $(LIBS)/include/tirpc
LINT_SRC := $(filter-out %/darwin.c, $(AGENT_SRC) $(PACK_SRC))
LINT_SH = contrib/deps contrib/launchd/pack-if-needed contrib/foreign-debs contrib/install contrib/isal contrib/sources contrib/mkdist contrib/mkdeb \
    agent/libs/fetch agent/libs/build agent/libs/cross agent/libs/licences tests/mac/fetch tests/mac/cc
# gcc 12 takes a pointer that is kept in an array for lost; valgrind judges the runs of the packer's file.
ANALYZER_BUT_packer/image/scan.c = -Wno-analyzer-malloc-leak
ANALYZER_BUT_packer/exports/walk.c = -Wno-analyzer-malloc-leak
ANALYZER_BUT_packer/exports/groups.c = -Wno-analyzer-malloc-leak
ANALYZER_BUT_agent/containers/crew.c = -Wno-analyzer-malloc-leak

.PHONY: lint
lint: $(LIBS_OK)
	clang-format --dry-run -Werror agent/*.[ch] agent/*/*.[ch] packer/*.[ch] packer/*/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch] tests/faults/*.c
	cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,portability --inline-suppr -j2 \
	    --suppress=missingIncludeSystem agent packer
	shellcheck $(LINT_SH) .ci/run
	checkbashisms $(filter-out contrib/mkdist, $(LINT_SH)) # it loses its way in mkdist's quotes
	checkbashisms --force openrc/usermount.initd
	mandoc -T lint -W warning docs/*.[1-8]
	@$(MAKE) --no-print-directory -j2 $(LINT_SRC:.c=.lint)

# One source file by clang-tidy (the checks are in .clang-tidy) and by gcc's analyzer. No such file is made.
.PHONY: $(LINT_SRC:.c=.lint)
$(LINT_SRC:.c=.lint): %.lint: %.c
	$(call say,LINT $<)
	$(Q)clang-tidy --quiet $< -- $(LINT_FLAGS) 2>$(BUILD)/lint.$(subst /,-,$@) || { cat $(BUILD)/lint.$(subst /,-,$@); exit 1; }
	$(Q)gcc $(LINT_FLAGS) -O1 -fanalyzer -Werror $(ANALYZER_BUT_$<) -c -o /dev/null $<
	$(Q)rm $(BUILD)/lint.$(subst /,-,$@)

# The agent by clang and glibc, with the fuzzers' libtirpc and libnfs: what ships is static, and no sanitizer is.
SAN := $(BUILD)/asan
SAN_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
SAN_CFLAGS = $(STD) $(WARNINGS) -O1 -g $(SAN_FLAGS) -include $(CURDIR)/tests/fuzz/xdr_names.h \
    -isystem $(FUZZ_LIBS)/include -isystem $(FUZZ_LIBS)/include/tirpc
SAN_OBJ := $(AGENT_SRC:agent/%.c=$(SAN)/agent/%.o)
SAN_LD = clang $(SAN_FLAGS) -o $@ $^ -L$(FUZZ_LIBS)/lib -lnfs -ltirpc

# What setrlimit() takes is an int to musl and an enum to glibc.
$(SAN)/agent/system/jail.o: SAN_CFLAGS += -Wno-sign-conversion
# libnfs hands out records that are aligned to four bytes.
$(SAN)/agent/probe/nfs.o: SAN_CFLAGS += -fno-sanitize=alignment
$(SAN)/agent/%.o: agent/%.c $(FUZZ_LIBS_OK)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(SAN_CFLAGS) -MMD -MP -c -o $@ $<

$(SAN)/faults/traitor.o: tests/faults/traitor.c $(FUZZ_LIBS_OK)
	$(call say,CC $<)
	$(Q)mkdir -p $(@D)
	$(Q)clang $(SAN_CFLAGS) -MMD -MP -c -o $@ $<

$(SAN)/usermount: $(SAN_OBJ)
	$(call say,LD $@)
	$(Q)$(SAN_LD)

$(SAN)/faults/traitor: $(filter-out %/probe.o, $(SAN_OBJ)) $(SAN)/faults/traitor.o
	$(call say,LD $@)
	$(Q)$(SAN_LD)

# Every unit, CLI and net test, those of the watcher, and those of faults that run the agent, under ASan and UBSan. What cannot be run so is
# listed with its reason in tests/faults/sanitized.py.
.PHONY: asan
asan: all $(SAN)/usermount $(SAN)/faults/traitor
	@$(MAKE) --no-print-directory BUILD=$(SAN) CC=gcc SANITIZE="$(SAN_FLAGS)" $(SAN)/usermount-pack units
	@$(MAKE) --no-print-directory BUILD=$(SAN)/zlib CC=gcc ISAL=no SANITIZE="$(SAN_FLAGS)" \
	    $(SAN)/zlib/usermount-pack units
	@for folder in $(SAN) $(SAN)/zlib; do mkdir -p $$folder/share && cp -R $(SHARE) $$folder/share/ || exit 1; done
	@$(PYTHON) -B tests/faults/sanitized.py $(SAN)
	@USERMOUNT_BUILD=$(SAN) PYTHONPATH=tests/faults PYTEST_ADDOPTS="-p sanitized" $(PYTHON) -B tests/run \
	    $(wildcard tests/unit/test_*.py tests/cli/test_*.py tests/net/test_*.py) \
	    tests/events/test_watcher.py tests/events/test_guests.py \
	    tests/faults/test_agent_soak.py tests/faults/test_daemon_faults.py

.PHONY: valgrind
valgrind: all
	@$(PYTHON) -B tests/faults/memcheck.py $(BUILD)

# The pure modules by the unit tests and, for the packer's, by what a user runs. config_keys.c and verdict_causes.c are tables. docs/security.md tells of the rest.
COVERAGE_SRC = $(filter-out %/config_keys.c %/verdict_causes.c %/standard.c, $(PURE_SRC)) \
    $(filter-out packer/main.c packer/cmd_% packer/host/% \
    packer/output/progress.c packer/output/say.c $(addprefix packer/write/, brought.c inputs.c kept.c needed.c) \
    $(addprefix packer/doctor/, docker.c findings.c fix.c flaw.c gather.c lines.c mac.c mac_% nfsd.c plan.c plan_exports.c print.c \
    system.c wants.c) $(addprefix packer/events/, watch_fsevents.c journal.c look.c), $(PACK_SRC))

.PHONY: coverage
coverage: all
	@find $(BUILD)/coverage -name '*.gcda' -delete 2>/dev/null; :
	@$(MAKE) --no-print-directory -j2 BUILD=$(BUILD)/coverage CC=gcc SANITIZE="-O0 --coverage" \
	    $(BUILD)/coverage/usermount-pack $(BUILD)/coverage/faults/scarce.so units >/dev/null
	@mkdir -p $(BUILD)/coverage/share && cp -R $(SHARE) $(BUILD)/coverage/share/
	@USERMOUNT_BUILD=$(BUILD)/coverage $(PYTHON) -B -m pytest -q -m "not alone" -p no:cacheprovider tests/unit \
	    tests/cli/test_pack.py tests/cli/test_pack_corpus.py tests/faults/test_pack_memory.py \
	    tests/cli/test_doctor.py tests/events/test_watcher.py tests/events/test_guests.py \
	    tests/events/test_doctor_events.py >$(BUILD)/coverage/tests.log || \
	    { tail -n 20 $(BUILD)/coverage/tests.log; exit 1; }
	@$(PYTHON) -B tests/faults/coverage.py $(BUILD)/coverage $(COVERAGE_SRC)

-include $(SAN_OBJ:.o=.d) $(SAN)/faults/traitor.d
