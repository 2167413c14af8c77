# make demo     the newest story, proven afresh: demo-relayer
# make demo-relayer  L1 and two networks on real nodes, and a relayer that proves: deposit, burn and mint, contingent, withdrawal
# make faults   what goes wrong in the world, on real nodes and the real process, one line each; KILLS=100, SEED=1, JOBS=2, ROWS="F2 F14"
# make e2e      every story of networks and epochs with real proofs, thirteen of them; ONLY="names" takes some
# make demo-settle  networks settle together: burn and mint, certificates that hold only with each other, a network that proves
# make demo-aggregate  proofs of two programs become one that ProofAggregation takes; is one of them included?
# make demo-wrap  four proofs of two programs, aggregated, wrapped and verified in an EVM
# make test     everything CI checks, without a fresh wrap proof
# make coverage which branches of the contracts the tests take; fails where a file has fewer than 95 in a hundred
# make mutants  breaks the contracts one check at a time and sees a test fail for each; ONLY=prefix takes a part
# make mutants-circuits  the same of the circuits
# make mutants-relayer  breaks the relayer in five ways that cost money and sees a row of faults fail for each
# make bench    measurements, one row a figure; ONLY=prefix runs a part
# make gen      writes whatever in the repository is generated
# make bindings writes the Rust bindings of the contracts alone, after a change of an interface
# make gen-check  fails if that differs from what is committed

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := test

# npm has the binary for Linux on x86-64; elsewhere: make FORGE=/path/to/forge, the version of package.json.
FORGE := node_modules/.bin/forge
VERIFIER := contracts/src/verifier/Groth16Verifier.sol
# Not vectors/wrap-proof.json: a proof is random. A test holds it to the verifier.
GENERATED := $(VERIFIER) crates/bindings/src/generated contracts/test/generated contracts/snapshots \
	contracts/src/generated vectors/encodings.json vectors/public-values.json vectors/settlement.json \
	vectors/three-inputs-proof.json vectors/verifying-key.json docs/security.md docs/keccak.md docs/faults.md

.PHONY: setup contracts programs test test-contracts test-rust coverage mutants mutants-circuits mutants-relayer demo demo-relayer demo-settle \
	demo-aggregate demo-wrap faults e2e bench gen bindings gen-check

setup: node_modules/.package-lock.json

# npm writes this file last: it is older than the lock exactly if what is installed may be stale.
node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci
	touch $@

contracts: setup
	$(FORGE) build

test: test-contracts test-rust

# Snapshots of gas and size are compared, not written; UPDATE_SNAPSHOTS=1 writes them. The mutants themselves take longer than
# a change should wait; that each still fits the code is checked here.
test-contracts: contracts
	$(FORGE) fmt --check
	tools/mutants --list > /dev/null
	FORGE_SNAPSHOT_CHECK=$(if $(UPDATE_SNAPSHOTS),false,true) $(FORGE) test

# The tests in revm read what forge built.
test-rust: contracts
	cargo fmt --all --check
	tools/circuit-mutants --list > /dev/null
	tools/relayer-mutants --list > /dev/null
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cargo test --locked --workspace

# One build for everything: cargo unites the features of what it builds at once, and a part alone would be built again.
programs:
	cargo build --locked --workspace --all-targets

# The compiler optimizes nothing here, so figures of gas say nothing: the tests of them are left out and snapshots go elsewhere.
# Unit and fuzz tests alone are to take every branch. Forge counts none of free functions, which are those of types/.
coverage: setup
	CAUSEWAY_COVERAGE=1 FOUNDRY_SNAPSHOTS=contracts/cache/coverage $(FORGE) coverage --report lcov \
		--report-file contracts/cache/lcov.info --no-match-coverage '(test|script)' \
		--no-match-contract Gas --no-match-test '^invariant_|CostsAtMost'
	tools/coverage contracts/cache/lcov.info

mutants: setup
	FORGE=$(FORGE) tools/mutants --only '$(ONLY)'

mutants-circuits:
	tools/circuit-mutants --only '$(ONLY)'

mutants-relayer: contracts
	tools/relayer-mutants --only '$(ONLY)'

demo: demo-relayer

# A folder is that of one devnet: its chains are gone when it ends.
demo-relayer: contracts programs
	rm -rf target/demo-relayer
	target/debug/causeway devnet --folder target/demo-relayer --play

# Nothing is tried twice: a row that fails now and then is a mistake. The same seed kills at the same places. Rows mostly wait, so
# several run at once.
KILLS := 100
SEED := 1
JOBS := 2
faults: contracts programs
	target/debug/faults --kills $(KILLS) --seed $(SEED) --jobs $(JOBS) $(ROWS)

demo-settle: contracts programs
	target/debug/demo_settle

demo-aggregate: contracts programs
	target/debug/demo_aggregate

demo-wrap: contracts programs
	target/debug/demo_wrap

# Half an hour or more on two cores. What is refused needs no proof; what settles is proven afresh.
e2e: contracts programs
	target/debug/e2e $(ONLY)

bench: contracts programs
	FORGE=$(FORGE) target/debug/bench $(ONLY)

# Bindings last: some of the contracts that they hold are written by the tests.
gen: setup programs
	target/debug/verifier-gen solidity --development --make-development-key --out $(VERIFIER) \
		--verifying-key vectors/verifying-key.json
	CAUSEWAY_REGENERATE=1 cargo test --locked --workspace --lib -- committed_
	target/debug/bindings-gen

# The bindings alone, and nothing built but their generator: the rest may not build until they are written.
bindings: setup
	cargo run --locked --package causeway-bindings-gen

gen-check: gen
	@changed="$$(git status --porcelain -- $(GENERATED))"; \
	if [ -n "$$changed" ]; then \
		git --no-pager diff --stat -- $(GENERATED); \
		printf 'Generated files differ from what is committed; run make gen and commit:\n%s\n' "$$changed"; \
		exit 1; \
	fi
