# What a newcomer types, thin over CMake. `make help` lists it.
#
# The release build lives in build/, its programs in build/bin/; every other build in a folder of its own below
# build/. JOBS=n sets how much runs at once (default: one job per processor).

SHELL := /bin/bash
JOBS ?= $(shell nproc)
BUILD := build
LABELS ?=
PREFIX ?= /usr/local
SEQUENCES ?= 100000

.DEFAULT_GOAL := release
.NOTPARALLEL:
.PHONY: release install run run-rds setup-build setup-test test bench differential asan tsan fuzz coverage tidy docs format check-all soak clean help

# $(call configure,<folder>,<build type>,<cmake arguments>)
configure = @mkdir -p $(1) && \
  { cmake -S . -B $(1) -DCMAKE_BUILD_TYPE=$(2) $(3) >$(1)/configure.log 2>&1 || { cat $(1)/configure.log; exit 1; }; }
compile = env -u MAKELEVEL -u MAKEFLAGS cmake --build $(1) -j $(JOBS) --target
run_tests = ctest --test-dir $(1) -j $(JOBS) --output-on-failure --no-tests=error

release: ## build the servers and tools into build/bin/
	@command -v cmake >/dev/null || { echo "cmake is missing; scripts/setup.sh build installs what is needed"; exit 1; }
	$(call configure,$(BUILD),Release)
	@$(call compile,$(BUILD)) programs

install: release ## copy the programs to PREFIX/bin (default /usr/local/bin), and memcached as another name of one
	@cmake --install $(BUILD) --prefix "$(PREFIX)"

run: setup-build release ## build, and start pelikan_segcache on 127.0.0.1:11211
	@exec scripts/run.sh $(BUILD)/bin

run-rds: setup-build release ## build, and start pelikan_rds, which speaks the Redis protocol, on 127.0.0.1:6379
	@exec $(BUILD)/bin/pelikan_rds config/rds.conf

setup-build:
	@scripts/setup.sh build
setup-test:
	@scripts/setup.sh all

test: setup-test ## build all, run every unit test, integration test and check
	$(call configure,$(BUILD),Release,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON)
	@$(call compile,$(BUILD)) all all_verify_interface_header_sets
	@$(call run_tests,$(BUILD))

bench: setup-test ## run the benchmarks and print their figures
	$(call configure,$(BUILD),Release,-DPELIKAN_BENCH=ON)
	@$(call compile,$(BUILD)) all
	@scripts/bench.sh $(BUILD)

# The sanitizer builds run the unit tests and drive the servers through the integration tests. LABELS=unit,
# LABELS=threads (of these, those with several threads) or LABELS=load (the load generator's) build and run only those.
labelled = $(if $(LABELS),tests_$(LABELS),all)
asan: setup-test ## all tests under AddressSanitizer and UndefinedBehaviourSanitizer
	$(call configure,$(BUILD)/asan,Debug,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON -DPELIKAN_SANITIZE=address)
	@$(call compile,$(BUILD)/asan) $(labelled)
	@$(call run_tests,$(BUILD)/asan) -LE check $(if $(LABELS),-L $(LABELS))

tsan: setup-test ## all tests under ThreadSanitizer
	$(call configure,$(BUILD)/tsan,Debug,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON -DPELIKAN_SANITIZE=thread)
	@$(call compile,$(BUILD)/tsan) $(labelled)
	@$(call run_tests,$(BUILD)/tsan) -LE check $(if $(LABELS),-L $(LABELS))

fuzz: setup-test ## run every fuzz target for FUZZ_SECONDS (default 60) and print its coverage
	$(call configure,$(BUILD)/fuzz,Debug,-DPELIKAN_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++-16)
	@$(call compile,$(BUILD)/fuzz) all
	@scripts/fuzz.sh $(BUILD)/fuzz/bin

# Without the test that makes any allocation fail: what counts the lines does not bear that.
coverage: setup-test ## which lines and branches the tests reach; too few in storage, protocols or transports are an error
	$(call configure,$(BUILD)/coverage,Debug,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON -DPELIKAN_COVERAGE=ON)
	@$(call compile,$(BUILD)/coverage) all
	@find $(BUILD)/coverage -name '*.gcda' -delete
	@failed=0; $(call run_tests,$(BUILD)/coverage) -LE check -E fault_injection $(if $(LABELS),-L $(LABELS)) || failed=1; \
	  scripts/coverage.sh $(BUILD)/coverage && exit $$failed

tidy: setup-test ## clang-tidy over all sources, findings are errors
	$(call configure,$(BUILD)/tidy,Debug,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON -DPELIKAN_UNITED=OFF -DCMAKE_CXX_COMPILER=clang++-16)
	@run-clang-tidy-16 -quiet -j $(JOBS) -p $(BUILD)/tidy '/(src|test|bench)/'

docs: release ## write the generated parts of docs/
	@/usr/bin/python3 scripts/docs.py write $(BUILD)/bin

format: setup-test ## format all sources
	@scripts/check_format.sh --fix

differential: setup-test ## 100,000 random command sequences (SEQUENCES) against Debian's memcached and redis-server
	$(call configure,$(BUILD),Release,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON)
	@$(call compile,$(BUILD)) programs
	@PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/differential/memcached_diff.py --sequences $(SEQUENCES)
	@PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/differential/redis_diff.py --sequences $(SEQUENCES)

check-all: test asan tsan tidy fuzz differential ## everything; takes long
	@scripts/check_arm64.sh $(BUILD)/arm64

# What AddressSanitizer keeps for itself would look like growth: freed memory; and the stack of every allocation, of which
# there is no end, as libraries without frame pointers are on them.
with_asan = ASAN_OPTIONS=quarantine_size_mb=16:malloc_context_size=1 PELIKAN_TIME_FACTOR=5 PELIKAN_SANITIZED=address PELIKAN_BIN=$(BUILD)/asan/bin
soak: setup-test ## hours of good and hostile load (SOAK_MINUTES, default 60), stops and kills at any moment, and every fault
	$(call configure,$(BUILD),Release,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON)
	@$(call compile,$(BUILD)) all
	$(call configure,$(BUILD)/asan,Debug,-DPELIKAN_TESTS=ON -DPELIKAN_BENCH=ON -DPELIKAN_SANITIZE=address)
	@$(call compile,$(BUILD)/asan) programs faults_shim
	@PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/soak.py
	@$(with_asan) SOAK_REQUESTS=200000 /usr/bin/python3 -B test/integration/soak.py
	@$(with_asan) /usr/bin/python3 -B test/integration/fault_injection_test.py
	@PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 test/integration/expiring_load.py
	@$(with_asan) /usr/bin/python3 -B test/integration/collections_load.py
	@PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/tls_scan.py
	@PELIKAN_RESTART_ROUNDS=200 PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/restart_test.py UnderLoadTest
	@PELIKAN_KILL_ROUNDS=200 PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/pool_kill_test.py
	@for test in hostile hostile_connections connections tls; do \
	  PELIKAN_HOSTILE_LONG=1 PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/$${test}_test.py || exit 1; done
	@PELIKAN_FAULTS_ALL=1 PELIKAN_BIN=$(BUILD)/bin /usr/bin/python3 -B test/integration/fault_injection_test.py

clean: ## remove all that was built
	rm -rf $(BUILD)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
